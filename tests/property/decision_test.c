/*
 * decision_test.c - every decision equals a slow literal transcription of the pages.
 *
 * Random labs (wild.h; the seed is printed), their settings made as hard as Windows allows and
 * harder; random callers, templates and places to ask from.  Each gate of cs_enroll_check must
 * say what slow_decide says, verdict and code, and so must the whole; asked with and without
 * an explanation; a request meets what the check says.  What was seen is counted, so that the law
 * is not kept by asking nothing.
 */
#include "slow_decision.h"
#include "slow_token.h"

#include <stdio.h>

#include "lab/lab_internal.h"
#include "wild.h"

Suite *decision_suite(void);

static struct cs_error err;

#define must(call) ck_assert_msg((call) == CS_OK, "%s (%s)", err.text, err.where)

/* ------------------------------------------------------------------ settings */

static struct cs_str some_sid(struct wild *wild, struct dice *dice)
{
    static const char *const known[] = {
        "S-1-1-0", "S-1-5-11",     "S-1-5-2",      "S-1-5-4",      "S-1-5-18",
        "S-1-5-9", "S-1-5-32-544", "S-1-5-32-545", "S-1-5-32-574", "S-1-5-32-562"};
    struct cs_principal p;
    struct cs_sid_text text;
    cs_id id = 1 + dice_below(dice, cs_principal_end(wild->house.lab) - 1);
    if (dice_one_in(dice, 2) || !cs_principal_get(wild->house.lab, id, &p) || !p.sid.count)
        return cs_str_of(known[dice_below(dice, CS_COUNT(known))]);
    return cs_str_printf(wild->house.arena, "%s", cs_sid_format(&p.sid, &text));
}

/* Entries of any mask: old and new ones mixed, without 0x1, with bits that mean nothing. */
static const char *some_list(struct wild *wild, struct dice *dice)
{
    struct cs_arena *arena = wild->house.arena;
    struct cs_str sddl = cs_str_printf(arena, "O:BAG:BAD:");
    for (uint32_t i = dice_below(dice, 7); i; i--) {
        struct cs_str sid = some_sid(wild, dice);
        sddl = cs_str_printf(arena, "%.*s(%s;%s;0x%x;;;%.*s)", CS_STR_ARG(sddl),
                             dice_one_in(dice, 5) ? "D" : "A", dice_one_in(dice, 12) ? "IO" : "",
                             dice_below(dice, 3) ? dice_below(dice, 32) : 1, CS_STR_ARG(sid));
    }
    return cs_str_c(arena, sddl);
}

static void some_limit(struct wild *wild, struct dice *dice)
{
    struct house *h = &wild->house;
    const char *name = cs_dcom_scope_value((enum cs_dcom_scope)dice_below(dice, 2));
    house_sd(h, h->ca_host, CS_KEY_OLE, name, some_list(wild, dice));
}

static void some_policy(struct wild *wild, struct dice *dice)
{
    struct house *h = &wild->house;
    const char *name = cs_dcom_scope_value((enum cs_dcom_scope)dice_below(dice, 2));
    const char *texts[] = {"", "  ", "no SDDL", some_list(wild, dice), some_list(wild, dice)};
    if (dice_one_in(dice, 6))
        house_number(h, h->ca_host, CS_KEY_DCOM_POLICY, name, 1);
    else
        house_text(h, h->ca_host, CS_KEY_DCOM_POLICY, name, texts[dice_below(dice, 5)]);
}

static void some_permission(struct wild *wild, struct dice *dice)
{
    struct house *h = &wild->house;
    enum cs_dcom_scope scope =
        dice_one_in(dice, 2) ? CS_DCOM_LAUNCH_PERMISSION : CS_DCOM_ACCESS_PERMISSION;
    struct cs_str name = cs_str_of(cs_dcom_scope_value(scope));
    if (dice_one_in(dice, 2))
        house_sd(h, h->ca_host, CS_KEY_CERTSRV_REQUEST, cs_dcom_scope_value(scope),
                 some_list(wild, dice));
    else if (cs_registry_get(h->lab, h->ca_host, CS_KEY_CERTSRV_REQUEST, name))
        must(cs_registry_remove(h->lab, h->ca_host, CS_KEY_CERTSRV_REQUEST, name, &err));
    if (dice_one_in(dice, 2))
        house_sd(h, h->ca_host, CS_KEY_OLE,
                 cs_dcom_scope_value(scope == CS_DCOM_LAUNCH_PERMISSION ? CS_DCOM_LAUNCH_DEFAULT
                                                                        : CS_DCOM_ACCESS_DEFAULT),
                 some_list(wild, dice));
}

