/*
 * request.c - do it: a request as the client makes it, with all that it leaves in the logs.
 *
 * For people the client's own words come first: nothing but "certificate issued", or, in the
 * article's K23, a message with two reasons of which one is true; which of the two, is said
 * below it.
 */
#include "enroll.h"

static cs_status request_kind(struct cs_call *call, struct enroll_case *one, struct cs_error *err)
{
    bool automatic = cs_call_flag(call, "auto"), manual = cs_call_flag(call, "manual");
    if (automatic && manual)
        return cs_fail(err, CS_USAGE, "--auto and --manual exclude each other");
    if (automatic)
        one->ask.kind = CS_REQUEST_AUTO;
    if (manual)
        one->ask.kind = CS_REQUEST_MANUAL;
    return CS_OK;
}

/* Which gate it was, in one line, behind the client's message. */
static void say_reason(const struct enroll_case *one, const struct cs_decision *decision)
{
    if (decision->first < 0)
        return;
    const struct cs_gate_answer *answer = &decision->answers[decision->first];
    cs_call_say(one->call, "  %s: %.*s\n", decision->gates[decision->first]->name,
                CS_STR_ARG(answer->why));
    cs_call_say(one->call, "  next: enroll check %.*s\n", CS_STR_ARG(enroll_about(one)));
}

static void say(const struct enroll_case *one, const struct cs_enrollment *done)
{
    if (done->message.length)
        cs_call_say(one->call, "%.*s\n", CS_STR_ARG(done->message));
    if (done->serial.length)
        cs_call_say(one->call, "%.*s: %s, serial number %.*s\n", CS_STR_ARG(one->name),
                    done->disposition, CS_STR_ARG(done->serial));
    else if (done->code)
        cs_call_say(one->call, "%.*s: %s, 0x%08x (%.*s)\n", CS_STR_ARG(one->name),
                    done->disposition, (unsigned)done->code,
                    CS_STR_ARG(enroll_code_words(one->arena, done->code)));
    else
        cs_call_say(one->call, "%.*s: %s\n", CS_STR_ARG(one->name), done->disposition);
    say_reason(one, &done->decision);
}

cs_status enroll_request(struct cs_call *call, struct cs_error *err)
{
    struct enroll_case one;
    struct cs_enrollment done;
    if (enroll_case_of(call, true, &one, err) != CS_OK || request_kind(call, &one, err) != CS_OK)
        return err->status;
    cs_status status = cs_enroll_request(one.lab, one.arena, &one.ask, &done, err);
    if (status != CS_OK)
        return status;
    if (cs_call_wants_words(call))
        say(&one, &done);
    cs_call_exit_verdict(call, (int)done.decision.verdict);
    return CS_ROW(call, err, cs_value_text(cs_verdict_name(done.decision.verdict)),
                  enroll_code_value(done.code), cs_value_text(done.disposition),
                  enroll_text_value(done.serial), enroll_text_value(done.message));
}
