/* undump.c - what a builder of a dumped lab needs beyond ordinary changes (see dump.h).
 * Room: lab. */
#include <certsh/dump.h>
#include <certsh/event.h>

#include "lab_internal.h"

cs_status cs_lab_at_moment(struct cs_lab *lab, int64_t clock, struct cs_error *err)
{
    struct cs_time_text text;
    bool fresh = !lab->held && !cs_lab_change_count(lab);
    cs_tick now = lab->held ? lab->held : lab->tick + 1;
    if (fresh)
        lab->epoch = clock - (int64_t)now;
    int64_t tick = clock - lab->epoch;
    if (tick < (int64_t)now)
        return cs_fail(err, CS_INVALID, "%s lies before what was done already",
                       cs_time_format(clock, &text));
    lab->held = (cs_tick)tick;
    lab->tick = lab->held - 1;
    return CS_OK;
}

void cs_lab_moment_over(struct cs_lab *lab)
{
    if (lab->held)
        lab->tick = lab->held;
    lab->held = 0;
}

void cs_lab_forget(struct cs_lab *lab)
{
    cs_bug_if(cs_lab_in_transaction(lab));
    cs_lab_moment_over(lab);
    csi_journal_forget(lab);
}

cs_status cs_member_given(struct cs_lab *lab, cs_id group, cs_id member, bool present,
                          struct cs_error *err)
{
    struct cs_principal p = {.name = CS_STR("it")};
    bool there = cs_principal_get(lab, group, &p);
    if (!there || (p.kind != CS_GROUP && !cs_principal_is_stranger(&p)))
        return cs_fail(err, CS_INVALID, "'%.*s' is no group", CS_STR_ARG(p.name));
    if (cs_member_has(lab, group, member, CS_NOW) == present)
        return CS_OK;
    return csi_edge_set(lab, group, member, present, err);
}

cs_status cs_event_given(struct cs_lab *lab, const struct cs_event *event, struct cs_error *err)
{
    return csi_record_put(lab, CS_NOUN_EVENT, "event.log", &event->record, NULL, err);
}
