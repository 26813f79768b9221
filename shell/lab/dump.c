/* dump.c - a lab as calls, in the order in which they can be made (see dump.h).  Room: lab. */
#include "dump.h"

#include <certsh/host.h>

#include "lab_internal.h"

/* ------------------------------------------------------------------- fields */

void csi_dump_value(struct csi_dump *dump, const char *name, struct cs_value value)
{
    cs_bug_if(dump->count == CSI_DUMP_FIELDS);
    dump->fields[dump->count++] = (struct cs_member){cs_str_of(name), value};
}

void csi_dump_text(struct csi_dump *dump, const char *name, struct cs_str text)
{
    if (text.length)
        csi_dump_value(dump, name, cs_value_str(text));
}

void csi_dump_word(struct csi_dump *dump, const char *name, const char *word)
{
    if (word)
        csi_dump_text(dump, name, cs_str_of(word));
}

void csi_dump_number(struct csi_dump *dump, const char *name, int64_t number)
{
    if (number)
        csi_dump_value(dump, name, cs_value_int(number));
}

void csi_dump_flag(struct csi_dump *dump, const char *name, bool flag)
{
    if (flag)
        csi_dump_value(dump, name, cs_value_bool(true));
}

void csi_dump_sid(struct csi_dump *dump, const char *name, const struct cs_sid *sid)
{
    struct cs_sid_text text;
    if (sid->count)
        csi_dump_text(dump, name, cs_str_copy(dump->arena, cs_str_of(cs_sid_format(sid, &text))));
}

void csi_dump_ref(struct csi_dump *dump, const char *name, cs_id principal)
{
    if (principal)
        csi_dump_text(dump, name, csi_principal_ref(dump->lab, dump->arena, principal));
}

bool csi_sd_as_text(struct cs_arena *arena, struct cs_str bytes, bool registry, struct cs_str *sddl)
{
    struct cs_sd sd, again;
    struct cs_str back;
    if (bytes.length < 20 || cs_sd_decode(arena, bytes, &sd, NULL) != CS_OK ||
        cs_sddl_format(arena, &sd, NULL, sddl, NULL) != CS_OK ||
        cs_sddl_parse(arena, *sddl, NULL, &again, NULL) != CS_OK)
        return false;
    cs_status status = registry ? cs_sd_encode_registry(arena, &again, &back, NULL)
                                : cs_sd_encode(arena, &again, &back, NULL);
    return status == CS_OK && cs_str_equal(back, bytes);
}

static struct cs_str hex(struct cs_arena *arena, struct cs_str bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *out = cs_arena_alloc(arena, bytes.length * 2 + 1);
    for (size_t i = 0; i < bytes.length; i++) {
        out[2 * i] = digits[(unsigned char)bytes.at[i] >> 4];
        out[2 * i + 1] = digits[(unsigned char)bytes.at[i] & 15];
    }
    return cs_str_span(out, bytes.length * 2);
}

void csi_dump_sd(struct csi_dump *dump, const char *name, struct cs_str bytes, bool registry)
{
    struct cs_str sddl;
    if (csi_sd_as_text(dump->arena, bytes, registry, &sddl))
        csi_dump_text(dump, name, sddl);
    else if (bytes.length)
        csi_dump_text(dump, cs_arena_printf(dump->arena, "%s_hex", name), hex(dump->arena, bytes));
}

/* -------------------------------------------------------------------- calls */

bool csi_dump_call(struct csi_dump *dump, const char *call)
{
    if (dump->status == CS_OK)
        dump->status = dump->fn(dump->context, call, dump->fields, dump->count, dump->err);
    dump->count = 0;
    return dump->status == CS_OK;
}

void csi_dump_told(struct csi_dump *dump, struct cs_source source)
{
    struct cs_source file = {source.origin, 0};
    if (source.origin == dump->told.origin && source.line == dump->told.line)
        return;
    dump->told = source;
    csi_dump_text(dump, "by", cs_source_format(dump->lab, dump->arena, file));
    csi_dump_number(dump, "line", source.line);
    csi_dump_call(dump, "told_by");
}

static void tell_moment(struct csi_dump *dump, cs_tick tick)
{
    csi_dump_value(dump, "time", cs_value_time(dump->lab->epoch + (int64_t)tick));
    csi_dump_call(dump, "moment");
}

/* --------------------------------------------------------------------- refs */

static cs_id named(const struct cs_lab *lab, struct cs_str name)
{
    cs_id id;
    return cs_principal_resolve(lab, name, 0, &id, NULL) == CS_OK ? id : 0;
}

