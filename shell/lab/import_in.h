/*
 * import_in.h - what an import gathers before it touches the lab.
 *
 * While files are read, entries and values only go onto piles (import_directory.c,
 * import_registry.c); nothing of the lab changes.  When all are read, cs_import_finish resolves
 * what refers to what and puts it into the lab: domains, principals and members
 * (import_principal.c, import_member.c), trusts, CAs and templates (import_pki.c), registry values
 * (import_machine.c).
 *
 * Texts are slices of the files or live in the import's arena.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_IMPORT_IN_H
#define CERTSH_LAB_IMPORT_IN_H

#include <certsh/ca.h>
#include <certsh/import.h>

#include "bulk.h"
#include "import_names.h"

/* Items of one size, in blocks that never move. */
struct csi_pile {
    void **blocks;
    size_t size, count, room;
};
/* A new zeroed item, behind the others. */
void *csi_pile_add(struct cs_arena *arena, struct csi_pile *pile, size_t size);
void *csi_pile_at(const struct csi_pile *pile, size_t i);

/* Where an item was read. */
struct csi_spot {
    uint32_t file; /* index of the report */
    uint32_t line;
};

/* A domain that some DN lies in; `id` once it is in the lab. */
struct csi_import_domain {
    struct cs_str suffix; /* "DC=corp,DC=example", as first seen */
    struct cs_str dns, netbios, forest;
    struct cs_sid sid;
    struct csi_spot spot;
    bool object; /* its own entry was read, or its crossRef */
    bool mixed, mixed_given;
    cs_id id;
};

/* What is told of an account or group besides its facts, which are drafts of the bulk; their
 * domain is still a number of the domains' pile. */
struct csi_import_object {
    struct csi_spot spot;
    uint32_t name;    /* number of its DN, 0 for none */
    bool untyped;     /* no objectClass or no groupType: what it is must be known already */
    bool not_members; /* the file did not ask for members */
    bool by_sid;      /* told by cs_import_principal: its kind may be a guess, nothing to warn of */
};

/* Members of one entry, or (`of`) groups it is a member of: as many as are looked up at once. */
struct csi_import_edges {
    uint32_t *names;
    const uint8_t *steps; /* from the line before */
    uint32_t entry;       /* number of its DN */
    uint32_t file, line;
    uint16_t count;
    bool of;
};

/* One range of a group's members: "member;range=0-1499". */
struct csi_import_range {
    uint32_t group;     /* number of its DN; its id when all names are known */
    uint32_t low, high; /* UINT32_MAX: to the end */
    struct csi_spot spot;
};

struct csi_import_trust {
    struct cs_trust facts;
    uint32_t domain; /* index of ours */
    struct cs_str dns, netbios;
    struct cs_sid sid;
    unsigned direction, attributes;
    struct csi_spot spot;
};

struct csi_import_ca {
    struct cs_ca facts;
    struct csi_spot spot;
};

struct csi_import_template {
    struct cs_template facts;
    struct csi_spot spot;
};

/* A value, a key (type CS_REG_KEY), or one that goes. */
struct csi_import_value {
    struct cs_str key, name, data; /* the key is normalised */
    uint32_t type;
    bool remove;
    bool absent; /* a key that is not there, for sure */
    struct csi_spot spot;
};

/* Why something was left out, and how often. */
struct csi_import_reason {
    struct cs_str text;
    size_t count;
};

struct csi_import_file {
    struct cs_import_report report;
    struct csi_pile reasons;
    struct cs_list_maker warnings, why;
    struct cs_str asked; /* attributes the search asked for, "" for all */
    uint32_t origin;
    size_t primaries; /* accounts whose primary group it does not say */
    bool changes;     /* a .reg file with deletions: no export of whole keys */
    bool container;   /* a zip: what counts are the files in it */
};

enum { CSI_PARTED_MEMBER = 1, CSI_PARTED_MEMBER_OF = 2 };

