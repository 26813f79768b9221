/*
 * import.h - from what an administrator has to what a lab holds.
 *
 * Three parts, with a seam between each: a reader (a plugin's cs_importer) knows one file
 * format and nothing of labs; the mapping (lab/import*.c) knows what directory attributes and
 * registry values mean and nothing of files; the report says what was read, added, skipped
 * with reasons, and what is still missing.
 *
 *     static cs_status read_ldif(struct cs_import *import, struct cs_str bytes, err)
 *     {
 *         ... for each record:
 *         cs_import_entry(import, &entry, err);
 *     }
 *
 * Importing is one transaction: the whole of every file, or nothing.
 *
 * Floor: lab.
 */
#ifndef CERTSH_IMPORT_H
#define CERTSH_IMPORT_H

#include <certsh/ca.h>
#include <certsh/host.h>

struct cs_import;

struct cs_importer {
    const char *name;  /* "ldif" */
    const char *brief; /* "LDIF of ldapsearch, ldbsearch and ldifde" */
    /* How sure the reader is that this is its kind: 0 no, 100 certain.  `head` is the
     * beginning of the file, decompressed; a text is in UTF-8 without a mark. */
    int (*probe)(struct cs_str name, struct cs_str head);
    /* Read the whole file.  Errors carry no file name (the shell adds it) but the line. */
    cs_status (*read)(struct cs_import *import, struct cs_str bytes, struct cs_error *err);
    /* since revision 1: the plugin's own, for cs_import_data, and a probe that sees it */
    void *data;
    int (*probe_data)(void *data, struct cs_str name,
                      struct cs_str head); /* when `probe` is NULL */
};

/* How sure `importer` is of the file, by whichever probe it has; `bytes` as they are on disk. */
CS_API int cs_importer_probe(const struct cs_importer *importer, struct cs_str name,
                             struct cs_str bytes);
/* `data` of the importer that reads now. */
CS_API void *cs_import_data(const struct cs_import *import);

/* The file is malformed at `line`: CS_SYNTAX, with "ole.reg:14" as the place. */
CS_API cs_status cs_import_bad(const struct cs_import *import, uint32_t line, struct cs_error *err,
                               const char *format, ...) CS_PRINTF(4, 5);

/* One value of an attribute, raw bytes, and the line it began on. */
struct cs_attribute {
    struct cs_str name;    /* as written, without options: "member" */
    struct cs_str options; /* ";range=0-1499" or "" */
    struct cs_str value;
    uint32_t line;
};
struct cs_entry {
    struct cs_str dn;
    uint32_t line;
    const struct cs_attribute *at;
    size_t count;
};

/* A directory object with its attributes.  What it is is decided by its objectClass. */
CS_API CS_MUST_CHECK cs_status cs_import_entry(struct cs_import *import,
                                               const struct cs_entry *entry, struct cs_error *err);
/*
 * The first values of a record too long to be held, whose cs_import_entry will follow: what is
 * membership is taken, the others move to the front of `at`, and how many they are is returned.
 * So a group of a million members needs no room for them.
 */
CS_API size_t cs_import_part(struct cs_import *import, struct cs_entry entry,
                             struct cs_attribute *at);
/* A registry value of the host this file belongs to. */
CS_API CS_MUST_CHECK cs_status cs_import_registry(struct cs_import *import, struct cs_str key,
                                                  struct cs_str name, uint32_t type,
                                                  struct cs_str data, uint32_t line,
                                                  struct cs_error *err);
/* A key that the file holds whole (so that what it lacks is really absent). */
CS_API CS_MUST_CHECK cs_status cs_import_key(struct cs_import *import, struct cs_str key,
                                             uint32_t line, struct cs_error *err);
/* A key that is not there, in a file that would hold it: nothing below it is. */
CS_API void cs_import_no_key(struct cs_import *import, struct cs_str key, uint32_t line);
/* A value or key that the file takes away. */
CS_API CS_MUST_CHECK cs_status cs_import_registry_remove(struct cs_import *import,
                                                         struct cs_str key, struct cs_str name,
                                                         bool whole_key, uint32_t line,
                                                         struct cs_error *err);
/* An object that is not for this model, with the reason; counted in the report. */
CS_API void cs_import_skip(struct cs_import *import, const char *reason, struct cs_str what,
                           uint32_t line);
/* Something worth saying that does not stop the import. */
CS_API void cs_import_warn(struct cs_import *import, uint32_t line, const char *format, ...)
    CS_PRINTF(3, 4);
/* Memory that lives until the import ends. */
CS_API struct cs_arena *cs_import_arena(const struct cs_import *import);
/* The export is no older than that, in seconds since 1970 UTC: it gives a lab without a clock
 * its time. */
CS_API void cs_import_saw(struct cs_import *import, int64_t time);
/* The attributes that were asked for, as the file says; without it all are taken as asked. */
CS_API void cs_import_asked(struct cs_import *import, struct cs_str names);

/* ------------------------------------------------ facts by SID, and facts of machines
 *
 * Other exports than a directory's say who is who by SID (SharpHound, security templates) or by
 * name (net localgroup), and hold facts of machines: local groups, user rights, services.  All
 * texts are copied.  Who is meant is decided when every file is read.
 */

/* Whom a fact names: by SID, else by name.  S-1-5-32-x is that of `domain`, else the machine's. */
struct cs_import_party {
    struct cs_sid sid;    /* count 0: by name */
    struct cs_str name;   /* "CORP\\Domain Users" */
    struct cs_str domain; /* DNS name, for S-1-5-32-x of a domain; else "" */
};
/* The machine a fact is of; empty: the one this file belongs to. */
struct cs_import_machine {
    struct cs_str name;    /* DNS or short name */
    struct cs_sid account; /* SID of its computer account, count 0 when not known */
};