static void some_damage(struct wild *wild, struct dice *dice)
{
    static const struct cs_str bytes[] = {{"\1\0\4", 3}, {"", 0}};
    struct house *h = &wild->house;
    struct cs_source source = {0};
    enum cs_dcom_scope scope = (enum cs_dcom_scope)dice_below(dice, CS_DCOM_SCOPE_COUNT);
    bool own = scope == CS_DCOM_LAUNCH_PERMISSION || scope == CS_DCOM_ACCESS_PERMISSION;
    must(cs_registry_set(h->lab, h->ca_host, own ? CS_KEY_CERTSRV_REQUEST : CS_KEY_OLE,
                         cs_str_of(cs_dcom_scope_value(scope)), CS_REG_BINARY,
                         bytes[dice_below(dice, 2)], source, &err));
}

static void some_switch(struct wild *wild, struct dice *dice)
{
    static const char *const texts[] = {"Y", "N", "n", "y", "", "maybe"};
    struct house *h = &wild->house;
    const cs_id hosts[] = {h->ca_host, h->ca_host, h->dc02, h->ws01};
    house_text(h, hosts[dice_below(dice, 4)], CS_KEY_OLE, "EnableDCOM", texts[dice_below(dice, 6)]);
}

static void some_level(struct wild *wild, struct dice *dice)
{
    struct house *h = &wild->house;
    const struct {
        struct cs_str key;
        const char *name;
        uint32_t below;
    } values[] = {{CS_KEY_RPC_POLICY, "RestrictRemoteClients", 3},
                  {CS_KEY_OLE, "LegacyAuthenticationLevel", 7},
                  {CS_KEY_CERTSRV_REQUEST, "AuthenticationLevel", 7},
                  {CS_KEY_APPCOMPAT, "RequireIntegrityActivationAuthenticationLevel", 2},
                  {CS_KEY_LSA, "EveryoneIncludesAnonymous", 2}};
    size_t i = dice_below(dice, CS_COUNT(values));
    house_number(h, h->ca_host, values[i].key, values[i].name, dice_below(dice, values[i].below));
}

static void some_service(struct wild *wild, struct dice *dice)
{
    struct cs_service service = *cs_service_get(wild->house.lab, wild->house.service);
    service.state = dice_one_in(dice, 4) ? CS_SERVICE_RUNNING : CS_SERVICE_STOPPED;
    service.start = dice_one_in(dice, 4) ? CS_START_DISABLED : CS_START_DEMAND;
    must(cs_service_put(wild->house.lab, &service, NULL, &err));
}

static void some_flags(struct wild *wild, struct dice *dice)
{
    struct house *h = &wild->house;
    struct cs_str key = cs_ca_key(h->arena, cs_ca_get(h->lab, h->ca));
    house_number(h, h->ca_host, key, "InterfaceFlags", dice_below(dice, 0x800));
}

static void some_authority(struct wild *wild, struct dice *dice)
{
    static const enum cs_ca_type types[] = {CS_CA_ENTERPRISE_ROOT, CS_CA_ENTERPRISE_SUBORDINATE,
                                            CS_CA_STANDALONE_ROOT};
    struct cs_ca ca = *cs_ca_get(wild->house.lab, wild->house.ca);
    ca.type = types[dice_below(dice, 3)];
    ca.templates.count = dice_below(dice, (uint32_t)ca.templates.count + 1);
    ca.templates_known = !dice_one_in(dice, 4);
    must(cs_ca_put(wild->house.lab, &ca, NULL, &err));
}

