/*
 * import.c - an import's life: files are read one after the other, then all is put into the lab.
 *
 * The seam: a reader (a plugin) calls cs_import_entry and cs_import_registry while it goes over
 * its file; here is what stands around that.  See import_in.h for the rooms behind.
 *
 * Room: lab.
 */
#include <stdio.h>
#include <string.h>

#include "import_facts.h"
#include "lab_internal.h"

enum { PILE_BLOCK = 256, WARNINGS_MAX = 100 };

/* ------------------------------------------------------------------- piles */

void *csi_pile_add(struct cs_arena *arena, struct csi_pile *pile, size_t size)
{
    size_t block = pile->count / PILE_BLOCK;
    pile->blocks = cs_arena_more(arena, pile->blocks, block, &pile->room, sizeof *pile->blocks);
    if (pile->count % PILE_BLOCK == 0)
        pile->blocks[block] = cs_arena_alloc(arena, size * PILE_BLOCK);
    pile->size = size;
    pile->count++;
    return csi_pile_at(pile, pile->count - 1);
}

void *csi_pile_at(const struct csi_pile *pile, size_t i)
{
    return (char *)pile->blocks[i / PILE_BLOCK] + i % PILE_BLOCK * pile->size;
}

/* -------------------------------------------------------------------- life */

struct cs_import *cs_import_new(struct cs_lab *lab, struct cs_arena *arena, cs_id host)
{
    struct cs_import *import = cs_arena_alloc(arena, sizeof *import);
    import->lab = lab;
    import->arena = arena;
    import->host = host;
    import->texts.arena = arena;
    import->names.arena = arena;
    csi_slots_prepare(import);
    return import;
}

void cs_import_set_current(struct cs_import *import, cs_id current)
{
    import->current = current;
}

void cs_import_set_host(struct cs_import *import, struct cs_str name)
{
    import->host_name = name;
}

void cs_import_set_merge(struct cs_import *import)
{
    import->merge = true;
}

void cs_import_set_why(struct cs_import *import)
{
    import->list_skipped = true;
}

void cs_import_set_progress(struct cs_import *import, cs_import_progress_fn *fn, void *context)
{
    import->progress = fn;
    import->progress_context = context;
}

struct cs_arena *cs_import_arena(const struct cs_import *import)
{
    return import->arena;
}

/* ------------------------------------------------------------ places, words */

struct csi_import_file *csi_import_file_at(const struct cs_import *import, uint32_t file)
{
    return csi_pile_at(&import->files, file);
}

struct csi_import_file *csi_import_file_now(const struct cs_import *import)
{
    return csi_import_file_at(import, (uint32_t)import->files.count - 1);
}

struct csi_spot csi_import_spot(const struct cs_import *import, uint32_t line)
{
    return (struct csi_spot){(uint32_t)import->files.count - 1, line};
}

struct cs_source csi_import_source(const struct cs_import *import, struct csi_spot spot)
{
    struct csi_import_file *file = csi_import_file_at(import, spot.file);
    if (!file->origin)
        file->origin = cs_lab_origin(import->lab, file->report.file);
    return (struct cs_source){file->origin, spot.line};
}

struct cs_str csi_import_keep(struct cs_import *import, struct cs_str text)
{
    uintptr_t at = (uintptr_t)text.at, from = (uintptr_t)import->bytes.at;
    if (!text.length || (at >= from && at - from < import->bytes.length))
        return text;
    return csi_texts_keep(&import->texts, text);
}

enum { PROGRESS_STEP = 4096 };

void csi_import_count(struct cs_import *import)
{
    struct cs_import_report *report = &csi_import_file_now(import)->report;
    if (++report->read % PROGRESS_STEP == 0 && import->progress)
        import->progress(import->progress_context, report->file, report->read);
}

void csi_import_added(const struct cs_import *import, struct csi_spot spot)
{
    csi_import_file_at(import, spot.file)->report.added++;
}

