/*
 * lab_check.c - lab check: what must hold in a lab, and in its file, asked point by point.
 */
#include "lab_plugin.h"

struct checks {
    struct cs_call *call;
    size_t count;
    cs_status status;
};

static void tell(void *context, const char *what, bool holds, const char *why)
{
    struct checks *checks = context;
    struct cs_error err;
    checks->count++;
    if (cs_call_wants_words(checks->call) && !holds)
        cs_call_say(checks->call, "not so: %s: %s\n", what, why);
    else if (cs_call_wants_words(checks->call))
        cs_call_say(checks->call, "%s\n", what);
    if (checks->status == CS_OK)
        checks->status = CS_ROW(checks->call, &err, cs_value_text(what), cs_value_bool(holds),
                                holds ? cs_value_null() : cs_value_text(why));
}

cs_status lab_check(struct cs_call *call, struct cs_error *err)
{
    struct checks checks = {.call = call};
    cs_status status = cs_lab_check(cs_call_lab(call), tell, &checks, err);
    if (checks.status != CS_OK)
        return cs_fail(err, checks.status, "cannot tell what was checked");
    return status;
}
