/*
 * who_test.c - laws of asking for everybody, on random labs (wild.h; the seed is printed):
 *
 *   cs_enroll_who says of each what cs_enroll_check says, the first gate included;
 *   a column holds those whose token, built as of now, holds its SID;
 *   rows that were found beforehand (holding.h) change neither, whatever is edited since.
 */
#include "lab/columns.h"
#include "lab/holding.h"
#include "lab/lab_internal.h"
#include "wild.h"

Suite *who_suite(void);

static struct cs_error err;

#define must(call) ck_assert_msg((call) == CS_OK, "%s (%s)", err.text, err.where)

static int first_gate(const struct cs_decision *decision)
{
    for (size_t i = 0; i < decision->count; i++)
        if (decision->answers[i].verdict == CS_DENIED ||
            decision->answers[i].verdict == CS_NOT_GRANTED)
            return (int)i;
    for (size_t i = 0; i < decision->count; i++)
        if (decision->answers[i].verdict != CS_ALLOWED)
            return (int)i;
    return -1;
}

static const struct cs_who_part *part_of(const struct cs_who *who, cs_id id)
{
    const struct cs_who_part *found = NULL;
    for (size_t i = 0; i < who->count; i++)
        if (cs_set_has(&who->parts[i].who, id)) {
            ck_assert_msg(!found, "%u has two answers", id);
            found = &who->parts[i];
        }
    return found;
}

static size_t compare_all(struct wild *wild, cs_id template_, uint32_t number)
{
    struct cs_question ask = {.template_ = template_, .ca = wild->house.ca};
    struct cs_who who;
    size_t count = 0;
    must(cs_enroll_who(wild->house.lab, wild->house.arena, &ask, &who, &err));
    for (cs_id id = 1; id < cs_principal_end(wild->house.lab); id++) {
        struct cs_principal p;
        bool there = cs_principal_get(wild->house.lab, id, &p) &&
                     (p.kind == CS_USER || p.kind == CS_COMPUTER);
        ck_assert_msg(there == cs_set_has(&who.asked, id), "lab %u: asked %u", number, id);
        if (!there)
            continue;
        struct cs_decision decision;
        ask.principal = id;
        must(cs_enroll_check(wild->house.lab, wild->house.arena, &ask, false, &decision, &err));
        const struct cs_who_part *part = part_of(&who, id);
        ck_assert_msg(part != NULL, "lab %u: no answer for %u", number, id);
        ck_assert_msg(part->verdict == decision.verdict && part->gate == first_gate(&decision),
                      "lab %u: %.*s is %s at %d, asked alone %s at %d", number, CS_STR_ARG(p.name),
                      cs_verdict_name(part->verdict), part->gate, cs_verdict_name(decision.verdict),
                      first_gate(&decision));
        count++;
    }
    ck_assert_uint_le(who.rows, count);
    return count - who.rows;
}

START_TEST(everybody_at_once_is_each_alone)
{
    struct dice dice = dice_new("who");
    size_t by_columns = 0;
    for (uint32_t i = 0; i < dice_cases(2500); i++) {
        struct wild wild = wild_make(&dice);
        by_columns += compare_all(&wild, wild.house.user, i);
        wild_edit(&wild, &dice);
        by_columns += compare_all(&wild, wild.house.user, i);
        by_columns += compare_all(&wild, wild.house.der, i);
        wild_free(&wild);
    }
    ck_assert_uint_gt(by_columns, 0);
}
END_TEST

/* ------------------------------------------------------------------- columns */

static void compare_columns(struct wild *wild, uint32_t number)
{
    struct cs_lab *lab = wild->house.lab;
    struct cs_arena *arena = wild->house.arena;
    struct csi_columns *columns = csi_columns_new(lab, arena, wild->house.ca_host);
    ck_assert(columns != NULL);
    struct cs_set accounts = cs_set_copy(arena, csi_columns_accounts(columns));
    struct csi_draft odd = csi_columns_odd(columns);
    struct cs_principal p;
    if (odd.used)
        cs_set_minus(&accounts, csi_draft_set(&odd));
    for (cs_id id = 0; (id = cs_set_next(&accounts, id + 1));) {
        struct cs_token_ask ask = {.principal = id, .host = wild->house.ca_host, .when = CS_NOW};
        struct cs_token *token;
        must(cs_token_of(lab, arena, &ask, &token, &err));
        for (cs_id sid = 1; sid < cs_principal_end(lab); sid++) {
            if (!cs_principal_get(lab, sid, &p) ||
                cs_principal_by_sid(lab, &p.sid, wild->house.ca_host) != sid)
                continue;
            bool in = cs_set_has(&csi_column(columns, &p.sid)->who, id);
            ck_assert_msg(in == (cs_token_find(token, &p.sid) >= 0),
                          "lab %u: %u in the column of %.*s: %d", number, id, CS_STR_ARG(p.name),
                          in);
        }
    }
}

START_TEST(a_column_is_its_sid_in_every_token)
{
    struct dice dice = dice_new("columns");
    for (uint32_t i = 0; i < dice_cases(400); i++) {
        struct wild wild = wild_make(&dice);
        compare_columns(&wild, i);
        wild_free(&wild);
    }
}
END_TEST

START_TEST(rows_found_beforehand_change_nothing)
{
    struct dice dice = dice_new("holdings");
    size_t of_base = 0, edited = 0;
    for (uint32_t i = 0; i < dice_cases(600); i++) {
        struct wild wild = wild_make(&dice);
        struct cs_lab *lab = wild.house.lab;
        must(cs_lab_seal(lab, &err));
        csi_holdings_make(lab);
        of_base += csi_holdings_usable(lab);
        compare_all(&wild, wild.house.user, i);
        compare_columns(&wild, i);
        for (int k = 0; k < 3; k++) {
            wild_edit(&wild, &dice);
            edited += csi_holdings_usable(lab);
            compare_all(&wild, wild.house.user, i);
        }
        compare_columns(&wild, i);
        wild_free(&wild);
    }
    ck_assert_uint_gt(of_base, 0);
    ck_assert_uint_gt(edited, 0);
}
END_TEST

/* A gate without a column form: everybody is asked one by one, and the answers are the same. */
static cs_status odd_only(const struct cs_caller *caller, struct cs_gate_answer *answer,
                          struct cs_error *error)
{
    (void)error;
    answer->verdict = caller->ask->principal % 2 ? CS_ALLOWED : CS_DENIED;
    return CS_OK;
}

START_TEST(a_gate_without_columns_is_asked_of_each)
{
    static const struct cs_gate gate = {.name = "odd", .brief = "odd ids", .check = odd_only};
    struct dice dice = dice_new("who, by rows");
    for (uint32_t i = 0; i < dice_cases(60); i++) {
        struct wild wild = wild_make(&dice);
        must(cs_gate_add(wild.house.lab, &gate, &err));
        ck_assert_uint_eq(compare_all(&wild, wild.house.user, i), 0);
        wild_free(&wild);
    }
}
END_TEST

Suite *who_suite(void)
{
    Suite *suite = suite_create("who");
    TCase *laws = tcase_create("laws");
    tcase_set_timeout(laws, 600);
    tcase_add_test(laws, everybody_at_once_is_each_alone);
    tcase_add_test(laws, a_column_is_its_sid_in_every_token);
    tcase_add_test(laws, rows_found_beforehand_change_nothing);
    tcase_add_test(laws, a_gate_without_columns_is_asked_of_each);
    suite_add_tcase(suite, laws);
    return suite;
}
