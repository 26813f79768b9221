/* world.c - worlds by name: made, gone into, dropped, kept (see world.h).  Room: lab. */
#include <certsh/world.h>

#include "lab_internal.h"
#include "store_in.h"
#include "world_in.h"

/* ------------------------------------------------------------------- names */

struct csi_branch *csi_world_find(const struct cs_lab *lab, struct cs_str name)
{
    for (size_t i = 0; name.length && i < lab->branches.count; i++)
        if (cs_str_same(lab->branches.at[i]->name, name))
            return lab->branches.at[i];
    return NULL;
}

struct csi_named *csi_named_find(const struct cs_lab *lab, struct cs_str name)
{
    for (size_t i = 0; i < lab->branches.snapshot_count; i++)
        if (cs_str_same(lab->branches.snapshots[i].name, name))
            return &lab->branches.snapshots[i];
    return NULL;
}

static bool is_name(struct cs_str name)
{
    static const char signs[] = "-_.";
    bool letters = false;
    for (size_t i = 0; i < name.length; i++) {
        unsigned char c = (unsigned char)name.at[i];
        bool digit = c >= '0' && c <= '9';
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
        letters = letters || letter;
        if (!letter && !digit && (i == 0 || !c || !strchr(signs, c)))
            return false;
    }
    return letters && name.length <= 64;
}

cs_status csi_point_name_check(const struct cs_lab *lab, struct cs_str name, struct cs_error *err)
{
    if (!is_name(name) || cs_str_same(name, CS_STR("now"))) {
        cs_fail(err, CS_INVALID, "'%.*s' is no name for a world or a snapshot", CS_STR_ARG(name));
        return cs_error_hint(err, "letters, digits, '-', '_' and '.', not a number and not 'now'");
    }
    if (csi_world_find(lab, name))
        return cs_fail(err, CS_EXISTS, "there is a world '%.*s' already", CS_STR_ARG(name));
    if (csi_named_find(lab, name))
        return cs_fail(err, CS_EXISTS, "there is a snapshot '%.*s' already", CS_STR_ARG(name));
    return CS_OK;
}

cs_status csi_point_check_free(const struct cs_lab *lab, struct cs_error *err)
{
    if (!cs_lab_in_transaction(lab))
        return CS_OK;
    return cs_fail(err, CS_STATE, "worlds and snapshots cannot be changed inside a transaction");
}

static cs_status find(const struct cs_lab *lab, struct cs_str name, struct csi_branch **world,
                      struct cs_error *err)
{
    cs_status status = csi_point_check_free(lab, err);
    if (status != CS_OK)
        return status;
    *world = csi_world_find(lab, name);
    if (*world)
        return CS_OK;
    cs_fail(err, CS_NOT_FOUND, "no world '%.*s'", CS_STR_ARG(name));
    return cs_error_hint(err, "world list shows them, world new makes one");
}

/* ------------------------------------------------------------------ asking */

/* The world a line belongs to; one without a name to what it was undone in. */
struct cs_str csi_branch_world(const struct csi_branch *branch)
{
    while (branch && !branch->name.length)
        branch = branch->parent;
    return branch ? branch->name : CS_STR("");
}

struct cs_str cs_world_name(const struct cs_lab *lab)
{
    return csi_branch_world(csi_branch_current(lab));
}

struct cs_str cs_world_path(const struct cs_lab *lab, struct cs_arena *arena)
{
    struct cs_str path = CS_STR("");
    for (const struct csi_branch *b = csi_branch_current(lab); b; b = b->parent)
        if (b->name.length)
            path = cs_str_printf(arena, "%.*s%s%.*s", CS_STR_ARG(b->name), path.length ? "/" : "",
                                 CS_STR_ARG(path));
    return path;
}

/* Ops of a world's own changes that count. */
static size_t ops_of(const struct cs_lab *lab, const struct csi_branch *world)
{
    const struct csi_journal *journal = &lab->journal;
    const struct csi_branch *current = csi_branch_current(lab);
    size_t ops = 0, end = csi_branch_end(lab, world);
    size_t cut_at = world->base;
    for (const struct csi_branch *b = current; b; b = b->parent)
        if (b == world || b->parent == world)
            cut_at = b == world ? end : b->base;
    for (size_t i = world->base; i < end; i++)
        ops += i < cut_at ? journal->groups[i].count : world->aside.groups[i - cut_at].count;
    return ops;
}

