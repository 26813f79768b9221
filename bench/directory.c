/*
 * directory.c - a forest in a lab, and what it takes to ask it (rows P2 to P6 of the goals).
 *
 *     directory FILE [WHAT ...]      WHAT: check, all, who, members, member-sets, token,
 *                                          sampled, edit
 *
 * Prints a line a figure: what, seconds, answer, peak MiB so far.  `check` compares every answer
 * with a slow walk over the plain edges, for small forests; the others are timed.
 */
#define _POSIX_C_SOURCE 200809L
#include <string.h>

#include <certsh/gate.h>

#include "forest.h"
#include "lab/bulk.h"
#include "lab/columns.h"

enum { ROUNDS = 9, SAMPLE = 100, TOKENS = 10000 };

static struct forest forest;
static struct cs_lab *lab;
static struct cs_arena *arena;
static cs_id first; /* of the users; groups follow */
static struct cs_error err;

static void need(bool good, const char *what)
{
    if (!good) {
        fprintf(stderr, "directory: wrong: %s %s\n", what, err.text);
        exit(1);
    }
}

static cs_id id_of(uint32_t node)
{
    return first + node;
}

/* ------------------------------------------------------------------- import */

static cs_id principal(struct csi_bulk *bulk, cs_id domain, const struct cs_sid *sid, uint32_t node)
{
    char name[16], upn[48];
    bool user = node < forest.users;
    struct cs_principal p = {.kind = user ? CS_USER : CS_GROUP, .domain = domain};
    p.scope = user ? CS_SCOPE_NONE : CS_SCOPE_GLOBAL;
    p.security = true;
    p.sid = cs_sid_child(sid, 1104 + node);
    p.primary = user ? 513 : 0; /* which is not in this forest: it would add a constant */
    snprintf(name, sizeof name, user ? "u%07u" : "g%06u", user ? node : node - forest.users);
    p.name = cs_str_of(name);
    if (user) {
        snprintf(upn, sizeof upn, "%s@corp.example.com", name);
        p.upn = cs_str_of(upn);
    }
    return csi_bulk_principal(bulk, &p, NULL);
}

/* Group by group, as importers do; the lists are borrowed until the bulk is ended. */
static cs_id *link_groups(struct csi_bulk *bulk)
{
    uint64_t count = forest.user_edges + forest.group_edges;
    uint32_t *from = calloc(forest.groups + 2, sizeof *from);
    cs_id *members = malloc((count + 1) * sizeof *members);
    need(from && members, "memory");
    for (uint64_t i = 0; i < count; i++)
        from[forest.edges[i][1] - forest.users + 2]++;
    for (uint32_t g = 0; g < forest.groups; g++)
        from[g + 2] += from[g + 1];
    for (uint64_t i = 0; i < count; i++)
        members[from[forest.edges[i][1] - forest.users + 1]++] = id_of(forest.edges[i][0]);
    for (uint32_t g = 0; g < forest.groups; g++)
        csi_bulk_members(bulk, id_of(forest.users + g), members + from[g], from[g + 1] - from[g]);
    free(from);
    return members;
}

static void import(void)
{
    double start = now();
    struct cs_domain domain = {.dns = CS_STR("corp.example.com"), .netbios = CS_STR("CORP")};
    cs_id corp;
    domain.forest = domain.dns;
    domain.sid = (struct cs_sid){.authority = 5, .sub = {21, 11, 22, 33}, .count = 4};
    lab = cs_lab_new();
    arena = cs_arena_new();
    need(cs_domain_put(lab, &domain, &corp, &err) == CS_OK, "domain");
    struct csi_bulk *bulk = csi_bulk_begin(lab);
    first = principal(bulk, corp, &domain.sid, 0);
    for (uint32_t node = 1; node < forest.users + forest.groups; node++)
        need(principal(bulk, corp, &domain.sid, node) == first + node, "ids");
    cs_id *members = link_groups(bulk);
    csi_bulk_end(bulk);
    free(members);
    tell("import", now() - start, (double)(forest.user_edges + forest.group_edges));
}

/* ---------------------------------------------------------------- everybody */

struct pairs {
    size_t count, most;
};

