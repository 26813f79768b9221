/*
 * generate.c - a seeded directory as LDIF, as large as one likes, in constant memory.
 *
 *     generate USERS GROUPS MEMBERSHIPS SEED > forest.ldif
 *
 * Sizes of groups fall as a power of their rank; every second user lies one OU deeper; every
 * fiftieth has a name beyond ASCII (base64); lines are folded at 76 columns as ldapsearch does.
 * What there is goes to standard error: entries, users, groups and memberships.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 76, UNITS = 256, LONGEST = 400 };

static uint64_t state;

static uint64_t draw(void) /* splitmix64 */
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* -------------------------------------------------------------------- lines */

static void put_folded(const char *text, size_t length)
{
    size_t room = COLUMNS;
    while (length > room) {
        fwrite(text, 1, room, stdout);
        fputs("\n ", stdout);
        text += room;
        length -= room;
        room = COLUMNS - 1;
    }
    fwrite(text, 1, length, stdout);
    putchar('\n');
}

static size_t base64(const unsigned char *in, size_t size, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t length = 0;
    for (size_t i = 0; i < size; i += 3) {
        uint32_t three = (uint32_t)in[i] << 16;
        three |= i + 1 < size ? (uint32_t)in[i + 1] << 8 : 0;
        three |= i + 2 < size ? in[i + 2] : 0;
        for (int d = 0; d < 4; d++)
            out[length++] = digits[three >> (18 - 6 * d) & 63];
        if (i + 2 >= size)
            out[length - 1] = '=';
        if (i + 1 >= size)
            out[length - 2] = '=';
    }
    return length;
}

static void put_bytes(const char *name, const void *bytes, size_t size)
{
    char line[LONGEST * 2];
    size_t length = (size_t)sprintf(line, "%s:: ", name);
    length += base64(bytes, size, line + length);
    put_folded(line, length);
}

static void put_text(const char *name, const char *value)
{
    char line[LONGEST];
    for (const char *at = value; *at; at++)
        if ((unsigned char)*at > 127) {
            put_bytes(name, value, strlen(value));
            return;
        }
    put_folded(line, (size_t)snprintf(line, sizeof line, "%s: %s", name, value));
}

/* ------------------------------------------------------------------ entries */

#define BASE "DC=corp,DC=example,DC=com"

static void unit_dn(unsigned unit, char *out)
{
    sprintf(out, "OU=Staff %03u,%s" BASE, unit, unit & 1 ? "OU=Europe West," : "");
}

static void user_name(uint32_t user, char *out)
{
    sprintf(out, user % 50 == 7 ? "Us\xc3\xa9r %07u" : "User %07u", user);
}

static void user_dn(uint32_t user, char *out)
{
    char unit[80], name[40];
    user_name(user, name);
    unit_dn(user * 2654435761u >> 24, unit);
    sprintf(out, "CN=%s,%s", name, unit);
}

static void group_dn(uint32_t group, char *out)
{
    sprintf(out, "CN=Group %06u,OU=Groups," BASE, group);
}

static void put_ids(uint32_t number, const char *account)
{
    unsigned char sid[28] = {1, 5, 0, 0, 0, 0, 0, 5, 21}, guid[16];
    const uint32_t parts[4] = {0x3ca1124f, 0x915de077, 0x6e10b42a, 1104 + number};
    for (int i = 0; i < 16; i++)
        sid[12 + i] = (unsigned char)(parts[i / 4] >> (8 * (i % 4)));
    for (int i = 0; i < 16; i++)
        guid[i] = (unsigned char)((number + 1) * 0x9e3779b97f4a7c15u >> (i * 3));
    put_text("sAMAccountName", account);
    put_bytes("objectSid", sid, sizeof sid);
    put_bytes("objectGUID", guid, sizeof guid);
}

static void put_user(uint32_t user)
{
    char dn[LONGEST], name[40], account[40], upn[80];
    user_dn(user, dn);
    user_name(user, name);
    sprintf(account, "u%07u", user);
    sprintf(upn, "%s@corp.example.com", account);
    put_text("dn", dn);
    put_text("objectClass", "top");
    put_text("objectClass", "person");
    put_text("objectClass", "organizationalPerson");
    put_text("objectClass", "user");
    put_text("cn", name);
    put_text("sn", name);
    put_ids(user, account);
    put_text("userAccountControl", "512");
    put_text("primaryGroupID", "513");
    put_text("userPrincipalName", upn);
    putchar('\n');
}

/* Members without repetition and without memory: steps of a prime, which no smaller count divides.
 */
static void put_members(uint32_t users, uint32_t size)
{
    enum { STEP = 1000003 };
    char dn[LONGEST];
    uint64_t at = draw() % users;
    for (uint32_t i = 0; i < size; i++) {
        user_dn((uint32_t)at, dn);
        put_text("member", dn);
        at = (at + STEP) % users;
    }
}

/* A group lists up to two groups before it. */
static uint32_t put_nested(uint32_t group)
{
    char dn[LONGEST];
    uint32_t count = group < 2 ? 0 : (uint32_t)(draw() % 3);
    uint32_t first = group < 2 ? 0 : (uint32_t)(draw() % (group - 1));
    for (uint32_t i = 0; i < count; i++) {
        group_dn(first + i, dn);
        put_text("member", dn);
    }
    return count;
}

static uint32_t put_group(uint32_t group, uint32_t number, uint32_t users, uint32_t size)
{
    static const char *const types[] = {"-2147483640", "-2147483646", "-2147483644"};
    char dn[LONGEST], name[40], account[40];
    group_dn(group, dn);
    sprintf(name, "Group %06u", group);
    sprintf(account, "g%06u", group);
    put_text("dn", dn);
    put_text("objectClass", "top");
    put_text("objectClass", "group");
    put_text("cn", name);
    put_ids(number, account);
    put_text("groupType", types[group % 3]);
    put_members(users, size);
    uint32_t nested = put_nested(group);
    putchar('\n');
    return size + nested;
}

static void put_units(void)
{
    char dn[LONGEST];
    puts("dn: " BASE "\nobjectClass: top\nobjectClass: domain\ndc: corp\n");
    puts("dn: OU=Groups," BASE "\nobjectClass: top\nobjectClass: organizationalUnit\nou: Groups\n");
    puts("dn: OU=Europe West," BASE
         "\nobjectClass: top\nobjectClass: organizationalUnit\nou: Europe West\n");
    for (unsigned unit = 0; unit < UNITS; unit++) {
        unit_dn(unit, dn);
        printf("dn: %s\nobjectClass: top\nobjectClass: organizationalUnit\nou: Staff %03u\n\n", dn,
               unit);
    }
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return fputs("generate USERS GROUPS MEMBERSHIPS SEED\n", stderr), 64;
    uint32_t users = (uint32_t)atol(argv[1]), groups = (uint32_t)atol(argv[2]);
    double wanted = atof(argv[3]), sum = 0;
    uint64_t members = 0;
    state = strtoull(argv[4], NULL, 0);
    for (uint32_t g = 0; g < groups; g++)
        sum += pow(g + 1, -0.9);
    put_units();
    for (uint32_t u = 0; u < users; u++)
        put_user(u);
    for (uint32_t g = 0; g < groups; g++) {
        double size = wanted * pow(g + 1, -0.9) / sum;
        members += put_group(g, users + g, users, size < users ? (uint32_t)size : users);
    }
    fprintf(stderr, "%u %u %u %llu\n", users + groups + UNITS + 3, users, groups,
            (unsigned long long)members);
    return fflush(stdout) ? 1 : 0;
}
