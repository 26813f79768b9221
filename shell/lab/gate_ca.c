/*
 * gate_ca.c - what the CA itself asks: its interface, its security, its templates.
 *
 *   ca-interface        InterfaceFlags; a request that is not encrypted (MS-WCCE 3.2.1.4.2.1)
 *   ca-security         Enroll on the CA (MS-CSRA 3.1.1.7)
 *   template-published  the template is on the CA's list (MS-WCCE 3.2.2.6.2.1.4.1)
 *   template-security   Read and Enroll on the template (MS-CRTD 2.5)
 *
 * Chosen here, where sources are silent or disagree:
 *   - no Enroll on the CA is 0x80094011 (FACTS 9);
 *   - Enroll is control access with the right's GUID, or without any GUID; Read and Enroll may
 *     come from different entries (FACTS 10);
 *   - AutoEnroll is what the client asks before it tries; the CA never does.  Its absence is
 *     told, and refuses nothing;
 *   - a template's list in which nobody may read is an excerpt (SharpHound writes no Read
 *     entries): Read is then not asked;
 *   - the CA's own account must be able to read the template (KB 283218: 0x80094800).
 *
 * Room: lab.
 */
#include "gate_in.h"

enum {
    IF_NOREMOTE = 0x2,
    IF_NOLOCAL = 0x4,
    IF_ENCRYPT = 0x200,
    READ_RIGHTS = CS_DS_LIST | CS_DS_READ_PROP | CS_RIGHT_READ_CONTROL
};

/* How generic rights read on a directory object (MS-ADTS 5.1.3.2). */
static const struct cs_generic_mapping ds_mapping = {
    .read = 0x20094, .write = 0x20028, .execute = 0x20004, .all = 0xf01ff};

static struct cs_str certsvc_fact(const struct cs_caller *caller, const char *what)
{
    return csi_fact(caller, what,
                    "reg export HKLM\\SYSTEM\\CurrentControlSet\\Services\\CertSvc certsvc.reg");
}

static const struct cs_reg_value *ca_value(const struct cs_caller *caller, const char *name)
{
    struct cs_str key = cs_ca_key(caller->arena, csi_ca(caller));
    return cs_registry_get(caller->lab, caller->ca_host, key, cs_str_of(name));
}

/* Is it known that a value is not there? */
static bool ca_key_known(const struct cs_caller *caller)
{
    struct cs_str key = cs_ca_key(caller->arena, csi_ca(caller));
    return csi_ca_host(caller) && cs_registry_known(caller->lab, caller->ca_host, key);
}

/* ------------------------------------------------------------- ca-interface */

static cs_status check_flags(const struct cs_caller *caller, uint32_t flags,
                             struct cs_gate_answer *answer)
{
    const struct cs_host *host = csi_ca_host(caller);
    if (!caller->local && flags & IF_NOREMOTE)
        return csi_refuse(caller, answer, CS_DENIED, CS_HR_ENROLL_DENIED,
                          "IF_NOREMOTEICERTREQUEST: no remote requests");
    if (caller->local && flags & IF_NOLOCAL)
        return csi_refuse(caller, answer, CS_DENIED, CS_HR_ENROLL_DENIED,
                          "IF_NOLOCALICERTREQUEST: no local requests");
    if (caller->local)
        return csi_allow(caller, answer, "InterfaceFlags 0x%x let local requests in", flags);
    bool private = csi_client_level(caller) >= 6;
    bool patched = host && cs_windows_info(host->windows)->hardened; /* CVE-2022-37976 */
    if (!private && flags & IF_ENCRYPT)
        return csi_refuse(caller, answer, CS_DENIED, CS_HR_ACCESS_DENIED,
                          "IF_ENFORCEENCRYPTICERTREQUEST: the client only signs");
    if (!private && patched)
        return csi_refuse(caller, answer, CS_DENIED, CS_HR_ACCESS_DENIED,
                          "the CA wants packet privacy (CVE-2022-37976); the client only signs");
    return csi_allow(caller, answer, "InterfaceFlags 0x%x let remote requests in", flags);
}

