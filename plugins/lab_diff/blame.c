/*
 * blame.c - lab blame: since which change a gate answers as it does.
 *
 * The decision is asked again after every change, from now backwards.  The answer of a gate
 * (verdict, deciding entry, membership path, reason) is of the change after which it last became
 * what it is; one that was so from the beginning has a source: the record that decides.
 */
#include "lab_diff.h"

struct blame {
    struct cs_call *call;
    struct cs_lab *lab;
    struct cs_question ask;
    struct cs_decision now;
    size_t *since; /* by gate: the change, 0 from the beginning */
    bool *known;
};

/* -------------------------------------------------------------------- since */

static bool same_answer(const struct cs_gate_answer *a, const struct cs_gate_answer *b)
{
    return a->verdict == b->verdict && cs_str_equal(a->ace, b->ace) &&
           cs_str_equal(a->why, b->why) && cs_value_equal(&a->via, &b->via);
}

/* After `change` the decision was this (NULL: it could not be asked): who was different then
 * became what it is with the next one. */
static size_t compare(struct blame *blame, const struct cs_decision *then, size_t change)
{
    size_t open = 0;
    for (size_t i = 0; i < blame->now.count; i++) {
        if (blame->known[i])
            continue;
        if (!then || !same_answer(&then->answers[i], &blame->now.answers[i])) {
            blame->known[i] = true;
            blame->since[i] = change + 1;
        } else {
            open++;
        }
    }
    return open;
}

static void walk_back(struct blame *blame)
{
    struct cs_arena *arena = cs_arena_new();
    struct cs_visit *visit = cs_visit_begin(blame->lab);
    size_t open = blame->now.count;
    for (size_t change = cs_lab_change_count(blame->lab); open && change-- > 0;) {
        struct cs_decision then;
        struct cs_point point = cs_point_at(blame->lab, change);
        struct cs_arena_mark mark = cs_arena_mark(arena);
        cs_visit_go(visit, &point);
        cs_status status = cs_enroll_check(blame->lab, arena, &blame->ask, true, &then, NULL);
        open = compare(blame, status == CS_OK ? &then : NULL, change);
        cs_arena_rewind(arena, mark);
    }
    cs_visit_end(visit);
    cs_arena_free(arena);
}

/* ------------------------------------------------------------------- source */

typedef struct cs_source source_fn(const struct blame *blame, const struct cs_gate_answer *answer,
                                   int which);

static cs_id host_of(const struct blame *blame)
{
    return cs_ca_get(blame->lab, blame->ask.ca)->host;
}

/* A value that is not there is the word of whoever knows the machine whole. */
static struct cs_source of_value(const struct blame *blame, struct cs_str key, const char *name)
{
    const struct cs_reg_value *value =
        cs_registry_get(blame->lab, host_of(blame), key, cs_str_of(name));
    const struct cs_host *host = cs_host_get(blame->lab, host_of(blame));
    return value ? value->record.source : host ? host->record.source : (struct cs_source){0};
}

static struct cs_source of_service(const struct blame *blame, const struct cs_gate_answer *answer,
                                   int which)
{
    (void)answer;
    (void)which;
    const struct cs_service *service =
        cs_service_find(blame->lab, host_of(blame), CS_STR("CertSvc"));
    return service ? service->record.source : (struct cs_source){0};
}

static struct cs_source of_logon(const struct blame *blame, const struct cs_gate_answer *answer,
                                 int which)
{
    (void)which;
    struct cs_str deny = CS_STR("SeDenyNetworkLogonRight"), name = CS_STR("SeNetworkLogonRight");
    if (cs_str_starts(answer->why, deny))
        name = deny;
    const struct cs_right_grant *grant = cs_right_find(blame->lab, host_of(blame), name);
    return grant ? grant->record.source : (struct cs_source){0};
}

static struct cs_source of_enable(const struct blame *blame, const struct cs_gate_answer *answer,
                                  int which)
{
    (void)answer;
    (void)which;
    return of_value(blame, CS_KEY_OLE, "EnableDCOM");
}

