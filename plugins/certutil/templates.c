/*
 * templates.c - certutil -CATemplates: what the CA publishes, and what the caller may do.
 *
 *     DirectoryEmailReplication: Directory Email Replication -- Auto-Enroll: Access is denied.
 *
 * "Access is denied." alone means that the current user may not even enrol.  The rights asked
 * are the extended rights Enroll and AutoEnroll (MS-CRTD 2.5); enrolment proper also wants
 * Read, which `enroll check` asks.  The layout is that of newer versions.
 */
#include "certutil.h"

static bool has_right(const struct cs_token *token, const struct cs_sd *sd, const char *guid)
{
    struct cs_guid right;
    if (cs_guid_parse(cs_str_of(guid), &right, NULL) != CS_OK)
        return false;
    struct cs_access ask = {.token = token,
                            .desired = CS_DS_CONTROL_ACCESS,
                            .object_types = &right,
                            .object_type_count = 1};
    return cs_access_check(sd, &ask).granted;
}

static cs_status caller_token(struct certutil *run, struct cs_token **token)
{
    bool local = run->here == run->host;
    struct cs_token_ask ask = {.principal = cs_shell_user(cs_call_shell(run->call)),
                               .host = run->host->record.id,
                               .logon = local ? CS_LOGON_LOCAL : CS_LOGON_NETWORK};
    return cs_token_of(run->lab, run->arena, &ask, token, run->err);
}

static cs_status give(struct certutil *run, const struct cs_token *token, struct cs_str name,
                      struct cs_str forest)
{
    const struct cs_template *found =
        cs_template_get(run->lab, cs_template_find(run->lab, forest, name));
    const char *denied = cs_win32_text(5, run->here->language);
    struct cs_str display = found && found->display.length ? found->display : name;
    struct cs_sd sd;
    bool known = token && found && found->sd.length &&
                 cs_sd_decode(run->arena, found->sd, &sd, NULL) == CS_OK;
    bool enroll = known && has_right(token, &sd, cs_guid_enroll);
    bool autoenroll = known && has_right(token, &sd, cs_guid_autoenroll);
    cs_call_say(run->call, "%.*s: %.*s", CS_STR_ARG(name), CS_STR_ARG(display));
    if (known && !enroll)
        cs_call_say(run->call, " -- %s", denied);
    else if (known)
        cs_call_say(run->call, " -- Auto-Enroll%s%s", autoenroll ? "" : ": ",
                    autoenroll ? "" : denied);
    cs_call_say(run->call, "\n");
    const struct cs_member row[] = {
        {CS_STR("config"), cs_value_str(cs_ca_config(run->lab, run->arena, run->ca))},
        {CS_STR("template"), cs_value_str(name)},
        {CS_STR("display"), cs_value_str(display)},
        {CS_STR("enroll"), known ? cs_value_bool(enroll) : cs_value_null()},
        {CS_STR("autoenroll"), known ? cs_value_bool(autoenroll) : cs_value_null()},
    };
    return certutil_row(run, row, CS_COUNT(row));
}

cs_status certutil_templates(struct certutil *run)
{
    uint32_t code = 0;
    struct cs_token *token = NULL; /* without a current user it is only the list */
    bool anybody = cs_shell_user(cs_call_shell(run->call)) != 0;
    if (run->count)
        return cs_fail(run->err, CS_USAGE, "certutil -CATemplates takes no words");
    cs_status status = anybody || !run->ca ? certutil_reach(run, &code) : CS_OK;
    if (status != CS_OK)
        return code ? certutil_not_reached(run, code, CS_STR("")) : status;
    status = anybody ? caller_token(run, &token) : CS_OK;
    if (status != CS_OK)
        return status;
    const struct cs_ca *ca = cs_ca_get(run->lab, run->ca);
    const struct cs_domain *domain = cs_domain_get(run->lab, run->host->domain);
    if (!ca->templates_known)
        return cs_fail(run->err, CS_UNKNOWN, "nobody gave the templates that '%.*s' publishes",
                       CS_STR_ARG(ca->name));
    for (size_t i = 0; i < ca->templates.count && status == CS_OK; i++)
        status = give(run, token, ca->templates.at[i], domain ? domain->forest : CS_STR(""));
    if (status == CS_OK)
        certutil_say_done(run);
    return status;
}
