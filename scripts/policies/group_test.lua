-- Policy: who is in the CA's group (CERTSVC_DCOM_ACCESS; from 2008 on Certificate Service DCOM Access).

local broad = require "policies.broad"

local function members(host)
    local name = broad.is_modern(host) and "S-1-5-32-574" or "CERTSVC_DCOM_ACCESS"
    local fine, rows = pcall(run, "membership list", name, "--direct", "--host", host.name)
    if not fine then
        fine, rows = pcall(run, "membership list", name, "--direct")
    end
    return fine and rows or nil, name
end

local function each(name, fn)
    broad.each_ca(case, skip, name, function(_, host)
        if not broad.has_limits(host) then
            skip(broad.is_known(host) and "before SP1 there is no group" or "its Windows is not known")
        end
        local rows, group = members(host)
        if not rows and broad.is_modern(host) then
            skip("who is in " .. group .. " is not known")
        end
        fn(rows or {}, broad.must(expect), host, group)
    end)
end

each("the group is there, and somebody is in it", function(rows, must, _, group)
    must(#rows > 0, group .. ": nobody is in it, so only administrators enrol")
end)

each("it holds no anonymous callers and no guests", function(rows, must)
    for _, row in ipairs(rows) do
        must(row.sid == "S-1-1-0" or not broad.is_anybody(row.sid), row.principal .. " is in the group")
    end
end)

each("Everyone is in it on a member server only, and without the anonymous", function(rows, must, host)
    local anonymous = host:registry([[HKLM\SYSTEM\CurrentControlSet\Control\Lsa]], "EveryoneIncludesAnonymous")
    for _, row in ipairs(rows) do
        local everyone = row.sid == "S-1-1-0"
        must(not (everyone and host.role == "domain controller"), "Everyone is in the group of a domain controller")
        must(not (everyone and anonymous == 1), "Everyone is in the group, and includes the anonymous here")
    end
end)

each("its members are groups, not single accounts", function(rows, must)
    for _, row in ipairs(rows) do
        must(row.kind ~= "user" and row.kind ~= "computer", row.principal .. " is in it by itself")
    end
end)

each("every member is somebody", function(rows, must)
    for _, row in ipairs(rows) do
        must(not broad.is_orphan(row.sid), row.sid .. " was deleted")
    end
end)

case("what KB 903220 says of the groups holds", function()
    if #lab:cas() == 0 then
        skip "the lab has no CA"
    end
    local must = broad.must(expect)
    for _, row in ipairs((run "membership validate")) do
        must(row.severity ~= "error", ("%s %s: %s"):format(row.rule, row.subject, row.text))
    end
end)
