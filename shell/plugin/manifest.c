/* manifest.c - reading and writing manifests (see manifest.h).  Room: plugin. */
#include "plugin/manifest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { MANIFEST_VERSION = 1, MOST_FIELDS = 8, MOST_BYTES = 1 << 24 };

/* ------------------------------------------------------------------- lines */

struct line {
    struct cs_str fields[MOST_FIELDS];
    size_t count;
};

/* Take the next line of `rest` apart; false at the end. */
static bool next_line(struct cs_str *rest, struct line *line)
{
    if (!rest->length)
        return false;
    ptrdiff_t end = cs_str_find(*rest, '\n');
    size_t length = end < 0 ? rest->length : (size_t)end;
    struct cs_str text = cs_str_span(rest->at, length);
    *rest = cs_str_from(*rest, length + 1);
    line->count = 0;
    while (line->count < MOST_FIELDS) {
        ptrdiff_t tab = line->count + 1 < MOST_FIELDS ? cs_str_find(text, '\t') : -1;
        size_t width = tab < 0 ? text.length : (size_t)tab;
        line->fields[line->count++] = cs_str_span(text.at, width);
        if (tab < 0)
            break;
        text = cs_str_from(text, width + 1);
    }
    return true;
}

/* -------------------------------------------------------------------- read */

struct reader {
    struct cs_arena *arena;
    struct csi_manifest_plugin *first, *last;
    struct csi_manifest_command *last_command;
};

static bool read_head(const struct line *line)
{
    uint64_t version, abi;
    return line->count == 3 && cs_str_is(line->fields[0], "certsh manifest") &&
           cs_str_number(line->fields[1], UINT32_MAX, &version) && version == MANIFEST_VERSION &&
           cs_str_number(line->fields[2], UINT32_MAX, &abi) && abi == CS_PLUGIN_ABI;
}

static bool read_plugin(struct reader *reader, const struct line *line)
{
    uint64_t size, importers, gates;
    if (line->count != 8 || !cs_str_number(line->fields[2], UINT64_MAX, &size) ||
        !cs_str_number(line->fields[5], UINT32_MAX, &importers) ||
        !cs_str_number(line->fields[6], UINT32_MAX, &gates))
        return false;
    struct csi_manifest_plugin *plugin = cs_arena_alloc(reader->arena, sizeof *plugin);
    *plugin = (struct csi_manifest_plugin){.file = cs_str_c(reader->arena, line->fields[1]),
                                           .name = cs_str_c(reader->arena, line->fields[3]),
                                           .version = cs_str_c(reader->arena, line->fields[4]),
                                           .brief = cs_str_c(reader->arena, line->fields[7]),
                                           .size = size,
                                           .has_importers = importers > 0,
                                           .has_gates = gates > 0};
    if (reader->last)
        reader->last->next = plugin;
    else
        reader->first = plugin;
    reader->last = plugin;
    reader->last_command = NULL;
    return true;
}

static bool read_command(struct reader *reader, const struct line *line)
{
    if (line->count != 3 || !reader->last)
        return false;
    struct csi_manifest_command *command = cs_arena_alloc(reader->arena, sizeof *command);
    command->name = cs_str_c(reader->arena, line->fields[1]);
    command->brief = cs_str_c(reader->arena, line->fields[2]);
    if (reader->last_command)
        reader->last_command->next = command;
    else
        reader->last->commands = command;
    reader->last_command = command;
    return true;
}

static bool read_line(struct reader *reader, const struct line *line)
{
    if (cs_str_is(line->fields[0], "plugin"))
        return read_plugin(reader, line);
    if (cs_str_is(line->fields[0], "command"))
        return read_command(reader, line);
    if (cs_str_is(line->fields[0], "format") && reader->last)
        return reader->last->has_formats = true;
    return line->count == 1 && !line->fields[0].length;
}

static cs_status read_text(struct reader *reader, struct cs_str text, struct cs_error *err)
{
    struct line line;
    for (unsigned number = 1; next_line(&text, &line); number++) {
        bool fine = number == 1 ? read_head(&line) : read_line(reader, &line);
        if (fine)
            continue;
        cs_fail(err, CS_SYNTAX, "line %u is not what this certsh writes", number);
        return cs_error_hint(err, "write it again: certsh --write-manifest FOLDER");
    }
    return CS_OK;
}

