/*
 * base.h - the immutable part of the directory: flat arrays of dense ids and offsets.
 *
 * Principals are rows 1..count; texts lie in one pool, SIDs are a parent (shared) and a RID;
 * memberships are kept both ways as offsets into one array.  There is no pointer inside, so
 * that a base can be mapped from a file as it is (snapshot.h).  A base is made once by a maker
 * (maker.h) and never changed; edits go to the delta above it (delta.h).
 *
 * Of a mapped base nothing has been looked at yet.  So readers ask by the functions below, which
 * have each block checked when it is first touched; a base that was made has no guard, and they
 * cost nothing.  Whoever is going to walk all of it calls csi_base_whole first and may then read
 * the arrays as they are.
 *
 * Size, for a million users with 15 memberships each: 72 bytes a row and
 * its texts, 128 bytes of edges, 16 of indexes.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_BASE_H
#define CERTSH_LAB_BASE_H

#include <certsh/directory.h>
#include <certsh/set.h>

#include "index.h"

enum csi_text {
    CSI_TEXT_NAME,
    CSI_TEXT_DISPLAY,
    CSI_TEXT_UPN,
    CSI_TEXT_DNS,
    CSI_TEXT_MAIL,
    CSI_TEXT_DN,
    CSI_TEXT_COMMENT,
    CSI_TEXT_OS,
    CSI_TEXT_COUNT
};

enum { CSI_ROW_SECURITY = 1, CSI_ROW_MEMBERS_OPEN = 2, CSI_ROW_MANAGED = 4 };

struct csi_row {
    uint32_t texts[CSI_TEXT_COUNT]; /* places in the pool, in words of 4; 0 is the empty text */
    uint32_t domain, host;
    uint32_t parent, rid; /* SID: index in parents, last sub-authority */
    uint32_t uac, primary, birth;
    uint32_t origin, line; /* source */
    uint8_t kind;          /* 0: removed, the id stays empty */
    uint8_t scope, flags, spare;
};

/* Edges by one end: those of `id` are at[offsets[id]] .. at[offsets[id + 1]]. */
struct csi_edges {
    uint32_t *offsets; /* count + 2 of them */
    uint32_t *at;
};

/* Accounts by primary group: those of keys[k] are ids[from] .. ids[to - 1], ascending. */
struct csi_primary_key {
    cs_id domain;
    uint32_t rid;
    uint32_t from, to;
    uint32_t row; /* its bits by id are row - 1 of `bits`; 0: too few for that */
};
struct csi_primaries {
    struct csi_primary_key *keys;
    size_t key_count;
    uint32_t *ids;
    uint64_t *bits; /* rows of csi_row_words */
    size_t row_count;
};

/* Words of a row of bits by id: a whole set's, so that it can be taken for one (set.h). */
static inline size_t csi_row_words(size_t count)
{
    return (count / 64 + CS_SET_BLOCK) / CS_SET_BLOCK * CS_SET_BLOCK;
}

/* Who is what, a bit by id; accounts (users and computers) by domain. */
enum { CSI_ROLLS = 64 };
struct csi_rolls {
    uint64_t *groups, *computers;
    struct csi_roll {
        cs_id domain;
        uint64_t *accounts;
    } at[CSI_ROLLS];
    size_t count, words;
    bool whole; /* false: accounts of more domains than there are rolls */
};

/*
 * Accounts of a domain that have a group in their ticket, found beforehand for groups that
 * descriptors name (holding.h): row k of `bits` is of keys[k].
 */
struct csi_holding {
    cs_id group, domain;
    uint32_t from, to; /* groups on the way, itself too: met[from] .. met[to - 1], ascending */
};
struct csi_holdings {
    struct csi_holding *keys;
    size_t count;
    uint32_t *met;
    size_t met_count;
    uint64_t *bits;   /* rows of rolls.words */
    uint64_t forests; /* what else they rest on: csi_forests_sum */
};

struct csi_snapshot; /* the file that a base is mapped from (snapshot.h) */

struct csi_base {
    size_t count; /* of rows; ids 1..count */
    struct csi_row *rows;
    char *pool;
    size_t pool_size;
    struct cs_sid *parents;
    uint32_t *tops; /* by parent: the largest RID in use */
    size_t parent_count;
    size_t edge_count;
    struct csi_edges members;   /* group -> its members */
    struct csi_edges member_of; /* principal -> groups that list it */
    struct csi_primaries primaries;
    struct csi_rolls rolls;
    struct csi_holdings holdings;
    struct csi_index by_sid, by_name;
    struct csi_snapshot *mapped; /* NULL: the arrays are allocated */
    struct csi_snapshot *guard;  /* the same, while not all of it is checked */
};

