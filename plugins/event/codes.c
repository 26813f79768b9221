/*
 * codes.c - what failure codes mean for an enrolment (FACTS 1.3, 2.3 to 2.6, 7.1, 7.6).
 *
 * The words are the texts that tools print without or beside the code; Win32 errors that say
 * nothing about enrolment are told in Windows' own words (explain.c).
 */
#include "event.h"

#define LET_IN "every gate let it in; "

/* clang-format off */
static const struct event_symptom codes[] = {
    {0, 0x80070005u, NULL, NULL, {"access is denied", "アクセスが拒否されました", "e_accessdenied"},
     "access denied: a DCOM limit or permission said no (to XP and 2003 clients; later ones say "
     "0x800706BA), or the CA's own security", DCOM_GATES ",ca-security", CHECK},
    {0, 0x800706bau, NULL, NULL,
     {"the rpc server is unavailable", "rpc サーバーを利用できません", "rpc_s_server_unavailable"},
     "not reached: the service, the network logon, the authentication level or EnableDCOM; at "
     "clients of Vista and later also any refusal by DCOM",
     "service,logon,authentication,enable-dcom," DCOM_GATES, CHECK},
    {0, 0x800706d9u, NULL, NULL, {"no more endpoints available from the endpoint mapper"},
     "the host was reached, but no server has registered there: certsvc does not run",
     "service", "sc query certsvc"},
    {0, 0x8001011bu, NULL, NULL, {"rpc_e_access_denied"},
     "a call was refused: the access limit, the access permission, or the level of "
     "authentication", "access-limit,access-permission,authentication", CHECK},
    {0, 0x8001011cu, NULL, NULL, {"remote calls are not allowed for this process"},
     "DCOM is switched off there for remote calls",
     "enable-dcom", "reg query HKLM\\SOFTWARE\\Microsoft\\Ole /v EnableDCOM"},
    {0, 0x80040154u, NULL, NULL, {"class not registered", "regdb_e_classnotreg"},
     "no certification authority is installed on that host, or its class is not registered",
     "service", "sc query certsvc"},
    {0, 0x80080005u, NULL, NULL, {"server execution failed", "co_e_server_exec_failure"},
     "the caller may launch, but certsvc did not start", "service", "sc query certsvc"},
    {0, 0x80004015u, NULL, NULL,
     {"configured to run as a security id different from the caller",
      "co_e_wrong_server_identity"},
     "certsvc runs as another account than Local System, so its class cannot be registered",
     "service", "sc query certsvc"},
    {0, 0x80070422u, NULL, NULL, {"the service cannot be started, either because it is disabled"},
     "certsvc is disabled", "service", "sc config certsvc start= auto"},
    {0, 0x80070057u, NULL, NULL, {"e_invalidarg"},
     "a wrong argument: to the CA a name that it does not have, to certutil an unknown flag or "
     "one with a typographic dash", "", "certutil -getreg SetupStatus"},
    {0, 0x80070002u, NULL, NULL, {"error_file_not_found"},
     "certutil found no such value or key: no CA is configured on that host, or the name is "
     "another", "", "certutil -getreg"},
    {0, 0x80070103u, NULL, NULL, {"no local certification authority"},
     "certutil found no CA on its host; name one with -config HOST\\CA", "", "host list"},
    {0, 0x80070490u, NULL, NULL, {"error_not_found"},
     "certutil did not find what was named: such a template is not published",
     "template-published", "certutil -CATemplates"},
    {0, 0xc000015bu, NULL, NULL,
     {"status_logon_type_not_granted", "has not been granted the requested logon type"},
     "the caller lacks \"Access this computer from the network\"; Windows goes on as ANONYMOUS "
     "LOGON, which the limits refuse (10027)", "logon", "right list SeNetworkLogonRight"},
    {0, 0x80070569u, NULL, NULL, {"error_logon_type_not_granted"},
     "the caller lacks \"Access this computer from the network\"",
     "logon", "right list SeNetworkLogonRight"},
    {0, 0, &(const struct event_source){NULL, "Kerberos", {NULL}}, "error", {"kdc_err_policy"},
     "the trust is selective, and the caller lacks Allowed to Authenticate on the CA's computer "
     "object; the request never reaches DCOM", "logon", CHECK},
    {0, 0, &(const struct event_source){NULL, "RPC", {NULL}}, "error",
     {"nca_s_fault_access_denied"},
     "a refusal by DCOM, as the network sees it; the client shows 0x800706BA or 0x80070005",
     DCOM_GATES, CHECK},
    {0, 0x80094002u, NULL, NULL, {"the request does not exist"},
     LET_IN "the CA has no request of that number", "", NULL},
    {0, 0x80094003u, NULL, NULL, {"the request's current status does not allow this operation"},
     LET_IN "the request has been decided already", "", NULL},
    {0, 0x80094004u, NULL, NULL, {"the requested property value is empty"},
     LET_IN "the CA has no value of that name", "", NULL},
    {0, 0x80094006u, NULL, NULL, {"suspended for a database restore"},
     "the CA is being restored and takes no requests", "service", "sc query certsvc"},
    {0, 0x80094009u, NULL, NULL, {"certificate manager that is allowed to manage certificates"},
     LET_IN "the officer who acts is restricted to other requesters", "", NULL},
    {0, 0x80094011u, NULL, NULL,
     {"the permissions on this ca do not allow",
      "the permissions on this certification authority do not allow",
      "certsrv_e_enroll_denied"},
     "the CA's own security does not grant Enroll, or its InterfaceFlags take no requests from "
     "there; DCOM let the request in",
     "ca-security,ca-interface", "certutil -getreg CA\\InterfaceFlags"},
    {0, 0x80094012u, NULL, NULL,
     {"the permissions on the certificate template do not allow", "certsrv_e_template_denied"},
     "the template's security does not grant Read and Enroll; DCOM let the request in",
     "template-security", "certutil -CATemplates"},
    {0, 0x80094800u, NULL, NULL,
     {"requested certificate template is not supported by this ca",
      "certsrv_e_unsupported_cert_type"},
     "the CA does not publish the template, cannot read it, or cannot issue its version on this "
     "edition", "template-published,template-security", "certutil -CATemplates"},
    {0, 0x80094801u, NULL, NULL, {"the request contains no certificate template information"},
     LET_IN "an enterprise CA wants a template named", "", "certutil -CATemplates"},
    {0, 0x80094802u, NULL, NULL, {"the request contains conflicting template information"},
     LET_IN "the request names two templates", "", NULL},
    {0, 0x80094807u, NULL, NULL, {"the request template version is newer"},
     LET_IN "the CA's copy of the template is older than the client's: wait for replication",
     "", NULL},
    {0, 0x8009480au, NULL, NULL, {"missing one or more required signatures"},
     LET_IN "the template wants the signature of an enrolment agent", "", NULL},
    {0, 0x8009480bu, NULL, NULL,
     {"did not include the required application or issuance policies"},
     LET_IN "the signature is not of the kind that the template wants", "", NULL},
    {0, 0x8009480du, NULL, NULL, {"the upn is unavailable", "the user principal name"},
     LET_IN "the account has no UPN, which the template wants", "", "principal show PRINCIPAL"},
    {0, 0x8009480fu, NULL, NULL, {"the dns name is unavailable"},
     LET_IN "the account has no DNS name, which the template wants",
     "", "principal show PRINCIPAL"},
    {0, 0x80094811u, NULL, NULL, {"the public key does not meet the minimum size"},
     LET_IN "the key is shorter than the template wants", "", NULL},
    {0, 0x80094812u, NULL, NULL, {"the email name is unavailable"},
     LET_IN "the account has no mail attribute, which the template wants",
     "", "principal show PRINCIPAL"},
};
/* clang-format on */

const struct event_symptom *event_of_codes(size_t *count)
{
    *count = CS_COUNT(codes);
    return codes;
}