static cs_status slurp(const char *path, struct cs_buf *out, bool *there, struct cs_error *err)
{
    char bytes[8192];
    size_t length;
    FILE *in = fopen(path, "rb");
    *there = in != NULL;
    if (!in && errno == ENOENT)
        return CS_OK;
    if (!in)
        return cs_fail(err, CS_IO, "cannot open '%s': %s", path, strerror(errno));
    while ((length = fread(bytes, 1, sizeof bytes, in)) > 0)
        cs_buf_add(out, bytes, length);
    bool broken = ferror(in) != 0;
    fclose(in);
    if (broken || cs_buf_full(out))
        return cs_fail(err, CS_IO, "cannot read '%s'", path);
    return CS_OK;
}

cs_status csi_manifest_read(struct cs_arena *arena, const char *folder,
                            const struct csi_manifest_plugin **plugins, struct cs_error *err)
{
    struct cs_buf text;
    bool there;
    struct reader reader = {.arena = arena};
    const char *path = cs_arena_printf(arena, "%s/" CSI_MANIFEST_NAME, folder);
    cs_buf_init(&text, MOST_BYTES);
    cs_status status = slurp(path, &text, &there, err);
    if (status == CS_OK && there)
        status = read_text(&reader, cs_buf_str(&text), err);
    cs_buf_clear(&text);
    if (status != CS_OK)
        return cs_error_where(err, "%s", path);
    *plugins = reader.first;
    return CS_OK;
}

const struct csi_manifest_plugin *csi_manifest_find(const struct csi_manifest_plugin *plugins,
                                                    const char *file)
{
    for (; plugins; plugins = plugins->next)
        if (strcmp(plugins->file, file) == 0)
            return plugins;
    return NULL;
}

/* ------------------------------------------------------------------- write */

void csi_manifest_head(struct cs_buf *out)
{
    cs_buf_addf(out, "certsh manifest\t%d\t%d\n", MANIFEST_VERSION, CS_PLUGIN_ABI);
}

/* A field: tabs and line ends would part it. */
static void add_field(struct cs_buf *out, const char *text)
{
    cs_buf_addc(out, '\t');
    for (; text && *text; text++)
        cs_buf_addc(out, *text == '\t' || *text == '\n' ? ' ' : *text);
}

void csi_manifest_add(struct cs_buf *out, const char *file, uint64_t size,
                      const struct cs_plugin *plugin)
{
    cs_buf_adds(out, "plugin");
    add_field(out, file);
    cs_buf_addf(out, "\t%llu", (unsigned long long)size);
    add_field(out, plugin->name);
    add_field(out, plugin->version);
    cs_buf_addf(out, "\t%zu\t%zu", plugin->importer_count, plugin->gate_count);
    add_field(out, plugin->brief);
    cs_buf_addc(out, '\n');
    for (size_t i = 0; i < plugin->command_count; i++) {
        cs_buf_adds(out, "command");
        add_field(out, plugin->commands[i].name);
        add_field(out, plugin->commands[i].brief);
        cs_buf_addc(out, '\n');
    }
    for (size_t i = 0; i < plugin->format_count; i++) {
        cs_buf_adds(out, "format");
        add_field(out, plugin->formats[i].name);
        cs_buf_addc(out, '\n');
    }
}

static cs_status write_file(const char *path, struct cs_str text, struct cs_error *err)
{
    FILE *out = fopen(path, "wb");
    if (!out)
        return cs_fail(err, CS_IO, "cannot write '%s': %s", path, strerror(errno));
    bool whole = fwrite(text.at, 1, text.length, out) == text.length;
    whole = fclose(out) == 0 && whole;
    return whole ? CS_OK : cs_fail(err, CS_IO, "cannot write '%s': %s", path, strerror(errno));
}

cs_status csi_manifest_save(const char *folder, struct cs_str text, struct cs_error *err)
{
    struct cs_arena *arena = cs_arena_new();
    cs_bug_if(!arena);
    const char *path = cs_arena_printf(arena, "%s/" CSI_MANIFEST_NAME, folder);
    const char *part = cs_arena_printf(arena, "%s.part", path);
    cs_status status = write_file(part, text, err);
    if (status == CS_OK && rename(part, path) != 0)
        status = cs_fail(err, CS_IO, "cannot write '%s': %s", path, strerror(errno));
    cs_arena_free(arena);
    return status;
}
