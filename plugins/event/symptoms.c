/*
 * symptoms.c - what logs and clients say when an enrolment is refused.
 *
 * Events by number and by their own words, English and Japanese, and the codes.  Sources:
 * KB 903220 (13 and the snap-in's message), FACTS 1.8, 1.9, 4 and 7.6.  A row of words is
 * any-of; words are lower case.
 */
#include "event.h"

#define DCOM_GATES "launch-limit,launch-permission,access-limit,access-permission"
#define DCOM       "DCOM"

static const struct event_symptom symptoms[] = {
    {13,
     0,
     "Application",
     "AutoEnrollment",
     "error",
     {"failed to enroll for", "登録できませんでした"},
     "auto-enrolment did not get this certificate; the code in it says how far the request got",
     "service,logon,authentication,enable-dcom," DCOM_GATES
     ",ca-interface,ca-security,template-published,template-security",
     "enroll check PRINCIPAL TEMPLATE"},
    {17,
     0,
     "Application",
     "AutoEnrollment",
     "warning",
     {"another certificate authority will be contacted",
      "another certification authority will be contacted"},
     "one CA refused or could not be reached, another one is tried; 13 follows when none is left",
     "",
     NULL},
    {10014,
     0,
     "System",
     DCOM,
     "error",
     {"machine wide limit settings do not grant local launch",
      "machine wide limit settings do not grant remote launch",
      "machine wide limit settings do not grant remote activation"},
     "the machine-wide launch limit of the host that logged this does not let the caller in; "
     "\"Launch\" in it means that certsvc was stopped",
     "launch-limit",
     "dcom show"},
    {10015,
     0,
     "System",
     DCOM,
     "error",
     {NULL},
     "the machine-wide launch limit refuses the caller for the class it names",
     "launch-limit",
     "dcom show"},
    {10016,
     0,
     "System",
     DCOM,
     "error",
     {"application-specific permission settings do not grant",
      "machine-default permission settings do not grant",
      "アプリケーション固有のアクセス許可の設定"},
     "the launch permission of the application refuses the caller; for CertSrv Request "
     "{D99E6E74-...} and \"Remote Launch\" certsvc was simply stopped; for other classes it is "
     "mostly harmless noise",
     "launch-permission,service",
     "sc query certsvc"},
    {10017,
     0,
     "System",
     DCOM,
     "error",
     {NULL},
     "the access permission of the application refuses the caller",
     "access-permission",
     "dcom show"},
    {10019,
     0,
     "System",
     DCOM,
     "error",
     {"machine wide limit settings do not grant local access",
      "machine wide limit settings do not grant remote access"},
     "the machine-wide access limit refuses the caller",
     "access-limit",
     "dcom show"},
    {10020,
     0,
     "System",
     DCOM,
     "error",
     {"security descriptor is invalid"},
     "a descriptor is damaged or mixes old and new entries, so everybody is refused",
     DCOM_GATES,
     "dcom show"},
    {10024,
     0,
     "System",
     DCOM,
     "error",
     {"machine wide group policy"},
     "the limit that group policy sets is no valid SDDL, so everybody is refused",
     "launch-limit,access-limit",
     "dcom show"},
    {10027,
     0,
     "System",
     "Microsoft-Windows-DistributedCOM",
     "warning",
     {NULL},
     "the machine-wide limit refuses the caller (Vista and later; 10014 before); for ANONYMOUS "
     "LOGON the network logon had failed before",
     "launch-limit,logon",
     "right list SeNetworkLogonRight"},
    {10036,
     0,
     "System",
     "Microsoft-Windows-DistributedCOM",
     "error",
     {"server-side authentication level policy does not allow"},
     "the client activates below packet integrity, which KB5004442 refuses",
     "authentication",
     NULL},
    {10037,
     0,
     "System",
     "Microsoft-Windows-DistributedCOM",
     "error",
     {NULL},
     "this client's application asks below packet integrity (KB5004442)",
     "authentication",
     NULL},
    {10038,
     0,
     "System",
     "Microsoft-Windows-DistributedCOM",
     "error",
     {NULL},
     "this client's default is below packet integrity (KB5004442)",
     "authentication",
     NULL},
    {53,
     0,
     "Application",
     "CertSvc",
     "warning",
     {"certificate services denied request"},
     "the request reached the CA, so DCOM let it in; the CA or the template refused it",
     "ca-security,template-published,template-security",
     "enroll check PRINCIPAL TEMPLATE"},
    {0,
     0,
     NULL,
     "Certificates snap-in",
     "error",
     {"the certificate request failed because of one of the following", "証明書要求に失敗しました"},
     "a request by hand failed: the CA has not started, or nobody here may ask it; enroll check "
     "tells which of the two",
     "service," DCOM_GATES ",ca-security",
     "enroll check PRINCIPAL TEMPLATE"},

    {0,
     0x80070005u,
     NULL,
     NULL,
     NULL,
     {"access is denied", "アクセスが拒否されました"},
     "access denied: a DCOM limit or permission said no (to XP and 2003 clients; later ones say "
     "0x800706BA), or the CA's own security",
     DCOM_GATES ",ca-security",
     "enroll check PRINCIPAL TEMPLATE"},
    {0,
     0x800706bau,
     NULL,
     NULL,
     NULL,
     {"the rpc server is unavailable", "rpc サーバーを利用できません"},
     "not reached: the service, the network logon, the authentication level or EnableDCOM; at "
     "clients of Vista and later also any refusal by DCOM",
     "service,logon,authentication,enable-dcom," DCOM_GATES,
     "enroll check PRINCIPAL TEMPLATE"},
    {0,
     0x80094011u,
     NULL,
     NULL,
     NULL,
     {"the permissions on this ca do not allow",
      "the permissions on this certification authority do not allow"},
     "the CA's own security does not grant Enroll; DCOM let the request in",
     "ca-security",
     "certutil -getreg CA\\Security"},
    {0,
     0x80094012u,
     NULL,
     NULL,
     NULL,
     {"the permissions on the certificate template do not allow"},
     "the template's security does not grant Read and Enroll; DCOM let the request in",
     "template-security",
     "certutil -CATemplates"},
    {0,
     0x80094800u,
     NULL,
     NULL,
     NULL,
     {"requested certificate template is not supported by this ca"},
     "the CA does not publish the template, or cannot issue its version on this edition",
     "template-published",
     "certutil -CATemplates"},
    {0,
     0x80094812u,
     NULL,
     NULL,
     NULL,
     {"the email name is unavailable"},
     "every gate let it in; the account has no mail attribute, which the template wants",
     "",
     "principal show PRINCIPAL"},
    {0,
     0x8009480fu,
     NULL,
     NULL,
     NULL,
     {"the dns name is unavailable"},
     "every gate let it in; the account has no DNS name, which the template wants",
     "",
     "principal show PRINCIPAL"},
    {0,
     0x8009480du,
     NULL,
     NULL,
     NULL,
     {"the upn is unavailable", "the user principal name"},
     "every gate let it in; the account has no UPN, which the template wants",
     "",
     "principal show PRINCIPAL"},
    {0,
     0x80070103u,
     NULL,
     NULL,
     NULL,
     {"no local certification authority"},
     "certutil found no CA on its host; name one with -config HOST\\CA",
     "",
     "host list"},
};

