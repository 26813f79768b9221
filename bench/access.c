/*
 * access.c - access checks side by side: a descriptor of 6 ACEs as COM has them, 4,096 tokens of
 * 60 SIDs, the question "execute, remote call, remote activation".
 *
 *     plan     cs_plan_check: descriptor and token prepared once (row P1)
 *     plain    cs_access_check: the descriptor as read, the token as built (row P1b)
 *     one-off  the same with the token built from its 60 SIDs for every check
 *     bound    six tests of a bit and nothing else: no deciding ACE, no verdict
 *     samba    se_access_check of Debian's library
 *
 * Each round runs all of them in turn; a ratio is of one round, and the median is printed.  All
 * have to agree on every token before anything is timed.
 */
#define _DEFAULT_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <certsh/plan.h>

#include "access.h"
#include "base/alloc.h"

enum { ROUNDS = 9, RUNNERS = 5, SLOW_CHECKS = 200000, FAST_CHECKS = 8000000, ONE_OFF = 100000 };
enum { DENIED_GROUP = 500001, ALLOWED_GROUP = 500002 };

static const char *const kinds[] = {"mixed", "worst (no ACE matches)", "last ACE"};
/* what every implementation must answer: tokens granted of 4,096 */
static const unsigned known_answers[] = {2436, 0, 4096};

/* ---------------------------------------------------------------- workload */

static uint64_t state;

