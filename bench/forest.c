/*
 * forest.c - make a forest (see forest.h):  forest USERS GROUPS AVERAGE SEED FILE
 *            say which groups hold most:     forest busiest FILE
 *
 * Memberships of a user are lognormal in number (sigma 0.8, at most 300) and zipf in choice
 * (s = 0.9).  Groups have levels 0 .. 9, geometric; their parents are of a higher level, so
 * that a chain is at most ten long; one group in a thousand is made part of a cycle.
 */
#include <math.h>
#include <string.h>

#include "forest.h"

static uint64_t state;

/* splitmix64 */
static uint64_t roll(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static double chance(void)
{
    return (double)(roll() >> 11) * 0x1p-53;
}

/* Sums of 1 / rank^s; a draw looks its rank up. */
static double *zipf_new(uint32_t count, double s)
{
    double *sums = malloc((count + 1) * sizeof *sums), sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sums[i] = sum += pow(i + 1, -s);
    return sums;
}

static uint32_t zipf(const double *sums, uint32_t count)
{
    double at = chance() * sums[count - 1];
    uint32_t low = 0, high = count - 1;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (sums[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int by_group(const void *a, const void *b)
{
    uint32_t x = ((const uint32_t *)a)[1], y = ((const uint32_t *)b)[1];
    return (x > y) - (x < y);
}

static int by_both(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return x[0] != y[0] ? (x[0] > y[0] ? 1 : -1) : (x[1] > y[1]) - (x[1] < y[1]);
}

struct maker {
    struct forest f;
    uint32_t (*edges)[2];
    uint64_t count, room;
};

static void add(struct maker *m, uint32_t member, uint32_t group)
{
    if (m->count == m->room) {
        m->room = m->room ? m->room * 2 : 1 << 20;
        m->edges = realloc(m->edges, m->room * sizeof *m->edges);
    }
    m->edges[m->count][0] = member;
    m->edges[m->count++][1] = group;
}

static uint32_t how_many(double average)
{
    double sigma = 0.8, mu = log(average) - sigma * sigma / 2;
    double z = sqrt(-2 * log(1 - chance())) * cos(6.283185307179586 * chance());
    double count = floor(exp(mu + sigma * z) + 0.5);
    return count < 1 ? 1 : count > 300 ? 300 : (uint32_t)count;
}

static void join_users(struct maker *m, double average)
{
    uint32_t groups = m->f.groups, *order = malloc(groups * sizeof *order);
    uint32_t *taken = calloc(groups, sizeof *taken);
    double *sums = zipf_new(groups, 0.9);
    for (uint32_t i = 0; i < groups; i++)
        order[i] = i;
    for (uint32_t i = groups - 1; i > 0; i--) {
        uint32_t j = (uint32_t)(roll() % (i + 1)), was = order[i];
        order[i] = order[j];
        order[j] = was;
    }
    for (uint32_t user = 0; user < m->f.users; user++) {
        uint32_t want = how_many(average), got = 0;
        uint64_t first = m->count;
        for (uint32_t tries = 0; got < want && tries < want * 4; tries++) {
            uint32_t group = order[zipf(sums, groups)];
            if (taken[group] == user + 1)
                continue;
            taken[group] = user + 1;
            add(m, user, m->f.users + group);
            got++;
        }
        qsort(m->edges + first, m->count - first, sizeof *m->edges, by_group);
    }
    m->f.user_edges = m->count;
    free(order);
    free(taken);
    free(sums);
}

struct levels {
    uint8_t *of;
    uint32_t *at[10], count[10];
    double *sums[10];
};

static struct levels levels_new(uint32_t groups)
{
    struct levels l = {.of = malloc(groups)};
    uint32_t filled[10] = {0};
    for (uint32_t g = 0; g < groups; g++) {
        int level = 0;
        while (level < 9 && chance() < .55)
            level++;
        l.of[g] = (uint8_t)level;
        l.count[level]++;
    }
    for (int i = 0; i < 10; i++) {
        l.at[i] = malloc((l.count[i] + 1) * sizeof **l.at);
        l.sums[i] = zipf_new(l.count[i], 0.7);
    }
    for (uint32_t g = 0; g < groups; g++)
        l.at[l.of[g]][filled[l.of[g]]++] = g;
    return l;
}

static void nest_one(struct maker *m, const struct levels *l, uint32_t group)
{
    double r = chance();
    int parents = r < .40 ? 0 : r < .75 ? 1 : r < .93 ? 2 : 3;
    for (int k = 0; k < parents; k++) {
        double one = chance(), two = chance();
        int level = l->of[group] + 1 + (one < .25) + (two < .1);
        if (level > 9 && l->of[group] == 9)
            return;
        level = level > 9 ? 9 : level;
        if (l->count[level])
            add(m, m->f.users + group,
                m->f.users + l->at[level][zipf(l->sums[level], l->count[level])]);
    }
}

static void nest_groups(struct maker *m)
{
    struct levels l = levels_new(m->f.groups);
    uint64_t first = m->count;
    for (uint32_t g = 0; g < m->f.groups; g++)
        nest_one(m, &l, g);
    uint64_t forward = m->count - first;
    for (uint32_t k = 0; k < m->f.groups / 1000 && forward; k++) {
        uint64_t e = first + roll() % forward;
        add(m, m->edges[e][1], m->edges[e][0]); /* back again: a cycle */
    }
    qsort(m->edges + first, m->count - first, sizeof *m->edges, by_both);
    uint64_t kept = first;
    for (uint64_t i = first; i < m->count; i++)
        if (i == first || by_both(m->edges[i], m->edges[kept - 1]))
            memmove(m->edges[kept++], m->edges[i], sizeof *m->edges);
    m->f.group_edges = kept - first;
}

static int tell_busiest(const char *path)
{
    struct forest f = forest_open(path);
    uint32_t top[6];
    forest_busiest(&f, top);
    for (int i = 0; i < 6; i++)
        printf("%u%c", f.users + top[i], i < 5 ? ' ' : '\n');
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && !strcmp(argv[1], "busiest"))
        return tell_busiest(argv[2]);
    if (argc != 6) {
        fputs("usage: forest USERS GROUPS AVERAGE SEED FILE | forest busiest FILE\n", stderr);
        return 64;
    }
    struct maker m = {.f = {.users = (uint32_t)atol(argv[1]), .groups = (uint32_t)atol(argv[2])}};
    state = strtoull(argv[4], NULL, 0);
    join_users(&m, atof(argv[3]));
    nest_groups(&m);
    uint64_t head[4] = {m.f.users, m.f.groups, m.f.user_edges, m.f.group_edges};
    FILE *file = fopen(argv[5], "wb");
    size_t count = m.f.user_edges + m.f.group_edges;
    if (!file || fwrite(head, sizeof head, 1, file) != 1 ||
        fwrite(m.edges, sizeof *m.edges, count, file) != count || fclose(file)) {
        perror(argv[5]);
        return 1;
    }
    return 0;
}
