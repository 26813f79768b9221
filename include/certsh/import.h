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

#include <certsh/host.h>

struct cs_import;

struct cs_importer {
    const char *name;  /* "ldif" */
    const char *brief; /* "LDIF of ldapsearch, ldbsearch and ldifde" */
    /* How sure the reader is that this is its kind: 0 no, 100 certain.  `head` is the
     * beginning of the file, decompressed, in its own encoding. */
    int (*probe)(struct cs_str name, struct cs_str head);
    /* Read the whole file.  Errors carry no file name (the shell adds it) but the line. */
    cs_status (*read)(struct cs_import *import, struct cs_str bytes, struct cs_error *err);
};

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
/* A registry value of the host this file belongs to. */
CS_API CS_MUST_CHECK cs_status cs_import_registry(struct cs_import *import, struct cs_str key,
                                                  struct cs_str name, uint32_t type,
                                                  struct cs_str data, uint32_t line,
                                                  struct cs_error *err);
/* A key that the file holds whole (so that what it lacks is really absent). */
CS_API CS_MUST_CHECK cs_status cs_import_key(struct cs_import *import, struct cs_str key,
                                             uint32_t line, struct cs_error *err);
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
/* The attributes that were asked for, as the file says; without it all are taken as asked. */
CS_API void cs_import_asked(struct cs_import *import, struct cs_str names);

/* ------------------------------------------------- what the shell does with it */

struct cs_import_report {
    struct cs_str file, kind;
    size_t read, added, skipped;
    struct cs_value reasons;  /* list of "22 dnsNode" */
    struct cs_value warnings; /* list of texts */
};

/* Begin an import into `lab`; `host` is where registry files belong, 0 by the rules: the
 * machine a file names, else `current`, else a new host named after the file. */
CS_API struct cs_import *cs_import_new(struct cs_lab *lab, struct cs_arena *arena, cs_id host);
CS_API void cs_import_set_current(struct cs_import *import, cs_id current);
/* The same host by name; it may come with the import, or be new. */
CS_API void cs_import_set_host(struct cs_import *import, struct cs_str name);
/* Registry files are changes to merge (reg import), not exports of whole keys. */
CS_API void cs_import_set_merge(struct cs_import *import);
/* Read one file through `importer`; `bytes` are borrowed until the import is finished. */
CS_API CS_MUST_CHECK cs_status cs_import_file(struct cs_import *import,
                                              const struct cs_importer *importer,
                                              struct cs_str file, struct cs_str bytes,
                                              struct cs_error *err);
/* Resolve references between files and put it into the lab, as ops of the open transaction.
 * `host` (may be NULL) is the host registry files went to, 0 if none. */
CS_API CS_MUST_CHECK cs_status cs_import_finish(struct cs_import *import, cs_id *host,
                                                struct cs_error *err);
CS_API const struct cs_import_report *cs_import_reports(const struct cs_import *import,
                                                        size_t *count);
/* Registry values and keys (type CS_REG_KEY) as a file of `reg export`, byte for byte: UTF-16LE,
 * keys in order, binary values folded at 80 columns.  In `arena`. */
CS_API struct cs_str cs_reg_file_write(struct cs_arena *arena,
                                       const struct cs_reg_value *const *values, size_t count);
/* Facts a decision would miss now, each with the command that collects it; in `arena`. */
CS_API struct cs_value cs_lab_missing(const struct cs_lab *lab, struct cs_arena *arena);

#endif
