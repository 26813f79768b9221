/*
 * sharp_take.c - what an object of a SharpHound file is: an account, a group, a CA.
 */
#include "sharp.h"

enum { RID_DC = 516, RID_READ_ONLY_DC = 521, SUBS_OF_ACCOUNT = 5 };

bool sharp_true(struct cs_str text)
{
    return cs_str_same(text, CS_STR("true"));
}

/* Where "S-1-" begins: behind "DOMAIN-" of the last one. */
static ptrdiff_t sid_at(struct cs_str id)
{
    if (cs_str_starts(id, CS_STR("S-1-")))
        return 0;
    for (size_t i = id.length; i-- > 1;)
        if (id.at[i - 1] == '-' && cs_str_same_start(cs_str_from(id, i), CS_STR("S-1-")))
            return (ptrdiff_t)i;
    return cs_str_same_start(id, CS_STR("S-1-")) ? 0 : -1;
}

bool sharp_party(struct cs_str id, struct cs_import_party *party, struct cs_sid *computer)
{
    struct cs_error ignored;
    *party = (struct cs_import_party){0};
    *computer = (struct cs_sid){0};
    ptrdiff_t at = sid_at(id);
    if (at < 0 || cs_sid_parse(cs_str_from(id, (size_t)at), &party->sid, &ignored) != CS_OK)
        return false;
    if (at > 0)
        party->domain = cs_str_span(id.at, (size_t)at - 1);
    if (!cs_sid_is_account(&party->sid) || party->sid.count <= SUBS_OF_ACCOUNT)
        return true;
    /* SharpHound's own numbering: the computer's SID and a local RID. */
    uint32_t rid = cs_sid_rid(&party->sid);
    *computer = cs_sid_parent(&party->sid);
    if (rid >= 544 && rid < 1000)
        party->sid = cs_sid_of2(5, 32, rid);
    return true;
}

struct cs_str sharp_field(const struct sharp_file *file, enum sharp_field which)
{
    return file->object.field[which];
}

/* A number, also one with a sign, as PowerShell writes flags. */
uint32_t sharp_number(const struct sharp_file *file, enum sharp_field which)
{
    int64_t value = 0;
    return cs_str_integer(sharp_field(file, which), &value) ? (uint32_t)value : 0;
}

struct cs_str sharp_before_at(struct cs_str name)
{
    for (size_t i = name.length; i-- > 0;)
        if (name.at[i] == '@')
            return cs_str_span(name.at, i);
    return name;
}

/* --------------------------------------------------------------- principals */

static uint32_t primary_of(const struct sharp_file *file)
{
    struct cs_import_party group;
    struct cs_sid computer;
    return sharp_party(sharp_field(file, SHARP_PRIMARY), &group, &computer) ? cs_sid_rid(&group.sid)
                                                                            : 0;
}

static uint32_t uac_of(const struct sharp_file *file, bool computer, uint32_t primary)
{
    uint32_t uac = sharp_number(file, SHARP_UAC);
    if (uac)
        return uac;
    if (computer)
        uac = primary == RID_DC || primary == RID_READ_ONLY_DC ? CS_UAC_DC : CS_UAC_WORKSTATION;
    if (cs_str_same(sharp_field(file, SHARP_ENABLED), CS_STR("false")))
        uac |= CS_UAC_DISABLED;
    return uac;
}

static struct cs_principal common(const struct sharp_file *file, const struct cs_import_party *who)
{
    struct cs_principal p = {.sid = who->sid};
    p.name = sharp_field(file, SHARP_SAM);
    if (!p.name.length)
        p.name = sharp_before_at(sharp_field(file, SHARP_NAME));
    p.display = sharp_field(file, SHARP_DISPLAY);
    p.mail = sharp_field(file, SHARP_MAIL);
    p.comment = sharp_field(file, SHARP_COMMENT);
    p.os = sharp_field(file, SHARP_OS);
    p.dn = sharp_field(file, SHARP_DN);
    return p;
}