/* Template lists with the extended right itself, of Enroll and of another, plain CR, and Read. */
static void some_template(struct wild *wild, struct dice *dice)
{
    static const char *const entries[] = {"OA;;CR;0e10c968-78fb-11d2-90d4-00c04f79dc55;",
                                          "OD;;CR;0e10c968-78fb-11d2-90d4-00c04f79dc55;",
                                          "OA;;CR;a05b8cc2-17bc-4802-a710-e7c15ab866a2;",
                                          "A;;CR;;",
                                          "D;;CR;;",
                                          "A;;LCRPRC;;",
                                          "A;;GR;;",
                                          "D;;RP;;",
                                          "A;;0xf00ff;;",
                                          "A;;GA;;"};
    struct house *h = &wild->house;
    struct cs_template record = *cs_template_get(h->lab, dice_one_in(dice, 2) ? h->user : h->der);
    struct cs_str sddl = CS_STR("O:BAG:BAD:(A;;LCRPRC;;;AU)");
    struct cs_sd sd;
    if (dice_one_in(dice, 3))
        sddl = CS_STR("O:BAG:BAD:");
    for (uint32_t i = 1 + dice_below(dice, 5); i; i--) {
        struct cs_str sid = some_sid(wild, dice);
        sddl = cs_str_printf(h->arena, "%.*s(%s;%.*s)", CS_STR_ARG(sddl),
                             entries[dice_below(dice, CS_COUNT(entries))], CS_STR_ARG(sid));
    }
    must(cs_sddl_parse(h->arena, sddl, NULL, &sd, &err));
    must(cs_sd_encode(h->arena, &sd, &record.sd, &err));
    must(cs_template_put(h->lab, &record, NULL, &err));
}

static void some_mode(struct wild *wild, struct dice *dice)
{
    struct cs_domain corp = *cs_domain_get(wild->house.lab, wild->house.corp);
    corp.mixed = dice_one_in(dice, 2);
    must(cs_domain_put(wild->house.lab, &corp, NULL, &err));
}

static void some_purge(struct wild *wild, struct dice *dice)
{
    const cs_id hosts[] = {wild->house.dc02, wild->house.srv01, wild->house.ws01};
    must(cs_host_purge(wild->house.lab, hosts[dice_below(dice, 3)], &err));
}

/* A host of exports: values that nobody gave, and defaults for them or not. */
static void some_ignorance(struct wild *wild, struct dice *dice)
{
    struct house *h = &wild->house;
    struct cs_host host = *cs_host_get(h->lab, h->ca_host);
    struct cs_start start = *cs_lab_start(h->lab);
    const struct {
        struct cs_str key, name;
    } values[] = {{cs_ca_key(h->arena, cs_ca_get(h->lab, h->ca)), CS_STR("Security")},
                  {cs_ca_key(h->arena, cs_ca_get(h->lab, h->ca)), CS_STR("InterfaceFlags")},
                  {CS_KEY_OLE, CS_STR("EnableDCOM")},
                  {CS_KEY_OLE, CS_STR("MachineLaunchRestriction")},
                  {CS_KEY_OLE, CS_STR("MachineAccessRestriction")},
                  {CS_KEY_CERTSRV_REQUEST, CS_STR("LaunchPermission")},
                  {CS_KEY_CERTSRV_REQUEST, CS_STR("AccessPermission")}};
    host.complete = dice_one_in(dice, 4);
    start.assume = dice_one_in(dice, 2);
    must(cs_host_put(h->lab, &host, NULL, &err));
    must(cs_lab_set_start(h->lab, &start, &err));
    for (size_t i = 0; i < CS_COUNT(values); i++)
        if (dice_one_in(dice, 3) &&
            cs_registry_get(h->lab, h->ca_host, values[i].key, values[i].name))
            must(cs_registry_remove(h->lab, h->ca_host, values[i].key, values[i].name, &err));
    if (dice_one_in(dice, 4)) {
        struct cs_source source = {0};
        must(cs_registry_cover(h->lab, h->ca_host, values[dice_below(dice, 7)].key, source, &err));
    }
}

static void settle(struct wild *wild, struct dice *dice)
{
    typedef void setting_fn(struct wild *, struct dice *);
    static setting_fn *const settings[] = {
        some_limit,    some_limit,    some_policy,  some_permission, some_damage,
        some_switch,   some_level,    some_service, some_flags,      some_authority,
        some_template, some_template, some_mode,    some_purge,      some_ignorance,
        wild_edit,     wild_edit,     wild_edit,    wild_edit};
    for (uint32_t i = dice_below(dice, 9); i; i--)
        settings[dice_below(dice, CS_COUNT(settings))](wild, dice);
}