static bool count_pairs(void *context, cs_id id, const uint32_t *groups, size_t count,
                        const cs_id *ids)
{
    struct pairs *pairs = context;
    (void)id;
    (void)groups;
    (void)ids;
    pairs->count += count;
    pairs->most = count > pairs->most ? count : pairs->most;
    return true;
}

static struct pairs all(const char *what)
{
    struct pairs pairs = {0};
    double start = now();
    cs_groups_of_everyone(lab, count_pairs, &pairs);
    tell(what, now() - start, (double)pairs.count);
    return pairs;
}

/* ---------------------------------------------------------------- who can */

static struct cs_sd descriptor(void)
{
    uint32_t top[6];
    forest_busiest(&forest, top);
    struct cs_acl *acl = cs_arena_alloc(arena, sizeof *acl);
    struct cs_ace *aces = cs_arena_alloc(arena, 6 * sizeof *aces);
    acl->aces = aces;
    for (acl->count = 0; acl->count < 6; acl->count++) {
        struct cs_ace *ace = &aces[acl->count];
        struct cs_principal p = {.sid = cs_sid_everyone};
        int busiest = forest_aces[acl->count].busiest;
        if (busiest >= 0)
            need(cs_principal_get(lab, id_of(forest.users + top[busiest]), &p), "trustee");
        ace->type = forest_aces[acl->count].deny ? CS_ACE_DENY : CS_ACE_ALLOW;
        ace->mask = forest_aces[acl->count].mask;
        ace->sid = p.sid;
    }
    return (struct cs_sd){.control = CS_SD_DACL_PRESENT, .dacl = acl};
}

static size_t who(const char *what, const struct cs_sd *sd)
{
    struct cs_access ask = {.desired = FOREST_DESIRED};
    struct cs_arena_mark mark = cs_arena_mark(arena);
    struct cs_set set;
    double start = now();
    need(cs_access_who(lab, arena, 0, sd, &ask, &set, &err) == CS_OK, "who");
    size_t count = cs_set_size(&set);
    tell(what, now() - start, (double)count);
    cs_arena_rewind(arena, mark);
    return count;
}

/* ----------------------------------------------------------------- members */

struct tally {
    size_t users, groups;
};

static bool count_member(void *context, cs_id id, unsigned depth)
{
    struct tally *tally = context;
    (void)depth;
    *(id < id_of(forest.users) ? &tally->users : &tally->groups) += 1;
    return true;
}

static struct tally members(void)
{
    struct tally tally = {0};
    double start = now();
    for (uint64_t k = 0; k < SAMPLE; k++)
        cs_group_members(lab, id_of(forest.users + (uint32_t)(k * 1999 % forest.groups)), CS_NOW,
                         false, count_member, &tally);
    tell("members", (now() - start) / SAMPLE, (double)tally.users);
    return tally;
}

/* The same as sets: the users of a group by its column. */
static size_t member_sets(void)
{
    struct csi_columns *columns = csi_columns_new(lab, arena, 0);
    size_t users = 0;
    double start = now();
    for (uint64_t k = 0; k < SAMPLE; k++) {
        struct cs_principal g;
        cs_principal_get(lab, id_of(forest.users + (uint32_t)(k * 1999 % forest.groups)), &g);
        users += cs_set_size(csi_column(columns, &g.sid));
    }
    tell("member-sets", (now() - start) / SAMPLE, (double)users);
    return users;
}

/* ------------------------------------------------------------------- tokens */

static bool count_id(void *context, cs_id id)
{
    (void)id;
    ++*(size_t *)context;
    return true;
}

static void tokens(void)
{
    size_t groups = 0;
    double start = now();
    for (uint64_t k = 0; k < TOKENS; k++)
        cs_principal_groups(lab, id_of((uint32_t)(k * 99991 % forest.users)), CS_NOW, count_id,
                            &groups);
    tell("token-groups", (now() - start) / TOKENS, (double)groups);
    groups = 0;
    start = now();
    for (uint64_t k = 0; k < TOKENS; k++) {
        struct cs_arena_mark mark = cs_arena_mark(arena);
        struct cs_token_ask ask = {.principal = id_of((uint32_t)(k * 99991 % forest.users))};
        struct cs_token *token;
        need(cs_token_of(lab, arena, &ask, &token, &err) == CS_OK, "token");
        groups += cs_token_count(token);
        cs_arena_rewind(arena, mark);
    }
    tell("token", (now() - start) / TOKENS, (double)groups);
}

