/*
 * ping.c - certutil -ping: does the current user reach the CA's request interface?
 *
 * The method asks for no right on the CA or a template, so of the gates only those up to the
 * interface itself are asked: a CA that answers a ping may refuse to enrol all the same.  A
 * refusal looks as it looks at that client: 0x80070005 or 0x800706ba (FACTS 2.4; the shape
 * with 0x80070005 is unconfirmed).  The lab's clock stands still meanwhile: 0ms.
 */
#include <string.h>

#include "certutil.h"

static cs_status no_local_ca(struct certutil *run)
{
    certutil_fail(run, CS_NOT_FOUND, 0x80070103u,
                  CS_STR("CertUtil: No local Certification Authority: use -config option\n"));
    return cs_error_hint(run->err, "%.*s has no CA; certutil -config HOST\\CA %s",
                         CS_STR_ARG(run->host->name), run->verb);
}

/* The first gate before the CA's own security that does not let in; NULL when all do. */
static const struct cs_gate_answer *first_shut(const struct cs_decision *decision,
                                               const char **name)
{
    for (size_t i = 0; i < decision->count; i++) {
        *name = decision->gates[i]->name;
        if (strcmp(*name, "ca-security") == 0)
            break;
        if (decision->answers[i].verdict != CS_ALLOWED)
            return &decision->answers[i];
    }
    return NULL;
}

static bool first_template(void *context, const struct cs_record *record)
{
    *(cs_id *)context = record->id;
    return false;
}

static cs_status ask(struct certutil *run, struct cs_decision *decision)
{
    struct cs_question question = {.principal = cs_shell_user(cs_call_shell(run->call)),
                                   .ca = run->ca,
                                   .from = run->here->record.id,
                                   .kind = CS_REQUEST_MANUAL};
    if (!question.principal)
        return cs_fail(run->err, CS_NOT_FOUND, "there is no current user to ask as");
    /* The gates of DCOM do not look at the template; a question needs one. */
    cs_record_each(run->lab, CS_NOUN_TEMPLATE, first_template, &question.template_);
    return cs_enroll_check(run->lab, run->arena, &question, true, decision, run->err);
}

cs_status certutil_reach(struct certutil *run, uint32_t *code)
{
    struct cs_decision decision;
    const char *gate;
    if (!run->ca)
        return no_local_ca(run);
    cs_status status = ask(run, &decision);
    if (status != CS_OK)
        return status;
    const struct cs_gate_answer *shut = first_shut(&decision, &gate);
    *code = 0;
    if (!shut)
        return CS_OK;
    if (shut->verdict == CS_UNKNOWN_VERDICT) {
        cs_fail(run->err, CS_UNKNOWN, "unknown at gate %s: %.*s", gate, CS_STR_ARG(shut->why));
        return cs_error_hint(run->err, "import what is missing, or --assume defaults");
    }
    *code = shut->code ? shut->code : CS_HR_ACCESS_DENIED;
    cs_fail(run->err, CS_STATE, "%s", gate);
    return cs_error_hint(run->err, "gate %s: %.*s", gate, CS_STR_ARG(shut->why));
}

cs_status certutil_not_reached(struct certutil *run, uint32_t code, struct cs_str before)
{
    struct cs_str hint = cs_str_copy(run->arena, cs_str_of(run->err->hint));
    certutil_fail(run, CS_STATE, code, before);
    return cs_error_hint(run->err, "%.*s", CS_STR_ARG(hint));
}

static struct cs_str not_reached_line(struct certutil *run, uint32_t code)
{
    const char *text = cs_hresult_text(code, run->here->language);
    return cs_str_printf(run->arena, "Server could not be reached: %s %.*s -- (0ms)\n\n",
                         text ? text : "", CS_STR_ARG(certutil_code(run, code)));
}

cs_status certutil_ping(struct certutil *run)
{
    uint32_t code = 0;
    if (run->count > 1)
        return cs_fail(run->err, CS_USAGE, "certutil -ping takes one CA");
    if (run->count == 1 && certutil_use_config(run, run->words[0]) != CS_OK)
        return run->err->status;
    const struct cs_ca *ca = cs_ca_get(run->lab, run->ca);
    struct cs_str config = ca ? cs_ca_config(run->lab, run->arena, run->ca) : CS_STR("");
    if (ca)
        cs_call_say(run->call, "Connecting to %.*s ...\n", CS_STR_ARG(config));
    cs_status status = certutil_reach(run, &code);
    if (status != CS_OK)
        return code ? certutil_not_reached(run, code, not_reached_line(run, code)) : status;
    cs_call_say(run->call, "Server \"%.*s\" ICertRequest2 interface is alive (0ms)\n",
                CS_STR_ARG(ca->name));
    certutil_say_done(run);
    const struct cs_member row[] = {{CS_STR("config"), cs_value_str(config)},
                                    {CS_STR("interface"), cs_value_text("ICertRequest2")},
                                    {CS_STR("alive"), cs_value_bool(true)}};
    return certutil_row(run, row, CS_COUNT(row));
}
