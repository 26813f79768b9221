/* stand_in.c - callers put together from columns (see stand_in.h).  Room: lab. */
#include "stand_in.h"

#include <certsh/directory.h>

#include "base/map.h"
#include "brief.h"
#include "gate_in.h"
#include "index.h"

struct made {
    struct cs_question ask;
    struct cs_caller caller;
};

struct csi_stand_ins {
    const struct cs_lab *lab;
    struct cs_arena *arena;
    const struct cs_question *ask;
    const struct csi_columns *columns;
    struct csi_shared shared;
    struct csi_index index; /* by id */
    struct made **at;
    size_t count, room;
};

struct csi_stand_ins *csi_stand_ins_new(const struct cs_lab *lab, struct cs_arena *arena,
                                        const struct cs_question *ask,
                                        const struct csi_columns *columns)
{
    struct csi_stand_ins *s = cs_arena_alloc(arena, sizeof *s);
    *s = (struct csi_stand_ins){.lab = lab, .arena = arena, .ask = ask, .columns = columns};
    return s;
}

void csi_stand_ins_end(struct csi_stand_ins *s)
{
    csi_index_clear(&s->index);
}

static struct made *add(struct csi_stand_ins *s, cs_id id, uint64_t hash)
{
    s->at = cs_arena_more(s->arena, s->at, s->count, &s->room, sizeof *s->at);
    struct made *made = cs_arena_alloc(s->arena, sizeof *made);
    made->ask = *s->ask;
    made->ask.principal = id;
    s->at[s->count++] = made;
    csi_index_add(&s->index, hash, (uint32_t)s->count);
    return made;
}

static cs_status put_together(struct csi_stand_ins *s, struct made *made, struct cs_error *err)
{
    struct csi_brief p;
    struct cs_token *token = cs_token_new(s->arena);
    if (!token)
        return cs_fail(err, CS_MEMORY, "no memory for a token");
    cs_status status = csi_caller_place(s->lab, s->arena, &made->ask, &made->caller, &p, err);
    if (status != CS_OK)
        return status;
    struct cs_sid sid = csi_brief_sid(&p);
    cs_token_add(token, &sid, CS_TOKEN_ENABLED, CS_ORIGIN_USER, CS_TOKEN_NO_VIA);
    csi_columns_hold(s->columns, p.id, token);
    made->caller.shared = &s->shared;
    made->caller.ca_token = made->caller.com_token = token;
    return CS_OK;
}

cs_status csi_stand_in(struct csi_stand_ins *s, cs_id id, const struct cs_caller **caller,
                       struct cs_error *err)
{
    size_t cursor = 0;
    uint64_t hash = csi_hash(&id, sizeof id);
    for (uint32_t i; (i = csi_index_next(&s->index, hash, &cursor));) {
        *caller = &s->at[i - 1]->caller;
        if (s->at[i - 1]->ask.principal == id)
            return CS_OK;
    }
    struct made *made = add(s, id, hash);
    *caller = &made->caller;
    return put_together(s, made, err);
}
