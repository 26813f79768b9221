-- Policy: the machine-wide limits of a CA's host let in the CA's group, and nobody else from outside.

local broad = require "policies.broad"

local function each(name, fn)
    broad.each_ca(case, skip, name, fn)
end

each("nearly anybody may not launch or activate from outside", function(_, host)
    local must = broad.must(expect)
    for _, row in ipairs(broad.entries(host, "launch-limit")) do
        local remote = row.kind == "allow" and (row.rights:find "rl" or row.rights:find "ra")
        must(not (remote and broad.name(row.sid)),
            ("launch-limit: %s has %s; what certsvc gives to its group is enough"):format(row.principal, row.rights))
    end
end)

each("an anonymous caller may not call from outside", function(_, host)
    if not broad.is_modern(host) then
        skip(broad.is_known(host) and "Windows Server 2003 gives it of its own accord" or "its Windows is not known")
    end
    local must = broad.must(expect)
    for _, row in ipairs(broad.entries(host, "access-limit")) do
        local remote = row.kind == "allow" and row.rights:find "r"
        must(not (remote and row.sid == "S-1-5-7"), "access-limit: " .. row.principal .. " has " .. row.rights)
    end
end)

each("no entry is for a SID that nobody has", function(_, host)
    local must = broad.must(expect)
    local scopes = { "launch-limit", "access-limit", "launch-permission", "access-permission" }
    for _, row in ipairs(broad.entries(host, table.unpack(scopes))) do
        must(not broad.is_orphan(row.sid),
            ("%s: %s was deleted, or made anew with another SID"):format(row.scope, row.sid))
    end
end)

each("no group policy shadows what certsvc writes", function(_, host)
    local must = broad.must(expect)
    for _, row in ipairs((run("dcom show", "--host", host.name))) do
        must(row.source ~= "policy" or not row.effective,
            row.scope .. ": set by group policy, so the recipe of KB 903220 heals nothing")
    end
end)

case("the groups of the CAs are in both limits, without launch", function()
    if #lab:cas() == 0 then
        skip "the lab has no CA"
    end
    local must = broad.must(expect)
    for _, row in ipairs((run "membership validate")) do
        must(row.rule ~= "K12/K13 group-in-limits" and row.rule ~= "K14 no-launch",
            ("%s: %s"):format(row.subject, row.text))
    end
end)
