-- guard.mutate - would the tests notice?  What decisions rest on is taken away, piece by piece.
--
-- A mutant is the lab with one thing gone: a principal's entries in a DCOM descriptor of a CA's
-- host, a holder of the network logon right, a member of a group that those name, a published
-- template.  The cases of a file run again in each; a mutant in which all of them still pass has
-- survived, and says what nobody guards.  Only the lab is changed, never the test.

local mutate = {}

local run = certsh.run

-- Rows of a command, none where facts are missing.
local function rows(...)
    local fine, found = pcall(run, ...)
    return fine and found or {}
end

-- Computers carry a membership's loss after their next start only.
local function restart_everybody()
    for _, host in ipairs(certsh.lab:hosts()) do
        certsh.lab:restart(host)
    end
end

local function add(list, seen, text, change)
    if not seen[text] then
        seen[text] = true
        list[#list + 1] = { text = text, change = change }
    end
end

local function of_members(list, seen, host, sid, name)
    local place = { host = host.name }
    for _, row in ipairs(rows("membership list", sid, "--direct")) do
        add(list, seen, ("without %s in %s"):format(row.principal, name), function()
            certsh.lab:remove_member(sid, row.sid, place)
            restart_everybody()
        end)
    end
end

local function of_dcom(list, seen, host)
    for _, row in ipairs(rows("dcom show", "--host", host.name)) do
        local counts = row.effective and row.principal and not row.scope:match("default")
        if counts then
            add(list, seen, ("without %s in %s"):format(row.principal, row.scope), function()
                run("dcom revoke", row.scope, row.sid, "--host", host.name)
            end)
            of_members(list, seen, host, row.sid, row.principal)
        end
    end
end

local function of_rights(list, seen, host)
    for _, row in ipairs(rows("right list", "SeNetworkLogonRight", "--host", host.name)) do
        add(list, seen, ("without %s in SeNetworkLogonRight"):format(row.principal), function()
            run("right revoke", "SeNetworkLogonRight", row.sid, "--host", host.name)
        end)
    end
end

local function of_templates(list, seen, ca)
    for _, template in ipairs(ca:templates() or {}) do
        add(list, seen, ("without template %s at %s"):format(template, ca.name), function()
            run("certutil -config", ca.config, "-SetCATemplates", "-" .. template)
        end)
    end
end

-- The mutants of the lab that is open.
function mutate.all()
    local list, seen = {}, {}
    for _, ca in ipairs(certsh.lab:cas()) do
        if ca.host then
            of_dcom(list, seen, ca.host)
            of_rights(list, seen, ca.host)
            of_templates(list, seen, ca)
        end
    end
    return list
end

-- Does a case notice?  `again()` runs the cases and gives their rows; nil when the change cannot
-- be made (what Windows refuses is no mutant).
function mutate.notices(mutant, again)
    return certsh.lab:what_if(function()
        if not pcall(mutant.change) then
            return nil
        end
        for _, row in ipairs(again()) do
            if row.status == "failed" or row.status == "broken" then
                return true
            end
        end
        return false
    end)
end

return mutate
