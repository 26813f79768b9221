/*
 * world.c - a plugin for shell worlds: what would be, tried out and thrown away.
 *
 *     world new harden            we are in it now, and the prompt says so
 *     dcom revoke launch-limit Everyone
 *     world diff                  what is different in it
 *     world drop harden           as if nothing had been; or world keep harden
 *
 * A world stands on a place in the history, of the lab or of another world.  Commands, undo and
 * redo work in it as ever and change nothing outside.
 */
#include <certsh/diff.h>
#include <certsh/plugin.h>

/* -------------------------------------------------------------------- types */

struct offer {
    cs_offer_fn *offer;
    void *context;
    struct cs_str prefix;
};

static bool offer_world(void *context, const struct cs_world *world)
{
    struct offer *offer = context;
    if (cs_str_same_start(world->name, offer->prefix))
        offer->offer(offer->context, world->name, NULL);
    return true;
}

static void offer_worlds(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *fn,
                         void *context)
{
    struct offer offer = {fn, context, prefix};
    cs_world_each(cs_shell_lab(shell), offer_world, &offer);
}

static const struct cs_type type_world = {
    .name = "world", .json = "string", .brief = "the name of a world", .complete = offer_worlds};

/* --------------------------------------------------------------------- rows */

struct rows {
    struct cs_call *call;
    struct cs_error *err;
    cs_status status;
    struct cs_str only; /* "" for all */
    size_t count;
};

static bool row(void *context, const struct cs_world *world)
{
    struct rows *rows = context;
    if (rows->only.length && !cs_str_same(rows->only, world->name))
        return true;
    rows->count++;
    rows->status = CS_ROW(rows->call, rows->err, cs_value_str(world->name),
                          world->on.length ? cs_value_str(world->on) : cs_value_null(),
                          cs_value_int((int64_t)world->base), cs_value_int((int64_t)world->changes),
                          cs_value_int((int64_t)world->ops), cs_value_int((int64_t)world->behind),
                          cs_value_bool(world->current));
    return rows->status == CS_OK;
}

static cs_status tell(struct cs_call *call, struct cs_str only, struct cs_error *err)
{
    struct rows rows = {.call = call, .err = err, .only = only};
    cs_world_each(cs_call_lab(call), row, &rows);
    return rows.status;
}

/* The world that was named, else the one we are in. */
static cs_status world_of(struct cs_call *call, struct cs_str *name, struct cs_error *err)
{
    *name =
        cs_call_given(call, "name") ? cs_call_str(call, "name") : cs_world_name(cs_call_lab(call));
    if (name->length)
        return CS_OK;
    cs_fail(err, CS_STATE, "we are in no world");
    return cs_error_hint(err, "name one of world list");
}

/* ----------------------------------------------------------------- commands */

static cs_status world_new(struct cs_call *call, struct cs_error *err)
{
    struct cs_str name = cs_call_str(call, "name");
    cs_status status = cs_world_new(cs_call_lab(call), name, err);
    if (status != CS_OK)
        return status;
    if (cs_call_wants_words(call))
        cs_call_say(call, "in world %.*s   (world use - leaves it, world drop throws it away)\n",
                    CS_STR_ARG(name));
    return tell(call, name, err);
}

/* A host that came with a world is no place to be outside it. */
static void leave_gone_host(struct cs_call *call)
{
    struct cs_shell *shell = cs_call_shell(call);
    if (!cs_shell_host(shell))
        cs_shell_use_host(shell, cs_lab_start(cs_call_lab(call))->host);
}

static cs_status world_use(struct cs_call *call, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    struct cs_str name = cs_call_str(call, "name");
    if (cs_str_is(name, "-"))
        name = CS_STR("");
    cs_status status = cs_world_use(lab, name, err);
    if (status != CS_OK)
        return status;
    leave_gone_host(call);
    if (cs_call_wants_words(call) && name.length)
        cs_call_say(call, "in world %.*s\n", CS_STR_ARG(cs_world_name(lab)));
    else if (cs_call_wants_words(call))
        cs_call_say(call, "in the lab itself\n");
    return name.length ? tell(call, name, err) : CS_OK;
}

static cs_status world_list(struct cs_call *call, struct cs_error *err)
{
    return tell(call, CS_STR(""), err);
}