const struct event_symptom *event_symptoms(size_t *count)
{
    *count = CS_COUNT(symptoms);
    return symptoms;
}

/* ------------------------------------------------------------------ recognising */

static size_t find(struct cs_str text, struct cs_str part, size_t from)
{
    for (size_t i = from; i + part.length <= text.length; i++)
        if (cs_str_equal(cs_str_span(text.at + i, part.length), part))
            return i;
    return text.length;
}

bool event_holds(struct cs_str text, struct cs_str part)
{
    return part.length && find(text, part, 0) < text.length;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* `number` stands in `text` with no digit or letter beside it. */
static bool holds_number(struct cs_str text, uint32_t number)
{
    char digits[16];
    size_t length = 0;
    for (uint32_t rest = number; rest; rest /= 10)
        digits[sizeof digits - ++length] = (char)('0' + rest % 10);
    struct cs_str part = cs_str_span(digits + sizeof digits - length, length);
    for (size_t i = find(text, part, 0); i < text.length; i = find(text, part, i + 1)) {
        char before = i ? text.at[i - 1] : ' ';
        char after = i + length < text.length ? text.at[i + length] : ' ';
        bool joined = before == '-' || before == '.' || before == 'x' || before == '_';
        if (!is_digit(before) && !is_digit(after) && !joined && after != '-')
            return true;
    }
    return false;
}

/* A short number means an event only where the text is that number, or speaks of events. */
static bool speaks_of_events(struct cs_str text)
{
    static const char *const words[] = {"event", "autoenrollment", "certenroll", "certsvc",
                                        "イベント"};
    bool alone = true;
    for (size_t i = 0; i < text.length; i++)
        alone = alone && (is_digit(text.at[i]) || text.at[i] == ' ');
    for (size_t i = 0; i < CS_COUNT(words) && !alone; i++)
        alone = event_holds(text, cs_str_of(words[i]));
    return alone;
}

static bool holds_code(struct cs_str text, uint32_t code)
{
    char digits[9];
    for (int i = 0; i < 8; i++)
        digits[i] = "0123456789abcdef"[code >> (28 - 4 * i) & 15];
    return event_holds(text, cs_str_span(digits, 8));
}

bool event_recognise(const struct event_symptom *symptom, struct cs_str text)
{
    for (size_t i = 0; i < CS_COUNT(symptom->words) && symptom->words[i]; i++)
        if (event_holds(text, cs_str_of(symptom->words[i])))
            return true;
    if (symptom->code)
        return holds_code(text, symptom->code);
    bool known = symptom->id >= 10000 || speaks_of_events(text);
    return symptom->id && known && holds_number(text, symptom->id);
}