void cs_world_each(const struct cs_lab *lab, cs_world_fn *fn, void *context)
{
    for (size_t i = 0; i < lab->branches.count; i++) {
        const struct csi_branch *b = lab->branches.at[i];
        if (!b->name.length)
            continue;
        size_t end = csi_branch_end(lab, b), below = csi_branch_end(lab, b->parent);
        struct cs_world world = {.name = b->name,
                                 .on = csi_branch_world(b->parent),
                                 .base = b->base,
                                 .changes = end - b->base,
                                 .ops = ops_of(lab, b),
                                 .behind = below > b->base ? below - b->base : 0,
                                 .current = b == csi_branch_current(lab)};
        if (!fn(context, &world))
            return;
    }
}

/* ---------------------------------------------------------------- changing */

cs_status cs_world_new(struct cs_lab *lab, struct cs_str name, struct cs_error *err)
{
    cs_status status = csi_point_check_free(lab, err);
    if (status == CS_OK)
        status = csi_point_name_check(lab, name, err);
    if (status == CS_OK)
        csi_branch_switch(lab, csi_branch_add(lab, name));
    return status;
}

cs_status cs_world_use(struct cs_lab *lab, struct cs_str name, struct cs_error *err)
{
    struct csi_branch *world = &lab->branches.root;
    cs_status status = name.length ? find(lab, name, &world, err) : csi_point_check_free(lab, err);
    if (status == CS_OK)
        csi_branch_switch(lab, world);
    return status;
}

static bool is_under(const struct csi_branch *branch, const struct csi_branch *world)
{
    while (branch && branch != world)
        branch = branch->parent;
    return branch != NULL;
}

/* Another world that stands on this one, or NULL. */
static const struct csi_branch *upon(const struct cs_lab *lab, const struct csi_branch *world)
{
    for (size_t i = 0; i < lab->branches.count; i++) {
        const struct csi_branch *other = lab->branches.at[i];
        if (other != world && other->name.length && is_under(other, world))
            return other;
    }
    return NULL;
}

cs_status cs_world_drop(struct cs_lab *lab, struct cs_str name, struct cs_error *err)
{
    struct csi_branch *world;
    cs_status status = find(lab, name, &world, err);
    if (status != CS_OK)
        return status;
    const struct csi_branch *other = upon(lab, world);
    if (other) {
        cs_fail(err, CS_STATE, "world '%.*s' stands on '%.*s'", CS_STR_ARG(other->name),
                CS_STR_ARG(world->name));
        return cs_error_hint(err, "world drop %.*s first", CS_STR_ARG(other->name));
    }
    struct csi_branch *on = world->parent;
    while (on->parent && !on->name.length) /* a line aside is no place to be */
        on = on->parent;
    if (is_under(csi_branch_current(lab), world))
        csi_branch_switch(lab, on);
    csi_branch_remove(lab, world);
    return CS_OK;
}

/* Is what the world stands on the end of what it was made in? */
static cs_status check_keep(const struct cs_lab *lab, const struct csi_branch *world,
                            struct cs_error *err)
{
    struct cs_str on = csi_branch_world(world->parent);
    const char *what = on.length ? "world " : "the lab";
    size_t end = csi_branch_end(lab, world->parent);
    bool undone = !world->parent->name.length && world->parent->parent;
    if (!undone && end == world->base)
        return CS_OK;
    if (undone)
        cs_fail(err, CS_STATE, "change %zu, which world '%.*s' stands on, was undone in %s%.*s",
                world->base, CS_STR_ARG(world->name), what, CS_STR_ARG(on));
    else
        cs_fail(err, CS_STATE, "%s%.*s is at change %zu now, and world '%.*s' stands on change %zu",
                what, CS_STR_ARG(on), end, CS_STR_ARG(world->name), world->base);
    return cs_error_hint(err,
                         "go back to that change there (lab undo, lab redo), or do in %s%.*s what "
                         "the world did",
                         what, CS_STR_ARG(on));
}

cs_status cs_world_keep(struct cs_lab *lab, struct cs_str name, struct cs_error *err)
{
    struct csi_branch *world;
    cs_status status = find(lab, name, &world, err);
    if (status == CS_OK)
        status = check_keep(lab, world, err);
    if (status != CS_OK)
        return status;
    csi_branch_switch(lab, world->parent);
    csi_journal_forget_undone(lab);
    csi_branch_switch(lab, world);
    if (lab->store && csi_branch_is_root(lab, world->parent))
        status = csi_store_keep(lab->store, lab, world->base, err);
    if (status == CS_OK)
        csi_branch_join(lab);
    csi_store_name_line(lab);
    return status;
}
