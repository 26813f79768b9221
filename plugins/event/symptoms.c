/*
 * symptoms.c - what DCOM, the service control manager and the enrolment clients log.
 *
 * By number and by their own words, English and Japanese.  Sources: KB 903220 (13 and the
 * snap-in's message), FACTS 1.8, 1.9, 2.6, 4.1 and 4.2.  A row of words is any-of; words are lower
 * case.  One number can be several events: where the text names its source, the others are out.
 */
#include "event.h"

static const struct event_source
    dcom = {"System", "DCOM", {"distributedcom", "dcom"}},
    distributed = {"System", "Microsoft-Windows-DistributedCOM", {"distributedcom", "dcom"}},
    scm = {"System",
           "Service Control Manager",
           {"service control manager", "サービス コントロール"}},
    autoenroll = {"Application", "AutoEnrollment", {"autoenrollment", "自動登録"}},
    client_auto = {"Application",
                   "Microsoft-Windows-CertificateServicesClient-AutoEnrollment",
                   {"certificateservicesclient-autoenrollment"}},
    enroll = {"Application",
              "Microsoft-Windows-CertificateServicesClient-CertEnroll",
              {"certenroll"}},
    snap_in = {NULL, "Certificates snap-in", {NULL}}, web = {NULL, "certsrv web pages", {NULL}},
    tool = {NULL, "certutil", {NULL}};

/* Windows 10 logs the refusals under second numbers, too; which is which is not known. */
#define SECOND(number)                                                                             \
    {                                                                                              \
        number, 0, &distributed, "error", {NULL},                                                  \
            "a refusal by DCOM, in Windows 10's second set of numbers; its words say which",       \
            DCOM_GATES, "dcom show"                                                                \
    }