static uint64_t roll(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static struct bench_sid in_domain(uint32_t rid)
{
    return (struct bench_sid){5, 5, {21, 0x3ca1124f, 0x915de077, 0x6e10b42a, rid}};
}

static const struct bench_sid everyone = {1, 1, {0}}, system_sid = {5, 1, {18}},
                              administrators = {5, 2, {32, 544}}, certsvc = {5, 2, {32, 574}};
static struct bench_ace aces[ACES];
static struct bench_sid tokens[TOKENS][TOKEN_SIDS];

static void make_aces(void)
{
    const struct bench_ace list[ACES] = {
        {true, 0x1f, in_domain(DENIED_GROUP)},
        {false, 0x1f, administrators},
        {false, 0x1f, system_sid},
        {false, 0x1f, in_domain(ALLOWED_GROUP)},
        {false, 0x0b, everyone},
        {false, 0x1f, certsvc},
    };
    memcpy(aces, list, sizeof aces);
}

/* Mixed: 5 % denied, 30 % by the allowed group, 30 % by the last ACE, the rest by none. */
static int special_of(int kind)
{
    double r = (double)(roll() >> 11) * 0x1p-53;
    if (kind == 1)
        return -1;
    if (kind == 2)
        return 2;
    return r < .05 ? 0 : r < .35 ? 1 : r < .65 ? 2 : -1;
}

static void make_token(int kind, struct bench_sid *sids)
{
    const struct bench_sid context[] = {everyone,         {5, 1, {11}},      {5, 1, {2}},
                                        {5, 1, {15}},     {5, 2, {32, 545}}, {18, 1, {1}},
                                        {5, 2, {32, 554}}};
    const int groups = TOKEN_SIDS - 2 - 7;
    int count = 0;
    sids[count++] = in_domain((uint32_t)(1104 + roll() % 1000000));
    sids[count++] = in_domain(513);
    int special = special_of(kind);
    for (int i = 0; i < groups; i++)
        sids[count++] = in_domain((uint32_t)(1001104 + roll() % 200000));
    memcpy(sids + count, context, sizeof context);
    if (special < 0)
        return;
    size_t at = special == 2 ? 2 + roll() % (TOKEN_SIDS - 2) : 2 + roll() % groups;
    sids[at] = special == 0   ? in_domain(DENIED_GROUP)
               : special == 1 ? in_domain(ALLOWED_GROUP)
                              : certsvc;
    if (special == 0)
        sids[3] = certsvc;
}

/* -------------------------------------------------------------------- ours */

static struct cs_arena *arena, *once;
static struct cs_ace list[ACES];
static struct cs_acl acl = {.revision = 2, .count = ACES, .aces = list};
static struct cs_sd sd = {.control = CS_SD_DACL_PRESENT | CS_SD_SELF_RELATIVE,
                          .has_owner = true,
                          .has_group = true,
                          .dacl = &acl};
static struct cs_sid sids[TOKENS][TOKEN_SIDS];
static struct cs_token *built[TOKENS];
static struct cs_badge *badges[TOKENS];
static struct cs_plan *plan;
static uint64_t bits[TOKENS]; /* of the bound: a bit for each ACE's SID */

static struct cs_sid convert(const struct bench_sid *from)
{
    struct cs_sid sid = {.authority = from->authority, .count = from->count};
    memcpy(sid.sub, from->sub, sizeof from->sub);
    return sid;
}

static struct cs_token *build(struct cs_arena *where, unsigned token)
{
    struct cs_token *made = cs_token_new(where);
    for (int i = 0; i < TOKEN_SIDS; i++)
        cs_token_add(made, &sids[token][i], CS_TOKEN_ENABLED, CS_ORIGIN_GIVEN, CS_TOKEN_NO_VIA);
    return made;
}

static void prepare(int kind)
{
    state = 7;
    for (int i = 0; i < TOKENS; i++)
        make_token(kind, tokens[i]);
    cs_arena_free(arena);
    arena = cs_arena_new();
    for (int i = 0; i < ACES; i++)
        list[i] = (struct cs_ace){.type = aces[i].denies ? CS_ACE_DENY : CS_ACE_ALLOW,
                                  .mask = aces[i].mask,
                                  .sid = convert(&aces[i].sid)};
    sd.owner = sd.group = convert(&administrators);
    struct cs_trustees *trustees = cs_trustees_new(arena);
    plan = cs_plan_new(arena, trustees, &sd);
    for (unsigned i = 0; i < TOKENS; i++) {
        for (int k = 0; k < TOKEN_SIDS; k++)
            sids[i][k] = convert(&tokens[i][k]);
        built[i] = build(arena, i);
        badges[i] = cs_badge_new(arena, trustees, built[i]);
        bits[i] = 0;
        for (int k = 0; k < ACES; k++)
            bits[i] |= (uint64_t)cs_token_has(built[i], &list[k].sid) << k;
    }
#ifdef WITH_SAMBA
    samba_prepare(aces, (const struct bench_sid(*)[TOKEN_SIDS])tokens);
#endif
}

static bool bound_check(uint64_t token)
{
    uint32_t want = DESIRED;
    for (int i = 0; i < ACES; i++)
        if (token >> i & 1) {
            if (aces[i].denies && aces[i].mask & want)
                return false;
            if (!aces[i].denies && (want &= ~aces[i].mask) == 0)
                return true;
        }
    return false;
}

static struct cs_verdict plain_check(const struct cs_token *token)
{
    struct cs_access ask = {.token = token, .desired = DESIRED};
    return cs_access_check(&sd, &ask);
}

/* ----------------------------------------------------------------- runners */

static volatile int64_t deciding; /* so that the deciding ACE is not optimised away */

static uint64_t run_plan(uint64_t count)
{
    uint64_t granted = 0;
    int64_t by = 0;
    for (uint64_t i = 0; i < count; i++) {
        struct cs_verdict verdict = cs_plan_check(plan, badges[i % TOKENS], DESIRED);
        granted += verdict.granted;
        by += verdict.ace;
    }
    deciding = by;
    return granted;
}

static uint64_t run_plain(uint64_t count)
{
    uint64_t granted = 0;
    int64_t by = 0;
    for (uint64_t i = 0; i < count; i++) {
        struct cs_verdict verdict = plain_check(built[i % TOKENS]);
        granted += verdict.granted;
        by += verdict.ace;
    }
    deciding = by;
    return granted;
}

static uint64_t run_one_off(uint64_t count)
{
    uint64_t granted = 0;
    struct cs_arena_mark mark = cs_arena_mark(once);
    for (uint64_t i = 0; i < count; i++) {
        granted += plain_check(build(once, i % TOKENS)).granted;
        cs_arena_rewind(once, mark);
    }
    return granted;
}

static uint64_t run_bound(uint64_t count)
{
    uint64_t granted = 0;
    for (uint64_t i = 0; i < count; i++)
        granted += bound_check(bits[i % TOKENS]);
    return granted;
}

static uint64_t run_samba(uint64_t count)
{
#ifdef WITH_SAMBA
    return samba_run(count);
#else
    (void)count;
    return 0;
#endif
}

static const struct runner {
    const char *name;
    uint64_t (*run)(uint64_t);
    uint64_t count;
    const char *goal;
} runners[RUNNERS] = {
    {"samba", run_samba, SLOW_CHECKS, ""},
    {"plan", run_plan, FAST_CHECKS, "P1: >= 50x, moonshot 150x"},
    {"plain", run_plain, 2000000, "P1b: >= 4x, moonshot 8x"},
    {"one-off", run_one_off, ONE_OFF, "token built each time: no goal"},
    {"bound", run_bound, FAST_CHECKS, ""},
};

static double cpu_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof *values, by_size);
    return values[ROUNDS / 2];
}

