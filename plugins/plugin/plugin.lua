-- plugin - `plugin new` makes a working plugin to begin with; `plugin test` runs its tests.
--
-- What is made is a folder of the plugin's name with its code, a test and a README; in C also a
-- Makefile (pkg-config) and a CMakeLists.txt (find_package).  It works as it is: the command greets
-- a principal of the lab.  Then one edits.  Such a folder, put into a folder of plugins, is found
-- there.

-- ---------------------------------------------------------------- templates

local LUA_CODE = [==[
-- NAME - what this plugin is for, in a line or two.
--
-- A handler gets a call: its arguments are fields by their names.  It returns a row, or a list of
-- rows, and prints nothing; call:say is for people.  `needs` says what the plugin may touch
-- (lab.read lab.write file.read file.write process net) and is a plain text: it is read before
-- anything here runs.
local function hello(call)
    call:say(("Hello, %s.\n"):format(call.who.name))
    return { name = call.who.name, kind = call.who.kind }
end

return certsh.plugin {
    name = "NAME",
    version = "0.1",
    brief = "greets somebody of the lab",
    needs = "lab.read",
    commands = { {
        name = "NAME hello",
        brief = "greet somebody of the lab",
        run = hello,
        params = { { "who", "principal", "whom to greet" } },
        result = {
            { "name", "text", "who was greeted" },
            { "kind", "text", "user, computer, group, ..." },
        },
        examples = { { "NAME hello Administrator", "greet a user" } },
    } },
}
]==]

local C_CODE = [==[
/*
 * NAME.c - what this plugin is for, in a line or two.
 *
 * A handler gets its arguments by name, gives rows with CS_ROW and prints nothing; cs_call_say is
 * for people.  Memory of the call's arena lives until the rows have been shown.
 */
#include <certsh/plugin.h>

static cs_status hello(struct cs_call *call, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    struct cs_principal who;
    cs_principal_get(lab, cs_call_id(call, "who"), &who);
    struct cs_str name = cs_principal_name(lab, cs_call_arena(call), who.id);
    cs_call_say(call, "Hello, %.*s.\n", CS_STR_ARG(name));
    return CS_ROW(call, err, cs_value_str(name), cs_value_text(cs_principal_kind_name(who.kind)));
}

static const struct cs_command commands[] = {{
    .name = "NAME hello",
    .brief = "greet somebody of the lab",
    .run = hello,
    .params = CS_PARAMS({"who", &cs_type_principal, "whom to greet"}),
    .result = CS_FIELDS({"name", &cs_type_text, "who was greeted"},
                        {"kind", &cs_type_text, "user, computer, group, ..."}),
    .examples = CS_EXAMPLES({"NAME hello Administrator", "greet a user"}),
}};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "NAME",
    .version = "0.1",
    .brief = "greets somebody of the lab",
    .needs = "lab.read",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
]==]

local MAKEFILE = [==[
CFLAGS += -std=c17 -O2 -Wall -fPIC -fvisibility=hidden $(shell pkg-config --cflags certsh)
LDLIBS += $(shell pkg-config --libs certsh)

NAME.so: NAME.c
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -o $@ $< $(LDLIBS)
test: NAME.so
	certsh --no-rc -c 'plugin test .'
clean:
	rm -f NAME.so
.PHONY: test clean
]==]

local CMAKE = [==[
cmake_minimum_required(VERSION 3.25)
project(NAME LANGUAGES C)
find_package(certsh 0.1 REQUIRED)
certsh_add_plugin(NAME NAME.c)

enable_testing()
add_test(KEYWORD NAME COMMAND $<TARGET_FILE:certsh::program> --no-rc -c "plugin load $<TARGET_FILE:NAME>"
    -c "test ${CMAKE_CURRENT_SOURCE_DIR}")
]==]