/* clang-format off */
static const struct event_symptom symptoms[] = {
    /* -------------------------------------------------- AutoEnrollment, 2003 and XP (FACTS 4.1) */
    {1, 0, &autoenroll, "error", {"failed to download certificates for"},
     "auto-enrolment could not fetch certificates for a store; no request was sent", "", NULL},
    {2, 0, &autoenroll, "information", {"automatic certificate enrollment& started."},
     "auto-enrolment has begun", "", NULL},
    {3, 0, &autoenroll, "information", {"automatic certificate enrollment& completed."},
     "auto-enrolment has ended", "", NULL},
    {4, 0, &autoenroll, "information",
     {"could not access local resources or retrieve certificate template"},
     "the client could not read its templates, so no request was sent: a matter of the "
     "directory, not of DCOM", "", NULL},
    {5, 0, &autoenroll, "information", {"could not find any valid certificate templates"},
     "no template is for this client: none that it may auto-enrol for; no request was sent",
     "template-security,template-published", CHECK},
    {6, 0, &autoenroll, "error", {"could not find a valid certificate template to match"},
     "the policy names a template that this client cannot use; no request was sent",
     "template-security,template-published", "certutil -CATemplates"},
    {7, 0, &autoenroll, "warning", {"certificate template due to one of the following"},
     "the client filters before it asks: no Enroll on the template, a requirement of subject, "
     "signature or hardware, or no CA that issues it; no request was sent",
     "template-published,template-security", CHECK},
    {9, 0, &autoenroll, "error", {"when retrieving pending request"},
     "a request that was pending has been refused by the CA's officer or could not be fetched",
     "", "event list --id 53"},
    {11, 0, &autoenroll, "warning",
     {"could not find any certificate authorities in the enterprise"},
     "no CA is published in the directory, or the client cannot read it; no request was sent",
     "template-published", "certutil -CATemplates"},
    {12, 0, &autoenroll, "warning", {"while retrieving certificate authority information"},
     "the client could not read the CAs from the directory; no request was sent", "", NULL},
    {13, 0, &autoenroll, "error", {"failed to enroll for one&!another certif&!can not find", "登録できませんでした"},
     "auto-enrolment did not get this certificate; the code in it says how far the request got",
     ALL_GATES, CHECK},
    {15, 0, &autoenroll, "error", {"failed to contact the active directory"},
     "the client did not reach a domain controller; no request was sent", "", NULL},
    {16, 0, &autoenroll, "error", {"failed to renew one&!another certif&!can not find"},
     "a renewal was refused or not reached; the code in it says how far the request got",
     ALL_GATES, CHECK},
    {17, 0, &autoenroll, "warning",
     {"failed to enroll for one&another certif"},
     "one CA refused or could not be reached, another one is tried; 13 follows when none is left",
     "", NULL},
    {18, 0, &autoenroll, "warning", {"failed to renew one&another certif"},
     "one CA did not renew, another one is tried; 16 follows when none is left", "", NULL},
    {19, 0, &autoenroll, "success", {"successfully received one"},
     "a certificate was received", "", NULL},
    {20, 0, &autoenroll, "success", {"successfully renewed one"},
     "a certificate was renewed", "", NULL},
    {21, 0, &autoenroll, "success", {"attempted to enroll for one"},
     "the CA has taken the request under submission: every gate let it in, an officer decides",
     "", NULL},
    {22, 0, &autoenroll, "success", {"attempted to renew one"},
     "the CA has taken the renewal under submission: every gate let it in, an officer decides",
     "", NULL},
    {23, 0, &autoenroll, "error", {"failed to renew one&can not find a certificate"},
     "no CA issues by this template, as the client reads the directory; no request was sent",
     "template-published", "certutil -CATemplates"},
    {24, 0, &autoenroll, "error", {"failed to enroll for one&can not find a certificate"},
     "no CA issues by this template, as the client reads the directory; no request was sent",
     "template-published", "certutil -CATemplates"},

    /* -------------------------------------------------- the clients of Vista and later (4.2) */
    {6, 0, &client_auto, "error", {"automatic certificate enrollment for& failed ("},
     "auto-enrolment as a whole failed; 13 and 82 of CertEnroll beside it say for what",
     ALL_GATES, "event list --id 13"},
    {64, 0, &client_auto, "warning", {"is about to expire or already expired"},
     "a certificate ends soon; nothing was refused", "", NULL},
    {13, 0, &enroll, "error", {"failed to enroll for a &!another certif"},
     "the client did not get this certificate; the code in it says how far the request got",
     ALL_GATES, CHECK},
    {16, 0, &enroll, "error", {"failed to renew a "},
     "a renewal was refused or not reached; the code in it says how far the request got",
     ALL_GATES, CHECK},
    {17, 0, &enroll, "warning", {"failed to enroll for a &another certif"},
     "one CA refused or could not be reached, another one is tried; 13 follows when none is left",
     "", NULL},
    {19, 0, &enroll, "success", {"successfully received a "},
     "a certificate was received", "", NULL},
    {20, 0, &enroll, "success", {"successfully renewed a "},
     "a certificate was renewed", "", NULL},
    {21, 0, &enroll, "success", {"attempted to enroll for a "},
     "the CA has taken the request under submission: every gate let it in, an officer decides",
     "", NULL},
    {46, 0, &enroll, "warning", {"read or enrollment access is not allowed for this template"},
     "the client itself found no Read or Enroll on the template; no request was sent",
     "template-security", CHECK},
    {47, 0, &enroll, "warning",
     {"a valid certification authority cannot be found to issue this template"},
     "the client found no CA that issues by the template; no request was sent",
     "template-published", "certutil -CATemplates"},
    {64, 0, &enroll, "information", {NULL},
     "the enrolment policy was loaded", "", NULL},
    {65, 0, &enroll, "information", {NULL},
     "the client has authenticated to the policy server", "", NULL},
    {82, 0, &enroll, "error", {"failed in authentication to all urls for enrollment server"},
     "no enrolment server took the client; for a policy of the directory the code in it is that "
     "of the last CA asked", ALL_GATES, CHECK},

    /* ---------------------------------------------------------------------- DCOM (1.8, 1.9) */
    {10002, 0, &dcom, "error", {"access denied attempting to launch a dcom server"},
     "the launch permission refuses the caller (the older event of 10016)",
     "launch-permission,service", "sc query certsvc"},
    {10003, 0, &dcom, "error", {"using defaultlaunchpermssion"},
     "the machine's default launch permission refuses the caller: the application has none of "
     "its own", "launch-permission", "dcom show"},
    {10005, 0, &dcom, "error", {"attempting to start the service"},
     "DCOM tried to start the service behind a class and failed; for certsvc: it is disabled, "
     "or does not start", "service", "sc query certsvc"},
    {10006, 0, &dcom, "error", {"when attempting to activate the server"},
     "another computer refused the activation; its own System log says why", DCOM_GATES, CHECK},
    {10009, 0, &dcom, "error", {"dcom was unable to communicate with the computer"},
     "DCOM did not reach the computer: name, firewall, or it is down; not a matter of rights",
     "", NULL},
    {10014, 0, &dcom, "error",
     {"machine wide limit settings do not grant&for com server applications&!from address"},
     "the machine-wide launch limit of the host that logged this does not let the caller in; "
     "\"Launch\" in it means that certsvc was stopped", "launch-limit", "dcom show"},
    {10015, 0, &dcom, "error", {"machine wide limit settings do not grant&with clsid"},
     "the machine-wide launch limit refuses the caller for the class it names",
     "launch-limit", "dcom show"},
    {10016, 0, &dcom, "error",
     {"permission settings do not grant&with clsid&!programmatically", "アプリケーション固有のアクセス許可の設定"},
     "the launch permission of the application refuses the caller; for CertSrv Request "
     "{D99E6E74-...} and \"Remote Launch\" certsvc was simply stopped; for other classes it is "
     "mostly harmless noise", "launch-permission,service", "sc query certsvc"},
    {10017, 0, &dcom, "error", {"permission settings do not grant&access permission to&!programmatically"},
     "the access permission of the application refuses the caller",
     "access-permission", "dcom show"},
    {10018, 0, &dcom, "error", {"do not grant&set this security permission programmatically"},
     "the security that the program set by itself refuses the caller; no setting of dcomcnfg "
     "helps", "access-permission", NULL},
    {10019, 0, &dcom, "error",
     {"machine wide limit settings do not grant&access permission to"},
     "the machine-wide access limit refuses the caller", "access-limit", "dcom show"},
    {10020, 0, &dcom, "error", {"the machine wide&security descriptor is invalid&!group policy"},
     "a machine-wide descriptor is damaged or mixes old and new entries, so everybody is refused",
     DCOM_GATES, "dcom show"},
    {10021, 0, &dcom, "error", {"security descriptor for the com server application with clsid&is invalid"},
     "the launch and activation descriptor of a class is damaged or mixes old and new entries, "
     "so everybody is refused", "launch-permission", "dcom show"},
    {10022, 0, &dcom, "error", {"access security descriptor for the com server application&is invalid&!programmatically"},
     "the access descriptor of an application is damaged or mixes old and new entries, so "
     "everybody is refused", "access-permission", "dcom show"},
    {10023, 0, &dcom, "error", {"security descriptor&is invalid&programmatically"},
     "the descriptor that a program set by itself is damaged, so everybody is refused",
     "access-permission", NULL},
    {10024, 0, &dcom, "error", {"machine wide group policy&is invalid"},
     "the limit that group policy sets is no valid SDDL, so everybody is refused",
     "launch-limit,access-limit", "dcom show"},
    {10026, 0, &distributed, "information", {NULL},
     "DCOM holds equal events back for a day: that an event is not repeated does not mean that "
     "it is over", "", NULL},
    {10027, 0, &distributed, "warning", {"machine wide limit settings do not grant&for com server applications&from address"},
     "the machine-wide limit refuses the caller (Vista and later; 10014 before); for ANONYMOUS "
     "LOGON the network logon had failed before",
     "launch-limit,logon", "right list SeNetworkLogonRight"},
    {10028, 0, &distributed, "error", {NULL},
     "DCOM did not reach the computer: name, firewall, or it is down; not a matter of rights",
     "", NULL},
    {10029, 0, &distributed, "information", {"dcom started the service"},
     "DCOM started the service for a caller who may launch it", "", NULL},
    {10036, 0, &distributed, "error", {"server-side authentication level policy does not allow"},
     "the client activates below packet integrity, which KB5004442 refuses",
     "authentication", NULL},
    {10037, 0, &distributed, "error", {NULL},
     "this client's application asks below packet integrity (KB5004442)", "authentication", NULL},
    {10038, 0, &distributed, "error", {NULL},
     "this client's default is below packet integrity (KB5004442)", "authentication", NULL},
    SECOND(18207), SECOND(18208), SECOND(18209), SECOND(18210), SECOND(18211), SECOND(18212),
    SECOND(18213), SECOND(18214), SECOND(18215), SECOND(18216), SECOND(18217), SECOND(18218),
    SECOND(18219), SECOND(18220),
    {18221, 0, &distributed, "error", {NULL},
     "the machine-wide access limit lacks local access, so that RPCSS refuses to connect "
     "(Windows 10's second set of DCOM events)", "access-limit", "dcom show"},

    /* ------------------------------------------------------- service control manager (2.6) */
    {7000, 0, &scm, "error", {"failed to start due to the following error"},
     "a service did not start; the error in it says why", "service", "sc query certsvc"},
    {7001, 0, &scm, "error", {"which failed to start because of"},
     "a service did not start, because one that it depends on did not",
     "service", "sc query certsvc"},
    {7009, 0, &scm, "error", {"milliseconds) waiting for the"},
     "a service did not answer in time when it started", "service", "sc query certsvc"},
    {7023, 0, &scm, "error", {"terminated with the following error"},
     "a service ended with an error; the CA's Application log says why",
     "service", "sc query certsvc"},
    {7024, 0, &scm, "error",
     {"terminated with service-specific error",
      "terminated with the following service-specific error"},
     "a service ended with an error of its own; the CA's Application log says why",
     "service", "sc query certsvc"},
    {7031, 0, &scm, "error", {"terminated unexpectedly"},
     "a service ended unexpectedly; it may have been started again",
     "service", "sc query certsvc"},
    {7035, 0, &scm, "information", {"was successfully sent a"},
     "somebody started or stopped a service; the event's user says who",
     "service", "sc query certsvc"},
    {7036, 0, &scm, "information", {"service entered the"},
     "a service has started or stopped; certsvc looks at its flag at each start (KB 903220)",
     "service", "sc query certsvc"},

    /* ----------------------------------------------------- what people see, without a number */
    {0, 0, &snap_in, "error",
     {"the certificate request failed because of one of the following", "証明書要求に失敗しました"},
     "a request by hand failed: the CA has not started, or nobody here may ask it; enroll check "
     "tells which of the two", "service," DCOM_GATES ",ca-security", CHECK},
    {0, 0, &snap_in, "error", {"the certificate request could not be submitted"},
     "the enrolment wizard did not reach the CA, or DCOM refused it; the code beside it tells "
     "which", ALL_GATES, CHECK},
    {0, 0, &web, "error",
     {"the certification authority service has not been started", "証明機関サービスは開始されていません"},
     "the web pages say so of a stopped service and of a refusal alike: the web server's own "
     "account asks the CA", "service," DCOM_GATES ",ca-security", "sc query certsvc"},
    {0, 0, &tool, "error", {"server could not be reached"},
     "certutil -ping got no answer: not reached, or refused by DCOM; the code in it tells which",
     "service,logon,authentication,enable-dcom," DCOM_GATES, "certutil -ping"},
};
/* clang-format on */

const struct event_symptom *event_of_logs(size_t *count)
{
    *count = CS_COUNT(symptoms);
    return symptoms;
}
