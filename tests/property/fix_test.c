/*
 * fix_test.c - laws of `enroll fix`, on random labs (wild.h; the seed is printed):
 *
 *   what it offers lets its subject in, done as --apply does it;
 *   whom it says to let in and shut out is the difference of two answers for everybody;
 *   no smaller set of declared actions helps, found by trying them all without any short cut;
 *   a step changes no answer of a gate that it is said not to touch;
 *   for a group, every member passes but those it says it leaves out;
 *   `enroll check`, `enroll who` and `enroll request` say the same of everybody.
 *
 * The search is asked from inside (plugins/enroll); what is compared with it is asked one by one.
 */
#include <enroll/effect.h>

#include "wild.h"

Suite *fix_suite(void);

static struct cs_error err;

#define must(call) ck_assert_msg((call) == CS_OK, "%s (%s)", err.text, err.where)

/* ----------------------------------------------------------------------- a question */

static struct enroll_case case_of(struct wild *wild, cs_id subject, cs_id template_)
{
    struct house *house = &wild->house;
    struct enroll_case one = {.lab = house->lab, .arena = house->arena, .here = house->ca_host};
    one.ask = (struct cs_question){.template_ = template_, .ca = house->ca};
    one.template_ = cs_template_get(house->lab, template_);
    one.ca = cs_ca_get(house->lab, house->ca);
    one.host = cs_host_get(house->lab, house->ca_host);
    one.config = cs_ca_config(house->lab, house->arena, house->ca);
    enroll_case_set(&one, subject);
    return one;
}

static struct cs_decision decide(struct wild *wild, cs_id principal, cs_id template_)
{
    struct cs_question ask = {.principal = principal, .template_ = template_, .ca = wild->house.ca};
    struct cs_decision decision;
    must(cs_enroll_check(wild->house.lab, wild->house.arena, &ask, false, &decision, &err));
    return decision;
}

static bool asks(struct wild *wild, cs_id id)
{
    struct cs_principal p;
    return cs_principal_get(wild->house.lab, id, &p) &&
           (p.kind == CS_USER || p.kind == CS_COMPUTER);
}

static bool has_refusal(const struct cs_decision *decision)
{
    for (size_t i = 0; i < decision->count; i++)
        if (enroll_refuses(decision->answers[i].verdict))
            return true;
    return false;
}

static bool has_unknown(const struct cs_decision *decision)
{
    for (size_t i = 0; i < decision->count; i++)
        if (decision->answers[i].verdict == CS_UNKNOWN_VERDICT)
            return true;
    return false;
}

/* ------------------------------------------------------------------ everybody, one by one */

static bool forget_host(void *context, const struct cs_record *record)
{
    if (((const struct cs_host *)record)->account)
        ((cs_id *)context)[record->id] = 1;
    return true;
}

/* New tokens for everybody. */
static void freshen(struct wild *wild)
{
    cs_id hosts[64] = {0};
    struct cs_lab *lab = wild->house.lab;
    cs_record_each(lab, CS_NOUN_HOST, forget_host, hosts);
    for (cs_id id = 1; id < 64; id++)
        if (hosts[id])
            must(cs_host_purge(lab, id, &err));
    for (cs_id id = 1; id < cs_principal_end(lab); id++) {
        const struct cs_session *session;
        while ((session = cs_session_find(lab, id)))
            must(cs_session_close(lab, session->record.id, &err));
    }
}

/* Who is allowed, a byte for each principal. */
static unsigned char *allowed_now(struct wild *wild, cs_id template_)
{
    cs_id end = cs_principal_end(wild->house.lab);
    unsigned char *allowed = cs_arena_alloc(wild->house.arena, 4096);
    ck_assert_uint_lt(end, 4096);
    for (cs_id id = 1; id < end; id++)
        allowed[id] = asks(wild, id) && decide(wild, id, template_).verdict == CS_ALLOWED;
    return allowed;
}

