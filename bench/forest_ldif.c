/*
 * forest_ldif.c - a forest (forest.h) as LDIF, in the domain of the built-in lab `modern`.
 *
 *     forest_ldif FOREST > FILE       what there is, and who can, goes to standard error
 *
 * The template User gets a descriptor of six ACEs: one denies a large group, four allow large
 * groups, one lets everybody read.  Who may enrol is found here by walking plain edges, without
 * anything of certsh's: that is the answer certsh has to give.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
#include <string.h>

#include "forest.h"

#define DOMAIN "DC=corp,DC=example"
enum { FIRST_RID = 100000, ACES = 5 };

static const uint32_t domain_sid[4] = {21, 2903220117u, 1406820452u, 3125437890u};

/* In order of the list: who is denied, then who is allowed; by rank among the busiest. */
static const struct {
    bool deny;
    int busiest;
} aces[ACES] = {{true, 3}, {false, 0}, {false, 1}, {false, 2}, {false, 4}};

static void put_base64(const char *name, const unsigned char *in, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    printf("%s:: ", name);
    for (size_t i = 0; i < size; i += 3) {
        uint32_t three = (uint32_t)in[i] << 16;
        three |= i + 1 < size ? (uint32_t)in[i + 1] << 8 : 0;
        three |= i + 2 < size ? in[i + 2] : 0;
        for (size_t d = 0; d < 4; d++)
            putchar(i + d > size ? '=' : digits[three >> (18 - 6 * d) & 63]);
    }
    putchar('\n');
}

static size_t sid_of(uint32_t rid, unsigned char out[28])
{
    static const unsigned char head[8] = {1, 5, 0, 0, 0, 0, 0, 5};
    memcpy(out, head, 8);
    memcpy(out + 8, domain_sid, sizeof domain_sid);
    memcpy(out + 24, &rid, 4);
    return 28;
}

static void put_name(const struct forest *f, uint32_t node)
{
    printf(node < f->users ? "u%07u" : "g%06u", node < f->users ? node : node - f->users);
}

static void put_head(const struct forest *f, uint32_t node, const char *class)
{
    unsigned char sid[28];
    printf("dn: CN=");
    put_name(f, node);
    printf(",OU=F," DOMAIN "\nobjectClass: top\nobjectClass: %s\nsAMAccountName: ", class);
    put_name(f, node);
    putchar('\n');
    put_base64("objectSid", sid, sid_of(FIRST_RID + node, sid));
}

static void put_users(const struct forest *f)
{
    for (uint32_t u = 0; u < f->users; u++) {
        put_head(f, u, "user");
        puts("userAccountControl: 512\nprimaryGroupID: 513\n");
    }
}

/* ------------------------------------------------------------------- by group */

struct lists {
    uint64_t *from;
    uint32_t *members;
};

static struct lists lists_of(const struct forest *f)
{
    uint64_t edges = f->user_edges + f->group_edges;
    struct lists l = {calloc(f->groups + 2, sizeof *l.from), malloc(edges * sizeof *l.members)};
    for (uint64_t i = 0; i < edges; i++)
        l.from[f->edges[i][1] - f->users + 2]++;
    for (uint32_t g = 0; g < f->groups; g++)
        l.from[g + 2] += l.from[g + 1];
    for (uint64_t i = 0; i < edges; i++)
        l.members[l.from[f->edges[i][1] - f->users + 1]++] = f->edges[i][0];
    return l;
}

static void put_groups(const struct forest *f, const struct lists *l)
{
    for (uint32_t g = 0; g < f->groups; g++) {
        put_head(f, f->users + g, "group");
        puts("groupType: -2147483646");
        for (uint64_t i = l->from[g]; i < l->from[g + 1]; i++) {
            printf("member: CN=");
            put_name(f, l->members[i]);
            puts(",OU=F," DOMAIN);
        }
        putchar('\n');
    }
}

/* Everybody below a group. */
static bool *below(const struct forest *f, const struct lists *l, uint32_t group)
{
    bool *in = calloc(f->users + f->groups, sizeof *in);
    uint32_t *todo = malloc((f->groups + 1) * sizeof *todo), count = 0;
    in[f->users + group] = true;
    todo[count++] = group;
    while (count) {
        uint32_t g = todo[--count];
        for (uint64_t i = l->from[g]; i < l->from[g + 1]; i++) {
            uint32_t member = l->members[i];
            if (member >= f->users && !in[member])
                todo[count++] = member - f->users;
            in[member] = true;
        }
    }
    free(todo);
    return in;
}

/* -------------------------------------------------------------- the descriptor */

static const unsigned char enroll[16] = {0x68, 0xc9, 0x10, 0x0e, 0xfb, 0x78, 0xd2, 0x11,
                                         0x90, 0xd4, 0x00, 0xc0, 0x4f, 0x79, 0xdc, 0x55};

/* An ACE of Enroll (an extended right) for a group of the domain. */
static size_t put_ace(unsigned char *at, bool deny, uint32_t rid)
{
    const unsigned char head[12] = {deny ? 6 : 5, 0, 56, 0, 0, 1, 0, 0, 1, 0, 0, 0};
    memcpy(at, head, 12);
    memcpy(at + 12, enroll, 16);
    return 28 + sid_of(rid, at + 28);
}

static void put_template(const struct forest *f, const uint32_t top[6])
{
    static const unsigned char read_all[20] = {0, 0, 20, 0, 0x94, 0, 2, 0, 1,
                                               1, 0, 0,  0, 0,    0, 5, 11};
    unsigned char sd[400] = {1, 0, 4, 0x80}, *acl = sd + 20;
    size_t size = 8;
    sd[16] = 20;
    for (int i = 0; i < ACES; i++)
        size += put_ace(acl + size, aces[i].deny, FIRST_RID + f->users + top[aces[i].busiest]);
    memcpy(acl + size, read_all, sizeof read_all);
    size += sizeof read_all;
    const unsigned char head[8] = {4, 0, (unsigned char)size, (unsigned char)(size >> 8), ACES + 1};
    memcpy(acl, head, sizeof head);
    puts("dn: CN=User,CN=Certificate Templates,CN=Public Key Services,CN=Services,"
         "CN=Configuration," DOMAIN "\nobjectClass: pKICertificateTemplate\ncn: User");
    put_base64("nTSecurityDescriptor", sd, 20 + size);
    putchar('\n');
}

/* First come, first served, as the list says. */
static uint32_t who_can(const struct forest *f, const struct lists *l, const uint32_t top[6])
{
    bool *in[ACES];
    uint32_t can = 0;
    for (int i = 0; i < ACES; i++)
        in[i] = below(f, l, top[aces[i].busiest]);
    for (uint32_t u = 0; u < f->users; u++)
        for (int i = 0; i < ACES; i++)
            if (in[i][u]) {
                can += !aces[i].deny;
                break;
            }
    return can;
}

int main(int argc, char **argv)
{
    uint32_t top[6];
    if (argc != 2) {
        fputs("usage: forest_ldif FOREST > FILE\n", stderr);
        return 64;
    }
    struct forest f = forest_open(argv[1]);
    struct lists l = lists_of(&f);
    forest_busiest(&f, top);
    fprintf(stderr, "%u users %u groups %llu memberships %u can\n", f.users, f.groups,
            (unsigned long long)(f.user_edges + f.group_edges), who_can(&f, &l, top));
    puts("dn: " DOMAIN "\nobjectClass: domain\ndc: corp\n");
    put_template(&f, top);
    put_users(&f);
    put_groups(&f, &l);
    return 0;
}