/* Whose SIDs are in "S-1-5-32-x" of this file. */
static struct cs_str domain_of(const struct sharp_file *file, const struct cs_import_party *who)
{
    return sharp_field(file, SHARP_DOMAIN).length ? sharp_field(file, SHARP_DOMAIN) : who->domain;
}

/* Everyone, Authenticated Users and their like: Windows fills them, whatever a file says. */
static bool windows_fills(const struct cs_sid *sid)
{
    return !cs_sid_is_account(sid) && !cs_sid_is_builtin(sid);
}

static void take_user(struct sharp_file *file, const struct cs_import_party *who)
{
    if (windows_fills(&who->sid)) { /* "NT AUTHORITY": a service's account */
        cs_import_skip(file->import, "well-known account", sharp_field(file, SHARP_NAME),
                       file->number);
        return;
    }
    struct cs_principal p = common(file, who);
    p.managed =
        sharp_true(sharp_field(file, SHARP_GMSA)) || sharp_true(sharp_field(file, SHARP_MSA));
    p.kind = p.managed ? CS_COMPUTER : CS_USER;
    p.primary = primary_of(file);
    p.uac = uac_of(file, false, p.primary);
    cs_import_principal(file->import, &p, domain_of(file, who), file->number);
}

static enum cs_scope scope_of(struct cs_str text)
{
    static const struct {
        const char *name;
        enum cs_scope scope;
    } scopes[] = {{"Global", CS_SCOPE_GLOBAL},
                  {"Universal", CS_SCOPE_UNIVERSAL},
                  {"DomainLocal", CS_SCOPE_DOMAIN_LOCAL}};
    for (size_t i = 0; i < CS_COUNT(scopes); i++)
        if (cs_str_same(text, cs_str_of(scopes[i].name)))
            return scopes[i].scope;
    return CS_SCOPE_NONE;
}

static void take_members(const struct sharp_file *file, const struct cs_import_party *group,
                         const struct sharp_texts *members)
{
    enum { BATCH = 256 };
    struct cs_import_party batch[BATCH];
    size_t count = 0;
    for (size_t i = 0; i < members->count; i++) {
        struct cs_sid computer;
        if (sharp_party(members->at[i], &batch[count], &computer) && !computer.count)
            count++;
        if (count < BATCH && i + 1 < members->count)
            continue;
        cs_import_members(file->import, group, batch, count, file->number);
        count = 0;
    }
}

static void take_group(struct sharp_file *file, const struct cs_import_party *who)
{
    if (windows_fills(&who->sid)) {
        cs_import_skip(file->import, "well-known group", sharp_field(file, SHARP_NAME),
                       file->number);
        return;
    }
    struct cs_principal p = common(file, who);
    p.kind = CS_GROUP;
    p.security = true;
    p.scope =
        cs_sid_is_builtin(&who->sid) ? CS_SCOPE_BUILTIN : scope_of(sharp_field(file, SHARP_SCOPE));
    /* The second sighting has no name of its own, and no members though there are some. */
    p.members_open = !p.dn.length && !file->object.members.count;
    cs_import_principal(file->import, &p, domain_of(file, who), file->number);
    struct cs_import_party group = *who;
    if (!group.domain.length)
        group.domain = sharp_field(file, SHARP_DOMAIN);
    take_members(file, &group, &file->object.members);
}

/* ---------------------------------------------------------------- computers */

/* Members as far as they are somebody beyond that computer. */
static size_t parties_of(const struct sharp_file *file, const struct sharp_texts *texts,
                         struct cs_import_party **out)
{
    size_t count = 0;
    *out = cs_arena_alloc(file->object.arena, (texts->count + 1) * sizeof **out);
    for (size_t i = 0; i < texts->count; i++) {
        struct cs_sid computer;
        struct cs_import_party *party = &(*out)[count];
        if (sharp_party(texts->at[i], party, &computer) &&
            (!computer.count || cs_sid_is_builtin(&party->sid)))
            count++;
    }
    return count;
}