static cs_status check_interface(const struct cs_caller *caller, struct cs_gate_answer *answer,
                                 struct cs_error *err)
{
    (void)err;
    uint32_t flags = 0;
    const struct cs_host *host = csi_ca_host(caller);
    const struct cs_reg_value *value = ca_value(caller, "InterfaceFlags");
    if (value && cs_reg_number(value, &flags))
        return check_flags(caller, flags, answer);
    bool known = ca_key_known(caller);
    if (!host || (!known && !csi_assumes(caller)))
        return csi_unknown(caller, answer, certsvc_fact(caller, "InterfaceFlags"));
    if (!known)
        csi_assume(caller, answer, certsvc_fact(caller, "InterfaceFlags"));
    return check_flags(caller, cs_default_interface_flags(host->windows), answer);
}

/* -------------------------------------------------------------- ca-security */

static cs_status ask_ca(const struct cs_caller *caller, const struct cs_sd *sd,
                        struct cs_gate_answer *answer)
{
    struct csi_ask ask = {
        .sd = sd,
        .token = caller->ca_token,
        .rights = CS_CA_ENROLL,
        .vocab = &cs_rights_ca,
        .what = "Enroll on the CA",
        .code = CS_HR_ENROLL_DENIED,
    };
    return csi_ask(caller, &ask, answer);
}

static cs_status ask_default_ca(const struct cs_caller *caller, struct cs_gate_answer *answer)
{
    const struct cs_host *host = csi_ca_host(caller);
    const struct cs_domain *domain = cs_domain_get(caller->lab, host->domain);
    struct cs_str sddl = cs_default_ca_security(caller->arena, domain ? &domain->sid : NULL,
                                                cs_domain_root_sid(caller->lab, host->domain));
    struct cs_sd sd;
    struct cs_error ignored;
    if (cs_sddl_parse(caller->arena, sddl, NULL, &sd, &ignored) != CS_OK)
        return csi_unknown(caller, answer, certsvc_fact(caller, "security of the CA"));
    return ask_ca(caller, &sd, answer);
}

static cs_status check_security(const struct cs_caller *caller, struct cs_gate_answer *answer,
                                struct cs_error *err)
{
    (void)err;
    const struct cs_reg_value *value = ca_value(caller, "Security");
    struct cs_sd sd;
    struct cs_error broken = {0};
    if (value && cs_sd_decode(caller->arena, value->data, &sd, &broken) == CS_OK) {
        uint32_t origin = value->record.source.origin;
        if (origin == CS_ORIGIN_ASSUMED)
            csi_assume(caller, answer, certsvc_fact(caller, "security of the CA"));
        if (origin && origin == csi_ca(caller)->excerpt)
            csi_assume(caller, answer, certsvc_fact(caller, "no deny entries on the CA"));
        return ask_ca(caller, &sd, answer);
    }
    if (value)
        return csi_refuse(caller, answer, CS_DENIED, CS_HR_ENROLL_DENIED,
                          "the CA's Security is no security descriptor: %s", broken.text);
    bool known = ca_key_known(caller);
    if (!csi_ca_host(caller) || (!known && !csi_assumes(caller)))
        return csi_unknown(caller, answer, certsvc_fact(caller, "security of the CA"));
    if (!known)
        csi_assume(caller, answer, certsvc_fact(caller, "security of the CA"));
    return ask_default_ca(caller, answer);
}

/* ---------------------------------------------------------------- templates */

static const struct cs_template *template_of(const struct cs_caller *caller)
{
    return cs_template_get(caller->lab, caller->ask->template_);
}

static bool is_enterprise(const struct cs_ca *ca)
{
    return ca->type == CS_CA_ENTERPRISE_ROOT || ca->type == CS_CA_ENTERPRISE_SUBORDINATE;
}

static cs_status check_published(const struct cs_caller *caller, struct cs_gate_answer *answer,
                                 struct cs_error *err)
{
    (void)err;
    const struct cs_ca *ca = csi_ca(caller);
    const struct cs_template *template_ = template_of(caller);
    if (!is_enterprise(ca))
        return csi_refuse(caller, answer, CS_DENIED, CS_HR_UNSUPPORTED_CERT_TYPE,
                          "%.*s is a stand-alone CA, which uses no templates",
                          CS_STR_ARG(ca->name));
    if (cs_ca_publishes(ca, template_->name))
        return csi_allow(caller, answer, "published at %.*s", CS_STR_ARG(ca->name));
    if (!ca->templates_known)
        return csi_unknown(caller, answer,
                           csi_fact(caller, "published templates", "certutil -CATemplates"));
    return csi_refuse(caller, answer, CS_DENIED, CS_HR_UNSUPPORTED_CERT_TYPE,
                      "not published at %.*s", CS_STR_ARG(ca->name));
}