/* Windows lets no group of a machine into another (1388); an import could say so, no rule does. */
static void tidy_machine(struct wild *wild)
{
    struct cs_lab *lab = wild->house.lab;
    struct cs_principal group, member;
    for (cs_id g = 1; g < cs_principal_end(lab); g++)
        for (cs_id m = 1; m < cs_principal_end(lab); m++)
            if (cs_principal_get(lab, g, &group) && cs_principal_get(lab, m, &member) &&
                (group.host || group.scope == CS_SCOPE_BUILTIN) &&
                (member.scope == CS_SCOPE_BUILTIN ||
                 (group.scope == CS_SCOPE_MACHINE_LOCAL && member.host)) &&
                cs_member_has(lab, g, m, CS_NOW))
                must(csi_edge_set(lab, g, m, false, &err));
}

/* ------------------------------------------------------------------ the law */

static size_t seen[SLOW_GATES][4], decided[4], asked_locally;

/* The tokens of both, where they differ; as remote callers. */
static void tell_tokens(struct wild *wild, cs_id who)
{
    struct cs_token_ask ask = {.principal = who, .host = wild->house.ca_host};
    struct cs_token *token;
    struct slow_sids sids;
    struct cs_sid_text text;
    must(cs_token_of(wild->house.lab, wild->house.arena, &ask, &token, &err));
    slow_token(wild->house.lab, who, wild->house.ca_host, SLOW_NETWORK, &sids);
    for (size_t i = 0; i < sids.count; i++)
        if (!cs_token_has(token, &sids.at[i]))
            fprintf(stderr, "only by the pages: %s\n", cs_sid_format(&sids.at[i], &text));
    for (size_t i = 0; i < cs_token_count(token); i++)
        if (!slow_has(&sids, &cs_token_at(token, i)->sid))
            fprintf(stderr, "not by the pages: %s (%s)\n",
                    cs_sid_format(&cs_token_at(token, i)->sid, &text),
                    cs_origin_name(cs_token_at(token, i)->origin));
}

static void compare(struct wild *wild, const struct cs_question *ask, bool explain, uint32_t number)
{
    struct slow_decision slow;
    struct cs_decision fast;
    struct cs_principal p;
    struct cs_arena *arena = cs_arena_new();
    ck_assert(cs_principal_get(wild->house.lab, ask->principal, &p));
    must(cs_enroll_check(wild->house.lab, arena, ask, explain, &fast, &err));
    slow_decide(wild->house.lab, arena, ask, &slow);
    ck_assert_uint_eq(fast.count, SLOW_GATES);
    for (size_t i = 0; i < SLOW_GATES; i++) {
        ck_assert_str_eq(fast.gates[i]->name, slow_gates[i]);
        bool alike = fast.answers[i].verdict == slow.gates[i].verdict &&
                     fast.answers[i].code == slow.gates[i].code;
        if (!alike)
            tell_tokens(wild, ask->principal);
        ck_assert_msg(alike, "lab %u: %.*s at %s: %s 0x%08x, by the pages %s 0x%08x (%.*s)", number,
                      CS_STR_ARG(p.name), slow_gates[i], cs_verdict_name(fast.answers[i].verdict),
                      fast.answers[i].code, cs_verdict_name(slow.gates[i].verdict),
                      slow.gates[i].code, CS_STR_ARG(fast.answers[i].why));
        seen[i][fast.answers[i].verdict]++;
    }
    ck_assert_msg(fast.verdict == slow.whole.verdict && fast.code == slow.whole.code,
                  "lab %u: %.*s: %s 0x%08x, by the pages %s 0x%08x", number, CS_STR_ARG(p.name),
                  cs_verdict_name(fast.verdict), fast.code, cs_verdict_name(slow.whole.verdict),
                  slow.whole.code);
    decided[fast.verdict]++;
    asked_locally += fast.local;
    cs_arena_free(arena);
}

/* What a request meets is what the check says; it leaves nothing here. */
static void compare_request(struct wild *wild, const struct cs_question *ask, uint32_t number)
{
    struct cs_decision said;
    struct cs_enrollment did;
    must(cs_enroll_check(wild->house.lab, wild->house.arena, ask, false, &said, &err));
    cs_lab_begin(wild->house.lab, CS_STR("request"));
    must(cs_enroll_request(wild->house.lab, wild->house.arena, ask, &did, &err));
    cs_lab_rollback(wild->house.lab);
    ck_assert_msg(did.decision.verdict == said.verdict && did.decision.code == said.code,
                  "lab %u: a request is %s, the check said %s", number,
                  cs_verdict_name(did.decision.verdict), cs_verdict_name(said.verdict));
}