/* A list of a domain controller is the domain's own. */
static void take_local(struct sharp_file *file, const struct cs_import_machine *machine, bool dc,
                       const struct sharp_list *list)
{
    struct cs_import_party group, *members;
    struct cs_sid computer = {0};
    uint64_t rid = 0;
    bool old = cs_str_number(list->id, 999, &rid);
    if (old)
        group = (struct cs_import_party){.sid = cs_sid_of2(5, 32, (uint32_t)rid)};
    else if (!sharp_party(list->id, &group, &computer))
        return;
    if (!cs_sid_is_builtin(&group.sid))
        return;
    if (dc) {
        group.domain = sharp_field(file, SHARP_DOMAIN);
        take_members(file, &group, &list->members);
        return;
    }
    size_t count = parties_of(file, &list->members, &members);
    group.domain = CS_STR("");
    cs_import_local_group(file->import, machine, &group, members, count, CS_MEMBERS_SOME,
                          file->number);
}

static void take_machine(struct sharp_file *file, const struct cs_import_machine *machine, bool dc)
{
    const struct sharp_object *object = &file->object;
    size_t collected = 0;
    for (size_t i = 0; i < object->locals.count; i++) {
        if (!object->locals.at[i].collected)
            continue;
        collected++;
        take_local(file, machine, dc, &object->locals.at[i]);
    }
    for (size_t i = 0; i < object->rights.count; i++) {
        const struct sharp_list *right = &object->rights.at[i];
        struct cs_import_party *holders;
        if (!right->collected || !right->id.length)
            continue;
        size_t count = parties_of(file, &right->members, &holders);
        for (size_t j = 0; j < count; j++)
            holders[j].domain = CS_STR("");
        cs_import_right(file->import, machine, right->id, holders, count, file->number);
    }
    file->uncollected += collected == 0;
}

static void take_computer(struct sharp_file *file, const struct cs_import_party *who)
{
    struct cs_principal p = common(file, who);
    p.kind = CS_COMPUTER;
    p.primary = primary_of(file);
    p.uac = uac_of(file, true, p.primary);
    struct cs_str name = sharp_field(file, SHARP_DNS).length ? sharp_field(file, SHARP_DNS)
                                                             : sharp_field(file, SHARP_NAME);
    if (cs_str_find(name, '.') > 0 && cs_str_find(name, '@') < 0)
        p.dns = name;
    cs_import_principal(file->import, &p, domain_of(file, who), file->number);
    struct cs_import_machine machine = {.name = p.dns, .account = who->sid};
    take_machine(file, &machine, p.uac & CS_UAC_DC);
}

/* ------------------------------------------------------------------ domains */

/* trustDirection and trustAttributes (MS-ADTS 6.1.6.7.9, 6.1.6.7.12), or SharpHound's words. */
static unsigned word_or_number(struct cs_str text, const char *const *words, size_t count)
{
    uint64_t value;
    if (cs_str_number(text, UINT32_MAX, &value))
        return (unsigned)value;
    for (unsigned i = 0; i < count; i++)
        if (cs_str_same(text, cs_str_of(words[i])))
            return i;
    return (unsigned)count;
}

static unsigned attributes_of(const struct sharp_trust *trust)
{
    static const char *const types[] = {"ParentChild", "CrossLink", "Forest",  "External",
                                        "Unknown",     "Kerberos",  "TreeRoot"};
    enum { WITHIN_FOREST = 0x20, FOREST = 0x8, QUARANTINED = 0x4 };
    uint64_t given;
    if (cs_str_number(trust->part[SHARP_TRUST_ATTRIBUTES - SHARP_TRUST_SID], UINT32_MAX, &given))
        return (unsigned)given;
    unsigned type = word_or_number(trust->part[SHARP_TRUST_TYPE - SHARP_TRUST_SID], types,
                                   CS_COUNT(types)),
             attributes = 0;
    if (type == 0 || type == 1 || type == 6)
        attributes = WITHIN_FOREST;
    if (type == 2)
        attributes = FOREST;
    if (sharp_true(trust->part[SHARP_TRUST_FILTER - SHARP_TRUST_SID]) && !attributes)
        attributes = QUARANTINED;
    return attributes;
}