void csi_base_free(struct csi_base *base);
/* Free what a base or a half-made one holds, not itself. */
void csi_base_clear(struct csi_base *base);
void csi_edges_free(struct csi_edges *edges);

/* Have everything checked now; afterwards the arrays may be read without asking. */
void csi_base_whole(const struct csi_base *base);

/* Ids that belong together, ascending. */
struct csi_list {
    const uint32_t *at;
    size_t count;
};
/* Members that the base lists in a group, groups that list `id`; empty for ids beyond it. */
static inline struct csi_list csi_base_members(const struct csi_base *base, cs_id group);
static inline struct csi_list csi_base_member_of(const struct csi_base *base, cs_id id);
/* Those whose primary group has that key. */
struct csi_list csi_base_primary(const struct csi_base *base, const struct csi_primary_key *key);
/* The same as bits, base->rolls.words of them; NULL where it has none. */
const uint64_t *csi_base_primary_bits(const struct csi_base *base,
                                      const struct csi_primary_key *key);

/* Of holding `number`: the groups on the way, and the row of bits (NULL: it was damaged). */
struct csi_list csi_base_holding_met(const struct csi_base *base, size_t number);
const uint64_t *csi_base_holding_bits(const struct csi_base *base, size_t number);

/* The row of an id, 1..count. */
static inline const struct csi_row *csi_base_row(const struct csi_base *base, cs_id id);
/* The rolls: bits of accounts and computers; those of groups. */
const struct csi_rolls *csi_base_rolls(const struct csi_base *base);
const struct csi_rolls *csi_base_group_roll(const struct csi_base *base);
/* A text of the pool by its place in a row; see csi_base_get. */
struct cs_str csi_base_text(const struct csi_base *base, uint32_t place);

/* Fill `out` from row `id` (1..count); false for an empty one. */
bool csi_base_get(const struct csi_base *base, cs_id id, struct cs_principal *out);

/* Has row `id` that SID?  Without filling a view. */
bool csi_base_has_sid(const struct csi_base *base, cs_id id, const struct cs_sid *sid);

/* Ids by the hash of a SID or a name; see csi_index_next. */
cs_id csi_base_by_sid(const struct csi_base *base, uint64_t hash, size_t *cursor);
cs_id csi_base_by_name(const struct csi_base *base, uint64_t hash, size_t *cursor);

/* Hashes of both indexes. */
uint64_t csi_name_hash(cs_id domain, cs_id host, struct cs_str name);

/* ------------------------------------------------------------------- inline */

/* The same of a base with a guard (snapshot_guard.c); for base.c and the functions below. */
struct csi_list csi_guard_members(struct csi_snapshot *guard, cs_id group);
struct csi_list csi_guard_member_of(struct csi_snapshot *guard, cs_id id);
struct csi_list csi_guard_primary(struct csi_snapshot *guard, const struct csi_primary_key *key);
const uint64_t *csi_guard_primary_bits(struct csi_snapshot *guard,
                                       const struct csi_primary_key *key);
struct csi_list csi_guard_holding_met(struct csi_snapshot *guard, size_t number);
const uint64_t *csi_guard_holding_bits(struct csi_snapshot *guard, size_t number);
const struct csi_row *csi_guard_row(struct csi_snapshot *guard, cs_id id);
const struct csi_row *csi_guard_texts(struct csi_snapshot *guard, cs_id id);
void csi_guard_rolls(struct csi_snapshot *guard);
void csi_guard_group_roll(struct csi_snapshot *guard);
/* Let go of the file; true when the arrays lay in it. */
bool csi_snapshot_unmap(struct csi_snapshot *mapped);
void csi_guard_whole(struct csi_snapshot *guard);
cs_id csi_guard_next(struct csi_snapshot *guard, bool by_name, uint64_t hash, size_t *cursor);

static inline struct csi_list csi_edges_list(const struct csi_edges *edges, cs_id id)
{
    const uint32_t from = edges->offsets[id], to = edges->offsets[id + 1];
    return (struct csi_list){edges->at + from, to - from};
}

static inline struct csi_list csi_base_members(const struct csi_base *base, cs_id group)
{
    if (group > base->count)
        return (struct csi_list){NULL, 0};
    return base->guard ? csi_guard_members(base->guard, group)
                       : csi_edges_list(&base->members, group);
}

static inline struct csi_list csi_base_member_of(const struct csi_base *base, cs_id id)
{
    if (id > base->count)
        return (struct csi_list){NULL, 0};
    return base->guard ? csi_guard_member_of(base->guard, id)
                       : csi_edges_list(&base->member_of, id);
}

static inline const struct csi_row *csi_base_row(const struct csi_base *base, cs_id id)
{
    return base->guard ? csi_guard_row(base->guard, id) : &base->rows[id];
}

#endif
