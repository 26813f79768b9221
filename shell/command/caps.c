/* caps.c - names of capabilities, and what a command needs (see caps.h).  Room: command. */
#include "caps.h"

#include "shell_internal.h"

static const struct {
    const char *name;
    unsigned cap;
} names[] = {{"lab.read", CSI_LAB_READ},
             {"lab.write", CSI_LAB_WRITE},
             {"file.read", CSI_FILE_READ},
             {"file.write", CSI_FILE_WRITE},
             {"process", CSI_PROCESS},
             {"net", CSI_NET},
             {"none", 0}};

static cs_status add_named(struct cs_str word, unsigned *caps, struct cs_error *err)
{
    for (size_t i = 0; i < CS_COUNT(names); i++)
        if (cs_str_is(word, names[i].name)) {
            *caps |= names[i].cap;
            return CS_OK;
        }
    cs_fail(err, CS_ABI, "unknown capability '%.*s'", CS_STR_ARG(word));
    return cs_error_hint(err, "there are: " CSI_NEEDS_ALL ", or none");
}

cs_status csi_caps_read(const char *text, unsigned *caps, struct cs_error *err)
{
    struct cs_str word;
    size_t at = 0;
    unsigned all = 0;
    cs_status status = CS_OK;
    while (status == CS_OK && csi_words_next(cs_str_of(text), &at, &word))
        status = add_named(word, &all, err);
    if (status == CS_OK)
        *caps = all;
    return status;
}

const char *csi_caps_text(struct cs_arena *arena, unsigned caps)
{
    const char *text = "";
    for (size_t i = 0; i < CS_COUNT(names); i++)
        if (caps & names[i].cap)
            text = cs_arena_printf(arena, "%s%s%s", text, *text ? " " : "", names[i].name);
    return *text ? text : "none";
}

unsigned csi_caps_granted(const struct cs_shell *shell)
{
    return CSI_ALL_CAPS & ~shell->withheld;
}

void csi_caps_set(struct cs_shell *shell, unsigned caps)
{
    shell->withheld = CSI_ALL_CAPS & ~caps;
}

unsigned csi_caps_narrow(struct cs_shell *shell, unsigned caps)
{
    unsigned before = csi_caps_granted(shell);
    csi_caps_set(shell, before & caps);
    return before;
}

/* A plugin in C that says nothing could do anything. */
unsigned csi_caps_of(const struct cs_plugin *plugin, const struct cs_command *command)
{
    unsigned caps = CSI_ALL_CAPS;
    const char *own = command->needs, *whole = plugin ? plugin->needs : NULL;
    if ((own || whole) && csi_caps_read(own ? own : whole, &caps, NULL) != CS_OK)
        return CSI_ALL_CAPS;
    bool changes = command->flags & (CS_COMMAND_WRITES | CS_COMMAND_NESTS);
    return own || changes ? caps : caps & ~(unsigned)CSI_LAB_WRITE;
}

cs_status csi_caps_refuse(const struct cs_shell *shell, const char *what, unsigned needs,
                          struct cs_error *err)
{
    struct cs_arena *arena = cs_arena_new();
    if (!arena)
        return cs_fail(err, CS_MEMORY, "out of memory");
    unsigned granted = csi_caps_granted(shell);
    cs_fail(err, CS_NEEDS, "%s needs %s, which is not granted here", what,
            csi_caps_text(arena, needs & ~granted));
    cs_error_hint(err, "granted: %s", csi_caps_text(arena, granted));
    cs_arena_free(arena);
    return CS_NEEDS;
}
