/*
 * token_oracle_test.c - tokens of an imported forest beside what its directory computed.
 *
 * corp.tokens.jsonl has a line a principal: tokenGroups and tokenGroupsGlobalAndUniversal as
 * the domain controller gives them, and session_sids, the whole token of a network logon at it.
 * corp.tokengroups-wire is the same of three, as ldapsearch writes them down.  (tokenGroups of
 * all: import_test.c.)
 */
#include <check.h>
#include <string.h>

#include <certsh/host.h>
#include <certsh/json.h>

#include "import_case.h"

Suite *token_oracle_suite(void);

static void set_up(void)
{
    set_up_import();
    struct cs_str text = sample(arena, "corp.ldapsearch.ldif.gz");
    ck_assert(text.at != NULL);
    ck_assert(import_text(lab, arena, "import_ldif", "corp.ldif", text, &err) == CS_OK);
    struct cs_host host = {.name = CS_STR("DC01"), .role = CS_ROLE_DC, .windows = CS_WINDOWS_2022};
    host.domain = cs_domain_find(lab, CS_STR("CORP"));
    ck_assert(cs_host_find(lab, host.name) || cs_host_put(lab, &host, NULL, &err) == CS_OK);
}

/* ----------------------------------------------------------------- sets of SIDs */

struct sids {
    struct cs_sid at[512];
    size_t count;
};

static void add_sid(struct sids *sids, const struct cs_sid *sid)
{
    ck_assert_uint_lt(sids->count, CS_COUNT(sids->at));
    sids->at[sids->count++] = *sid;
}

static bool has(const struct sids *sids, const struct cs_sid *sid)
{
    for (size_t i = 0; i < sids->count; i++)
        if (cs_sid_equal(&sids->at[i], sid))
            return true;
    return false;
}

static void take_list(struct sids *sids, const struct cs_value *list)
{
    sids->count = 0;
    for (size_t i = 0; list && list->kind == CS_LIST && i < list->list.count; i++) {
        struct cs_sid sid;
        ck_assert(cs_sid_parse(list->list.at[i].text, &sid, &err) == CS_OK);
        add_sid(sids, &sid);
    }
}

/* Both ways, so that the first difference is named. */
static void compare(const struct sids *ours, const struct sids *theirs, const char *what,
                    struct cs_str who)
{
    struct cs_sid_text text;
    for (size_t i = 0; i < ours->count; i++)
        ck_assert_msg(has(theirs, &ours->at[i]), "%s of %.*s: %s is too many", what,
                      CS_STR_ARG(who), cs_sid_format(&ours->at[i], &text));
    for (size_t i = 0; i < theirs->count; i++)
        ck_assert_msg(has(ours, &theirs->at[i]), "%s of %.*s: %s is missing", what, CS_STR_ARG(who),
                      cs_sid_format(&theirs->at[i], &text));
}

/* ------------------------------------------------------------------------- ours */

struct groups {
    struct sids *sids;
    bool wide_only; /* no domain-local and built-in ones */
};

static bool take_group(void *context, cs_id id)
{
    const struct groups *groups = context;
    struct cs_principal g;
    ck_assert(cs_principal_get(lab, id, &g));
    if (!groups->wide_only || g.scope == CS_SCOPE_GLOBAL || g.scope == CS_SCOPE_UNIVERSAL)
        add_sid(groups->sids, &g.sid);
    return true;
}

static void our_groups(struct sids *sids, cs_id id, bool wide_only)
{
    struct groups groups = {sids, wide_only};
    sids->count = 0;
    cs_principal_groups(lab, id, CS_NOW, take_group, &groups);
}

/*
 * Domain-local groups that a controller is in as one of the ENTERPRISE DOMAIN CONTROLLERS: these
 * are in its ticket (MS-PAC 4.1.2.1) and so count (MS-KILE 3.3.5.7.3); Samba adds them later.
 */
static bool is_by_controllers(const struct cs_token *token, size_t index)
{
    const struct cs_token_sid *sid = cs_token_at(token, index);
    if (sid->origin != CS_ORIGIN_RESOURCE)
        return false;
    while (sid->via >= 0 && !cs_sid_equal(&sid->sid, &cs_sid_enterprise_dcs))
        sid = cs_token_at(token, (size_t)sid->via);
    return cs_sid_equal(&sid->sid, &cs_sid_enterprise_dcs);
}

/* At the domain controller.  Samba's session has no S-1-5-15, which Windows' has. */
static void our_session(struct sids *sids, cs_id id)
{
    struct cs_token_ask ask = {.principal = id, .logon = CS_LOGON_NETWORK, .when = CS_NOW};
    struct cs_token *token;
    ask.host = cs_host_find(lab, CS_STR("DC01"));
    ck_assert(ask.host != 0);
    sids->count = 0;
    ck_assert_msg(cs_token_of(lab, arena, &ask, &token, &err) == CS_OK, "%s", err.text);
    for (size_t i = 0; i < cs_token_count(token); i++)
        if (!cs_sid_equal(&cs_token_at(token, i)->sid, &cs_sid_this_organization) &&
            !is_by_controllers(token, i))
            add_sid(sids, &cs_token_at(token, i)->sid);
}

