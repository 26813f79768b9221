-- ntrights - user rights by the tool of the Windows Server 2003 Resource Kit.
--
--     ntrights +r SeNetworkLogonRight -u CORP\alice
--     ntrights -r SeDenyNetworkLogonRight -u Everyone -m \\SRV01
--
-- It is the one line with which a right is granted or taken from a command prompt; `right` is this
-- shell's own command for the same and lists them, too.  Windows has no such tool of its own:
-- secedit writes whole lists of holders.

local function usage(problem)
    error({ status = "usage", text = problem, hint = "usage: ntrights +r|-r RIGHT -u PRINCIPAL [-m \\\\HOST]" }, 0)
end

-- +r RIGHT or -r RIGHT, -u WHO, -m \\HOST, in any order.
local function read_words(words)
    local wish, place = {}, 1
    local takes = { ["+r"] = "grant", ["-r"] = "revoke", ["-u"] = "who", ["-m"] = "host" }
    while place <= #words do
        local key = takes[words[place]:lower()]
        local value = words[place + 1]
        if not key or not value then
            usage(("'%s' is not understood"):format(words[place]))
        end
        wish[key] = value
        place = place + 2
    end
    if not wish.who or (wish.grant == nil) == (wish.revoke == nil) then
        usage("ntrights needs a right and a user")
    end
    return wish
end

local function ntrights(call)
    local wish = read_words(call:words())
    local verb, right = wish.grant and "grant" or "revoke", wish.grant or wish.revoke
    local line = { "right " .. verb, right, wish.who }
    if wish.host then
        line[#line + 1] = "--host"
        line[#line + 1] = wish.host:gsub("^\\\\", "")
    end
    local rows = certsh.run(table.unpack(line))
    call:say(("%s %s %s %s ... successful\n"):format(wish.grant and "Granting" or "Revoking", right,
        wish.grant and "to" or "from", wish.who))
    return rows
end

return certsh.plugin {
    name = "ntrights",
    version = "1.0",
    brief = "ntrights.exe: grant and revoke user rights",
    needs = "lab.read lab.write",
    commands = { {
        name = "ntrights",
        brief = "grant a user right or take it away",
        usage = "+r|-r RIGHT -u PRINCIPAL [-m \\\\HOST]",
        run = ntrights,
        raw = true,
        writes = true,
        result = {
            { "right", "right", "the user right" },
            { "principal", "text", "who holds it" },
            { "sid", "sid", "its SID" },
        },
        examples = {
            { "ntrights +r SeDenyNetworkLogonRight -u CORP\\bob", "bob may not come over the network" },
        },
        see = "right list,right grant",
    } },
}