/* Does any entry say Read, apart from full control?  Else the list is an excerpt. */
static bool tells_readers(const struct cs_sd *sd)
{
    for (size_t i = 0; sd->dacl && i < sd->dacl->count; i++) {
        const struct cs_ace *ace = &sd->dacl->aces[i];
        bool reads = ace->mask & (CS_DS_READ_PROP | CS_RIGHT_GENERIC_READ);
        bool full = ace->mask & (CS_RIGHT_WRITE_DAC | CS_RIGHT_GENERIC_ALL);
        if (ace->type == CS_ACE_ALLOW && reads && !full)
            return true;
    }
    return cs_sd_dacl(sd) != CS_DACL_LIST;
}

static struct csi_ask template_ask(const struct cs_sd *sd, const struct cs_token *token)
{
    return (struct csi_ask){
        .sd = sd,
        .token = token,
        .mapping = &ds_mapping,
        .vocab = &cs_rights_ds,
        .code = CS_HR_TEMPLATE_DENIED,
    };
}

static struct csi_ask enroll_ask(const struct cs_sd *sd, const struct cs_token *token,
                                 const char *right, const char *what, struct cs_guid *guid)
{
    struct csi_ask ask = template_ask(sd, token);
    struct cs_error ignored;
    ask.rights = CS_DS_CONTROL_ACCESS;
    ask.what = what;
    if (cs_guid_parse(cs_str_of(right), guid, &ignored) == CS_OK)
        ask.object = guid;
    return ask;
}

static bool has_deny(const struct cs_sd *sd)
{
    for (size_t i = 0; sd->dacl && i < sd->dacl->count; i++)
        if (sd->dacl->aces[i].type == CS_ACE_DENY || sd->dacl->aces[i].type == CS_ACE_OBJECT_DENY)
            return true;
    return false;
}

/* Authenticated Users may nearly always read; only else, or where an entry denies, is the CA's
 * own token built. */
static bool find_ca_can_read(const struct cs_caller *caller, const struct cs_sd *sd)
{
    const struct cs_host *host = csi_ca_host(caller);
    struct cs_token *token = cs_token_new(caller->arena);
    struct csi_ask ask = template_ask(sd, token);
    struct cs_error ignored;
    ask.rights = READ_RIGHTS;
    if (!token || !host || !host->account)
        return true;
    cs_token_add(token, &cs_sid_everyone, CS_TOKEN_ENABLED, CS_ORIGIN_CONTEXT, CS_TOKEN_NO_VIA);
    cs_token_add(token, &cs_sid_authenticated_users, CS_TOKEN_ENABLED, CS_ORIGIN_CONTEXT,
                 CS_TOKEN_NO_VIA);
    if (!has_deny(sd) && csi_ask_plain(caller, &ask, token).kind == CS_ALLOWED)
        return true;
    struct cs_token_ask whose = {
        .principal = host->account, .host = caller->ca_host, .logon = CS_LOGON_NETWORK};
    if (cs_token_of(caller->lab, caller->arena, &whose, &token, &ignored) != CS_OK)
        return true;
    return csi_ask_plain(caller, &ask, token).kind == CS_ALLOWED;
}

/* The same for all callers of one question. */
static bool ca_can_read(const struct cs_caller *caller, const struct cs_sd *sd)
{
    struct csi_shared *shared = caller->shared;
    if (!shared)
        return find_ca_can_read(caller, sd);
    if (!shared->ca_asked)
        shared->ca_can_read = find_ca_can_read(caller, sd);
    shared->ca_asked = true;
    return shared->ca_can_read;
}

/* AutoEnroll, which the client's auto-enrolment asks before it tries. */
static void tell_auto(const struct cs_caller *caller, const struct cs_template *template_,
                      const struct cs_sd *sd, struct cs_gate_answer *answer)
{
    struct cs_guid guid;
    struct csi_ask ask = enroll_ask(sd, caller->ca_token, cs_guid_autoenroll, "AutoEnroll", &guid);
    struct cs_principal p;
    bool computer =
        cs_principal_get(caller->lab, caller->ask->principal, &p) && p.kind == CS_COMPUTER;
    bool automatic = caller->ask->kind == CS_REQUEST_AUTO ||
                     (caller->ask->kind == CS_REQUEST_BY_KIND && computer);
    if (!caller->explain || !automatic || template_->schema < 2)
        return;
    if (csi_ask_plain(caller, &ask, caller->ca_token).kind != CS_ALLOWED)
        csi_detail(caller, answer,
                   "AutoEnroll is not granted: auto-enrolment would not ask for it by itself");
}

