/*
 * dump_story.c - what came after the oldest start: memberships, principals that came or went,
 * starts of hosts and sessions, in order of time (see dump.h).  Room: lab.
 */
#include <stdlib.h>

#include <certsh/host.h>

#include "base/alloc.h"
#include "dump.h"
#include "lab_internal.h"
#include "maker.h"

enum what { PERSON, EDGE, START, SESSION };

struct step {
    cs_tick tick;
    enum what what;
    cs_id id, member;
    bool present;
    const struct csi_version *version;
};
struct story {
    struct csi_dump *dump;
    struct step *steps;
    size_t count, room;
};

static void add(struct story *story, struct step step)
{
    if (step.tick <= story->dump->from)
        return;
    story->steps = csi_grow(story->steps, &story->room, story->count + 1, sizeof *story->steps);
    story->steps[story->count++] = step;
}

/* -------------------------------------------------------------- what there was */

static void add_versions(struct story *story)
{
    const struct csi_delta *delta = story->dump->lab->delta;
    for (cs_id id = 0; (id = csi_delta_next(delta, id + 1));)
        for (const struct csi_version *v = csi_delta_get(delta, id); v; v = v->before)
            add(story, (struct step){.tick = v->tick, .what = PERSON, .id = id, .version = v});
}

static void add_edges(struct story *story)
{
    const struct csi_delta *delta = story->dump->lab->delta;
    for (size_t i = 0; i < delta->log_count; i++) {
        const struct csi_edge_change *change = &delta->log[i];
        add(story, (struct step){change->tick, EDGE, change->group, change->member, change->present,
                                 NULL});
    }
}

static void add_starts(struct story *story)
{
    const struct cs_lab *lab = story->dump->lab;
    for (cs_id id = 1; id < lab->tables[CS_NOUN_HOST].end; id++) {
        const struct cs_host *host = cs_host_get(lab, id);
        if (host)
            add(story, (struct step){.tick = host->boot, .what = START, .id = id});
    }
    for (cs_id id = 1; id < lab->tables[CS_NOUN_SESSION].end; id++) {
        const struct cs_session *session =
            (const struct cs_session *)cs_record_get(lab, CS_NOUN_SESSION, id);
        struct cs_principal user;
        if (!session || !cs_principal_at(lab, session->user, session->opened, &user))
            continue;
        cs_tick tick =
            session->opened > story->dump->from ? session->opened : story->dump->from + 1;
        add(story, (struct step){.tick = tick, .what = SESSION, .id = id});
    }
}

/* ------------------------------------------------------------------- telling */

/* Was there nobody before this version (now, or ever)? */
static bool is_birth(const struct csi_dump *dump, const struct csi_version *version)
{
    struct cs_principal ignored;
    const struct csi_version *before = version->before;
    if (before)
        return before->removed;
    return !csi_base_get(dump->lab->base, version->principal.id, &ignored);
}

static uint32_t primary_before(const struct csi_dump *dump, const struct csi_version *version)
{
    struct cs_principal p = {0};
    if (version->before)
        return version->before->principal.primary;
    csi_base_get(dump->lab->base, version->principal.id, &p);
    return p.primary;
}

static void tell_person(struct csi_dump *dump, const struct step *step)
{
    struct cs_principal p = step->version->principal, now;
    bool removed;
    if (step->version->removed) {
        csi_dump_ref(dump, "who", step->id);
        csi_dump_call(dump, "remove_principal");
    } else if (is_birth(dump, step->version)) {
        if (csi_principal_any(dump->lab, step->id, &now, &removed)) {
            now.primary = p.primary;
            csi_dump_principal(dump, &now);
            csi_dump_told(dump, (struct cs_source){0});
        }
    } else if (p.primary != primary_before(dump, step->version)) {
        csi_dump_ref(dump, "who", step->id);
        csi_dump_value(dump, "rid", cs_value_int(p.primary));
        csi_dump_call(dump, "set_primary");
    }
}

static void tell_edge(struct csi_dump *dump, const struct step *step)
{
    struct cs_value member = cs_value_str(csi_principal_ref(dump->lab, dump->arena, step->member));
    csi_dump_ref(dump, "group", step->id);
    csi_dump_value(dump, "members", cs_value_list(dump->arena, &member, 1));
    csi_dump_call(dump, step->present ? "add_members" : "remove_members");
}

static void tell_session(struct csi_dump *dump, cs_id id)
{
    const struct cs_session *session =
        (const struct cs_session *)cs_record_get(dump->lab, CS_NOUN_SESSION, id);
    csi_dump_text(dump, "host", cs_host_get(dump->lab, session->host)->name);
    csi_dump_ref(dump, "user", session->user);
    csi_dump_call(dump, "open_session");
}

static void tell_step(struct csi_dump *dump, const struct step *step)
{
    switch (step->what) {
    case PERSON:
        tell_person(dump, step);
        break;
    case EDGE:
        tell_edge(dump, step);
        break;
    case START:
        csi_dump_text(dump, "host", cs_host_get(dump->lab, step->id)->name);
        csi_dump_booted(dump, cs_host_get(dump->lab, step->id));
        csi_dump_call(dump, "started");
        break;
    case SESSION:
        tell_session(dump, step->id);
        break;
    }
}

/* In order of time; of one moment principals first, then memberships, starts, sessions. */
static int by_time(const void *a, const void *b)
{
    const struct step *one = a, *other = b;
    if (one->tick != other->tick)
        return one->tick < other->tick ? -1 : 1;
    if (one->what != other->what)
        return one->what < other->what ? -1 : 1;
    return one->id < other->id ? -1 : one->id > other->id;
}

void csi_dump_story(struct csi_dump *dump)
{
    struct story story = {.dump = dump};
    cs_tick moment = dump->from;
    add_versions(&story);
    add_edges(&story);
    add_starts(&story);
    if (story.count)
        qsort(story.steps, story.count, sizeof *story.steps, by_time);
    for (size_t i = 0; i < story.count && dump->status == CS_OK; i++) {
        struct cs_arena_mark mark = cs_arena_mark(dump->arena);
        if (story.steps[i].tick != moment) {
            moment = story.steps[i].tick;
            csi_dump_value(dump, "time", cs_value_time(dump->lab->epoch + (int64_t)moment));
            csi_dump_call(dump, "moment");
        }
        tell_step(dump, &story.steps[i]);
        cs_arena_rewind(dump->arena, mark);
    }
    csi_alloc_free(story.steps);
}