static bool listed(const cs_id *ids, size_t count, cs_id id)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

static void compare_collateral(const struct enroll_case *one, const struct enroll_change *change,
                               const unsigned char *before, const unsigned char *after,
                               uint32_t number)
{
    for (cs_id id = 1; id < cs_principal_end(one->lab); id++) {
        bool meant = one->meant ? cs_set_has(one->meant, id) : id == one->subject;
        bool gains = !meant && after[id] && !before[id], loses = !meant && before[id] && !after[id];
        ck_assert_msg(gains == listed(change->allowed, change->allowed_count, id),
                      "lab %u: %.*s: %u gains %d", number, CS_STR_ARG(change->words), id, gains);
        ck_assert_msg(loses == listed(change->denied, change->denied_count, id),
                      "lab %u: %.*s: %u loses %d", number, CS_STR_ARG(change->words), id, loses);
    }
}

/* ----------------------------------------------------------------------------- the laws */

/* Does a change, as --apply does, what it says for its subject? */
static void helps(struct wild *wild, const struct enroll_case *one,
                  const struct enroll_change *change, bool unknown, uint32_t number)
{
    struct cs_lab *lab = wild->house.lab;
    cs_lab_begin(lab, CS_STR("what if"));
    must(enroll_change_do(one, change, &err));
    for (cs_id id = 1; id < cs_principal_end(lab); id++) {
        bool meant = one->meant ? cs_set_has(one->meant, id) : id == one->subject;
        if (!meant || !asks(wild, id))
            continue;
        struct cs_decision decision = decide(wild, id, one->ask.template_);
        bool left = listed(change->left, change->left_count, id);
        ck_assert_msg(has_refusal(&decision) == left,
                      "lab %u: %.*s (%zu starts, %zu logons): %u is %s at %d", number,
                      CS_STR_ARG(change->words), change->host_count, change->session_count, id,
                      cs_verdict_name(decision.verdict), decision.first);
        ck_assert(left || unknown || has_unknown(&decision) || decision.verdict == CS_ALLOWED);
    }
    cs_lab_rollback(lab);
}

static void lets_in_whom_it_says(struct wild *wild, const struct enroll_case *one,
                                 const struct enroll_change *change, const unsigned char *before,
                                 uint32_t number)
{
    cs_lab_begin(wild->house.lab, CS_STR("what if"));
    must(enroll_change_do(one, change, &err));
    freshen(wild);
    const unsigned char *after = allowed_now(wild, one->ask.template_);
    compare_collateral(one, change, before, after, number);
    cs_lab_rollback(wild->house.lab);
}

static const unsigned char *allowed_fresh(struct wild *wild, cs_id template_)
{
    cs_lab_begin(wild->house.lab, CS_STR("what if"));
    freshen(wild);
    const unsigned char *allowed = allowed_now(wild, template_);
    cs_lab_rollback(wild->house.lab);
    return allowed;
}

/* All sequences of so many actions, nothing left out; counts those that help. */
static size_t sequences(const struct enroll_case *one, size_t size)
{
    struct enroll_candidates next = {.arena = one->arena};
    size_t help = 0;
    enroll_candidates_make(one, enroll_refused(one), &next);
    for (size_t i = 0; i < next.count; i++) {
        if (next.at[i].gift != GIFT_NONE)
            continue; /* what gives more may help alone; it is no smaller change of the same kind */
        enroll_change_try(one, &next.at[i]);
        help += next.at[i].applies && !next.at[i].refused;
        cs_lab_begin(one->lab, CS_STR("what if"));
        if (size > 1 && next.at[i].applies && enroll_change_apply(one, &next.at[i]))
            help += sequences(one, size - 1);
        cs_lab_rollback(one->lab);
    }
    return help;
}