static cs_status ask_template(const struct cs_caller *caller, const struct cs_sd *sd,
                              struct cs_gate_answer *answer)
{
    struct cs_guid guid;
    struct csi_ask read = template_ask(sd, caller->ca_token);
    read.rights = READ_RIGHTS;
    read.what = "Read on the template";
    struct csi_ask enroll =
        enroll_ask(sd, caller->ca_token, cs_guid_enroll, "Enroll on the template", &guid);
    bool readers = tells_readers(sd);
    if (readers && !ca_can_read(caller, sd))
        return csi_refuse(caller, answer, CS_DENIED, CS_HR_UNSUPPORTED_CERT_TYPE,
                          "the CA's own account cannot read the template");
    cs_status status = csi_ask(caller, &enroll, answer);
    if (!readers)
        csi_detail(caller, answer,
                   "the list is an excerpt without Read: taken as given, unless denied");
    if (status != CS_OK || answer->verdict != CS_ALLOWED || !readers)
        return status;
    struct cs_gate_answer reading = {.assumed = answer->assumed,
                                     .missing = answer->missing,
                                     .detail = answer->detail,
                                     .via = {.kind = CS_LIST}};
    status = csi_ask(caller, &read, &reading);
    if (reading.verdict != CS_ALLOWED)
        *answer = reading;
    return status;
}

static struct cs_str template_fact(const struct cs_caller *caller,
                                   const struct cs_template *template_)
{
    return cs_str_printf(caller->arena,
                         "security of template %.*s: ldifde -f templates.ldf -d "
                         "\"CN=Public Key Services,CN=Services,CN=Configuration,...\"",
                         CS_STR_ARG(template_->name));
}

static cs_status ask_default_template(const struct cs_caller *caller,
                                      const struct cs_template *template_,
                                      struct cs_gate_answer *answer)
{
    const struct cs_host *host = csi_ca_host(caller);
    cs_id forest = cs_domain_find(caller->lab, template_->forest);
    const struct cs_sid *root = cs_domain_root_sid(caller->lab, forest ? forest
                                                                : host ? host->domain
                                                                       : 0);
    struct cs_str sddl = cs_default_template_security(caller->arena, template_->name, root);
    struct cs_str fact = template_fact(caller, template_);
    struct cs_sd sd;
    struct cs_error ignored;
    if (!csi_assumes(caller) || sddl.length == 0 ||
        cs_sddl_parse(caller->arena, sddl, NULL, &sd, &ignored) != CS_OK)
        return csi_unknown(caller, answer, fact);
    csi_assume(caller, answer, fact);
    return ask_template(caller, &sd, answer);
}

static cs_status check_template(const struct cs_caller *caller, struct cs_gate_answer *answer,
                                struct cs_error *err)
{
    (void)err;
    const struct cs_template *template_ = template_of(caller);
    struct cs_sd sd;
    struct cs_error broken = {0};
    if (template_->sd.length == 0)
        return ask_default_template(caller, template_, answer);
    if (cs_sd_decode(caller->arena, template_->sd, &sd, &broken) != CS_OK)
        return csi_refuse(caller, answer, CS_DENIED, CS_HR_TEMPLATE_DENIED,
                          "the template's security is no security descriptor: %s", broken.text);
    if (template_->excerpt)
        csi_assume(caller, answer,
                   csi_fact(caller, "no deny entries on the template", "certutil -v -template"));
    cs_status status = ask_template(caller, &sd, answer);
    tell_auto(caller, template_, &sd, answer);
    return status;
}

const struct cs_gate csi_gate_ca_interface = {
    .name = "ca-interface",
    .brief = "the CA takes requests from there",
    .check = check_interface,
    .column = csi_column_none,
};
const struct cs_gate csi_gate_ca_security = {
    .name = "ca-security",
    .brief = "the CA lets the caller enrol",
    .check = check_security,
    .column = csi_column_ca,
};
const struct cs_gate csi_gate_template_published = {
    .name = "template-published",
    .brief = "the CA issues by this template",
    .check = check_published,
    .column = csi_column_none,
};
const struct cs_gate csi_gate_template_security = {
    .name = "template-security",
    .brief = "the template lets the caller enrol",
    .check = check_template,
    .column = csi_column_template,
};
