/*
 * base.h - the immutable part of the directory: flat arrays of dense ids and offsets.
 *
 * Principals are rows 1..count; texts lie in one pool, SIDs are a parent (shared) and a RID;
 * memberships are kept both ways as offsets into one array.  There is no pointer inside, so
 * that a base can be mapped from a file as it is.  A base is made once by a maker and never
 * changed; edits go to the delta above it (delta.h).
 *
 *     struct csi_maker *maker = csi_maker_new();
 *     cs_id id = csi_maker_add(maker, &principal);
 *     csi_maker_link(maker, group, member);
 *     struct csi_base *base = csi_maker_finish(maker);
 *
 * A maker appends straight to the arrays that become the base, so that a million principals
 * are written once.  Size, for a million users with 15 memberships each: 72 bytes a row and
 * its texts, 128 bytes of edges, 16 of indexes.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_BASE_H
#define CERTSH_LAB_BASE_H

#include <certsh/directory.h>

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
};
struct csi_primaries {
    struct csi_primary_key *keys;
    size_t key_count;
    uint32_t *ids;
};

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
    struct csi_index by_sid, by_name;
};

struct csi_maker;
struct csi_maker *csi_maker_new(void);
/* One that begins with the principals of `base`, without its edges. */
struct csi_maker *csi_maker_of(const struct csi_base *base);
/* The id it gets: one more than the last. */
cs_id csi_maker_add(struct csi_maker *maker, const struct cs_principal *principal);
/* Write the row of an id that is there; NULL empties it.  Texts that stay cost nothing. */
void csi_maker_set(struct csi_maker *maker, cs_id id, const struct cs_principal *principal);
/* Ids up to and without `end` are there, new ones empty. */
void csi_maker_extend(struct csi_maker *maker, cs_id end);
/* The next id with that SID at or after `cursor` 0 (see index.h); 0 at the end. */
cs_id csi_maker_next(const struct csi_maker *maker, const struct cs_sid *sid, size_t *cursor);
/* The row of an id as a view, good until the maker changes; false for an empty one. */
bool csi_maker_get(const struct csi_maker *maker, cs_id id, struct cs_principal *out);
enum cs_principal_kind csi_maker_kind(const struct csi_maker *maker, cs_id id); /* 0: none */
cs_id csi_maker_end(const struct csi_maker *maker); /* one past the last id */
void csi_maker_link(struct csi_maker *maker, cs_id group, cs_id member);
/* The base; yours, free with csi_base_free.  Frees the maker, as csi_maker_free does alone. */
struct csi_base *csi_maker_finish(struct csi_maker *maker);
void csi_maker_free(struct csi_maker *maker);
void csi_base_free(struct csi_base *base);

/* Fill `out` from row `id` (1..count); false for an empty one. */
bool csi_base_get(const struct csi_base *base, cs_id id, struct cs_principal *out);

/* Has row `id` that SID?  Without filling a view. */
bool csi_base_has_sid(const struct csi_base *base, cs_id id, const struct cs_sid *sid);

/* Hashes of both indexes. */
uint64_t csi_name_hash(cs_id domain, cs_id host, struct cs_str name);

#endif