static size_t best_plain(const struct enroll_fixes *fixes)
{
    size_t size = 0;
    for (size_t i = 0; i < fixes->count; i++)
        if (fixes->at[i].gift == GIFT_NONE && (!size || fixes->at[i].actions < size))
            size = fixes->at[i].actions;
    return size;
}

enum { MOST_SMALLER = 2 }; /* pairs take their time; triples are a matter of minutes */

static void nothing_smaller(const struct enroll_case *one, const struct enroll_fixes *fixes,
                            uint32_t number)
{
    struct enroll_case asked = *one;
    size_t size = best_plain(fixes);
    size_t smaller = size ? size - 1 : fixes->count || fixes->cut ? 0 : MOST_SMALLER;
    enroll_find_carriers(&asked);
    if (!smaller || smaller > MOST_SMALLER)
        return;
    size_t help = sequences(&asked, smaller);
    ck_assert_msg(!help, "lab %u: %zu sets of at most %zu help", number, help, smaller);
}

static size_t check_subject(struct wild *wild, cs_id subject, cs_id template_, uint32_t number)
{
    struct enroll_case one = case_of(wild, subject, template_);
    struct enroll_fixes fixes;
    must(enroll_case_meant(&one, &err));
    must(enroll_search(&one, SIZE_MAX, &fixes, &err));
    bool unknown = has_unknown(&fixes.before);
    const unsigned char *before = fixes.count ? allowed_fresh(wild, template_) : NULL;
    for (size_t i = 0; i < fixes.count; i++) {
        helps(wild, &one, &fixes.at[i], unknown, number);
        lets_in_whom_it_says(wild, &one, &fixes.at[i], before, number);
    }
    if (!one.meant && has_refusal(&fixes.before))
        nothing_smaller(&one, &fixes, number);
    return fixes.count;
}

static cs_id somebody(struct wild *wild, struct dice *dice)
{
    const cs_id own[] = {wild->house.alice, wild->house.dc02_account, wild->house.ws01_account,
                         wild->house.dc01_account};
    cs_id id = dice_one_in(dice, 3) ? own[dice_below(dice, 4)]
                                    : wild->people[dice_below(dice, (uint32_t)wild->people_count)];
    return asks(wild, id) ? id : 0;
}

START_TEST(what_is_offered_helps_and_says_whom_it_lets_in)
{
    struct dice dice = dice_new("fix");
    size_t offered = 0;
    for (uint32_t i = 0; i < dice_cases(1200); i++) {
        struct wild wild = wild_make(&dice);
        cs_id who = somebody(&wild, &dice);
        if (who)
            offered += check_subject(&wild, who,
                                     dice_one_in(&dice, 2) ? wild.house.user : wild.house.der, i);
        wild_free(&wild);
    }
    ck_assert_uint_gt(offered, 0);
}
END_TEST

static bool has_caller(struct wild *wild, cs_id group)
{
    struct enroll_case one = case_of(wild, group, wild->house.user);
    return enroll_case_meant(&one, &err) == CS_OK && one.meant;
}

START_TEST(a_group_gets_in_but_for_those_left_out)
{
    struct dice dice = dice_new("fix of groups");
    size_t offered = 0;
    for (uint32_t i = 0; i < dice_cases(500); i++) {
        struct wild wild = wild_make(&dice);
        cs_id group = wild.groups[dice_below(&dice, (uint32_t)wild.group_count)];
        struct cs_principal p;
        if (cs_principal_get(wild.house.lab, group, &p) && has_caller(&wild, group))
            offered += check_subject(&wild, group, wild.house.user, i);
        wild_free(&wild);
    }
    ck_assert_uint_gt(offered, 0);
}
END_TEST

/* ----------------------------------------------------------------------------- touching */

static uint64_t verdicts_differ(const struct cs_decision *a, const struct cs_decision *b)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < a->count; i++)
        bits |= (uint64_t)(a->answers[i].verdict != b->answers[i].verdict) << i;
    return bits;
}

