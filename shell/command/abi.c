/*
 * abi.c - a plugin of an earlier revision in today's shape (see plugin.h).
 *
 * Within one ABI fields are only appended, so an element of an older array is the beginning of
 * one of ours: its bytes are copied, and what it does not know is 0.  A plugin of our own
 * revision is taken as it is.  Room: command.
 */
#include "shell_internal.h"

#include <string.h>

/* The sizes of ABI 1 at its first revision: nothing smaller was ever built. */
enum {
    OLDEST_PLUGIN = offsetof(struct cs_plugin, formats),
    OLDEST_COMMAND = offsetof(struct cs_command, needs),
    OLDEST_IMPORTER = offsetof(struct cs_importer, data),
    OLDEST_GATE = offsetof(struct cs_gate, data),
    OLDEST_FORMAT = offsetof(struct cs_format, begin)
};

struct size {
    const char *what;
    size_t theirs, oldest, ours;
};
enum { SIZES = 8 };

static size_t format_size(const struct cs_plugin *plugin)
{
    return plugin->plugin_size > OLDEST_PLUGIN ? plugin->format_size : sizeof(struct cs_format);
}

static void list_sizes(const struct cs_plugin *plugin, struct size sizes[SIZES])
{
    const struct size list[SIZES] = {
        {"cs_plugin", plugin->plugin_size, OLDEST_PLUGIN, sizeof(struct cs_plugin)},
        {"cs_command", plugin->command_size, OLDEST_COMMAND, sizeof(struct cs_command)},
        {"cs_param", plugin->param_size, sizeof(struct cs_param), sizeof(struct cs_param)},
        {"cs_field", plugin->field_size, sizeof(struct cs_field), sizeof(struct cs_field)},
        {"cs_example", plugin->example_size, sizeof(struct cs_example), sizeof(struct cs_example)},
        {"cs_importer", plugin->importer_size, OLDEST_IMPORTER, sizeof(struct cs_importer)},
        {"cs_gate", plugin->gate_size, OLDEST_GATE, sizeof(struct cs_gate)},
        {"cs_format", format_size(plugin), OLDEST_FORMAT, sizeof(struct cs_format)},
    };
    memcpy(sizes, list, sizeof list);
}

/* ------------------------------------------------------------------- refusals */

static cs_status wrong_number(const struct cs_plugin *plugin, const char *origin,
                              struct cs_error *err)
{
    cs_fail(err, CS_ABI,
            "plugin '%s' was built for ABI %u; this certsh has ABI %d, revisions 0 to %d", origin,
            (unsigned)plugin->abi, CS_PLUGIN_ABI, CS_PLUGIN_REVISION);
    return cs_error_hint(err, "build it again against this certsh's headers");
}

static cs_status too_new(const struct cs_plugin *plugin, const char *origin, struct cs_error *err)
{
    cs_fail(err, CS_ABI,
            "plugin '%s' was built for ABI %d, revision %u; this certsh has revisions 0 to %d",
            origin, CS_PLUGIN_ABI, plugin->revision, CS_PLUGIN_REVISION);
    return cs_error_hint(err, "install a newer certsh, or build it against this one's headers");
}

static cs_status wrong_size(const struct size *size, const char *origin, struct cs_error *err)
{
    cs_fail(err, CS_ABI, "plugin '%s' was built with a struct %s of %zu bytes, not %zu", origin,
            size->what, size->theirs, size->ours);
    return cs_error_hint(err, "build it again against this certsh's headers (ABI %d, revision %d)",
                         CS_PLUGIN_ABI, CS_PLUGIN_REVISION);
}

/* ----------------------------------------------------------------------- widen */

/* `count` elements of `theirs` bytes as elements of `ours`. */
static void *widen(struct cs_arena *arena, const void *from, size_t count, size_t theirs,
                   size_t ours)
{
    char *to = cs_arena_alloc(arena, count * ours + 1);
    memset(to, 0, count * ours);
    for (size_t i = 0; i < count; i++)
        memcpy(to + i * ours, (const char *)from + i * theirs, theirs < ours ? theirs : ours);
    return to;
}

static const struct cs_plugin *in_our_shape(struct cs_arena *arena, const struct cs_plugin *theirs)
{
    struct cs_plugin *ours = widen(arena, theirs, 1, theirs->plugin_size, sizeof *ours);
    ours->commands = widen(arena, theirs->commands, theirs->command_count, theirs->command_size,
                           sizeof(struct cs_command));
    ours->importers = widen(arena, theirs->importers, theirs->importer_count, theirs->importer_size,
                            sizeof(struct cs_importer));
    ours->gates =
        widen(arena, theirs->gates, theirs->gate_count, theirs->gate_size, sizeof(struct cs_gate));
    ours->formats = widen(arena, ours->formats, ours->format_count, format_size(theirs),
                          sizeof(struct cs_format));
    return ours;
}

cs_status csi_abi_take(struct cs_arena *arena, const struct cs_plugin *theirs, const char *origin,
                       const struct cs_plugin **ours, struct cs_error *err)
{
    struct size sizes[SIZES];
    bool same = true;
    if (theirs->abi != CS_PLUGIN_ABI)
        return wrong_number(theirs, origin, err);
    if (theirs->revision > CS_PLUGIN_REVISION)
        return too_new(theirs, origin, err);
    list_sizes(theirs, sizes);
    for (size_t i = 0; i < SIZES; i++) {
        bool fits = theirs->revision == CS_PLUGIN_REVISION
                        ? sizes[i].theirs == sizes[i].ours
                        : sizes[i].theirs >= sizes[i].oldest && sizes[i].theirs <= sizes[i].ours;
        if (!fits)
            return wrong_size(&sizes[i], origin, err);
        same = same && sizes[i].theirs == sizes[i].ours;
    }
    *ours = same ? theirs : in_our_shape(arena, theirs);
    return CS_OK;
}