static cs_id somebody(struct wild *wild, struct dice *dice)
{
    for (;;) {
        struct cs_principal p;
        cs_id id = 1 + dice_below(dice, cs_principal_end(wild->house.lab) - 1);
        if (cs_principal_get(wild->house.lab, id, &p) &&
            (p.kind == CS_USER || p.kind == CS_COMPUTER))
            return id;
    }
}

static void compare_some(struct wild *wild, struct dice *dice, uint32_t number)
{
    struct house *h = &wild->house;
    const cs_id templates[] = {h->user, h->machine, h->der};
    const cs_id own[] = {h->alice, h->dc02_account, h->ws01_account,
                         cs_host_get(h->lab, h->ca_host)->account};
    for (int i = 0; i < 6; i++) {
        struct cs_question ask = {.template_ = templates[dice_below(dice, 3)], .ca = h->ca};
        ask.principal = dice_one_in(dice, 3) ? own[dice_below(dice, 4)] : somebody(wild, dice);
        if (dice_one_in(dice, 6) && ask.principal == h->alice)
            ask.from = h->ca_host;
        compare(wild, &ask, dice_one_in(dice, 2), number);
        if (dice_one_in(dice, 4))
            compare_request(wild, &ask, number);
    }
}

/* Each gate has been seen to allow and to refuse, and where facts can lack, to be unknown. */
static void check_seen(void)
{
    for (size_t i = 0; i < SLOW_GATES; i++) {
        size_t refusals = seen[i][CS_DENIED] + seen[i][CS_NOT_GRANTED];
        printf("%-19s %7zu allowed %7zu unknown %7zu not granted %7zu denied\n", slow_gates[i],
               seen[i][CS_ALLOWED], seen[i][CS_UNKNOWN_VERDICT], seen[i][CS_NOT_GRANTED],
               seen[i][CS_DENIED]);
        ck_assert_uint_gt(seen[i][CS_ALLOWED], 0);
        ck_assert_uint_gt(refusals, 0);
        ck_assert_uint_gt(seen[i][CS_UNKNOWN_VERDICT], 0);
    }
    printf("decisions: %zu allowed %zu unknown %zu not granted %zu denied, %zu local\n",
           decided[CS_ALLOWED], decided[CS_UNKNOWN_VERDICT], decided[CS_NOT_GRANTED],
           decided[CS_DENIED], asked_locally);
    ck_assert_uint_gt(decided[CS_ALLOWED], 0);
    ck_assert_uint_gt(decided[CS_UNKNOWN_VERDICT], 0);
    ck_assert_uint_gt(asked_locally, 0);
}

START_TEST(a_decision_is_what_the_pages_say)
{
    struct dice dice = dice_new("decision");
    for (uint32_t i = 0; i < dice_cases(2000); i++) {
        struct wild wild = wild_make(&dice);
        for (int turn = 0; turn < 2; turn++) {
            settle(&wild, &dice);
            tidy_machine(&wild);
            compare_some(&wild, &dice, i);
        }
        wild_free(&wild);
    }
    if (dice_cases(2000) == 2000) /* fewer labs may show less */
        check_seen();
}
END_TEST

/* ------------------------------------------------------------ found by the law */

static const struct cs_gate_answer *answer_of(struct house *h, cs_id who, cs_id template_,
                                              const char *gate)
{
    struct cs_decision decision = house_ask(h, who, template_);
    return house_gate(&decision, gate);
}

START_TEST(the_authority_reads_where_nothing_denies_it)
{
    struct house h = house_make(CS_WINDOWS_2003_SP1, true);
    struct cs_template record = *cs_template_get(h.lab, h.user);
    struct cs_sd sd;
    must(cs_sddl_parse(h.arena,
                       CS_STR("D:(D;;RP;;;S-1-5-21-1-2-3-515)(A;;LCRPRC;;;AU)(A;;CR;;;AU)"), NULL,
                       &sd, &err));
    must(cs_sd_encode(h.arena, &sd, &record.sd, &err));
    must(cs_template_put(h.lab, &record, NULL, &err));
    const struct cs_gate_answer *answer = answer_of(&h, h.alice, h.user, "template-security");
    ck_assert_uint_eq(answer->code, CS_HR_UNSUPPORTED_CERT_TYPE); /* SRV01$ may not read it */
    house_free(&h);
}
END_TEST

