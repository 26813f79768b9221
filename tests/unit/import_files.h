/*
 * import_files.h - files for the tests of importers: read, unpacked, given to a plugin's reader.
 */
#ifndef CERTSH_TESTS_IMPORT_FILES_H
#define CERTSH_TESTS_IMPORT_FILES_H

#include <stdio.h>

#include <certsh/import.h>

/* A file of the project's samples/ or, with "shared/", of the samples beside the project; gzip
 * is taken off.  NULL text when it is not there. */
struct cs_str sample(struct cs_arena *arena, const char *name);
/* All that a process says. */
struct cs_str read_pipe(struct cs_arena *arena, FILE *pipe);
/* The reader of a built plugin: "import_ldif", "import_reg". */
const struct cs_importer *reader(const char *plugin);
/* The reader of all built ones that is surest of a file, as `lab import` picks it; or NULL. */
const struct cs_importer *surest_reader(const char *file, struct cs_str bytes);
/* A UTF-8 text as a code page ("CP850", "UTF-16LE") has it. */
struct cs_str written_in(struct cs_arena *arena, const char *page, const char *text);
/* A copy with a few bytes changed, taken out or cut off, as `seed` says. */
struct cs_str damage(struct cs_arena *arena, struct cs_str text, unsigned seed);
/* Import one text as a change of its own; a failure rolls back. */
cs_status import_text(struct cs_lab *lab, struct cs_arena *arena, const char *plugin,
                      const char *file, struct cs_str text, struct cs_error *err);

#endif