/* The users that others are asked about, one token after the other. */
static void sampled(void)
{
    static const struct {
        uint64_t count;
        const char *name;
    } samples[] = {{200, "sampled-200"}, {1000, "sampled-1000"}, {20000, "sampled-20000"}};
    for (size_t i = 0; i < CS_COUNT(samples); i++) {
        size_t groups = 0;
        double start = now();
        for (uint64_t k = 0; k < samples[i].count; k++)
            cs_principal_groups(lab, id_of((uint32_t)(k * 99991 % forest.users)), CS_NOW, count_id,
                                &groups);
        tell(samples[i].name, (now() - start) / (double)samples[i].count, (double)groups);
    }
}

/* -------------------------------------------------------------------- edits */

/* Somebody out of a group, everything asked again, and back. */
static void edit(const struct cs_sd *sd, size_t before)
{
    cs_id user = id_of(forest.edges[0][0]), group = id_of(forest.edges[0][1]);
    double start = now();
    need(cs_member_remove(lab, group, user, &err) == CS_OK, "remove");
    tell("edit", now() - start, 1);
    who("edit-who", sd);
    all("edit-all");
    size_t done;
    need(cs_lab_undo(lab, 1, &done, &err) == CS_OK, "undo");
    need(who("undo-who", sd) == before, "who after undo");
}

/* --------------------------------------------------------- the slow way round */

/* Everything a node is in, over the plain edges, again and again until nothing is new. */
static bool *slow_groups(uint32_t node)
{
    bool *in = calloc(forest.users + forest.groups, sizeof *in);
    in[node] = true;
    for (bool moved = true; moved;) {
        moved = false;
        for (uint64_t i = 0; i < forest.user_edges + forest.group_edges; i++)
            if (in[forest.edges[i][0]] && !in[forest.edges[i][1]])
                in[forest.edges[i][1]] = moved = true;
    }
    in[node] = false;
    return in;
}

static bool slow_check(const bool *in, const uint32_t top[6])
{
    uint32_t left = FOREST_DESIRED;
    for (int i = 0; i < 6 && left; i++) {
        int busiest = forest_aces[i].busiest;
        if (busiest >= 0 && !in[forest.users + top[busiest]])
            continue;
        if (forest_aces[i].deny && forest_aces[i].mask & left)
            return false;
        left &= forest_aces[i].deny ? left : ~forest_aces[i].mask;
    }
    return !left;
}

static void check(const struct cs_sd *sd)
{
    size_t pairs = 0, can = 0, listed = 0;
    uint32_t top[6];
    forest_busiest(&forest, top);
    for (uint32_t user = 0; user < forest.users; user++) {
        bool *in = slow_groups(user);
        for (uint32_t g = 0; g < forest.groups; g++)
            pairs += in[forest.users + g];
        for (uint64_t k = 0; k < SAMPLE; k++)
            listed += in[forest.users + (uint32_t)(k * 1999 % forest.groups)];
        can += slow_check(in, top);
        free(in);
    }
    need(all("all").count == pairs, "pairs of everyone");
    need(who("who", sd) == can, "who can");
    need(members().users == listed, "members");
    need(member_sets() == listed, "member sets");
    edit(sd, can);
    printf("check 0 1 0: %zu pairs, %zu of %u can, %zu members of %d groups\n", pairs, can,
           forest.users, listed, SAMPLE);
}

int main(int argc, char **argv)
{
    forest = forest_open(argc > 1 ? argv[1] : "");
    import();
    struct cs_sd sd = descriptor();
    for (int i = 2; i < argc; i++) {
        const char *what = argv[i];
        if (!strcmp(what, "check"))
            check(&sd);
        else if (!strcmp(what, "all"))
            all("all");
        else if (!strcmp(what, "who"))
            for (int round = 0; round < ROUNDS; round++)
                who("who", &sd);
        else if (!strcmp(what, "members"))
            members();
        else if (!strcmp(what, "member-sets"))
            member_sets();
        else if (!strcmp(what, "token"))
            tokens();
        else if (!strcmp(what, "sampled"))
            sampled();
        else if (!strcmp(what, "edit"))
            edit(&sd, who("who", &sd));
    }
    cs_lab_free(lab);
    cs_arena_free(arena);
    return 0;
}
