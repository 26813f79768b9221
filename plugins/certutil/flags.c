/*
 * flags.c - the names of bits in the CA's settings.
 *
 * SetupStatus and InterfaceFlags are the program's own tables (ca.h), because the model looks
 * at them; the others are names only, from the public header certsrv.h.  RequestDisposition
 * and CAType hold a choice rather than bits: their low part is compared whole.
 */
#include "certutil.h"

static const struct cs_flag edit_flags[] = {
    {0x1, "EDITF_ENABLEREQUESTEXTENSIONS"},
    {0x2, "EDITF_REQUESTEXTENSIONLIST"},
    {0x4, "EDITF_DISABLEEXTENSIONLIST"},
    {0x8, "EDITF_ADDOLDKEYUSAGE"},
    {0x10, "EDITF_ADDOLDCERTTYPE"},
    {0x20, "EDITF_ATTRIBUTEENDDATE"},
    {0x40, "EDITF_BASICCONSTRAINTSCRITICAL"},
    {0x80, "EDITF_BASICCONSTRAINTSCA"},
    {0x100, "EDITF_ENABLEAKIKEYID"},
    {0x200, "EDITF_ATTRIBUTECA"},
    {0x400, "EDITF_IGNOREREQUESTERGROUP"},
    {0x800, "EDITF_ENABLEAKIISSUERNAME"},
    {0x1000, "EDITF_ENABLEAKIISSUERSERIAL"},
    {0x2000, "EDITF_ENABLEAKICRITICAL"},
    {0x4000, "EDITF_SERVERUPGRADED"},
    {0x8000, "EDITF_ATTRIBUTEEKU"},
    {0x10000, "EDITF_ENABLEDEFAULTSMIME"},
    {0x20000, "EDITF_EMAILOPTIONAL"},
    {0x40000, "EDITF_ATTRIBUTESUBJECTALTNAME2"},
    {0x80000, "EDITF_ENABLELDAPREFERRALS"},
    {0x100000, "EDITF_ENABLECHASECLIENTDC"},
    {0x200000, "EDITF_AUDITCERTTEMPLATELOAD"},
    {0x400000, "EDITF_DISABLEOLDOSCNUPN"},
    {0x800000, "EDITF_DISABLELDAPPACKAGELIST"},
    {0x1000000, "EDITF_ENABLEUPNMAP"},
    {0x2000000, "EDITF_ENABLEOCSPREVNOCHECK"},
    {0x4000000, "EDITF_ENABLERENEWONBEHALFOF"},
};

static const struct cs_flag crl_flags[] = {
    {0x1, "CRLF_DELTA_USE_OLDEST_UNEXPIRED_BASE"},
    {0x2, "CRLF_DELETE_EXPIRED_CRLS"},
    {0x4, "CRLF_CRLNUMBER_CRITICAL"},
    {0x8, "CRLF_REVCHECK_IGNORE_OFFLINE"},
    {0x10, "CRLF_IGNORE_INVALID_POLICIES"},
    {0x20, "CRLF_REBUILD_MODIFIED_SUBJECT_ONLY"},
    {0x40, "CRLF_SAVE_FAILED_CERTS"},
    {0x80, "CRLF_IGNORE_UNKNOWN_CMC_ATTRIBUTES"},
    {0x100, "CRLF_IGNORE_CROSS_CERT_TRUST_ERROR"},
    {0x200, "CRLF_PUBLISH_EXPIRED_CERT_CRLS"},
    {0x400, "CRLF_ENFORCE_ENROLLMENT_AGENT"},
    {0x800, "CRLF_DISABLE_RDN_REORDER"},
    {0x1000, "CRLF_DISABLE_ROOT_CROSS_CERTS"},
    {0x2000, "CRLF_LOG_FULL_RESPONSE"},
    {0x4000, "CRLF_USE_XCHG_CERT_TEMPLATE"},
    {0x8000, "CRLF_USE_CROSS_CERT_TEMPLATE"},
    {0x10000, "CRLF_ALLOW_REQUEST_ATTRIBUTE_SUBJECT"},
    {0x20000, "CRLF_REVCHECK_IGNORE_NOREVCHECK"},
    {0x40000, "CRLF_PRESERVE_EXPIRED_CA_CERTS"},
    {0x80000, "CRLF_PRESERVE_REVOKED_CA_CERTS"},
};

