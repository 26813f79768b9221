#!/usr/bin/env certsh
-- onboarding.lua DOMAIN - another domain is to enrol at this forest's CA: what is to be done?
--
--     certsh --lab-name two-domains scripts/onboarding.lua CONTOSO
--
-- KB 903220 lets only the CA's own domain in: users, computers and domain controllers of others are
-- added to the CA's group by hand, and each computer is restarted.  The script counts who of DOMAIN
-- can enrol now, does those steps in a what-if, counts again, and leaves the lab as it was.  What is
-- still refused then stands at another gate; mostly it is the template, whose default security
-- names the groups of the CA's domain.

local lab = certsh.lab
local ACCESS = { CERTSVC_DCOM_ACCESS = true, ["Certificate Service DCOM Access"] = true }
local RIDS = { 513, 515, 516 }

-- The name of the group that the launch limit of the CA's host lets in, and its members' SIDs.
local function group_of(ca)
    local place = ca.host.role == "domain controller" and ca.host.domain or ca.host.name
    for _, row in ipairs(certsh.run("dcom show --host", ca.host.name)) do
        local account = row.principal and row.principal:match("([^\\]*)$")
        if row.scope == "launch-limit" and row.effective and ACCESS[account] then
            local group = lab:principal(row.sid == "S-1-5-32-574" and place .. "\\" .. account or row.sid)
            local inside = {}
            for _, member in ipairs(group and group:members { direct = true } or {}) do
                inside[member.sid] = true
            end
            return account, inside
        end
    end
end

-- Domain Users, Domain Computers and Domain Controllers of that domain.
local function newcomers(domain)
    local groups = {}
    for who in lab:principals() do
        if who.domain and who.domain:lower() == domain:lower() then
            local sid = who.sid:match("^(S%-1%-5%-21%-%d+%-%d+%-%d+)")
            for _, rid in ipairs(sid and RIDS or {}) do
                groups[#groups + 1] = lab:principal(sid .. "-" .. rid)
            end
            return groups
        end
    end
    return groups
end

-- A computer carries the memberships of its last start: those in the group have to start again.
local function restarts(group)
    local list = {}
    for _, member in ipairs(group:members()) do
        list[#list + 1] = member.kind == "computer" and member.host and [[shutdown /r /m \\]] .. member.host.name or nil
    end
    return list
end

-- How many of the domain, by template, kind, verdict and first gate.
local function count(ca, domain)
    local counts, order, prefix = {}, {}, domain:lower() .. "\\"
    for _, template in ipairs(ca:published()) do
        for _, row in ipairs(certsh.run("enroll who", template, "--ca", ca.config)) do
            if row.principal:lower():sub(1, #prefix) == prefix then
                local key = table.concat({ template, row.kind, row.verdict, row.gate or "" }, "\0")
                order[#order + 1] = not counts[key] and key or nil
                counts[key] = counts[key] or { template = template, kind = row.kind, count = 0,
                    verdict = row.verdict, gate = row.gate }
                counts[key].count = counts[key].count + 1
            end
        end
    end
    table.sort(order)
    for i, key in ipairs(order) do
        order[i] = counts[key]
    end
    return order
end

local function commands_for(group, inside, groups)
    local adds, starts = {}, {}
    for _, newcomer in ipairs(groups) do
        if not inside[newcomer.sid] then
            adds[#adds + 1] = ('net localgroup "%s" "%s" /add'):format(group, newcomer.name)
            for _, line in ipairs(restarts(newcomer)) do
                starts[#starts + 1] = line
            end
        end
    end
    return table.move(starts, 1, #starts, #adds + 1, adds)
end

local function show(call, stage, counts)
    local refused = 0
    for _, row in ipairs(counts) do
        row.stage = stage
        call:row(row)
        refused = refused + (row.verdict == "allowed" and 0 or row.count)
    end
    return refused
end

local function stopped_by_dcom(counts)
    for _, row in ipairs(counts) do
        if row.gate and (row.gate:match("^launch%-") or row.gate:match("^access%-")) then
            return true
        end
    end
end

-- What DOMAIN can after the commands; they are undone.
local function after(ca, domain, commands)
    return lab:what_if(function()
        local here = certsh.run("lab info")[1].host
        certsh.run("host use", ca.host.name)
        for _, line in ipairs(commands) do
            certsh.run(line)
        end
        local counts = count(ca, domain)
        if here then
            certsh.run("host use", here)
        end
        return counts
    end)
end

return certsh.command {
    name = "onboarding report",
    brief = "what lets another domain enrol at this CA, and what still stands in its way?",
    detail = "Exit code 2 when somebody of the domain is refused even then, 3 where the lab does not know the domain.",
    params = {
        { "domain", "text", "the domain's NetBIOS name" },
        { "ca", "ca", "at which CA (the current host's, else the only one)", option = true },
    },
    result = {
        { "stage", "text", "now, do (a command at the CA's host), then" },
        { "template", "text", "which template" },
        { "kind", "text", "user or computer" },
        { "count", "int", "how many of the domain" },
        { "verdict", "verdict", "what they get" },
        { "gate", "text", "the first gate that refuses" },
        { "command", "text", "what to do" },
    },
    examples = { { "onboarding report CORP", "a domain that is there already: who of it can?" } },
    run = function(call)
        local ca = call.ca or lab:ca()
        local groups = newcomers(call.domain)
        if #groups == 0 then
            error { status = "not_found", text = "the lab knows no domain '" .. call.domain .. "'" }
        end
        local now = count(ca, call.domain)
        local refused = show(call, "now", now)
        local group, inside = group_of(ca)
        if group and stopped_by_dcom(now) then
            local commands = commands_for(group, inside, groups)
            for _, line in ipairs(commands) do
                call:row { stage = "do", command = line }
            end
            refused = show(call, "then", after(ca, call.domain, commands))
        end
        call:exit(refused > 0 and 2 or 0)
    end,
}
