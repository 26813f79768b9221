/*
 * generate_json.c - a seeded collection of SharpHound, as large as one likes, in constant memory.
 *
 *     generate_json users  USERS                           > users.json
 *     generate_json groups USERS GROUPS MEMBERSHIPS SEED   > groups.json
 *
 * Objects have the fields, the six access entries and the spelling of real collections of
 * version 6; sizes of groups fall as a power of their rank.  What there is goes to standard
 * error: objects and memberships.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOMAIN_SID "S-1-5-21-1017188943-2438848631-1846588458"
#define ACE(rid, right, inherited)                                                                 \
    "{\"PrincipalSID\":\"" DOMAIN_SID "-" rid "\",\"PrincipalType\":\"Group\",\"RightName\":"      \
    "\"" right "\",\"IsInherited\":" inherited "}"
#define TAIL ",\"IsDeleted\":false,\"IsACLProtected\":false,\"ContainedBy\":null}"

static uint64_t state;

static uint64_t draw(void) /* splitmix64 */
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void put_meta(const char *type, uint32_t count)
{
    printf("],\"meta\":{\"methods\":0,\"type\":\"%s\",\"count\":%u,\"version\":6}}", type, count);
}

static void put_user(uint32_t user)
{
    const char *unit = user & 1 ? "OU=EUROPE WEST,DC=CORP" : "DC=CORP";
    unsigned staff = user * 2654435761u >> 24;
    printf("%s{\"AllowedToDelegate\":[],\"PrimaryGroupSID\":\"" DOMAIN_SID "-513\","
           "\"HasSIDHistory\":[],\"SPNTargets\":[],\"Properties\":{\"domain\":\"CORP.EXAMPLE.COM\","
           "\"name\":\"U%07u@CORP.EXAMPLE.COM\",\"distinguishedname\":\"CN=US%s %07u,OU=STAFF %03u,"
           "%s,DC=EXAMPLE,DC=COM\",\"domainsid\":\"" DOMAIN_SID "\",\"samaccountname\":\"u%07u\","
           "\"isaclprotected\":false,\"description\":null,\"whencreated\":%u,\"sensitive\":false,"
           "\"dontreqpreauth\":false,\"passwordnotreqd\":false,\"unconstraineddelegation\":false,"
           "\"pwdneverexpires\":false,\"enabled\":true,\"trustedtoauth\":false,\"lastlogon\":0,"
           "\"lastlogontimestamp\":-1,\"pwdlastset\":%u,\"serviceprincipalnames\":[],"
           "\"hasspn\":false,\"displayname\":\"User %07u\",\"email\":null,\"title\":null,"
           "\"homedirectory\":null,\"userpassword\":null,\"admincount\":false,\"sidhistory\":[]},",
           user ? "," : "", user, user % 50 == 7 ? "\xc3\x89R" : "ER", user, staff, unit, user,
           1500000000 + user, 1600000000 + user, user);
    fputs(
        "\"Aces\":[" ACE("512", "GenericAll", "false") "," ACE("512", "WriteDacl", "true") "," ACE(
            "512", "WriteOwner", "false") "," ACE("519", "AllExtendedRights",
                                                  "true") "," ACE("519", "AddKeyCredentialLink",
                                                                  "false") "," ACE("526", "Owns",
                                                                                   "true") "]",
        stdout);
    printf(",\"ObjectIdentifier\":\"" DOMAIN_SID "-%u\"" TAIL, 1104 + user);
}

/* Members without repetition: steps of a prime, which no smaller count divides. */
static void put_group(uint32_t group, uint32_t users, uint32_t size)
{
    enum { STEP = 1000003 };
    uint64_t at = draw() % users;
    printf("%s{\"ObjectIdentifier\":\"" DOMAIN_SID "-%u\",\"Properties\":{\"domain\":"
           "\"CORP.EXAMPLE.COM\",\"name\":\"G%06u@CORP.EXAMPLE.COM\",\"distinguishedname\":"
           "\"CN=GROUP %06u,OU=GROUPS,DC=CORP,DC=EXAMPLE,DC=COM\",\"domainsid\":\"" DOMAIN_SID "\","
           "\"samaccountname\":\"g%06u\",\"isaclprotected\":false,\"description\":null,"
           "\"whencreated\":%u,\"admincount\":false},\"Members\":[",
           group ? "," : "", 1104 + users + group, group, group, group, 1500000000 + group);
    for (uint32_t i = 0; i < size; i++, at = (at + STEP) % users)
        printf("%s{\"ObjectIdentifier\":\"" DOMAIN_SID "-%u\",\"ObjectType\":\"User\"}",
               i ? "," : "", (unsigned)(1104 + at));
    fputs("],\"Aces\":[" ACE("512", "GenericAll", "false") "]" TAIL, stdout);
}

static uint64_t put_groups(uint32_t users, uint32_t groups, double wanted)
{
    uint64_t members = 0;
    double sum = 0;
    for (uint32_t g = 0; g < groups; g++)
        sum += pow(g + 1, -0.9);
    for (uint32_t g = 0; g < groups; g++) {
        double size = wanted * pow(g + 1, -0.9) / sum;
        uint32_t whole = size < users ? (uint32_t)size : users;
        put_group(g, users, whole);
        members += whole;
    }
    return members;
}

int main(int argc, char **argv)
{
    uint32_t users = argc > 2 ? (uint32_t)atol(argv[2]) : 0;
    if (!users || (strcmp(argv[1], "users") != 0 && argc != 6))
        return fputs("generate_json users USERS | groups USERS GROUPS MEMBERSHIPS SEED\n", stderr),
               64;
    fputs("{\"data\":[", stdout);
    if (strcmp(argv[1], "users") == 0) {
        for (uint32_t u = 0; u < users; u++)
            put_user(u);
        put_meta("users", users);
        fprintf(stderr, "%u 0\n", users);
    } else {
        uint32_t groups = (uint32_t)atol(argv[3]);
        state = strtoull(argv[5], NULL, 0);
        uint64_t members = put_groups(users, groups, atof(argv[4]));
        put_meta("groups", groups);
        fprintf(stderr, "%u %llu\n", groups, (unsigned long long)members);
    }
    return fflush(stdout) ? 1 : 0;
}
