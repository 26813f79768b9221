/*
 * event_text.c - the words of the events, by version and language.
 *
 * English: message tables of pautoenr.dll, certenroll.dll, netevent.dll, xpsp2res.dll,
 * oleres.dll and combase.dll, and the pages named in FACTS 1.9 and 4; blanks and misspellings
 * are the product's.  Japanese: K21 and K22 of KB 903220 are verbatim; those of the service
 * control manager are general knowledge; what is NULL is not known and stays English.
 *
 * Room: lab.
 */
#include "event_in.h"

#define SCM         "Service Control Manager"
#define DCOM        "Microsoft-Windows-DistributedCOM"
#define CERT_ENROLL "Microsoft-Windows-CertificateServicesClient-CertEnroll"
#define CERT_AUTH   "Microsoft-Windows-CertificationAuthority"
#define TOOL                                                                                       \
    "This security permission can be modified using the Component Services administrative tool."
#define MORE_JA                                                                                       \
    " 詳細な情報は、http://support.microsoft.com の [ヘルプとサポート センター] " \
    "を参照してください。"
#define CONTAINER " running in the application container Unavailable SID (Unavailable)"
#define CLSID     "{D99E6E74-FC88-11D0-B498-00A0C90312F3}"

/* Within a kind oldest first.  13: 5 is the CA, 6 the code with its name. */
static const struct csi_event_text texts[] = {
    {CS_EVENT_AUTOENROLL_FAILED, CS_WINDOWS_UNKNOWN, 13, 'A', 'E', "AutoEnrollment",
     "Automatic certificate enrollment for %1 failed to enroll for one %2 certificate (%3).  %4",
     "%1の証明書の自動登録で、%2証明書 (%3) を登録できませんでした。%4" MORE_JA},
    {CS_EVENT_AUTOENROLL_FAILED, CS_WINDOWS_VISTA, 13, 'A', 'E', CERT_ENROLL,
     "Certificate enrollment for %1 failed to enroll for a %2 certificate from %5 (%4 %6).", NULL},
    {CS_EVENT_AUTOENROLL_FAILED, CS_WINDOWS_7, 13, 'A', 'E', CERT_ENROLL,
     "Certificate enrollment for %1 failed to enroll for a %2 certificate with request ID N/A from "
     "%5 (%4 %6).",
     NULL},

    {CS_EVENT_AUTOENROLL_SUCCESS, CS_WINDOWS_UNKNOWN, 19, 'A', 'I', "AutoEnrollment",
     "Automatic certificate enrollment for %1 successfully received one %2 certificate from "
     "certificate authority %3 on %4.",
     NULL},
    {CS_EVENT_AUTOENROLL_SUCCESS, CS_WINDOWS_VISTA, 19, 'A', 'I', CERT_ENROLL,
     "Certificate enrollment for %1 successfully received a %2 certificate from certificate "
     "authority %3 on %4.",
     NULL},

    {CS_EVENT_SERVICE_CONTROL, CS_WINDOWS_UNKNOWN, 7035, 'S', 'I', SCM,
     "The %1 service was successfully sent a %2 control.",
     "%1 サービスは正常に %2 コントロールを送信しました。"},
    {CS_EVENT_SERVICE_STATE, CS_WINDOWS_UNKNOWN, 7036, 'S', 'I', SCM,
     "The %1 service entered the %2 state.", "%1 サービスは %2 状態に入りました。"},

    {CS_EVENT_CA_STARTED, CS_WINDOWS_UNKNOWN, 26, 'A', 'I', "CertSvc",
     "Certificate Services for %1 was started.", NULL},
    {CS_EVENT_CA_STARTED, CS_WINDOWS_2008, 26, 'A', 'I', CERT_AUTH,
     "Active Directory Certificate Services for %1 was started.", NULL},
    {CS_EVENT_CA_STOPPED, CS_WINDOWS_UNKNOWN, 38, 'A', 'I', "CertSvc",
     "Certificate Services for %1 was stopped.", NULL},
    {CS_EVENT_CA_STOPPED, CS_WINDOWS_2008, 38, 'A', 'I', CERT_AUTH,
     "Active Directory Certificate Services for %1 was stopped.", NULL},
    {CS_EVENT_CA_DENIED, CS_WINDOWS_UNKNOWN, 53, 'A', 'W', "CertSvc",
     "Certificate Services denied request %1 because %2.  The request was for %3.  Additional "
     "information: Denied by Policy Module",
     NULL},
    {CS_EVENT_CA_DENIED, CS_WINDOWS_2008, 53, 'A', 'W', CERT_AUTH,
     "Active Directory Certificate Services denied request %1 because %2.  The request was for %3. "
     " "
     "Additional information: Denied by Policy Module",
     NULL},

    {CS_EVENT_DCOM_LIMIT, CS_WINDOWS_UNKNOWN, 10014, 'S', 'E', "DCOM",
     "The machine wide limit settings do not grant %1 %2 permission for COM Server applications to "
     "the user %3\\%4 SID (%5).  " TOOL,
     NULL},
    {CS_EVENT_DCOM_LIMIT, CS_WINDOWS_VISTA, 10027, 'S', 'W', DCOM,
     "The machine wide limit settings do not grant %1 %2 permission for COM Server applications to "
     "the user %3\\%4 SID (%5) from address %6. " TOOL,
     NULL},
    {CS_EVENT_DCOM_LIMIT, CS_WINDOWS_8, 10027, 'S', 'W', DCOM,
     "The machine wide limit settings do not grant %1 %2 permission for COM Server applications to "
     "the user %3\\%4 SID (%5) from address %6" CONTAINER ". " TOOL,
     NULL},

    {CS_EVENT_DCOM_LIMIT_ACCESS, CS_WINDOWS_UNKNOWN, 10019, 'S', 'E', "DCOM",
     "The machine wide limit settings do not grant %1 access permission to the COM Server "
     "application %2 to the user %3\\%4 SID (%5).  " TOOL,
     NULL},
    {CS_EVENT_DCOM_LIMIT_ACCESS, CS_WINDOWS_VISTA, 10019, 'S', 'E', DCOM,
     "The machine wide limit settings do not grant %1 access permission to the COM Server "
     "application %2 to the user %3\\%4 SID (%5) from address %6. " TOOL,
     NULL},

    {CS_EVENT_DCOM_PERMISSION, CS_WINDOWS_UNKNOWN, 10016, 'S', 'E', "DCOM",
     "The %1 permission settings do not grant %2 %3 permission for the COM Server application with "
     "CLSID %4 to the user %5\\%6 SID (%7).  " TOOL,
     NULL},
    {CS_EVENT_DCOM_PERMISSION, CS_WINDOWS_VISTA, 10016, 'S', 'E', DCOM,
     "The %1 permission settings do not grant %2 %3 permission for the COM Server application with "
     "CLSID %4 to the user %5\\%6 SID (%7) from address %8. " TOOL,
     NULL},
    {CS_EVENT_DCOM_PERMISSION, CS_WINDOWS_7, 10016, 'S', 'E', DCOM,
     "The %1 permission settings do not grant %2 %3 permission for the COM Server application with "
     "CLSID %4 and APPID " CLSID " to the user %5\\%6 SID (%7) from address %8. " TOOL,
     NULL},
    {CS_EVENT_DCOM_PERMISSION, CS_WINDOWS_8, 10016, 'S', 'E', DCOM,
     "The %1 permission settings do not grant %2 %3 permission for the COM Server application with "
     "CLSID %4 and APPID " CLSID " to the user %5\\%6 SID (%7) from address %8" CONTAINER ". " TOOL,
     NULL},

    {CS_EVENT_DCOM_LEVEL, CS_WINDOWS_UNKNOWN, 10036, 'S', 'E', DCOM,
     "The server-side authentication level policy does not allow the user %1\\%2 SID (%3) from "
     "address %4 to activate DCOM server. Please raise the activation authentication level at "
     "least "
     "to RPC_C_AUTHN_LEVEL_PKT_INTEGRITY in client application.",
     NULL},
};

const struct csi_event_text *csi_event_text(enum cs_event_kind kind, enum cs_windows windows)
{
    const struct csi_event_text *found = NULL;
    for (size_t i = 0; i < CS_COUNT(texts); i++) {
        if (texts[i].kind == kind && (!found || texts[i].since <= windows))
            found = &texts[i];
    }
    cs_bug_if(!found);
    return found;
}

const char *csi_event_type(char severity, bool japanese)
{
    switch (severity) {
    case 'E':
        return japanese ? "エラー" : "error";
    case 'W':
        return japanese ? "警告" : "warning";
    default:
        return japanese ? "情報" : "information";
    }
}