static cs_id who_is(struct cs_str sid_text)
{
    struct cs_sid sid;
    ck_assert(cs_sid_parse(sid_text, &sid, &err) == CS_OK);
    cs_id id = cs_principal_by_sid(lab, &sid, 0);
    ck_assert_msg(id != 0, "%.*s", CS_STR_ARG(sid_text));
    return id;
}

/* ------------------------------------------------------------------------ tests */

static bool is_guest(cs_id id)
{
    struct cs_principal p;
    return cs_principal_get(lab, id, &p) && cs_sid_rid(&p.sid) == 501;
}

static void compare_line(const struct cs_value *line)
{
    static struct sids ours, theirs;
    struct cs_str sid = cs_value_get(line, "sid")->text;
    cs_id id = who_is(sid);
    take_list(&theirs, cs_value_get(line, "tokenGroups"));
    our_groups(&ours, id, false);
    compare(&ours, &theirs, "tokenGroups", sid);
    take_list(&theirs, cs_value_get(line, "tokenGroupsGlobalAndUniversal"));
    our_groups(&ours, id, true);
    compare(&ours, &theirs, "tokenGroupsGlobalAndUniversal", sid);
    if (is_guest(id)) /* whom Samba takes for an authenticated user, unlike Windows since 2003 */
        return;
    take_list(&theirs, cs_value_get(line, "session_sids"));
    our_session(&ours, id);
    compare(&ours, &theirs, "the session", sid);
}

START_TEST(sessions_at_the_controller_are_those_it_makes)
{
    struct cs_str all = sample(arena, "corp.tokens.jsonl.gz");
    size_t accounts = 0;
    while (all.length) {
        ptrdiff_t end = cs_str_find(all, '\n');
        struct cs_str text = cs_str_span(all.at, end < 0 ? all.length : (size_t)end);
        struct cs_arena_mark mark = cs_arena_mark(arena);
        struct cs_value line;
        ck_assert_msg(cs_json_read(arena, text, &line, &err) == CS_OK, "%s", err.text);
        if (cs_value_get(&line, "tokenGroups")->kind == CS_LIST) {
            compare_line(&line);
            accounts++;
        }
        cs_arena_rewind(arena, mark);
        all = cs_str_from(all, text.length + 1);
    }
    ck_assert_uint_eq(accounts, 440 - 24 - 50);
}
END_TEST

/* --------------------------------------------------------------------- the wire */

static size_t from_base64(struct cs_str text, unsigned char *out)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    size_t count = 0, held = 0;
    for (size_t i = 0; i < text.length && text.at[i] != '='; i++) {
        bits = bits << 6 | (uint32_t)(strchr(letters, text.at[i]) - letters);
        held += 6;
        if (held >= 8)
            out[count++] = (unsigned char)(bits >> (held -= 8));
    }
    return count;
}

/* The SID of a line "attribute:: base64"; false for another line. */
static bool sid_of(struct cs_str line, const char *attribute, struct cs_sid *sid)
{
    struct cs_str start = cs_str_printf(arena, "%s:: ", attribute);
    unsigned char bytes[CS_SID_MAX_BYTES + 3];
    if (!cs_str_same_start(line, start))
        return false;
    size_t size = from_base64(cs_str_from(line, start.length), bytes);
    ck_assert(cs_sid_decode(bytes, size, sid, NULL, &err) == CS_OK);
    return true;
}

static void compare_record(const struct cs_sid *who, const struct sids *theirs)
{
    static struct sids ours;
    struct cs_sid_text text;
    cs_sid_format(who, &text);
    our_groups(&ours, who_is(cs_str_of(text.text)), false);
    compare(&ours, theirs, "tokenGroups", cs_str_of(text.text));
}

START_TEST(token_groups_on_the_wire_are_ours)
{
    struct cs_str all = sample(arena, "shared/corp/corp.tokengroups-wire.ldif.gz");
    static struct sids theirs;
    struct cs_sid who, group;
    size_t records = 0, groups = 0;
    if (!all.at)
        return;
    while (all.length) {
        ptrdiff_t end = cs_str_find(all, '\n');
        struct cs_str line = cs_str_span(all.at, end < 0 ? all.length : (size_t)end);
        all = cs_str_from(all, line.length + 1);
        sid_of(line, "objectSid", &who);
        if (sid_of(line, "tokenGroups", &group))
            add_sid(&theirs, &group);
        if (line.length && all.length)
            continue;
        compare_record(&who, &theirs);
        groups += theirs.count;
        records++;
        theirs.count = 0;
    }
    ck_assert_uint_eq(records, 3);
    ck_assert_uint_gt(groups, 20);
}
END_TEST

Suite *token_oracle_suite(void)
{
    Suite *suite = suite_create("token_oracle");
    TCase *tcase = tcase_create("oracle");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, set_up, tear_down_import);
    tcase_add_test(tcase, sessions_at_the_controller_are_those_it_makes);
    tcase_add_test(tcase, token_groups_on_the_wire_are_ours);
    suite_add_tcase(suite, tcase);
    return suite;
}
