/*
 * membership - who is in a group, and by which way.
 *
 * `membership list` goes down: the members of a group, of its groups, and so on, each once,
 * with the depth it was first met at; those whose primary group it is are members too.
 * `membership path` goes up, by the shortest way, and steps over distribution groups, which
 * never enter a token.  Everybody who logs on is Everyone and one of the Authenticated Users
 * besides; those two are taken when the directory knows no way of its own, and only into
 * groups of a machine or built-in ones, as Windows does.
 *
 * Whether these memberships are what KB 903220 asks for is the affair of `membership
 * validate`, a plugin in Lua.
 */
#include <certsh/plugin.h>

static struct cs_value sid_value(struct cs_arena *arena, const struct cs_principal *p)
{
    struct cs_sid_text text;
    if (cs_principal_is_stranger(p))
        return cs_value_null();
    return cs_value_printf(arena, "%s", cs_sid_format(&p->sid, &text));
}

/* --------------------------------------------------------------------- list */

struct list {
    struct cs_call *call;
    struct cs_error *err;
    cs_status status;
};

static cs_status list_one(struct list *list, cs_id id, unsigned depth)
{
    struct cs_lab *lab = cs_call_lab(list->call);
    struct cs_arena *arena = cs_call_arena(list->call);
    struct cs_principal p;
    if (!cs_principal_get(lab, id, &p))
        return CS_OK;
    return CS_ROW(list->call, list->err, cs_value_str(cs_principal_name(lab, arena, id)),
                  sid_value(arena, &p), cs_value_text(cs_principal_kind_name(p.kind)),
                  cs_value_int((int64_t)depth));
}

/* What a row needed is given back before the next: a million need no more than one. */
static bool list_slice(void *context, const cs_id *ids, size_t count, unsigned depth)
{
    struct list *list = context;
    struct cs_arena *arena = cs_call_arena(list->call);
    for (size_t i = 0; list->status == CS_OK && i < count; i++) {
        struct cs_arena_mark mark = cs_arena_mark(arena);
        list->status = list_one(list, ids[i], depth);
        cs_arena_rewind(arena, mark);
    }
    return list->status == CS_OK;
}

static void warn_open(struct cs_call *call, cs_id id)
{
    struct cs_principal group;
    if (cs_principal_get(cs_call_lab(call), id, &group) && group.members_open)
        cs_call_warn(call, "the whole membership of %.*s is not known", CS_STR_ARG(group.name));
}

static cs_status membership_list(struct cs_call *call, struct cs_error *err)
{
    struct list list = {.call = call, .err = err};
    cs_id id = cs_call_id(call, "group");
    cs_group_members_sliced(cs_call_lab(call), id, CS_NOW, cs_call_flag(call, "direct"), list_slice,
                            &list);
    warn_open(call, id);
    return list.status;
}

/* -------------------------------------------------------------------- count */

struct counts {
    const struct cs_lab *lab;
    size_t by_kind[CS_FOREIGN + 1];
};

static bool count_slice(void *context, const cs_id *ids, size_t count, unsigned depth)
{
    struct counts *counts = context;
    (void)depth;
    for (size_t i = 0; i < count; i++)
        counts->by_kind[cs_principal_kind_of(counts->lab, ids[i])]++;
    return true;
}

static cs_status membership_count(struct cs_call *call, struct cs_error *err)
{
    struct counts counts = {.lab = cs_call_lab(call)};
    cs_id id = cs_call_id(call, "group");
    cs_status status = CS_OK;
    cs_group_members_sliced(counts.lab, id, CS_NOW, cs_call_flag(call, "direct"), count_slice,
                            &counts);
    for (int kind = CS_USER; status == CS_OK && kind <= CS_FOREIGN; kind++)
        if (counts.by_kind[kind])
            status = CS_ROW(call, err,
                            cs_value_text(cs_principal_kind_name((enum cs_principal_kind)kind)),
                            cs_value_int((int64_t)counts.by_kind[kind]));
    warn_open(call, id);
    return status;
}