static struct cs_source of_dcom(const struct blame *blame, const struct cs_gate_answer *answer,
                                int which)
{
    (void)answer;
    struct cs_dcom_sd sds[2];
    size_t count = cs_dcom_sds(blame->lab, cs_call_arena(blame->call), host_of(blame),
                               (enum cs_dcom_scope)which, sds);
    return count ? sds[0].where : (struct cs_source){0};
}

static struct cs_source of_ca_key(const struct blame *blame, const struct cs_gate_answer *answer,
                                  int which)
{
    static const char *const names[] = {"InterfaceFlags", "Security"};
    (void)answer;
    const struct cs_ca *ca = cs_ca_get(blame->lab, blame->ask.ca);
    return of_value(blame, cs_ca_key(cs_call_arena(blame->call), ca), names[which]);
}

static struct cs_source of_ca(const struct blame *blame, const struct cs_gate_answer *answer,
                              int which)
{
    (void)answer;
    (void)which;
    return cs_ca_get(blame->lab, blame->ask.ca)->record.source;
}

static struct cs_source of_template(const struct blame *blame, const struct cs_gate_answer *answer,
                                    int which)
{
    (void)answer;
    (void)which;
    return cs_template_get(blame->lab, blame->ask.template_)->record.source;
}

static const struct {
    const char *gate;
    source_fn *fn;
    int which;
} sources[] = {
    {"service", of_service, 0},
    {"logon", of_logon, 0},
    {"authentication", of_ca_key, 0},
    {"enable-dcom", of_enable, 0},
    {"launch-limit", of_dcom, CS_DCOM_LAUNCH_LIMIT},
    {"launch-permission", of_dcom, CS_DCOM_LAUNCH_PERMISSION},
    {"access-limit", of_dcom, CS_DCOM_ACCESS_LIMIT},
    {"access-permission", of_dcom, CS_DCOM_ACCESS_PERMISSION},
    {"ca-interface", of_ca_key, 0},
    {"ca-security", of_ca_key, 1},
    {"template-published", of_ca, 0},
    {"template-security", of_template, 0},
};

/* What a command made before the history began is what the lab began with. */
static struct cs_str source_text(const struct blame *blame, size_t gate, struct cs_source source)
{
    if (!blame->since[gate] && source.origin == CS_ORIGIN_COMMAND)
        source.origin = CS_ORIGIN_LAB;
    return cs_source_format(blame->lab, cs_call_arena(blame->call), source);
}

/* A group of the path has a source of its own: it is told beside that of the descriptor. */
static void add_path(const struct blame *blame, size_t gate, struct cs_buf *out)
{
    const struct cs_value *via = &blame->now.answers[gate].via;
    struct cs_principal group;
    cs_id id;
    if (via->kind != CS_LIST || via->list.count < 2)
        return;
    struct cs_str name = via->list.at[via->list.count - 1].text;
    if (cs_principal_resolve(blame->lab, name, host_of(blame), &id, NULL) != CS_OK ||
        !cs_principal_get(blame->lab, id, &group))
        return;
    struct cs_str source = source_text(blame, gate, group.source);
    if (!cs_str_equal(source, cs_buf_str(out)))
        cs_buf_addf(out, ", %.*s", CS_STR_ARG(source));
}

/* "" for a gate of a plugin, whose facts nobody knows here. */
static struct cs_str source_of(const struct blame *blame, size_t gate)
{
    struct cs_arena *arena = cs_call_arena(blame->call);
    const struct cs_gate_answer *answer = &blame->now.answers[gate];
    struct cs_buf out;
    cs_buf_init(&out, 1 << 16);
    for (size_t i = 0; i < CS_COUNT(sources); i++)
        if (cs_str_is(cs_str_of(blame->now.gates[gate]->name), sources[i].gate))
            cs_buf_add_str(
                &out, source_text(blame, gate, sources[i].fn(blame, answer, sources[i].which)));
    add_path(blame, gate, &out);
    struct cs_str copy = cs_str_copy(arena, cs_buf_str(&out));
    cs_buf_clear(&out);
    return copy;
}

/* --------------------------------------------------------------------- rows */