START_TEST(one_open_group_may_allow_where_both_deny)
{
    struct house h = house_make(CS_WINDOWS_2003_SP1, true);
    struct cs_host host = *cs_host_get(h.lab, h.srv01);
    host.complete = false;
    must(cs_host_put(h.lab, &host, NULL, &err));
    house_sd(&h, h.srv01, CS_KEY_OLE, "MachineLaunchRestriction",
             "O:BAG:BAD:(D;;0x1f;;;S-1-5-32-562)(A;;0x1f;;;S-1-5-32-555)");
    ck_assert_int_eq(answer_of(&h, h.alice, h.user, "launch-limit")->verdict, CS_UNKNOWN_VERDICT);
    house_sd(&h, h.srv01, CS_KEY_OLE, "MachineLaunchRestriction",
             "O:BAG:BAD:(D;;0x1f;;;S-1-5-32-562)(A;;0x1f;;;S-1-5-32-562)");
    ck_assert_int_eq(answer_of(&h, h.alice, h.user, "launch-limit")->verdict, CS_NOT_GRANTED);
    house_free(&h);
}
END_TEST

START_TEST(before_the_service_pack_local_is_remote_too)
{
    struct house h = house_make(CS_WINDOWS_2003, false);
    house_sd(&h, h.dc01, CS_KEY_CERTSRV_REQUEST, "LaunchPermission", "O:BAG:BAD:(A;;0xb;;;WD)");
    const struct cs_gate_answer *answer = answer_of(&h, h.alice, h.user, "launch-permission");
    ck_assert_int_eq(answer->verdict, CS_ALLOWED);
    ck_str_has(answer->ace, "CCDCSW"); /* shown as it is stored */
    house_sd(&h, h.dc01, CS_KEY_CERTSRV_REQUEST, "LaunchPermission",
             "O:BAG:BAD:(D;;0x3;;;WD)(A;;0x1f;;;WD)");
    ck_assert_int_eq(answer_of(&h, h.alice, h.user, "launch-permission")->verdict, CS_DENIED);
    house_free(&h);
}
END_TEST

/* ------------------------------------------------------------- explanations */

static size_t room_of(struct house *h, bool explain)
{
    struct cs_arena *arena = cs_arena_new();
    struct cs_question ask = {.principal = h->alice, .template_ = h->user, .ca = h->ca};
    struct cs_decision decision;
    must(cs_enroll_check(h->lab, arena, &ask, explain, &decision, &err));
    size_t size = cs_arena_size(arena);
    for (size_t i = 0; i < decision.count; i++) {
        const struct cs_gate_answer *answer = &decision.answers[i];
        size_t texts = answer->why.length + answer->ace.length + answer->via.list.count +
                       answer->detail.list.count;
        ck_assert_msg(explain ? answer->why.length > 0 : texts == 0, "%s", decision.gates[i]->name);
    }
    cs_arena_free(arena);
    return size;
}

/* Nothing is written that nobody asked for; what that saves is in tests/README.md. */
START_TEST(explanations_cost_nothing_unasked)
{
    struct house h = house_make(CS_WINDOWS_2003_SP1, false);
    size_t plain = room_of(&h, false), explained = room_of(&h, true);
    printf("a decision: %zu bytes, explained %zu\n", plain, explained);
    ck_assert_uint_lt(plain, explained);
    house_free(&h);
}
END_TEST

Suite *decision_suite(void)
{
    Suite *suite = suite_create("decision");
    TCase *law = tcase_create("law");
    tcase_set_timeout(law, 600);
    tcase_add_test(law, a_decision_is_what_the_pages_say);
    tcase_add_test(law, the_authority_reads_where_nothing_denies_it);
    tcase_add_test(law, one_open_group_may_allow_where_both_deny);
    tcase_add_test(law, before_the_service_pack_local_is_remote_too);
    tcase_add_test(law, explanations_cost_nothing_unasked);
    suite_add_tcase(suite, law);
    return suite;
}