/* --------------------------------------------------------------------- path */

struct walk {
    const struct cs_lab *lab;
    struct cs_arena *arena;
    cs_id *from;  /* by principal: the one before it on the way, 0 not met */
    cs_id *queue; /* those met, in order */
    size_t head, count;
    cs_id here, goal;
    bool context;      /* at a well-known identity: only groups of machines take it */
    bool distribution; /* a way was stepped over because of a distribution group */
};

static bool may_enter(struct walk *walk, const struct cs_principal *group)
{
    if (group->kind != CS_GROUP)
        return false;
    if (!group->security) {
        walk->distribution = true;
        return false;
    }
    return !walk->context || group->scope == CS_SCOPE_BUILTIN ||
           group->scope == CS_SCOPE_MACHINE_LOCAL;
}

static bool meet(void *context, cs_id id)
{
    struct walk *walk = context;
    struct cs_principal group;
    if (!cs_principal_get(walk->lab, id, &group) || walk->from[id] || !may_enter(walk, &group))
        return true;
    walk->from[id] = walk->here;
    walk->queue[walk->count++] = id;
    return id != walk->goal;
}

static void start(struct walk *walk, cs_id id)
{
    if (!id || walk->from[id])
        return;
    walk->from[id] = id;
    walk->queue[walk->count++] = id;
}

/* Breadth first, so the first way found is a shortest one. */
static void go(struct walk *walk)
{
    while (walk->head < walk->count && !walk->from[walk->goal]) {
        walk->here = walk->queue[walk->head++];
        cs_id primary = cs_principal_primary(walk->lab, walk->here);
        if (primary && !meet(walk, primary))
            return;
        cs_member_of_each(walk->lab, walk->here, CS_NOW, meet, walk);
    }
}

static bool is_account(const struct cs_lab *lab, cs_id id)
{
    struct cs_principal p;
    return cs_principal_get(lab, id, &p) && (p.kind == CS_USER || p.kind == CS_COMPUTER);
}

/* By its own memberships; failing that as Everyone or one of the Authenticated Users. */
static bool find_path(struct walk *walk, cs_id principal)
{
    start(walk, principal);
    go(walk);
    if (walk->from[walk->goal] || !is_account(walk->lab, principal))
        return walk->from[walk->goal] != 0;
    walk->context = true;
    start(walk, cs_principal_by_sid(walk->lab, &cs_sid_authenticated_users, 0));
    start(walk, cs_principal_by_sid(walk->lab, &cs_sid_everyone, 0));
    go(walk);
    return walk->from[walk->goal] != 0;
}

static cs_status tell_step(struct cs_call *call, const struct walk *walk, cs_id id, int step,
                           struct cs_error *err)
{
    struct cs_principal p;
    if (!cs_principal_get(walk->lab, id, &p))
        return cs_fail(err, CS_INTERNAL, "principal %u is gone", (unsigned)id);
    return CS_ROW(call, err, cs_value_int(step),
                  cs_value_str(cs_principal_name(walk->lab, walk->arena, id)),
                  sid_value(walk->arena, &p), cs_value_text(cs_scope_name(p.scope)));
}

/* The way lies backwards from the goal; tell it forwards, the principal itself left out. */
static cs_status tell_path(struct cs_call *call, const struct walk *walk, cs_id principal,
                           struct cs_error *err)
{
    cs_id *way = cs_arena_alloc(walk->arena, walk->count * sizeof *way);
    size_t length = 0;
    cs_id at = walk->goal;
    for (; walk->from[at] != at; at = walk->from[at])
        way[length++] = at;
    if (at != principal)
        way[length++] = at; /* Everyone or Authenticated Users */
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < length; i++)
        status = tell_step(call, walk, way[length - 1 - i], (int)i + 1, err);
    return status;
}

