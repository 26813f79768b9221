-- hello_lua - a whole plugin in Lua, to be copied when you write your first one.
--
-- It adds one command, `hello lua WHO`, that greets a principal of the open lab; `hello c WHO`
-- of plugins/hello_c is the same command in C, key for key, and a test compares the two.
--
-- What there is to learn from it:
--
--   * The file returns certsh.plugin{...}; its keys are the fields of the C structs.  A
--     parameter is {name, type, help} with option, flag, optional or many = true beside them.
--   * call.who has been looked up as Windows looks names up: it is a handle.
--   * The function returns a row, or a list of rows, and prints nothing.  call:say is for
--     people: the table format shows the words, JSON and CSV the rows.
--
-- Try it with `certsh -c 'plugin load ./hello_lua.lua' -c 'hello lua alice'`.

local function hello(call)
    local who = call.who
    if call.loud then
        call:warn("somebody is shouting")
    end
    call:say(("Hello, %s (%s).\n"):format(who.name, who.kind))
    return { name = who.name, kind = who.kind }
end

return certsh.plugin {
    name = "hello_lua",
    version = "1.0",
    brief = "your first plugin",
    needs = "lab.read",
    commands = { {
        name = "hello lua",
        brief = "greet somebody of the lab",
        run = hello,
        params = {
            { "who", "principal", "whom to greet" },
            { "loud", "bool", "so that the neighbours hear it", flag = true },
        },
        result = {
            { "name", "text", "who was greeted" },
            { "kind", "text", "user, computer, group, ..." },
        },
        examples = { { "hello lua CORP\\alice", "greet a user" } },
    } },
}