struct find {
    size_t number;
    struct cs_change found;
};

static bool is_number(void *context, const struct cs_change *change)
{
    struct find *find = context;
    if (change->number != find->number)
        return true;
    find->found = *change;
    return false;
}

static void say(const struct blame *blame, size_t gate, const struct cs_change *change,
                struct cs_str source)
{
    struct cs_call *call = blame->call;
    struct cs_time_text time;
    const struct cs_gate_answer *answer = &blame->now.answers[gate];
    bool fine = answer->verdict == CS_ALLOWED;
    const char *sign = cs_call_utf8(call) ? (fine ? "\u2713" : "\u2717") : (fine ? "+" : "x");
    cs_call_say(call, "  %s %-19s ", sign, blame->now.gates[gate]->name);
    if (change->number)
        cs_call_say(call, "%zu  %s  %.*s  %.*s\n", change->number,
                    cs_time_format(change->time, &time), CS_STR_ARG(change->user),
                    CS_STR_ARG(change->title));
    else
        cs_call_say(call, "from the beginning: %.*s\n",
                    CS_STR_ARG(source.length ? source : CS_STR("not known")));
    if (change->number && source.length && !cs_str_is(source, "command"))
        cs_call_say(call, "      %.*s\n", CS_STR_ARG(source));
    if (!fine)
        cs_call_say(call, "      %.*s\n", CS_STR_ARG(answer->why));
}

static cs_status row(const struct blame *blame, size_t gate, struct cs_error *err)
{
    struct find find = {.number = blame->since[gate]};
    const struct cs_gate_answer *answer = &blame->now.answers[gate];
    struct cs_str source = source_of(blame, gate);
    if (find.number)
        cs_lab_each_change(blame->lab, is_number, &find);
    const struct cs_change *change = &find.found;
    bool any = change->number > 0;
    if (cs_call_wants_words(blame->call))
        say(blame, gate, change, source);
    return CS_ROW(blame->call, err, cs_value_text(blame->now.gates[gate]->name),
                  cs_value_text(cs_verdict_name(answer->verdict)),
                  any ? cs_value_int((int64_t)change->number) : cs_value_null(),
                  any ? cs_value_clock(change->time) : cs_value_null(),
                  any ? cs_value_str(change->user) : cs_value_null(),
                  any ? cs_value_str(change->title) : cs_value_null(),
                  source.length ? cs_value_str(source) : cs_value_null(),
                  cs_value_str(answer->why));
}

static cs_status find_question(struct blame *blame, struct cs_error *err)
{
    struct cs_call *call = blame->call;
    cs_id host = cs_shell_host(cs_call_shell(call));
    blame->ask.principal = cs_call_id(call, "principal");
    blame->ask.template_ = cs_call_id(call, "template");
    struct cs_str name = cs_template_get(blame->lab, blame->ask.template_)->name;
    return cs_enroll_ca(blame->lab, cs_call_id(call, "ca"), host, name, &blame->ask.ca, err);
}

cs_status lab_blame(struct cs_call *call, struct cs_error *err)
{
    struct blame blame = {.call = call, .lab = cs_call_lab(call)};
    struct cs_arena *arena = cs_call_arena(call);
    cs_status status = find_question(&blame, err);
    if (status == CS_OK)
        status = cs_enroll_check(blame.lab, arena, &blame.ask, true, &blame.now, err);
    if (status != CS_OK)
        return status;
    blame.since = cs_arena_alloc(arena, blame.now.count * sizeof *blame.since);
    blame.known = cs_arena_alloc(arena, blame.now.count * sizeof *blame.known);
    walk_back(&blame);
    if (cs_call_wants_words(call))
        cs_call_say(call, "%.*s, %.*s: %s\n",
                    CS_STR_ARG(cs_principal_name(blame.lab, arena, blame.ask.principal)),
                    CS_STR_ARG(cs_template_get(blame.lab, blame.ask.template_)->name),
                    cs_verdict_name(blame.now.verdict));
    for (size_t i = 0; status == CS_OK && i < blame.now.count; i++)
        status = row(&blame, i, err);
    return status;
}
