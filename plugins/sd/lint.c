/* lint.c - what is wrong with a descriptor, by the rules of lint.h (see sd.c). */
#include <certsh/lint.h>

#include "sd.h"

struct lint {
    struct cs_call *call;
    struct cs_error *err;
    cs_status status;
    size_t found;
    bool found_error;
};

static void report(void *context, const struct cs_finding *finding)
{
    struct lint *lint = context;
    const char *severity = cs_severity_name(finding->severity);
    if (lint->status != CS_OK)
        return;
    lint->found++;
    lint->found_error = lint->found_error || finding->severity == CS_ERROR;
    cs_call_say(lint->call, "%s: %s", severity, finding->rule);
    if (finding->ace >= 0)
        cs_call_say(lint->call, ", ace %d", finding->ace);
    cs_call_say(lint->call, ": %s", finding->text);
    if (finding->other >= 0)
        cs_call_say(lint->call, " (ace %d)", finding->other);
    cs_call_say(lint->call, "\n");
    lint->status =
        CS_ROW(lint->call, lint->err, cs_value_text(severity), cs_value_text(finding->rule),
               finding->ace < 0 ? cs_value_null() : cs_value_int(finding->ace),
               finding->other < 0 ? cs_value_null() : cs_value_int(finding->other),
               cs_value_text(finding->text));
}

/* Accounts are looked for where the lab has their domain; of others nothing is known. */
static bool knows(void *context, const struct cs_sid *sid)
{
    const struct cs_call *call = context;
    struct cs_lab *lab = cs_call_lab(call);
    return cs_domain_of_sid(lab, sid) == 0 ||
           cs_principal_by_sid(lab, sid, cs_shell_host(cs_call_shell(call))) != 0;
}

cs_status sd_lint(struct cs_call *call, struct cs_error *err)
{
    struct lint lint = {.call = call, .err = err};
    struct cs_lint how = {.knows = knows, .knows_context = call};
    const struct cs_rights_vocab *vocab;
    struct cs_sd sd;
    if (sd_argument(call, "sd", &sd, err) != CS_OK || sd_vocab(call, &vocab, err) != CS_OK)
        return err->status;
    how.com = vocab == &cs_rights_launch || vocab == &cs_rights_access;
    how.kind = vocab == &cs_rights_access ? CS_COM_ACCESS : CS_COM_LAUNCH;
    cs_sd_lint(&sd, &how, report, &lint);
    if (!lint.found)
        cs_call_say(call, "nothing is wrong with it\n");
    if (lint.found_error)
        cs_call_exit(call, cs_status_exit(CS_CHECK));
    return lint.status;
}