struct cs_import {
    struct cs_lab *lab;
    struct cs_arena *arena;
    cs_id host, current;     /* where registry files belong */
    struct cs_str host_name; /* the same by name */
    struct cs_str sole_name; /* the only machine that files name, "" for none or several */
    bool several;            /* registry files went to more than one host */
    bool merge, list_skipped;
    int64_t newest;                     /* time that an export tells */
    uint32_t reading;                   /* index + 1 of the file that is read */
    const struct cs_importer *importer; /* reads now */
    cs_import_progress_fn *progress;    /* or NULL */
    void *progress_context;
    struct csi_pile files, domains, objects, edges, ranges, trusts, cas, templates, values;
    struct csi_pile roots;                  /* names of certification authorities that are roots */
    struct cs_str last_key, last_key_plain; /* of the registry, to normalise once */
    uint32_t last_domain;                   /* index + 1 */
    size_t revealed;                        /* strangers of earlier imports that came */
    struct csi_bulk *bulk;                  /* from the first draft to the end */
    struct cs_str bytes;                    /* of the file being read; slices of it stay */
    struct csi_texts texts;
    struct csi_lists lists;
    struct csi_names names;
    uint8_t slot_first[256], slot_next[64]; /* attributes by name (import_facts.c) */
    uint32_t classes[32];                   /* those that matter, bits by length of name */
    uint8_t parted;          /* what was taken of the record that is read: CSI_PARTED_... */
    uint8_t slot_after[64];  /* which came after which */
    struct csi_given *given; /* facts by SID and of machines; NULL while there are none */
};

/* The file being read, and where we are in it. */
struct csi_import_file *csi_import_file_now(const struct cs_import *import);
struct csi_import_file *csi_import_file_at(const struct cs_import *import, uint32_t file);
struct csi_spot csi_import_spot(const struct cs_import *import, uint32_t line);
struct cs_source csi_import_source(const struct cs_import *import, struct csi_spot spot);
/* A text that stays until the import is finished: itself if it is one of the file's, else a copy.
 */
struct cs_str csi_import_keep(struct cs_import *import, struct cs_str text);
/* One more record was read. */
void csi_import_count(struct cs_import *import);
/* One more thing of that file is in the lab. */
void csi_import_added(const struct cs_import *import, struct csi_spot spot);
/* What is left out, also after reading. */
void csi_import_skip_at(const struct cs_import *import, struct csi_spot spot, const char *reason,
                        struct cs_str what);
/* A warning that belongs to a spot, also after reading. */
void csi_import_warn_at(const struct cs_import *import, struct csi_spot spot, const char *format,
                        ...) CS_PRINTF(3, 4);
/* CS_SYNTAX at a spot. */
cs_status csi_import_bad_at(const struct cs_import *import, struct csi_spot spot,
                            struct cs_error *err, const char *format, ...) CS_PRINTF(4, 5);

/* UTF-8 of a text that may come from an ANSI code page. */
struct cs_str csi_facts_clean(struct cs_arena *arena, struct cs_str text);

/* ------------------------------------------------------- DNs (import_dn.c) */

/* Without the "<GUID=...>;<SID=...>;" that the extended-DN control puts before it. */
struct cs_str csi_dn_bare(struct cs_str dn);
/* A form in which two DNs of the same object are the same bytes; in `arena`. */
struct cs_str csi_dn_plain(struct cs_arena *arena, struct cs_str dn);
/* "DC=corp,DC=example": where the domain's part begins; "" when there is none. */
struct cs_str csi_dn_suffix(struct cs_str dn);
/* "corp.example" of a suffix; in `arena`. */
struct cs_str csi_dn_dns(struct cs_arena *arena, struct cs_str suffix);
/* Does the object stand directly in a container of that name? */
bool csi_dn_below(struct cs_arena *arena, struct cs_str dn, struct cs_str container);
/* The value of the first part, unescaped: "S-1-5-11"; in `arena`. */
struct cs_str csi_dn_first(struct cs_arena *arena, struct cs_str dn);
/* Is `word` ("CN=Configuration,") a part of it, in any case? */
bool csi_dn_has(struct cs_str dn, struct cs_str word);