static const struct cs_flag audit_flags[] = {
    {0x1, "AUDIT_FILTER_STARTSTOP"},   {0x2, "AUDIT_FILTER_BACKUPRESTORE"},
    {0x4, "AUDIT_FILTER_CERTISSUED"},  {0x8, "AUDIT_FILTER_CERTREVOKED"},
    {0x10, "AUDIT_FILTER_CASECURITY"}, {0x20, "AUDIT_FILTER_CACONFIG"},
    {0x40, "AUDIT_FILTER_KEYARCHIVE"},
};

static const struct cs_flag kra_flags[] = {
    {0x1, "KRAF_ENABLEFOREIGN"},
    {0x2, "KRAF_SAVEBADREQUESTKEY"},
    {0x4, "KRAF_ENABLEARCHIVEALL"},
    {0x8, "KRAF_DISABLEUSEDEFAULTPROVIDER"},
};

static const struct cs_flag disposition_flags[] = {
    {0x0, "REQDISP_PENDING"},        {0x1, "REQDISP_ISSUE"},
    {0x2, "REQDISP_DENY"},           {0x3, "REQDISP_USEREQUESTATTRIBUTE"},
    {0x100, "REQDISP_PENDINGFIRST"},
};

static const struct cs_flag ca_types[] = {
    {0x0, "ENUM_ENTERPRISE_ROOTCA"}, {0x1, "ENUM_ENTERPRISE_SUBCA"},
    {0x3, "ENUM_STANDALONE_ROOTCA"}, {0x4, "ENUM_STANDALONE_SUBCA"},
    {0x5, "ENUM_UNKNOWN_CA"},
};

static const struct certutil_flags tables[] = {
    {"EditFlags", edit_flags, CS_COUNT(edit_flags), 0},
    {"CRLFlags", crl_flags, CS_COUNT(crl_flags), 0},
    {"AuditFilter", audit_flags, CS_COUNT(audit_flags), 0},
    {"KRAFlags", kra_flags, CS_COUNT(kra_flags), 0},
    {"RequestDisposition", disposition_flags, CS_COUNT(disposition_flags), 0xff},
    {"CAType", ca_types, CS_COUNT(ca_types), 0xffffffff},
};

bool certutil_flags_of(struct cs_str value, struct certutil_flags *flags)
{
    *flags = (struct certutil_flags){.value = "SetupStatus"};
    if (cs_str_same(value, CS_STR("SetupStatus"))) {
        flags->flags = cs_setup_flags(&flags->count);
    } else if (cs_str_same(value, CS_STR("InterfaceFlags"))) {
        flags->value = "InterfaceFlags";
        flags->flags = cs_interface_flags(&flags->count);
    }
    for (size_t i = 0; !flags->flags && i < CS_COUNT(tables); i++)
        if (cs_str_same(value, cs_str_of(tables[i].value)))
            *flags = tables[i];
    return flags->flags != NULL;
}

const struct cs_flag *certutil_flag_named(const struct certutil_flags *flags, struct cs_str name)
{
    for (size_t i = 0; i < flags->count; i++)
        if (cs_str_same(name, cs_str_of(flags->flags[i].name)))
            return &flags->flags[i];
    return NULL;
}

/* Letters to change from `a` to `b`, case aside (Levenshtein), names up to 63 letters. */
static size_t distance(struct cs_str a, struct cs_str b)
{
    size_t row[64];
    if (a.length > 63 || b.length > 63)
        return SIZE_MAX;
    for (size_t j = 0; j <= b.length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.length; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.length; j++) {
            bool same = cs_str_same(cs_str_span(a.at + i - 1, 1), cs_str_span(b.at + j - 1, 1));
            size_t change = corner + !same;
            size_t insert = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            corner = row[j];
            row[j] = change < insert ? change : insert;
        }
    }
    return row[b.length];
}

const struct cs_flag *certutil_flag_near(const struct certutil_flags *flags, struct cs_str name)
{
    const struct cs_flag *best = NULL;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < flags->count; i++) {
        size_t d = distance(name, cs_str_of(flags->flags[i].name));
        if (d < least) {
            least = d;
            best = &flags->flags[i];
        }
    }
    return best;
}

bool certutil_flag_set(const struct certutil_flags *flags, const struct cs_flag *flag,
                       uint32_t number)
{
    if ((flag->bits & ~flags->choice) == 0 && flags->choice)
        return (number & flags->choice) == flag->bits;
    return flag->bits && (number & flag->bits) == flag->bits;
}
