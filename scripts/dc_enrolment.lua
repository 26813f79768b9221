#!/usr/bin/env certsh
-- dc_enrolment.lua - can every domain controller get its certificates?
--
--     certsh scripts/dc_enrolment.lua --help
--
-- The fault of KB 903220: a domain controller is no member of Domain Computers, so after SP1 it may
-- reach no CA on another one.  This asks every gate for each controller (the members of each
-- Domain Controllers group) and each published template that is meant for controllers, and tells
-- the smallest change that helps.

local lab = certsh.lab
local MEANT_FOR_CONTROLLERS = {
    DirectoryEmailReplication = true, DomainController = true,
    DomainControllerAuthentication = true, KerberosAuthentication = true,
}

-- The computers in the groups with RID 516, of all domains.
local function controllers()
    local list, seen = {}, {}
    for group in lab:principals { kind = "group" } do
        for _, member in ipairs(group.sid:match("^S%-1%-5%-21%-.*%-516$") and group:members() or {}) do
            if member.kind == "computer" and not seen[member.sid] then
                seen[member.sid] = true
                list[#list + 1] = member
            end
        end
    end
    table.sort(list, function(a, b) return a.name < b.name end)
    return list
end

local function templates_of(ca, wanted)
    local list = {}
    for _, name in ipairs(ca:published()) do
        if (wanted and name:lower() == wanted:lower()) or (not wanted and MEANT_FOR_CONTROLLERS[name]) then
            list[#list + 1] = name
        end
    end
    return list
end

-- The first that refuses, else the first that does not know.
local function first_gate(decision)
    local unsure
    for _, gate in ipairs(decision.gates) do
        if gate.verdict == "denied" or gate.verdict == "not-granted" then
            return gate
        end
        unsure = unsure or (gate.verdict ~= "allowed" and gate) or nil
    end
    return unsure
end

local function cure(controller, template, ca)
    local ok, fixes = pcall(certsh.run, "enroll fix", controller.name, template, "--ca", ca.config)
    return ok and fixes[1] and fixes[1].change or nil
end

-- One row; its verdict.
local function ask(call, controller, template, ca)
    local decision = lab:check(controller, template, ca)
    local gate = first_gate(decision)
    call:row {
        computer = controller.name, template = template, ca = ca.config,
        verdict = decision.verdict,
        gate = gate and gate.gate,
        why = gate and gate.why,
        cure = gate and decision.verdict ~= "unknown" and cure(controller, template, ca),
    }
    return decision.verdict
end

return certsh.command {
    name = "dc report",
    brief = "can every domain controller get the certificates meant for it?",
    detail = "Exit code 2 when one cannot, 4 when no refusal was found but facts are missing.",
    params = {
        { "ca", "ca", "at this CA only", option = true },
        { "template", "text", "for this template only", option = true },
    },
    result = {
        { "computer", "text", "the domain controller" },
        { "template", "text", "for which template" },
        { "ca", "text", "at which CA" },
        { "verdict", "verdict", "what comes of it" },
        { "gate", "text", "the first gate that does not let it in" },
        { "why", "text", "its words" },
        { "cure", "text", "the smallest change that helps" },
    },
    examples = { { "dc report", "every controller, every CA" } },
    run = function(call)
        local refused, unknown = false, false
        for _, ca in ipairs(call.ca and { call.ca } or lab:cas()) do
            for _, template in ipairs(templates_of(ca, call.template)) do
                for _, controller in ipairs(controllers()) do
                    local verdict = ask(call, controller, template, ca)
                    refused = refused or verdict == "denied" or verdict == "not-granted"
                    unknown = unknown or verdict == "unknown"
                end
            end
        end
        call:exit(refused and 2 or unknown and 4 or 0)
    end,
}
