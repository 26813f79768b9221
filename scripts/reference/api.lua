-- reference.api - the Lua side of certsh, declared once for stubs and the reference.
--
-- tests/reference.lua holds each name against the running program, both ways: what is missing here,
-- and what is no longer there; and each parameter against docs/lua.md and against what a call without
-- it says.

local function fn(name, brief, params, ...)
    return { name = name, brief = brief, params = params, returns = { ... } }
end

-- One that takes all of it as one table, too, as `lab export` writes it.
local function or_fields(declared)
    declared.fields = true
    return declared
end

local who = "string|integer|certsh.principal|certsh.host"

return {
    functions = {
        fn("run", "The rows of a command line, and its exit code.", { { "line", "string" }, { "...", "any" } },
            "table[]", "integer"),
        fn("each", "An iterator over the rows of a command line.", { { "line", "string" }, { "...", "any" } },
            "fun(): table?"),
        fn("command", "Adds a command; a script that returns it is run as it.", { { "declaration", "table" } }, "table"),
        fn("plugin", "Adds a plugin; a plugin's file returns it.", { { "declaration", "table" } }, "userdata"),
        fn("open", "Another lab beside the open one.", { { "name", "string" } }, "certsh.lab"),
        fn("inside", "Goes into another lab while `fn` runs.", { { "lab", "certsh.lab" }, { "fn", "function" } }, "any"),
        fn("token", "A token of given SIDs.", { { "sids", "table" } }, "certsh.token"),
        fn("array", "Marks a table as a list for JSON.", { { "list", "table" } }, "table"),
        fn("exit", "Ends the script with that exit code.", { { "code?", "integer" } }),
        fn("names", "The names of an object's methods.", { { "object", "userdata" } }, "string[]"),
        fn("sd.parse", "A descriptor from SDDL.", { { "sddl", "string" }, { "scope?", "table" } }, "certsh.sd"),
        fn("sd.decode", "A descriptor from bytes.", { { "bytes", "string" } }, "certsh.sd"),
        fn("json.encode", "JSON text of a value.", { { "value", "any" } }, "string"),
        fn("json.decode", "The value of a JSON text.", { { "text", "string" } }, "any"),
    },
    classes = {
        {
            name = "certsh.sd", brief = "A security descriptor.",
            fields = { { "owner", "string?" }, { "group", "string?" }, { "control", "integer" } },
            methods = {
                fn("format", "SDDL.", { { "scope?", "table" } }, "string"),
                fn("encode", "Canonical self-relative bytes.", {}, "string"),
                fn("bytes", "The bytes it was decoded from.", {}, "string"),
                fn("aces", "Its entries.", {}, "table[]"),
                fn("check", "The verdict for a token.", { { "ask", "table" } }, "table"),
            },
        },
        {
            name = "certsh.token", brief = "Who is asking: SIDs.",
            methods = {
                fn("has", "Is that SID in it?", { { "sid", "string" } }, "boolean"),
                fn("sids", "All its SIDs.", {}, "string[]"),
                fn("user", "The account's SID.", {}, "string?"),
            },
        },
        {
            name = "certsh.set", brief = "A set of principals of one lab.",
            operators = { "band(certsh.set): certsh.set", "bor(certsh.set): certsh.set", "sub(certsh.set): certsh.set",
                "bnot: certsh.set", "len: integer" },
            methods = {
                fn("size", "How many are in it.", {}, "integer"),
                fn("has", "Is it in it?", { { "who", who } }, "boolean"),
                fn("ids", "An iterator over numbers.", {}, "fun(): integer?"),
                fn("each", "An iterator over handles.", {}, "fun(): certsh.principal?"),
            },
        },
        {
            name = "certsh.lab", brief = "A lab: forests, hosts, certification authorities.",
            fields = { { "name", "string" }, { "changes", "integer" } },
            methods = {
                fn("principal", "A user, computer or group, or nil.", { { "who", who } }, "certsh.principal?"),
                fn("group", "A group, or nil.", { { "name", "string" } }, "certsh.principal?"),
                fn("host", "A host; the current one without a name.", { { "name?", "string" } }, "certsh.host?"),
                fn("ca", "A certification authority.", { { "name?", "string" } }, "certsh.ca?"),
                fn("template", "A certificate template.", { { "name", "string" } }, "certsh.template?"),
                fn("principals", "An iterator.", { { "filter?", "{kind: string}" } }, "fun(): certsh.principal?"),
                fn("set", "A set: everybody, a kind, or those listed.", { { "what?", "table" } }, "certsh.set"),
                fn("who", "Who gets that answer, `allowed` if not said.",
                    { { "template", "string" }, { "options?", "{ca: any, from: any, verdict: string}" } }, "certsh.set"),
                fn("hosts", "All hosts.", {}, "certsh.host[]"),
                fn("cas", "All certification authorities.", {}, "certsh.ca[]"),
                fn("templates", "All templates.", {}, "certsh.template[]"),
                fn("check", "May this principal get a certificate of this template?",
                    { { "who", who }, { "template", "string" }, { "ca?", "any" }, { "options?", "table" } }, "table"),
                fn("transaction", "All of `fn` or nothing.", { { "fn", "function" } }, "any"),
                fn("what_if", "What `fn` gives; what it did is undone.", { { "fn", "function" } }, "any"),
                fn("undo", "Undoes changes.", { { "count?", "integer" } }, "integer"),
                fn("redo", "Brings them back.", { { "count?", "integer" } }, "integer"),
                fn("clock", "The lab's time.", {}, "string"),
                fn("add_domain", "Adds a domain.", { { "fields", "table" } }),
                fn("add_trust", "Adds a trust.", { { "fields", "table" } }),
                fn("add_user", "Adds a user.", { { "fields", "table" } }),
                fn("add_computer", "Adds a computer account.", { { "fields", "table" } }),
                fn("add_group", "Adds a group.", { { "fields", "table" } }),
                fn("add_member", "Adds a member to a group.", { { "group", who }, { "member", who }, { "options?", "table" } }),
                fn("remove_member", "Removes a member.", { { "group", who }, { "member", who }, { "options?", "table" } }),
                fn("add_host", "Adds a host.", { { "fields", "table" } }),
                or_fields(fn("set_registry", "Sets a registry value.", { { "host", "any" }, { "key", "string" },
                    { "name", "string" }, { "value", "any" }, { "type?", "string" } })),
                fn("remove_registry", "Removes a registry value.", { { "host", "any" }, { "key", "string" }, { "name", "string" } }),
                fn("add_service", "Adds a service.", { { "fields", "table" } }),
                or_fields(fn("set_right", "Says who holds a user right.", { { "host", "any" }, { "right", "string" }, { "who", "table" } })),
                fn("open_session", "Logs somebody on.", { { "fields", "table" } }),
                fn("restart", "Restarts a host.", { { "host", "any" } }),
                fn("add_ca", "Adds a certification authority.", { { "fields", "table" } }),
                fn("add_template", "Adds a template.", { { "fields", "table" } }),
                fn("certsvc_update", "What Windows' set-up does for the CA.", { { "host", "any" } }, "table"),
                fn("at", "What `fn` gives of the lab as it was at a point of its history.", { { "point", "any" }, { "fn", "function" } }, "any"),
                fn("dump", "Calls `fn(call, fields, names)` for each call that builds the lab again.", { { "fn", "function" } }),
                fn("add_members", "Adds members to a group.", { { "fields", "table" } }),
                fn("remove_members", "Removes members.", { { "fields", "table" } }),
                fn("add_foreign", "Adds a principal of elsewhere.", { { "fields", "table" } }),
                fn("add_event", "Adds an event.", { { "fields", "table" } }),
                fn("set_primary", "Says which group is the primary one.", { { "fields", "table" } }),
                fn("set_template", "Changes a template.", { { "fields", "table" } }, "certsh.template"),
                fn("moment", "What follows was so from then on.", { { "fields", "table" } }),
                fn("told_by", "Says who tells what follows.", { { "fields", "table" } }),
                fn("started", "A host was started.", { { "fields", "table" } }),
                fn("add_key", "A registry key exists.", { { "fields", "table" } }),
                fn("remove_principal", "Removes a principal.", { { "fields", "table" } }),
                fn("save", "Keeps a lab from certsh.open in a new lab file.", { { "path", "string" } }),
                fn("cover", "All values of a registry key are given.", { { "fields", "table" } }),
                fn("start", "Where the lab begins.", { { "fields", "table" } }),
                fn("set_clock", "Sets the lab's time.", { { "time", "string" } }),
                fn("seal", "What is there is the beginning.", { { "fields?", "{ages: boolean}" } }),
                fn("default_dcom", "A version's default descriptor.", { { "windows", "string" }, { "scope", "string" } }, "string?"),
                fn("default_right", "Who holds a right by default.", { { "role", "string" }, { "right", "string" } }, "string[]?"),
                fn("default_ca_security", "A CA's default descriptor.", { { "domain", "any" } }, "string"),
                fn("default_template_security", "A template's.", { { "name", "string" }, { "forest", "any" } }, "string?"),
                fn("default_interface_flags", "A CA's InterfaceFlags.", { { "windows", "string" } }, "integer"),
            },
        },
        {
            name = "certsh.principal", brief = "A user, computer or group.",
            fields = { { "name", "string" }, { "account", "string" }, { "sid", "string" }, { "kind", "string" },
                { "domain", "string?" }, { "scope", "string?" }, { "upn", "string?" }, { "dns", "string?" },
                { "dn", "string?" }, { "disabled", "boolean" }, { "host", "certsh.host?" } },
            methods = {
                fn("token", "What it carries to a host.", { { "host?", "any" } }, "certsh.token"),
                fn("groups", "SIDs of all its security groups.", {}, "string[]"),
                fn("members", "Who is in the group.", { { "options?", "{direct: boolean}" } }, "certsh.principal[]"),
                fn("set", "The same as a set.", { { "options?", "{direct: boolean}" } }, "certsh.set"),
                fn("member_of", "The groups that list it.", {}, "certsh.principal[]"),
                fn("add", "Adds a member.", { { "who", who } }, "certsh.principal"),
                fn("remove", "Removes a member.", { { "who", who } }, "certsh.principal"),
            },
        },
        {
            name = "certsh.host", brief = "A machine.",
            fields = { { "name", "string" }, { "dns", "string?" }, { "domain", "string?" }, { "role", "string" },
                { "os", "string" }, { "windows", "string" }, { "booted", "string" }, { "account", "certsh.principal?" } },
            methods = {
                fn("registry", "A registry value and its type, or nil.", { { "key", "string" }, { "name", "string" } }, "any", "string?"),
                fn("restart", "Restarts it.", {}, "certsh.host"),
            },
        },
        {
            name = "certsh.ca", brief = "A certification authority.",
            fields = { { "name", "string" }, { "dns", "string?" }, { "config", "string" }, { "host", "certsh.host" } },
            methods = {
                fn("templates", "Names of the published templates, or nil while nobody gave them.", {}, "string[]?"),
                fn("published", "The same; while nobody gave them, an error that says so.", {}, "string[]"),
            },
        },
        {
            name = "certsh.template", brief = "A certificate template.",
            fields = { { "name", "string" }, { "display", "string?" }, { "oid", "string?" }, { "schema", "integer?" } },
        },
    },
}