static void touches_no_other(struct wild *wild, const struct enroll_case *one,
                             struct enroll_change *change, uint32_t number)
{
    struct cs_decision before = decide(wild, one->subject, one->ask.template_);
    cs_lab_begin(wild->house.lab, CS_STR("what if"));
    if (enroll_change_apply(one, change)) {
        struct cs_decision after = decide(wild, one->subject, one->ask.template_);
        uint64_t other = verdicts_differ(&before, &after) & ~enroll_change_touches(one, change);
        ck_assert_msg(!other, "lab %u: a step of kind %d touches gates %llx", number,
                      change->count ? (int)change->edits[0].kind : -1, (unsigned long long)other);
    }
    cs_lab_rollback(wild->house.lab);
}

START_TEST(a_step_touches_what_it_is_said_to)
{
    struct dice dice = dice_new("touches");
    for (uint32_t i = 0; i < dice_cases(1000); i++) {
        struct wild wild = wild_make(&dice);
        cs_id who = somebody(&wild, &dice);
        struct enroll_candidates all = {.arena = wild.house.arena};
        if (who) {
            struct enroll_case one = case_of(&wild, who, wild.house.user);
            enroll_find_carriers(&one);
            enroll_candidates_make(&one, UINT64_MAX, &all); /* at every gate, refusing or not */
            for (size_t j = 0; j < all.count; j++)
                touches_no_other(&wild, &one, &all.at[j], i);
        }
        wild_free(&wild);
    }
}
END_TEST

/* ---------------------------------------------------------------------------- agreement */

static const struct cs_who_part *part_of(const struct cs_who *who, cs_id id)
{
    for (size_t i = 0; i < who->count; i++)
        if (cs_set_has(&who->parts[i].who, id))
            return &who->parts[i];
    return NULL;
}

static void agree(struct wild *wild, cs_id template_, uint32_t number)
{
    struct house *house = &wild->house;
    struct cs_question ask = {.template_ = template_, .ca = house->ca};
    struct cs_who who;
    must(cs_enroll_who(house->lab, house->arena, &ask, &who, &err));
    for (cs_id id = 1; id < cs_principal_end(house->lab); id++) {
        if (!asks(wild, id))
            continue;
        struct cs_decision check = decide(wild, id, template_);
        struct cs_enrollment enrollment;
        ask.principal = id;
        cs_lab_begin(house->lab, CS_STR("what if"));
        must(cs_enroll_request(house->lab, house->arena, &ask, &enrollment, &err));
        cs_lab_rollback(house->lab);
        const struct cs_who_part *part = part_of(&who, id);
        ck_assert_msg(part && part->verdict == check.verdict &&
                          enrollment.decision.verdict == check.verdict &&
                          enrollment.decision.code == check.code &&
                          enrollment.decision.first == check.first,
                      "lab %u: of %u: check %s, request %s", number, id,
                      cs_verdict_name(check.verdict), cs_verdict_name(enrollment.decision.verdict));
    }
}

START_TEST(check_who_and_request_agree)
{
    struct dice dice = dice_new("agreement");
    for (uint32_t i = 0; i < dice_cases(1000); i++) {
        struct wild wild = wild_make(&dice);
        agree(&wild, dice_one_in(&dice, 2) ? wild.house.user : wild.house.der, i);
        wild_free(&wild);
    }
}
END_TEST

Suite *fix_suite(void)
{
    Suite *suite = suite_create("fix");
    TCase *laws = tcase_create("laws");
    tcase_set_timeout(laws, 900);
    tcase_add_test(laws, what_is_offered_helps_and_says_whom_it_lets_in);
    tcase_add_test(laws, a_group_gets_in_but_for_those_left_out);
    tcase_add_test(laws, a_step_touches_what_it_is_said_to);
    tcase_add_test(laws, check_who_and_request_agree);
    suite_add_tcase(suite, laws);
    return suite;
}
