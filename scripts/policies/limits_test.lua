-- Policy: the machine-wide limits of a CA's host let in the CA's group, and nobody else from outside.

local broad = require "policies.broad"

local function each(name, fn)
    broad.each_ca(case, skip, name, fn)
end

each("nearly anybody may not launch or activate from outside", function(_, host)
    for _, row in ipairs(broad.entries(host, "launch-limit")) do
        local remote = row.kind == "allow" and (row.rights:find "rl" or row.rights:find "ra")
        expect(not (remote and broad.name(row.sid)),
            ("launch-limit: %s has %s; what certsvc gives to its group is enough"):format(row.principal, row.rights))
    end
    expect(true)
end)

each("an anonymous caller may not call from outside", function(_, host)
    if not broad.is_modern(host) then
        skip "Windows Server 2003 gives it of its own accord"
    end
    for _, row in ipairs(broad.entries(host, "access-limit")) do
        local remote = row.kind == "allow" and row.rights:find "r"
        expect(not (remote and row.sid == "S-1-5-7"), "access-limit: " .. row.principal .. " has " .. row.rights)
    end
    expect(true)
end)

each("no entry is for a SID that nobody has", function(_, host)
    local scopes = { "launch-limit", "access-limit", "launch-permission", "access-permission" }
    for _, row in ipairs(broad.entries(host, table.unpack(scopes))) do
        expect(not broad.is_orphan(row.sid),
            ("%s: %s was deleted, or made anew with another SID"):format(row.scope, row.sid))
    end
    expect(true)
end)

each("no group policy shadows what certsvc writes", function(_, host)
    for _, row in ipairs((run("dcom show", "--host", host.name))) do
        expect(row.source ~= "policy" or not row.effective,
            row.scope .. ": set by group policy, so the recipe of KB 903220 heals nothing")
    end
    expect(true)
end)

each("the CA's group is in both limits, without launch", function()
    for _, row in ipairs((run "membership validate")) do
        expect(row.rule ~= "K12/K13 group-in-limits" and row.rule ~= "K14 no-launch",
            ("%s: %s"):format(row.subject, row.text))
    end
    expect(true)
end)