struct cs_str csi_principal_ref(const struct cs_lab *lab, struct cs_arena *arena, cs_id id)
{
    struct cs_principal p;
    struct cs_sid_text text;
    bool removed;
    if (!csi_principal_any(lab, id, &p, &removed))
        return CS_STR("");
    struct cs_str name = cs_principal_name(lab, arena, id);
    if (p.domain && !removed && cs_str_find(name, '\\') > 0 && named(lab, name) == id &&
        !cs_sid_is_builtin(&p.sid))
        return name;
    cs_sid_format(&p.sid, &text);
    if (!cs_sid_is_builtin(&p.sid))
        return cs_str_copy(arena, cs_str_of(text.text));
    const struct cs_host *host = cs_host_get(lab, p.host);
    const struct cs_domain *domain = cs_domain_get(lab, p.domain);
    struct cs_str owner = host ? host->name : domain ? domain->dns : CS_STR("");
    return cs_str_printf(arena, "%s@%.*s", text.text, CS_STR_ARG(owner));
}

cs_id cs_principal_called(const struct cs_lab *lab, struct cs_str text)
{
    struct cs_sid sid;
    ptrdiff_t at = cs_str_find(text, '@');
    struct cs_str number = text, owner = CS_STR("");
    if (at > 0 && cs_str_starts(text, CS_STR("S-1-"))) {
        number.length = (size_t)at;
        owner = cs_str_from(text, (size_t)at + 1);
    }
    if (cs_sid_parse(number, &sid, NULL) != CS_OK)
        return named(lab, text);
    cs_id host = owner.length ? cs_host_find(lab, owner) : 0;
    cs_id domain = owner.length && !host ? cs_domain_find(lab, owner) : 0;
    return cs_principal_owned(lab, &sid, domain, host);
}

/* --------------------------------------------------------------- principals */

static const char *call_of(const struct cs_principal *p)
{
    static const char *const calls[] = {"",          "add_user",    "add_computer",
                                        "add_group", "add_foreign", "add_foreign"};
    return calls[p->kind];
}

static void tell_owner(struct csi_dump *dump, const struct cs_principal *p)
{
    const struct cs_domain *domain = cs_domain_get(dump->lab, p->domain);
    const struct cs_host *host = cs_host_get(dump->lab, p->host);
    if (domain)
        csi_dump_text(dump, "domain", domain->dns);
    else if (host)
        csi_dump_text(dump, "host", host->name);
}

static void tell_kind(struct csi_dump *dump, const struct cs_principal *p)
{
    if (p->kind == CS_GROUP) {
        csi_dump_word(dump, "scope", cs_scope_name(p->scope));
        csi_dump_flag(dump, "open", p->members_open);
        if (!p->security)
            csi_dump_value(dump, "security", cs_value_bool(false));
    }
    if (p->kind == CS_USER || p->kind == CS_COMPUTER) {
        csi_dump_value(dump, "primary", cs_value_int(p->primary));
        csi_dump_value(dump, "uac", cs_value_int(p->uac));
        csi_dump_flag(dump, "managed", p->managed);
    }
}

void csi_dump_principal(struct csi_dump *dump, const struct cs_principal *p)
{
    csi_dump_told(dump, p->source);
    tell_owner(dump, p);
    csi_dump_text(dump, "name", p->name);
    csi_dump_sid(dump, "sid", &p->sid);
    tell_kind(dump, p);
    csi_dump_text(dump, "display", p->display);
    csi_dump_text(dump, "upn", p->upn);
    csi_dump_text(dump, "dns", p->dns);
    csi_dump_text(dump, "mail", p->mail);
    csi_dump_text(dump, "dn", p->dn);
    csi_dump_text(dump, "comment", p->comment);
    csi_dump_text(dump, "os", p->os);
    csi_dump_call(dump, call_of(p));
}

/* What every lab knows, as every lab knows it, needs no word. */
static bool is_founded(const struct cs_principal *p)
{
    return p->kind == CS_WELL_KNOWN && !p->display.length && !p->dn.length && !p->comment.length;
}

/* Those that were there at the beginning of the story, of a domain or of a machine. */
static void tell_principals(struct csi_dump *dump, bool local)
{
    for (cs_id id = 1; id < cs_principal_end(dump->lab) && dump->status == CS_OK; id++) {
        struct cs_arena_mark mark = cs_arena_mark(dump->arena);
        struct cs_principal then, p;
        bool removed;
        if (cs_principal_at(dump->lab, id, dump->from, &then) && (then.host != 0) == local &&
            !is_founded(&then)) {
            if (!csi_principal_any(dump->lab, id, &p, &removed))
                p = then;
            p.primary = then.primary; /* what changed later is told later */
            csi_dump_principal(dump, &p);
        }
        cs_arena_rewind(dump->arena, mark);
    }
}