local TEST = [==[
-- Run by `plugin test FOLDER`, and by `test` where the plugin is loaded.
lab "kb903220-dc"

case("NAME hello greets by the whole name", function()
    local rows = run "NAME hello alice"
    expect_equal(#rows, 1)
    expect_equal(rows[1].name, "CORP\\alice")
    expect_equal(rows[1].kind, "user")
end)

case("NAME hello knows nobody else", function()
    expect_error(function() run "NAME hello nobody" end, "not_found")
end)
]==]

local README = [==[
# NAME

A plugin for certsh. `NAME hello WHO` greets somebody of the lab.

BUILD```
certsh -c 'plugin load ./PRODUCT' -c 'NAME hello alice'
certsh -c 'plugin test .'
```

To have it always, put this folder into `~/.local/share/certsh/plugins`, or into a folder that `CERTSH_PLUGIN_PATH`
names. It must not be writable by others.
]==]

local BUILD = [==[
```
make && make test
cmake -S . -B build -DCMAKE_PREFIX_PATH=WHERE_CERTSH_IS && cmake --build build && ctest --test-dir build
```

]==]

local languages = {
    lua = { { "NAME.lua", LUA_CODE }, { "NAME_test.lua", TEST }, { "README.md", README } },
    c = {
        { "NAME.c", C_CODE }, { "Makefile", MAKEFILE }, { "CMakeLists.txt", CMAKE },
        { "NAME_test.lua", TEST }, { "README.md", README },
    },
}

-- ------------------------------------------------------------------ folders

local function fail(status, text, hint)
    error({ status = status, text = text, hint = hint }, 0)
end

local function quote(text)
    return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function exists(path)
    local file = io.open(path, "r")
    if file then
        file:close()
    end
    return file ~= nil
end

local function make_folder(path)
    if exists(path) then
        fail("exists", ("'%s' is there already"):format(path), "choose another name, or --to another folder")
    end
    if not os.execute("mkdir -- " .. quote(path) .. " 2>/dev/null") then
        fail("io", ("the folder '%s' cannot be made"):format(path))
    end
end

local function write(path, text)
    local file, problem = io.open(path, "w")
    if not file then
        fail("io", "cannot write " .. problem)
    end
    file:write(text)
    file:close()
end

-- ---------------------------------------------------------------------- new

local function check_name(name)
    if not name:match "^%l[%l%d_]*$" or #name > 40 then
        fail("invalid", ("'%s' is no name for a plugin"):format(name),
            "small letters, digits and '_', a letter first: site_rules")
    end
    for _, plugin in ipairs(certsh.run "plugin list") do
        if plugin.name == name then
            fail("exists", ("there is a plugin '%s' already, from %s"):format(name, plugin.origin))
        end
    end
end

local function new(call)
    local name, lang = call.name, call.lang or "lua"
    check_name(name)
    local folder = (call.to and call.to .. "/" or "") .. name
    make_folder(folder)
    local words = {
        KEYWORD = "NAME", NAME = name, PRODUCT = name .. (lang == "c" and ".so" or ".lua"), BUILD = lang == "c" and BUILD or "",
    }
    local rows = {}
    for _, file in ipairs(languages[lang]) do
        local path = folder .. "/" .. file[1]:gsub("NAME", name)
        write(path, (file[2]:gsub("%f[%u]%u+%f[^%u]", words)))
        rows[#rows + 1] = { file = path }
        call:say(path .. "\n")
    end
    if lang == "c" then
        call:say(("next: make -C %s test\n"):format(folder))
    else
        call:say(("next: certsh -c 'plugin test %s'\n"):format(folder))
    end
    return rows
end

-- --------------------------------------------------------------------- test

-- The plugin that is meant: one that is known, or a file or folder that is loaded now.
local function find_plugin(call)
    for _, plugin in ipairs(certsh.run "plugin list") do
        if plugin.name == call.plugin and plugin.status ~= "failed" then
            return plugin.name, plugin.origin:match "^(.*)/[^/]*$"
        end
    end
    local row = certsh.run("plugin load", call.plugin)[1]
    return row.name, row.origin:match "^(.*)/[^/]*$"
end

local function try_example(line)
    local lab_of_its_own = certsh.open(certsh.lab.name)
    local fine, problem = pcall(certsh.inside, lab_of_its_own, function()
        certsh.run(line)
    end)
    return { case = line, status = fine and "passed" or "failed", text = not fine and tostring(problem) or nil }
end

local function add_examples(rows, name)
    for _, command in ipairs(certsh.run("plugin info", name)[1].commands) do
        for _, help in ipairs(certsh.run("help", command)) do
            for _, example in ipairs(help.name == command and help.examples or {}) do
                rows[#rows + 1] = try_example(example.line)
            end
        end
    end
end

local function add_tests(rows, folder)
    local list = io.popen("ls -d " .. quote(folder) .. "/*_test.lua 2>/dev/null")
    for path in list:lines() do
        for _, row in ipairs(certsh.run("test", path)) do
            rows[#rows + 1] = { case = row.case, status = row.status, text = row.text }
        end
    end
    list:close()
end

local function test(call)
    local name, folder = find_plugin(call)
    local rows = certsh.array {}
    add_examples(rows, name)
    if folder then
        add_tests(rows, folder)
    end
    for _, row in ipairs(rows) do
        local fine = row.status == "passed" or row.status == "skipped"
        if not fine then
            call:exit(2)
        end
        call:say(("%-7s %s%s\n"):format(row.status, row.case, row.text and ": " .. row.text or ""))
    end
    call:say(("plugin '%s': %d tried\n"):format(name, #rows))
    return rows
end

-- ------------------------------------------------------------- declarations

return certsh.plugin {
    name = "plugin", version = "1.0", brief = "makes plugins, and tests them",
    needs = "lab.read lab.write file.read file.write process net",
    commands = {
        {
            name = "plugin new", brief = "make a working plugin to begin with",
            detail = "A folder with the plugin's code, a test and a README; in C a Makefile and a CMakeLists.txt, "
                .. "too. `plugin test` on it passes as it is.",
            needs = "file.read file.write process",
            params = {
                { "name", "text", "what it is called: small letters, digits, '_'" },
                { "lang", { "lua", "c" }, "in which language (default lua)", option = true },
                { "to", "path", "in which folder (default: the current one)", option = true },
            },
            result = { { "file", "path", "a file that was made" } },
            examples = { { "plugin new site_rules --lang c", "begin a plugin in C" } },
            see = "plugin test, plugin load, plugin reload",
            run = new,
        },
        {
            name = "plugin test", brief = "run the examples and the tests of a plugin",
            detail = "Each example of each of its commands is run in a lab of its own and must not fail; then "
                .. "the *_test.lua files beside the plugin are run as `test` does. Exit code 2 when one fails.",
            params = { { "plugin", "path", "a plugin's name, file or folder" } },
            result = {
                { "case", "text", "the example, or the name of the case" },
                { "status", "text", "passed, failed, ..." },
                { "text", "text", "what went wrong, or null" },
            },
            examples = { { "plugin test hello_lua", "does it work?" } },
            see = "test, plugin new",
            run = test,
        },
    },
}