enum { WORDS_MAX = 400 };

static cs_status bad(const struct cs_import *import, struct csi_spot spot, const char *text,
                     struct cs_error *err)
{
    cs_fail(err, CS_SYNTAX, "%s", text);
    struct cs_str file = csi_import_file_at(import, spot.file)->report.file;
    if (!spot.line) /* of the whole file */
        return cs_error_where(err, "%.*s", CS_STR_ARG(file));
    return cs_error_where(err, "%.*s:%u", CS_STR_ARG(file), spot.line);
}

cs_status csi_import_bad_at(const struct cs_import *import, struct csi_spot spot,
                            struct cs_error *err, const char *format, ...)
{
    char text[WORDS_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return bad(import, spot, text, err);
}

cs_status cs_import_bad(const struct cs_import *import, uint32_t line, struct cs_error *err,
                        const char *format, ...)
{
    char text[WORDS_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return bad(import, csi_import_spot(import, line), text, err);
}

/* A warning is "line 14: text"; a file that gives endless reasons to warn is cut short. */
static void warn(const struct cs_import *import, struct csi_spot spot, const char *text)
{
    struct csi_import_file *file = csi_import_file_at(import, spot.file);
    file->warnings.arena = import->arena;
    if (file->warnings.count > WARNINGS_MAX)
        return;
    if (file->warnings.count == WARNINGS_MAX)
        text = "more warnings like these";
    if (spot.line && file->warnings.count < WARNINGS_MAX)
        cs_list_add(&file->warnings,
                    cs_value_printf(import->arena, "line %u: %s", spot.line, text));
    else
        cs_list_add(&file->warnings, cs_value_printf(import->arena, "%s", text));
}

void csi_import_warn_at(const struct cs_import *import, struct csi_spot spot, const char *format,
                        ...)
{
    char text[WORDS_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    warn(import, spot, text);
}

void cs_import_warn(struct cs_import *import, uint32_t line, const char *format, ...)
{
    char text[WORDS_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    warn(import, csi_import_spot(import, line), text);
}

static void list_skipped(const struct cs_import *import, struct csi_import_file *file,
                         const char *reason, struct cs_str what, uint32_t line)
{
    file->why.arena = import->arena;
    cs_list_add(&file->why, cs_value_printf(import->arena, "line %u: left out: %.*s (%s)", line,
                                            CS_STR_ARG(what), reason));
}

void csi_import_skip_at(const struct cs_import *import, struct csi_spot spot, const char *reason,
                        struct cs_str what)
{
    struct csi_import_file *file = csi_import_file_at(import, spot.file);
    file->report.skipped++;
    if (import->list_skipped)
        list_skipped(import, file, reason, what, spot.line);
    for (size_t i = 0; i < file->reasons.count; i++) {
        struct csi_import_reason *known = csi_pile_at(&file->reasons, i);
        if (cs_str_is(known->text, reason)) {
            known->count++;
            return;
        }
    }
    struct csi_import_reason *fresh = csi_pile_add(import->arena, &file->reasons, sizeof *fresh);
    fresh->text = cs_str_copy(import->arena, cs_str_of(reason));
    fresh->count = 1;
}

void cs_import_skip(struct cs_import *import, const char *reason, struct cs_str what, uint32_t line)
{
    csi_import_skip_at(import, csi_import_spot(import, line), reason, what);
}

void cs_import_saw(struct cs_import *import, int64_t time)
{
    if (time > import->newest)
        import->newest = time;
}

void cs_import_asked(struct cs_import *import, struct cs_str names)
{
    csi_import_file_now(import)->asked = csi_import_keep(import, names);
}

/* ----------------------------------------------------------- read, finish */

void cs_import_drop(struct cs_import *import)
{
    csi_bulk_drop(import->bulk);
    import->bulk = NULL;
    csi_names_clear(&import->names);
    csi_lists_clear(&import->lists);
    csi_given_drop(import);
}

static int ask(const struct cs_importer *importer, struct cs_str name, struct cs_str head)
{
    if (importer->probe)
        return importer->probe(name, head);
    return importer->probe_data ? importer->probe_data(importer->data, name, head) : 0;
}

int cs_importer_probe(const struct cs_importer *importer, struct cs_str name, struct cs_str bytes)
{
    enum { HEAD = 4096 };
    struct cs_arena *arena = cs_arena_new();
    struct cs_str head = cs_str_span(bytes.at, bytes.length < HEAD ? bytes.length : HEAD);
    if (!arena)
        return 0;
    bool binary = cs_str_find(head, '\0') >= 0;
    if (!cs_str_from_wide(arena, head, &head) && !binary)
        head = cs_str_from_file(arena, head);
    int sure = ask(importer, name, head);
    cs_arena_free(arena);
    return sure;
}

void *cs_import_data(const struct cs_import *import)
{
    return import->importer->data;
}

cs_status cs_import_file(struct cs_import *import, const struct cs_importer *importer,
                         struct cs_str name, struct cs_str bytes, struct cs_error *err)
{
    struct csi_import_file *file =
        csi_pile_add(import->arena, &import->files, sizeof(struct csi_import_file));
    const uint32_t outer = import->reading;
    if (outer)
        csi_import_file_at(import, outer - 1)->container = true;
    import->reading = (uint32_t)import->files.count;
    file->report.file = name;
    file->report.kind = cs_str_of(importer->name);
    import->last_key = (struct cs_str){0};
    import->bytes = bytes;
    import->importer = importer;
    if (import->progress)
        import->progress(import->progress_context, name, 0);
    cs_status status = importer->read(import, bytes, err);
    import->reading = outer;
    if (status != CS_OK)
        cs_import_drop(import);
    if (status != CS_OK && err && !err->where[0])
        cs_error_where(err, "%.*s", CS_STR_ARG(name));
    return status;
}

static cs_status put_all(struct cs_import *import, cs_id *host, struct cs_error *err)
{
    csi_given_prepare(import);
    cs_status status = csi_import_put_domains(import, err);
    if (status == CS_OK)
        status = csi_import_put_principals(import, err);
    if (status == CS_OK)
        status = csi_import_put_trusts(import, err);
    if (status == CS_OK)
        status = csi_import_put_pki(import, err);
    if (status == CS_OK)
        status = csi_import_put_registry(import, host, err);
    if (status == CS_OK)
        status = csi_given_put_machines(import, host, err);
    return status;
}

/* Whole keys are facts, also where they are empty. */
static bool has_keys(const struct cs_import *import, uint32_t file)
{
    for (size_t i = 0; i < import->values.count; i++) {
        const struct csi_import_value *value = csi_pile_at(&import->values, i);
        if (value->spot.file == file)
            return true;
    }
    return false;
}

/* A file without a single record says so, lest one thinks that it told something. */
static void tell_empty(const struct cs_import *import)
{
    for (uint32_t i = 0; i < import->files.count; i++) {
        const struct csi_import_file *file = csi_import_file_at(import, i);
        const struct cs_import_report *report = &file->report;
        bool told = report->read || report->added || report->skipped || file->warnings.count;
        if (!file->container && !told && !has_keys(import, i))
            warn(import, (struct csi_spot){i, 0}, "there is nothing in it that a decision needs");
    }
}

cs_status cs_import_finish(struct cs_import *import, cs_id *host, struct cs_error *err)
{
    cs_id went = 0;
    if (import->progress)
        import->progress(import->progress_context, CS_STR(""), 0);
    cs_status status = put_all(import, &went, err);
    if (status == CS_OK)
        tell_empty(import);
    if (status == CS_OK && !import->lab->epoch && import->newest)
        cs_lab_set_clock(import->lab, import->newest);
    cs_import_drop(import);
    if (status == CS_OK && host)
        *host = went;
    return status;
}