/* ------------------------------------------------------------------- answers */

static void fail(const char *what, unsigned token)
{
    fprintf(stderr, "access: %s differs at token %u\n", what, token);
    exit(1);
}

static void assert_answers(int kind)
{
    unsigned granted = 0;
    for (unsigned i = 0; i < TOKENS; i++) {
        struct cs_verdict fast = cs_plan_check(plan, badges[i], DESIRED);
        struct cs_verdict slow = plain_check(built[i]);
        if (fast.granted != slow.granted || fast.ace != slow.ace || fast.mask != slow.mask ||
            fast.sid != slow.sid || fast.kind != slow.kind)
            fail("plan and check", i);
        if (fast.granted != bound_check(bits[i]))
            fail("the bound", i);
#ifdef WITH_SAMBA
        if (fast.granted != samba_check(i))
            fail("samba", i);
#endif
        granted += fast.granted;
    }
    if (granted != known_answers[kind])
        fail("the known answer", granted);
    long before = csi_alloc_count();
    run_plan(TOKENS);
    run_plain(TOKENS);
    if (csi_alloc_count() != before)
        fail("memory: a check allocated, which", 0);
}

static void measure(int kind)
{
    static double ns[RUNNERS][ROUNDS], ratio[RUNNERS][ROUNDS];
    prepare(kind);
    assert_answers(kind);
    printf("%s: %u of %d granted, by all\n", kinds[kind], known_answers[kind], TOKENS);
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < RUNNERS; i++) {
            double start = cpu_now();
            runners[i].run(runners[i].count);
            ns[i][round] = (cpu_now() - start) / (double)runners[i].count;
            ratio[i][round] = ns[0][round] / ns[i][round];
        }
    for (int i = 0; i < RUNNERS; i++) {
        double first = ratio[i][0], most = ratio[i][0];
        for (int round = 1; round < ROUNDS; round++) {
            first = fmin(first, ratio[i][round]);
            most = fmax(most, ratio[i][round]);
        }
#ifdef WITH_SAMBA
        printf("  %-8s %9.1f ns   %7.1fx samba (%.0f-%.0f)   %s\n", runners[i].name, median(ns[i]),
               median(ratio[i]), first, most, runners[i].goal);
#else
        if (i > 0)
            printf("  %-8s %9.1f ns   %s\n", runners[i].name, median(ns[i]), runners[i].goal);
#endif
    }
}

int main(void)
{
    struct rusage usage;
    make_aces();
    once = cs_arena_new();
    cs_arena_alloc(once, 64000); /* so that the one-off token finds its room there */
    printf("%d ACEs, %d tokens of %d SIDs, %d interleaved rounds, medians, CPU time\n", ACES,
           TOKENS, TOKEN_SIDS, ROUNDS);
    for (int kind = 0; kind < 3; kind++)
        measure(kind);
    getrusage(RUSAGE_SELF, &usage);
    printf("memory: %zu KiB for our tokens and badges, peak of the process %ld KiB\n",
           cs_arena_size(arena) / 1024, usage.ru_maxrss);
    cs_arena_free(once);
    cs_arena_free(arena);
    return 0;
}