static void tell_none(struct cs_call *call, const struct walk *walk, cs_id principal)
{
    struct cs_str who = cs_principal_name(walk->lab, walk->arena, principal);
    struct cs_str group = cs_principal_name(walk->lab, walk->arena, walk->goal);
    cs_call_warn(call, "%.*s is no member of %.*s%s", CS_STR_ARG(who), CS_STR_ARG(group),
                 walk->distribution ? " (distribution groups on the way do not count)" : "");
    cs_call_exit(call, cs_status_exit(CS_CHECK));
}

static cs_status membership_path(struct cs_call *call, struct cs_error *err)
{
    struct walk walk = {
        .lab = cs_call_lab(call), .arena = cs_call_arena(call), .goal = cs_call_id(call, "group")};
    cs_id principal = cs_call_id(call, "principal"), end = cs_principal_end(walk.lab);
    walk.from = cs_arena_alloc(walk.arena, (end + 1) * sizeof *walk.from);
    walk.queue = cs_arena_alloc(walk.arena, (end + 1) * sizeof *walk.queue);
    if (principal == walk.goal)
        return tell_step(call, &walk, principal, 0, err);
    if (find_path(&walk, principal))
        return tell_path(call, &walk, principal, err);
    tell_none(call, &walk, principal);
    return CS_OK;
}

/* ------------------------------------------------------------- declarations */

static const struct cs_command commands[] = {
    {
        .name = "membership list",
        .brief = "list the members of a group",
        .detail = "Nested ones too, each once, and those whose primary group it is; --direct "
                  "keeps to its own members.",
        .run = membership_list,
        .params = CS_PARAMS({"group", &cs_type_group, "which group"},
                            {"direct", &cs_type_bool, "no members of members", CS_FLAG}),
        .result =
            CS_FIELDS({"principal", &cs_type_text, "a member"}, {"sid", &cs_type_sid, "its SID"},
                      {"kind", &cs_type_text, "user, group, computer, well-known, foreign"},
                      {"depth", &cs_type_int, "1 for a member of the group itself"}),
        .examples = CS_EXAMPLES(
            {"membership list CERTSVC_DCOM_ACCESS --direct", "whom did certsvc put in?"}),
        .see = "membership count,membership path,token show",
    },
    {
        .name = "membership count",
        .brief = "count the members of a group, by kind",
        .detail = "Whom `membership list` lists, a million of them in a moment.",
        .run = membership_count,
        .params = CS_PARAMS({"group", &cs_type_group, "which group"},
                            {"direct", &cs_type_bool, "no members of members", CS_FLAG}),
        .result = CS_FIELDS({"kind", &cs_type_text, "user, group, computer, well-known, foreign"},
                            {"count", &cs_type_int, "how many"}),
        .examples = CS_EXAMPLES({"membership count CERTSVC_DCOM_ACCESS", "how many may come in?"}),
        .see = "membership list,group show",
    },
    {
        .name = "membership path",
        .brief = "show the shortest way of a principal into a group",
        .detail = "Exit code 2 when there is none.",
        .run = membership_path,
        .params = CS_PARAMS({"principal", &cs_type_principal, "who"},
                            {"group", &cs_type_group, "into which group"}),
        .result = CS_FIELDS({"step", &cs_type_int, "1 is the first group entered"},
                            {"group", &cs_type_text, "the group"}, {"sid", &cs_type_sid, "its SID"},
                            {"scope", &cs_type_text,
                             "global, universal, domain-local, builtin, "
                             "machine-local; null for Everyone and such"}),
        .examples = CS_EXAMPLES(
            {"membership path CORP\\alice CERTSVC_DCOM_ACCESS", "how does alice come in?"}),
        .see = "membership list",
    },
};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "membership",
    .version = "1.0",
    .brief = "who is in a group, and by which way",
    .needs = "lab.read",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
