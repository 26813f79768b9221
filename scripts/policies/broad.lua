-- policies.broad - what the policies share: the CAs of the lab, and groups that hold nearly anybody.
--
-- A policy file begins with `local broad = require "policies.broad"` and asks about every CA whose host
-- the lab knows: broad.each_ca(case_name, fn), one case a CA, skipped where there is none.  Add a site's
-- own broad groups to broad.sids before the cases.

local broad = {}

-- Well-known ones by SID, those of a domain by the end of it.
broad.sids = {
    ["S-1-1-0"] = "Everyone", ["S-1-5-7"] = "ANONYMOUS LOGON", ["S-1-5-11"] = "Authenticated Users",
    ["S-1-5-32-545"] = "Users", ["S-1-5-32-546"] = "Guests", ["S-1-5-2"] = "NETWORK",
}
broad.rids = { ["513"] = "Domain Users", ["514"] = "Domain Guests", ["515"] = "Domain Computers" }

-- The group's name where nearly anybody is in it, else nil.
function broad.name(sid)
    return broad.sids[sid] or (sid:match "^S%-1%-5%-21%-" and broad.rids[sid:match "%-(%d+)$"]) or nil
end

-- Nobody at all has shown a name: even narrower than broad.
function broad.is_anybody(sid)
    return sid == "S-1-1-0" or sid == "S-1-5-7" or sid == "S-1-5-32-546" or sid:match "^S%-1%-5%-21%-.*%-514$" ~= nil
end

-- A domain's or machine's SID that nobody has: an account that was deleted.
function broad.is_orphan(sid)
    return sid:match "^S%-1%-5%-21%-" ~= nil and certsh.lab:principal(sid) == nil
end

-- `expect` for what is asked of many entries: each text once, and the case counts as asked.
function broad.must(expect)
    local said = {}
    expect(true)
    return function(fine, text)
        if not fine and not said[text] then
            said[text] = true
            expect(false, text)
        end
    end
end

-- One case for each CA with a host, in the caller's file.
function broad.each_ca(case, skip, name, fn)
    local cas = {}
    for _, ca in ipairs(certsh.lab:cas()) do
        if ca.host then
            cas[#cas + 1] = ca
        end
    end
    for _, ca in ipairs(cas) do
        case(("%s: %s"):format(ca.config, name), function()
            local fine, problem = pcall(fn, ca, ca.host)
            if not fine and type(problem) == "userdata" and problem.status == "unknown" then
                skip(problem.text) -- a fact that nobody gave is no fault
            elseif not fine then
                error(problem, 0)
            end
        end)
    end
    if #cas == 0 then
        case(name, function()
            skip "the lab has no CA whose host is known"
        end)
    end
end

-- Rows of `dcom show` that count at that host, of these scopes.
function broad.entries(host, ...)
    local wanted, rows = {}, {}
    for _, scope in ipairs { ... } do
        wanted[scope] = true
    end
    for _, row in ipairs((certsh.run("dcom show", "--host", host.name))) do
        if row.effective and row.sid and wanted[row.scope] then
            rows[#rows + 1] = row
        end
    end
    return rows
end

-- What a host's Windows has of its own accord; "" where the Windows is not known or has none.
local function default_limit(host)
    local fine, sddl = pcall(certsh.lab.default_dcom, certsh.lab, host.windows or "", "launch-limit")
    return fine and sddl or ""
end

function broad.is_known(host)
    return (pcall(certsh.lab.default_dcom, certsh.lab, host.windows or "", "launch-limit"))
end

-- Before the service packs there are no limits, and no group.
function broad.has_limits(host)
    return default_limit(host) ~= ""
end

-- 2008 or newer: Performance Log Users are in the limits, and the CA's group is built in.
function broad.is_modern(host)
    return default_limit(host):find "LU" ~= nil
end

-- The published templates of a CA as handles.
function broad.templates(ca)
    local list = {}
    for _, name in ipairs(ca:published()) do
        list[#list + 1] = certsh.lab:template(name)
    end
    return list
end

-- The entries of a descriptor's bytes; none where nobody gave it.
function broad.aces(bytes)
    local fine, sd = pcall(certsh.sd.decode, bytes)
    return fine and sd:aces() or {}
end

broad.ALLOW = { [0] = true, [5] = true, [9] = true, [11] = true }

return broad
