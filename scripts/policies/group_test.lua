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
    broad.each_ca(case, skip, name, function(ca, host)
        if (lab:default_dcom(host.windows, "launch-limit") or "") == "" then
            skip "before SP1 there is no group"
        end
        fn(ca, host)
    end)
end

each("the group is there, and somebody is in it", function(_, host)
    local rows, name = members(host)
    expect(rows and #rows > 0, name .. ": nobody is in it, so only administrators enrol")
end)

each("it holds no anonymous callers and no guests", function(_, host)
    for _, row in ipairs(members(host) or {}) do
        expect(row.sid == "S-1-1-0" or not broad.is_anybody(row.sid), row.principal .. " is in the group")
    end
    expect(true)
end)

each("Everyone is in it on a member server only, and without the anonymous", function(_, host)
    local anonymous = host:registry([[HKLM\SYSTEM\CurrentControlSet\Control\Lsa]], "EveryoneIncludesAnonymous")
    for _, row in ipairs(members(host) or {}) do
        local everyone = row.sid == "S-1-1-0"
        expect(not (everyone and host.role == "domain controller"), "Everyone is in the group of a domain controller")
        expect(not (everyone and anonymous == 1), "Everyone is in the group, and includes the anonymous here")
    end
    expect(true)
end)

each("its members are groups, not single accounts", function(_, host)
    for _, row in ipairs(members(host) or {}) do
        expect(row.kind ~= "user" and row.kind ~= "computer", row.principal .. " is in it by itself")
    end
    expect(true)
end)

each("every member is somebody", function(_, host)
    for _, row in ipairs(members(host) or {}) do
        expect(not broad.is_orphan(row.sid), row.sid .. " was deleted")
    end
    expect(true)
end)

each("what KB 903220 says of it holds", function()
    for _, row in ipairs((run "membership validate")) do
        expect(row.severity ~= "error", ("%s %s: %s"):format(row.rule, row.subject, row.text))
    end
    expect(true)
end)