static cs_status world_drop(struct cs_call *call, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    struct cs_str name;
    cs_status status = world_of(call, &name, err);
    if (status == CS_OK)
        status = cs_world_drop(lab, name, err);
    if (status != CS_OK)
        return status;
    leave_gone_host(call);
    struct cs_str now = cs_world_name(lab);
    if (cs_call_wants_words(call))
        cs_call_say(call, "dropped world %.*s; in %s%.*s\n", CS_STR_ARG(name),
                    now.length ? "world " : "the lab itself", CS_STR_ARG(now));
    return CS_ROW(call, err, cs_value_str(name));
}

static cs_status world_keep(struct cs_call *call, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    struct cs_str name;
    cs_status status = world_of(call, &name, err);
    if (status == CS_OK)
        status = cs_world_keep(lab, name, err);
    if (status != CS_OK)
        return status;
    struct cs_str now = cs_world_name(lab);
    if (cs_call_wants_words(call))
        cs_call_say(call, "kept world %.*s: its changes are those of %s%.*s now\n",
                    CS_STR_ARG(name), now.length ? "world " : "the lab itself", CS_STR_ARG(now));
    return CS_ROW(call, err, cs_value_str(name));
}

/* ------------------------------------------------------------- declarations */

#define WORLD_FIELDS                                                                               \
    {"name", &cs_type_text, "its name"},                                                           \
        {"on", &cs_type_text, "the world it stands on; null is the lab"},                          \
        {"base", &cs_type_int, "the change of the history it stands on"},                          \
        {"changes", &cs_type_int, "changes made in it"},                                           \
        {"ops", &cs_type_int, "single steps these are made of"},                                   \
        {"behind", &cs_type_int, "changes made since in what it stands on"},                       \
    {                                                                                              \
        "current", &cs_type_bool, "are we in it?"                                                  \
    }

static const struct cs_command commands[] = {
    {
        .name = "world new",
        .brief = "make a world on what is now, and go into it",
        .detail = "What is done in a world changes nothing outside.  Worlds stack: one that is "
                  "made in a world stands on that one.  The prompt shows where we are.",
        .run = world_new,
        .params = CS_PARAMS({"name", &cs_type_text, "a name for it"}),
        .result = CS_FIELDS(WORLD_FIELDS),
        .examples = CS_EXAMPLES({"world new harden", "try something out"}),
        .see = "world diff, world drop, world keep, lab diff",
        .flags = CS_COMMAND_NESTS,
    },
    {
        .name = "world use",
        .brief = "go into a world, or with - back into the lab",
        .run = world_use,
        .params = CS_PARAMS({"name", &type_world, "which; - is the lab itself"}),
        .result = CS_FIELDS(WORLD_FIELDS),
        .examples = CS_EXAMPLES({"world use -", "back to what really is"}),
        .see = "world list",
        .flags = CS_COMMAND_NESTS,
    },
    {
        .name = "world list",
        .brief = "list the worlds there are",
        .run = world_list,
        .result = CS_FIELDS(WORLD_FIELDS),
        .examples = CS_EXAMPLES({"world list", "what am I trying out?"}),
        .see = "world new",
    },
    {
        .name = "world drop",
        .brief = "throw a world away",
        .run = world_drop,
        .params =
            CS_PARAMS({"name", &type_world, "which; without it the one we are in", CS_OPTIONAL}),
        .result = CS_FIELDS({"name", &cs_type_text, "the world that is gone"}),
        .examples = CS_EXAMPLES({"world drop harden", "as if nothing had been"}),
        .see = "world keep",
        .flags = CS_COMMAND_NESTS,
    },
    {
        .name = "world keep",
        .brief = "make a world's changes those of what it stands on",
        .detail = "Each stays a change of its own, which lab undo takes back.  When what the "
                  "world stands on has moved on since, it is refused.",
        .run = world_keep,
        .params =
            CS_PARAMS({"name", &type_world, "which; without it the one we are in", CS_OPTIONAL}),
        .result = CS_FIELDS({"name", &cs_type_text, "the world that was kept"}),
        .examples = CS_EXAMPLES({"world keep harden", "yes, that is what we do"}),
        .see = "world drop, lab history",
        .flags = CS_COMMAND_NESTS,
    },
};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "world",
    .version = "1.0",
    .brief = "worlds: named what-ifs, stacked, dropped or kept",
    .needs = "lab.read lab.write",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
