/* ace.c - the table of ACE types, and small things the descriptor's files share.  Room: domain. */
#include <string.h>

#include "sd_in.h"

#define PLAIN  CSI_ACE_PLAIN
#define OBJECT CSI_ACE_OBJECT
#define ALLOW  CSI_EFFECT_ALLOW
#define DENY   CSI_EFFECT_DENY
#define IF     CSI_TAIL_CONDITION

/*
 * MS-DTYP 2.4.4.1 and 2.5.1.1.  The document swaps the numbers of ZA and XU; these are the real
 * ones.  A compound ACE (4) has two SIDs and was never used: kept as it is.
 */
static const struct csi_ace_type types[] = {
    [CS_ACE_ALLOW] = {"A", PLAIN, 0, ALLOW, false},
    [CS_ACE_DENY] = {"D", PLAIN, 0, DENY, false},
    [CS_ACE_AUDIT] = {"AU", PLAIN, 0, 0, true},
    [CS_ACE_ALARM] = {"AL", PLAIN, 0, 0, true},
    [CS_ACE_COMPOUND] = {NULL, CSI_ACE_OPAQUE, 0, 0, false},
    [CS_ACE_OBJECT_ALLOW] = {"OA", OBJECT, 0, ALLOW, false},
    [CS_ACE_OBJECT_DENY] = {"OD", OBJECT, 0, DENY, false},
    [CS_ACE_OBJECT_AUDIT] = {"OU", OBJECT, 0, 0, true},
    [CS_ACE_OBJECT_ALARM] = {"OL", OBJECT, 0, 0, true},
    [CS_ACE_CALLBACK_ALLOW] = {"XA", PLAIN, IF, ALLOW, false},
    [CS_ACE_CALLBACK_DENY] = {"XD", PLAIN, IF, DENY, false},
    [CS_ACE_CALLBACK_OBJECT_ALLOW] = {"ZA", OBJECT, IF, ALLOW, false},
    [CS_ACE_CALLBACK_OBJECT_DENY] = {NULL, OBJECT, IF, DENY, false},
    [CS_ACE_CALLBACK_AUDIT] = {"XU", PLAIN, IF, 0, true},
    [CS_ACE_CALLBACK_ALARM] = {NULL, PLAIN, IF, 0, true},
    [CS_ACE_CALLBACK_OBJECT_AUDIT] = {NULL, OBJECT, IF, 0, true},
    [CS_ACE_CALLBACK_OBJECT_ALARM] = {NULL, OBJECT, IF, 0, true},
    [CS_ACE_MANDATORY_LABEL] = {"ML", PLAIN, 0, 0, true},
    [CS_ACE_RESOURCE_ATTRIBUTE] = {"RA", PLAIN, CSI_TAIL_CLAIM, 0, true},
    [CS_ACE_SCOPED_POLICY] = {"SP", PLAIN, 0, 0, true},
};

const struct csi_ace_type *csi_ace_type(uint8_t type)
{
    return &types[type < CS_COUNT(types) ? type : CS_ACE_COMPOUND];
}

int csi_ace_type_named(struct cs_str letters)
{
    for (size_t i = 0; i < CS_COUNT(types); i++)
        if (types[i].letters && cs_str_same(letters, cs_str_of(types[i].letters)))
            return (int)i;
    return -1;
}

struct cs_str csi_keep(struct cs_arena *arena, const void *bytes, size_t size)
{
    char *copy = cs_arena_try(arena, size + 1);
    if (copy && size)
        memcpy(copy, bytes, size);
    return (struct cs_str){copy, copy ? size : 0};
}

cs_status csi_no_memory(struct cs_error *err)
{
    return cs_fail(err, CS_MEMORY, "out of memory");
}