/* ---------------------------------------------- domains (import_domain.c) */

/* The domain a DN lies in, made if need be: index + 1, 0 when the DN names none. */
uint32_t csi_import_domain_of(struct cs_import *import, struct cs_str dn, struct csi_spot spot);
struct csi_import_domain *csi_import_domain(const struct cs_import *import, uint32_t number);
/* By DNS name. */
uint32_t csi_import_domain_named(struct cs_import *import, struct cs_str dns, struct csi_spot spot);

/* ---------------------------------------- registry (import_registry.c) */

/* Does `key` lie directly below `parent`?  Its last step is then `step`. */
bool csi_key_child(struct cs_str key, struct cs_str parent, struct cs_str *step);
/* Is `name` one of the names, in any case? */
bool csi_name_among(struct cs_str name, const char *const *names, size_t count);

/* ------------------------------- principals (import_principal.c), members (import_member.c) */

/* What is read of a principal; its draft has the number of the object. */
uint32_t csi_import_draft(struct cs_import *import, const struct cs_principal *facts,
                          struct csi_import_object object);
/* More is read of it. */
void csi_import_redraft(struct cs_import *import, uint32_t draft, const struct cs_principal *facts);
/* All drafts become principals. */
void csi_import_settle(struct cs_import *import);

/* The steps of cs_import_finish. */
cs_status csi_import_put_domains(struct cs_import *import, struct cs_error *err);
cs_status csi_import_put_trusts(struct cs_import *import, struct cs_error *err);
cs_status csi_import_put_principals(struct cs_import *import, struct cs_error *err);
/* An earlier import (not a command, not an assumption) said otherwise: it is told with its place.
 */
void csi_import_contradicts(const struct cs_import *import, struct csi_spot spot,
                            struct cs_source before, const char *what, struct cs_str name);
/* The same texts, in any order and case? */
bool csi_same_texts(struct cs_strs a, struct cs_strs b);
/* The id behind the number of a DN, in whatever spelling; 0 when none bears it. */
cs_id csi_import_find(struct cs_import *import, uint32_t number, struct csi_spot spot);
/* Groups whose members are not all here, for ranges are missing, become open. */
void csi_import_open_ranges(struct cs_import *import);

/* ------------------------------------------------- strangers (import_stranger.c) */

/* The stranger of a name that nobody bears, made if need be; 0 where it never counts. */
cs_id csi_import_stranger(struct cs_import *import, uint32_t number, struct csi_spot spot);
bool csi_import_is_stranger(struct cs_import *import, cs_id id);
/* Whom an object of that DN and SID (`known`, 0 when that is new) turns out to be. */
cs_id csi_import_reveal(struct cs_import *import, struct cs_str dn, cs_id known);
/* All principals are settled: names lead to whom strangers are now. */
void csi_import_strangers_settled(struct cs_import *import);
cs_status csi_import_put_pki(struct cs_import *import, struct cs_error *err);
cs_status csi_import_put_registry(struct cs_import *import, cs_id *host, struct cs_error *err);

/* ------------------------- facts by SID and of machines (import_given*.c) */

/* Templates by id get their names; what an excerpt tells gives way to what is told in full. */
void csi_given_prepare(struct cs_import *import);
/* Members by SID, when all principals are settled. */
bool csi_given_has_members(const struct cs_import *import);
void csi_given_put_members(struct cs_import *import);
/* Facts of machines, at last; `home` is where registry files went, 0 if nowhere. */
cs_status csi_given_put_machines(struct cs_import *import, cs_id *home, struct cs_error *err);
/* Memory of its own. */
void csi_given_drop(struct cs_import *import);

/* "ole" of "exports/ole.reg.gz". */
struct cs_str csi_import_stem(struct cs_str file);

/* The host of a DNS or short name, made from its computer account if need be. */
cs_status csi_import_host(struct cs_import *import, struct cs_str name, struct csi_spot spot,
                          cs_id *host, struct cs_error *err);

#endif
