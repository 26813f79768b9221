/*
 * hello_c - a whole plugin in C, to be copied when you write your first one.
 *
 * It adds one command, `hello c WHO`, that greets a principal of the open lab; `hello lua WHO`
 * of plugins/hello_lua is the same command in Lua, key for key, and a test compares the two.
 *
 * What there is to learn from it:
 *
 *   - One header: certsh/plugin.h.  A plugin links to libcertsh and to nothing else of ours.
 *   - A command is a const struct.  Help, usage, completion, argument checking, the JSON schema
 *     and the manual come from it; nothing is written twice.
 *   - The handler gets typed arguments: `who` has been looked up as Windows looks names up, and
 *     a name that nobody has never gets here.
 *   - It gives rows and prints nothing.  What it says in words (cs_call_say) is for people: the
 *     table format shows the words, JSON and CSV the rows.
 *   - Memory of the call's arena lives until the rows have been shown, and is freed whole.
 *
 * Build it in the tree (every folder here is a plugin), or anywhere with
 *     cc -shared -fPIC hello_c.c -o hello_c.so $(pkg-config --cflags --libs certsh)
 * and try it with `certsh -c 'plugin load ./hello_c.so' -c 'hello c alice'`.
 */
#include <certsh/plugin.h>

static cs_status hello(struct cs_call *call, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    cs_id who = cs_call_id(call, "who");
    struct cs_principal principal;
    cs_principal_get(lab, who, &principal);
    struct cs_str name = cs_principal_name(lab, cs_call_arena(call), who);
    const char *kind = cs_principal_kind_name(principal.kind);
    if (cs_call_flag(call, "loud"))
        cs_call_warn(call, "somebody is shouting");
    cs_call_say(call, "Hello, %.*s (%s).\n", CS_STR_ARG(name), kind);
    return CS_ROW(call, err, cs_value_str(name), cs_value_text(kind));
}

static const struct cs_command commands[] = {{
    .name = "hello c",
    .brief = "greet somebody of the lab",
    .run = hello,
    .params = CS_PARAMS({"who", &cs_type_principal, "whom to greet"},
                        {"loud", &cs_type_bool, "so that the neighbours hear it", CS_FLAG}),
    .result = CS_FIELDS({"name", &cs_type_text, "who was greeted"},
                        {"kind", &cs_type_text, "user, computer, group, ..."}),
    .examples = CS_EXAMPLES({"hello c CORP\\alice", "greet a user"}),
}};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "hello_c",
    .version = "1.0",
    .brief = "your first plugin",
    .needs = "lab.read",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
