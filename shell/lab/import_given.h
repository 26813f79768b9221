/*
 * import_given.h - facts that name who is who by SID or by name, gathered while files are read.
 *
 * Parties are kept once each and have small numbers, so that fifteen million memberships are
 * pairs of numbers.  All that is here waits for cs_import_finish (import_given_put.c).
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_IMPORT_GIVEN_H
#define CERTSH_LAB_IMPORT_GIVEN_H

#include "import_in.h"

/* A party once: by SID (and whose, for S-1-5-32-x), or by name. */
struct csi_given_party {
    struct cs_sid sid;
    struct cs_str name;
    uint32_t domain; /* number of the domain's pile, 0 for none */
    uint32_t object; /* index + 1 of the principal that was told under it */
    cs_id id;        /* once it is in the lab */
};

/* Some members of a group: numbers of parties; when all are settled, ids. */
struct csi_given_edges {
    uint32_t *members;
    uint32_t group, count;
    struct csi_spot spot;
};

struct csi_given_machine {
    struct cs_str name;
    struct cs_sid account;
};

struct csi_given_group {
    struct csi_given_machine machine;
    uint32_t party;
    const uint32_t *members;
    size_t count;
    enum cs_import_members what;
    struct csi_spot spot;
};

struct csi_given_right {
    struct csi_given_machine machine;
    struct cs_str name;
    const uint32_t *holders;
    size_t count;
    struct csi_spot spot;
};

struct csi_given_service {
    struct csi_given_machine machine;
    struct cs_service facts;
    struct csi_spot spot;
};

struct csi_given_security {
    struct cs_str ca, sd;
    struct csi_spot spot;
};

struct csi_given_published {
    struct cs_strs names;
    struct csi_spot spot;
};

struct csi_given_template {
    struct cs_str id, name;
};

struct csi_given {
    struct csi_pile parties, edges, groups, rights, services, securities, templates, published;
    struct csi_index by_hash; /* of parties */
    bool told;                /* that no file says its machine */
};

/* The party of that number, from 1. */
struct csi_given_party *csi_given_party(const struct csi_given *given, uint32_t number);

/* ------------------------------------------ which machine, who (import_given_put.c) */

/* The machine a file of no name belongs to, asked for once: `home` is kept by the caller. */
cs_status csi_given_home(struct cs_import *import, struct csi_spot spot, cs_id *home, cs_id *host,
                         struct cs_error *err);
/* The machine a fact names, or else its file's. */
cs_status csi_given_host(struct cs_import *import, const struct csi_given_machine *machine,
                         struct csi_spot spot, cs_id *home, cs_id *host, struct cs_error *err);
/* A party as a principal, seen from a machine; 0: nobody knows that name. */
cs_status csi_given_id(struct cs_import *import, const struct csi_given_party *party, cs_id host,
                       cs_id *id, struct cs_error *err);
/* An account of the machine itself, which no directory lists. */
bool csi_given_is_own(const struct cs_import *import, const struct csi_given_party *party,
                      cs_id host);

/* ------------------------------------ one fact into the lab (import_given_group.c, _ca.c) */

cs_status csi_given_put_group(struct cs_import *import, const struct csi_given_group *fact,
                              cs_id *home, struct cs_error *err);
cs_status csi_given_put_published(struct cs_import *import, const struct csi_given_published *fact,
                                  cs_id *home, struct cs_error *err);
cs_status csi_given_put_security(struct cs_import *import, const struct csi_given_security *fact,
                                 struct cs_error *err);

#endif
