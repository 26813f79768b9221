/*
 * plugin.h - one header for a plugin: everything the shell does beyond its core is one.
 *
 * A plugin is one const struct named cs_plugin in a shared object.  Loading it runs nothing
 * of its own; its commands are data until one is called.
 *
 *     #include <certsh/plugin.h>
 *
 *     static cs_status hello(struct cs_call *call, struct cs_error *err)
 *     {
 *         return CS_ROW(call, err, cs_value_str(cs_call_str(call, "who")));
 *     }
 *
 *     static const struct cs_command commands[] = {{
 *         .name = "hello greet", .brief = "greet somebody", .run = hello,
 *         .params = CS_PARAMS({"who", &cs_type_text, "whom to greet"}),
 *         .result = CS_FIELDS({"who", &cs_type_text, "who was greeted"}),
 *     }};
 *
 *     CS_API const struct cs_plugin cs_plugin = {
 *         CS_PLUGIN_HEAD, .name = "hello", .version = "1.0", .brief = "says hello",
 *         .commands = commands, .command_count = CS_COUNT(commands),
 *     };
 *
 * In Lua the same keys make the same plugin: return certsh.plugin{ name = "hello", ... }.
 *
 * The head carries the ABI number, its revision and the size of every struct that crosses in
 * an array.  Within one ABI fields are only appended, each time with a new revision: a plugin of
 * an earlier revision is taken, the fields it does not know being 0.  One of a later revision or
 * of another ABI is refused with both numbers and the cure, never misread.  tests/abi holds the
 * layouts and the public symbols; a change of theirs that is no appending fails there.
 *
 * Floor: command (the struct), plugin (the loader).
 */
#ifndef CERTSH_PLUGIN_H
#define CERTSH_PLUGIN_H

#include <certsh/access.h>
#include <certsh/arena.h>
#include <certsh/base.h>
#include <certsh/command.h>
#include <certsh/format.h>
#include <certsh/gate.h>
#include <certsh/import.h>
#include <certsh/json.h>
#include <certsh/lab.h>
#include <certsh/rights.h>
#include <certsh/sd.h>
#include <certsh/shell.h>
#include <certsh/sid.h>
#include <certsh/status.h>
#include <certsh/str.h>
#include <certsh/token.h>
#include <certsh/value.h>
#include <certsh/windows.h>

enum { CS_PLUGIN_ABI = 1, CS_PLUGIN_REVISION = 2 };

struct cs_plugin {
    uint32_t abi;
    uint16_t plugin_size, command_size, param_size, field_size, example_size, importer_size,
        gate_size, revision;
    const char *name;    /* "dcom": letters, digits, '_' */
    const char *version; /* "1.0" */
    const char *brief;   /* one line */
    const char *needs;   /* capabilities: "lab.read lab.write file.read ...", or NULL */
    const struct cs_command *commands;
    size_t command_count;
    const struct cs_importer *importers;
    size_t importer_count;
    const struct cs_gate *gates;
    size_t gate_count;
    /* since revision 1 */
    const struct cs_format *formats;
    size_t format_count, format_size;
};

#define CS_PLUGIN_HEAD                                                                             \
    .abi = CS_PLUGIN_ABI, .plugin_size = sizeof(struct cs_plugin),                                 \
    .command_size = sizeof(struct cs_command), .param_size = sizeof(struct cs_param),              \
    .field_size = sizeof(struct cs_field), .example_size = sizeof(struct cs_example),              \
    .importer_size = sizeof(struct cs_importer), .gate_size = sizeof(struct cs_gate),              \
    .revision = CS_PLUGIN_REVISION, .format_size = sizeof(struct cs_format)

extern CS_API const struct cs_plugin cs_plugin;

#endif