/* The file being read: "exports/corp.zip/groups.json". */
CS_API struct cs_str cs_import_file_name(const struct cs_import *import);
/* One more record of the file was read; for facts that count none by themselves. */
CS_API void cs_import_record(struct cs_import *import);

/* A domain's names and SID; what is empty stays as it is known. */
CS_API void cs_import_domain(struct cs_import *import, const struct cs_domain *facts,
                             uint32_t line);
/* A trust of `domain` (DNS name) with the partner's names and SID; numbers as in the directory. */
CS_API void cs_import_trust(struct cs_import *import, struct cs_str domain,
                            const struct cs_domain *partner, unsigned direction,
                            unsigned attributes, uint32_t line);
/*
 * An account or group of `domain` (DNS name).  A second sighting of a SID only adds to the first.
 * A group whose scope is not known has CS_SCOPE_NONE; `members_open`: its members are not here.
 */
CS_API void cs_import_principal(struct cs_import *import, const struct cs_principal *facts,
                                struct cs_str domain, uint32_t line);
CS_API void cs_import_members(struct cs_import *import, const struct cs_import_party *group,
                              const struct cs_import_party *members, size_t count, uint32_t line);
/* `id` is what CAs call the template (a GUID), "" where they call it by name. */
CS_API void cs_import_template(struct cs_import *import, const struct cs_template *facts,
                               struct cs_str id, uint32_t line);
/* Templates by name or id. */
CS_API void cs_import_ca(struct cs_import *import, const struct cs_ca *facts, uint32_t line);

/* The published templates of the CA on the machine this file belongs to, all of them. */
CS_API void cs_import_published(struct cs_import *import, struct cs_strs names, uint32_t line);

/* A CA's own security as far as it is told: bytes of a descriptor without deny entries.  What a
 * registry export said of it before stays. */
CS_API void cs_import_ca_security(struct cs_import *import, struct cs_str ca, struct cs_str sd,
                                  uint32_t line);
/* What is known of a local group: all its members, some of them, or that it is a member. */
enum cs_import_members { CS_MEMBERS_ALL = 1, CS_MEMBERS_SOME, CS_MEMBERS_MORE };
CS_API void cs_import_local_group(struct cs_import *import, const struct cs_import_machine *machine,
                                  const struct cs_import_party *group,
                                  const struct cs_import_party *members, size_t count,
                                  enum cs_import_members what, uint32_t line);
/* All holders of a user right; none at all is a fact, too. */
CS_API void cs_import_right(struct cs_import *import, const struct cs_import_machine *machine,
                            struct cs_str right, const struct cs_import_party *holders,
                            size_t count, uint32_t line);
/* A service: `host` of the facts is not used; state or start may be 0, not told. */
CS_API void cs_import_service(struct cs_import *import, const struct cs_import_machine *machine,
                              const struct cs_service *facts, uint32_t line);

/* ------------------------------------------------- what the shell does with it */

struct cs_import_report {
    struct cs_str file, kind;
    size_t read, added, skipped;
    struct cs_value reasons;  /* list of "dnsNode 22" */
    struct cs_value warnings; /* list of texts */
    struct cs_value why;      /* list of texts: what was skipped; see cs_import_set_why */
};

/* Begin an import into `lab`; `host` is where registry files belong, 0 by the rules: the
 * machine a file names, else `current`, else a new host named after the file. */
CS_API struct cs_import *cs_import_new(struct cs_lab *lab, struct cs_arena *arena, cs_id host);
CS_API void cs_import_set_current(struct cs_import *import, cs_id current);
/* The same host by name; it may come with the import, or be new. */
CS_API void cs_import_set_host(struct cs_import *import, struct cs_str name);
/* Registry files are changes to merge (reg import), not exports of whole keys. */
CS_API void cs_import_set_merge(struct cs_import *import);
/* List in the report each object that is skipped, with its line and the reason. */
CS_API void cs_import_set_why(struct cs_import *import);
/* Call `fn` now and then, with what is read and how many records of it there were: 0 when a
 * file begins; no file at all: everything is read and goes into the lab. */
typedef void cs_import_progress_fn(void *context, struct cs_str file, size_t read);
CS_API void cs_import_set_progress(struct cs_import *import, cs_import_progress_fn *fn,
                                   void *context);
/* Read one file through `importer`; `bytes` are borrowed until the import is finished. */
CS_API CS_MUST_CHECK cs_status cs_import_file(struct cs_import *import,
                                              const struct cs_importer *importer,
                                              struct cs_str file, struct cs_str bytes,
                                              struct cs_error *err);
/* Resolve references between files and put it into the lab, as ops of the open transaction.
 * `host` (may be NULL) is the host registry files went to, 0 if none. */
CS_API CS_MUST_CHECK cs_status cs_import_finish(struct cs_import *import, cs_id *host,
                                                struct cs_error *err);
/* Give up an import that was not finished; a reading or a finish that failed has done it. */
CS_API void cs_import_drop(struct cs_import *import);
CS_API const struct cs_import_report *cs_import_reports(const struct cs_import *import,
                                                        size_t *count);
/* Registry values and keys (type CS_REG_KEY) as a file of `reg export`, byte for byte: UTF-16LE,
 * keys in order, binary values folded at 80 columns.  In `arena`. */
CS_API struct cs_str cs_reg_file_write(struct cs_arena *arena,
                                       const struct cs_reg_value *const *values, size_t count);
/* Facts a decision would miss now, each with the command that collects it; in `arena`. */
CS_API struct cs_value cs_lab_missing(const struct cs_lab *lab, struct cs_arena *arena);

#endif
