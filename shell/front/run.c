/* run.c - the front's own command: `run SCRIPT`, which needs Lua.  Room: front. */
#include "front.h"

#include <certsh/plugin.h>

#include "formats.h"

/* The script's arguments as C texts, NULL at the end. */
static char **script_arguments(struct cs_call *call, struct cs_list words)
{
    char **list = cs_arena_alloc(cs_call_arena(call), (words.count + 2) * sizeof *list);
    list[0] = (char *)cs_str_c(cs_call_arena(call), cs_call_str(call, "script"));
    for (size_t i = 0; i < words.count; i++)
        list[i + 1] = (char *)cs_str_c(cs_call_arena(call), words.at[i].text);
    return list;
}

static cs_status run(struct cs_call *call, struct cs_error *err)
{
    struct csi_front *front = csi_front_current;
    struct cs_list words = cs_call_many(call, "arg");
    char **list = script_arguments(call, words);
    const char *command = NULL;
    int code = -1;
    cs_status status = csi_front_need_lua(front, err);
    cs_call_say(call, "%s", ""); /* what the script prints is its own */
    if (status == CS_OK)
        status = csi_lua_script(front->lua, (int)words.count + 1, list, &code, &command, err);
    if (status == CS_OK && command && code < 0)
        code = csi_front_command(
            front, csi_front_script_line(cs_call_arena(call), command, (int)words.count + 1, list));
    if (status == CS_OK && code > 0)
        cs_call_exit(call, code);
    return status;
}

static const struct cs_command commands[] = {{
    .name = "run",
    .brief = "run a Lua script",
    .detail =
        "The script sees its arguments in `arg`, the lab as `certsh.lab`. When it fails, what it "
        "changed is rolled back whole. os.exit ends the script with that exit code. A plugin that "
        "runs one passes on what it may do itself, and no more.",
    .run = run,
    .flags = CS_COMMAND_NESTS,
    .needs = "lab.read file.read", /* what is granted is what the script gets */
    .params = CS_PARAMS({"script", &cs_type_path, "the script's file"},
                        {"arg", &cs_type_text, "its arguments", CS_OPTIONAL | CS_MANY}),
    .see = "help line",
}};

const struct cs_plugin csi_front_plugin = {
    CS_PLUGIN_HEAD,         .name = "run",
    .version = "1.0",       .brief = "runs scripts",
    .commands = commands,   .command_count = CS_COUNT(commands),
    .formats = csi_formats, .format_count = CSI_FORMATS,
};