/* ------------------------------------------------------------- memberships */

struct listing {
    struct csi_dump *dump;
    struct cs_list_maker list;
};

static bool list_member(void *context, cs_id id)
{
    struct listing *listing = context;
    struct cs_principal ignored;
    if (cs_principal_at(listing->dump->lab, id, listing->dump->from, &ignored))
        cs_list_add(&listing->list,
                    cs_value_str(csi_principal_ref(listing->dump->lab, listing->dump->arena, id)));
    return true;
}

static void tell_members(struct csi_dump *dump)
{
    for (cs_id id = 1; id < cs_principal_end(dump->lab) && dump->status == CS_OK; id++) {
        struct cs_arena_mark mark = cs_arena_mark(dump->arena);
        struct listing listing = {.dump = dump, .list = {.arena = dump->arena}};
        struct cs_principal group;
        if (cs_principal_at(dump->lab, id, dump->from, &group) &&
            (group.kind == CS_GROUP || cs_principal_is_stranger(&group)))
            cs_member_each(dump->lab, id, dump->from, list_member, &listing);
        if (listing.list.count) {
            csi_dump_ref(dump, "group", id);
            csi_dump_value(dump, "members", cs_list_value(&listing.list));
            csi_dump_call(dump, "add_members");
        }
        cs_arena_rewind(dump->arena, mark);
    }
}

/* ---------------------------------------------------------------- the whole */

/* The tick from which on tokens could still be of that age. */
static cs_tick oldest_start(const struct cs_lab *lab)
{
    cs_tick oldest = lab->tick;
    for (cs_id id = 1; id < lab->tables[CS_NOUN_HOST].end; id++) {
        const struct cs_host *host = cs_host_get(lab, id);
        if (host && host->boot < oldest)
            oldest = host->boot;
    }
    for (cs_id id = 1; id < lab->tables[CS_NOUN_SESSION].end; id++) {
        const struct cs_session *session =
            (const struct cs_session *)cs_record_get(lab, CS_NOUN_SESSION, id);
        if (session && session->opened < oldest)
            oldest = session->opened;
    }
    return oldest;
}

static void tell_start(struct csi_dump *dump)
{
    const struct cs_start *start = cs_lab_start(dump->lab);
    const struct cs_host *host = cs_host_get(dump->lab, start->host);
    csi_dump_text(dump, "name", start->name);
    if (host)
        csi_dump_text(dump, "host", host->name);
    struct cs_principal user;
    if (cs_principal_get(dump->lab, start->user, &user))
        csi_dump_ref(dump, "user", start->user);
    csi_dump_value(dump, "assume", cs_value_bool(start->assume));
    csi_dump_call(dump, "start");
}

static void tell_all(struct csi_dump *dump)
{
    static const enum cs_noun of_hosts[] = {CS_NOUN_REGISTRY, CS_NOUN_COVERAGE, CS_NOUN_SERVICE,
                                            CS_NOUN_RIGHT};
    tell_moment(dump, dump->from);
    csi_dump_records(dump, CS_NOUN_DOMAIN);
    csi_dump_records(dump, CS_NOUN_TRUST);
    tell_principals(dump, false);
    csi_dump_records(dump, CS_NOUN_HOST);
    tell_principals(dump, true);
    tell_members(dump);
    for (size_t i = 0; i < CS_COUNT(of_hosts); i++)
        csi_dump_records(dump, of_hosts[i]);
    csi_dump_records(dump, CS_NOUN_TEMPLATE);
    csi_dump_records(dump, CS_NOUN_CA);
    csi_dump_records(dump, CS_NOUN_EVENT);
    csi_dump_told(dump, (struct cs_source){0});
    csi_dump_story(dump);
    tell_moment(dump, dump->lab->tick);
    tell_start(dump);
    csi_dump_value(dump, "ages", cs_value_bool(true));
    csi_dump_call(dump, "seal");
}

cs_status cs_lab_dump(const struct cs_lab *lab, cs_dump_fn *fn, void *context, struct cs_error *err)
{
    struct csi_dump dump = {.lab = lab,
                            .arena = cs_arena_new(),
                            .fn = fn,
                            .context = context,
                            .err = err,
                            .from = oldest_start(lab)};
    cs_bug_if(!dump.arena);
    tell_all(&dump);
    cs_arena_free(dump.arena);
    return dump.status;
}
