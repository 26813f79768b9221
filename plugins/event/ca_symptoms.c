/*
 * ca_symptoms.c - what the CA itself logs (FACTS 4.3), and what its policy module says.
 *
 * A refusal by DCOM never comes that far: where the CA logs a request, gates 1 to 8 let it in.
 */
#include "event.h"

static const struct event_source ca = {"Application",
                                       "CertSvc",
                                       {"certsvc", "certificationauthority",
                                        "certification authority", "certificate services"}},
                                 policy = {"Application",
                                           "certification authority's policy module",
                                           {NULL}};

#define STARTED "a certificate or database problem of the CA, before any question of DCOM"

/* clang-format off */
static const struct event_symptom symptoms[] = {
    {17, 0, &ca, "error", {"unable to initialize the database connection"},
     "certsvc did not start: its database does not open", "service", "sc query certsvc"},
    {21, 0, &ca, "error", {"could not process request"},
     "the request reached the CA, so DCOM let it in; the CA could not build a certificate of it",
     "ca-security,template-published,template-security", CHECK},
    {22, 0, &ca, "error", {"certificate services could not process request"},
     "the request reached the CA, so DCOM let it in; the CA could not build a certificate of it",
     "ca-security,template-published,template-security", CHECK},
    {26, 0, &ca, "information", {"was started."},
     "certsvc has started; with SETUP_DCOM_SECURITY_UPDATED_FLAG clear it has updated the DCOM "
     "security (KB 903220)", "", "certutil -getreg SetupStatus"},
    {27, 0, &ca, "error", {NULL},
     "certsvc did not start: " STARTED, "service", "sc query certsvc"},
    {38, 0, &ca, "information", {"was stopped."},
     "certsvc was stopped; until it starts, callers need launch rights",
     "service", "sc query certsvc"},
    {39, 0, &ca, "error", {"dcom class for"},
     "certsvc did not start: its DCOM class could not be registered, mostly because the service "
     "runs as another account than Local System", "service", "sc query certsvc"},
    {53, 0, &ca, "warning", {"certificate services denied request"},
     "the request reached the CA, so DCOM let it in; the CA or the template refused it",
     "ca-security,template-published,template-security", CHECK},
    {77, 0, &ca, "warning", {"policy module"},
     "a warning of the policy module, whose words stand in it; DCOM let the request in",
     "template-published,template-security", CHECK},
    {92, 0, &ca, "error", {"could not update security permissions"},
     "the CA could not write its own permissions; that it concerns DCOM is not confirmed",
     "ca-security", "certutil -getreg SetupStatus"},
    {100, 0, &ca, "error",
     {"could not load or verify the current ca certificate", "現在の ca 証明書の読み込みまたは確認に失敗しました"},
     "certsvc did not start: " STARTED, "service", "sc query certsvc"},

    /* certpdef.dll, without numbers of their own in a log */
    {0, 0, &policy, "warning", {"is not supported by the certificate services policy"},
     "the CA does not publish the template that was asked for",
     "template-published", "certutil -CATemplates"},
    {0, 0, &policy, "warning", {"active directory object is not in the current forest"},
     "the requester is of another forest, and the CA is not set up for that", "", NULL},
    {0, 0, &policy, "warning", {"certificate template could not be loaded"},
     "the CA cannot read the template: its own computer account lacks Read (KB 283218)",
     "template-published,template-security", "certutil -CATemplates"},
    {0, 0, &policy, "warning", {"enrollee could not authenticate", "could not be authenticated"},
     "the CA could not tell who asks", "logon,authentication", CHECK},
};
/* clang-format on */

const struct event_symptom *event_of_ca(size_t *count)
{
    *count = CS_COUNT(symptoms);
    return symptoms;
}