static void take_trust(const struct sharp_file *file, struct cs_str domain,
                       const struct sharp_trust *trust)
{
    static const char *const directions[] = {"Disabled", "Inbound", "Outbound", "Bidirectional"};
    struct cs_domain partner = {.dns = trust->part[SHARP_TRUST_NAME - SHARP_TRUST_SID]};
    struct cs_error ignored;
    if (cs_sid_parse(trust->part[0], &partner.sid, &ignored) != CS_OK)
        partner.sid = (struct cs_sid){0};
    unsigned direction = word_or_number(trust->part[SHARP_TRUST_DIRECTION - SHARP_TRUST_SID],
                                        directions, CS_COUNT(directions));
    if (direction >= CS_COUNT(directions)) {
        cs_import_skip(file->import, "trust of no known direction", partner.dns, file->number);
        return;
    }
    cs_import_trust(file->import, domain, &partner, direction, attributes_of(trust), file->number);
}

static void take_domain(struct sharp_file *file, const struct cs_import_party *who)
{
    struct cs_domain domain = {.dns = sharp_field(file, SHARP_NAME), .sid = who->sid};
    if (!domain.dns.length) {
        cs_import_skip(file->import, "domain without a name", CS_STR(""), file->number);
        return;
    }
    cs_import_domain(file->import, &domain, file->number);
    for (size_t i = 0; i < file->object.trusts.count; i++)
        take_trust(file, domain.dns, &file->object.trusts.at[i]);
}

/* ------------------------------------------------------------------ objects */

static const struct {
    const char *type;
    void (*take)(struct sharp_file *file, const struct cs_import_party *who);
} takers[] = {
    {"users", take_user},
    {"groups", take_group},
    {"computers", take_computer},
    {"domains", take_domain},
};

static void take_by_sid(struct sharp_file *file,
                        void (*take)(struct sharp_file *file, const struct cs_import_party *who))
{
    struct cs_import_party who;
    struct cs_sid computer;
    if (!sharp_party(sharp_field(file, SHARP_ID), &who, &computer) || computer.count)
        cs_import_skip(file->import, "without a SID", sharp_field(file, SHARP_NAME), file->number);
    else
        take(file, &who);
}

/* The newest of these is when the collection cannot be older. */
static void note_times(const struct sharp_file *file)
{
    static const enum sharp_field times[] = {SHARP_CREATED, SHARP_LOGON, SHARP_PASSWORD};
    for (size_t i = 0; i < CS_COUNT(times); i++) {
        int64_t time = 0;
        if (cs_str_integer(sharp_field(file, times[i]), &time))
            cs_import_saw(file->import, time);
    }
}

void sharp_take(struct sharp_file *file)
{
    cs_import_record(file->import);
    note_times(file);
    if (sharp_true(sharp_field(file, SHARP_DELETED))) {
        cs_import_skip(file->import, "deleted", sharp_field(file, SHARP_NAME), file->number);
        return;
    }
    for (size_t i = 0; i < CS_COUNT(takers); i++)
        if (cs_str_same(file->type, cs_str_of(takers[i].type))) {
            take_by_sid(file, takers[i].take);
            return;
        }
    if (cs_str_same(file->type, CS_STR("certtemplates")))
        sharp_take_template(file);
    else if (cs_str_same(file->type, CS_STR("enterprisecas")))
        sharp_take_ca(file);
    else
        cs_import_skip(file->import, cs_str_c(cs_import_arena(file->import), file->type),
                       sharp_field(file, SHARP_NAME), file->number);
}
