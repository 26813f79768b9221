#!/usr/bin/env certsh
-- audit.lua - what is wrong with the way to this lab's CAs?
--
--     certsh scripts/audit.lua --help
--     certsh --lab-name empty -c 'lab import export/' -c 'run scripts/audit.lua'
--
-- One list of findings from everything that looks for them: the rules of `membership validate`, the
-- linter of the DCOM descriptors of each CA's host, the service, what decides about each published
-- template (nobody can enrol; who is refused before it is asked), and the facts that no import
-- gave.  It asks the same commands that a person would, and adds nothing of its own to their answers.

local lab = certsh.lab
local run = certsh.run
local SEVERITIES = { "error", "warning", "note" }

local findings

local function find(severity, area, subject, text)
    findings[#findings + 1] = { severity = severity, area = area, subject = subject, text = text }
end

-- Rows of a command; where it cannot be asked for lack of facts, that is the finding.
local function rows(area, subject, line, ...)
    local ok, found = pcall(run, line, ...)
    if not ok then
        find("note", area, subject, found.text or tostring(found))
    end
    return ok and found or {}
end

local function memberships()
    for _, row in ipairs(rows("membership", nil, "membership validate")) do
        find(row.severity, "membership", row.subject, row.text)
    end
end

local function descriptors(ca)
    for _, row in ipairs(rows("dcom", ca.host.name, "dcom lint --host", ca.host.name)) do
        find(row.severity, "dcom", ca.host.name .. " " .. row.scope, row.text)
    end
end

local function service(ca)
    for _, row in ipairs(rows("service", ca.host.name, [[sc \\]] .. ca.host.name .. " query certsvc")) do
        if row.state ~= "running" then
            find("error", "service", ca.host.name, "certsvc is " .. row.state)
        end
    end
end

-- Who can and who cannot, counted; refusals at the template itself are what templates are for.
local function outcome(ca, template)
    local can, elsewhere = 0, {}
    for _, row in ipairs(rows("template", template, "enroll who --count", template, "--ca", ca.config)) do
        if row.verdict == "allowed" then
            can = can + row.count
        elseif row.gate ~= "template-security" then
            elsewhere[#elsewhere + 1] = ("%d at %s"):format(row.count, row.gate)
        end
    end
    if can == 0 then
        find("warning", "template", template, "published at " .. ca.config .. ", and nobody can enrol")
    end
    if #elsewhere > 0 then
        find("warning", "gates", template, "refused or unknown before the template is asked: " .. table.concat(elsewhere, ", "))
    end
end

local function missing()
    for _, row in ipairs(rows("facts", nil, "lab missing")) do
        find("note", "facts", row.host or row.ca, row.fact .. " is not known: " .. row.command)
    end
end

return certsh.command {
    name = "audit report",
    brief = "what is wrong with the way to this lab's CAs?",
    detail = "Findings in order of severity.  Exit code 2 when one is an error, 0 otherwise.",
    params = { { "ca", "ca", "this CA only", option = true } },
    result = {
        { "severity", "text", "error, warning or note" },
        { "area", "text", "membership, dcom, service, template, gates or facts" },
        { "subject", "text", "what it is about" },
        { "text", "text", "what was found, and what helps" },
    },
    examples = { { "audit report", "every CA of the lab" } },
    run = function(call)
        findings = {}
        memberships()
        for _, ca in ipairs(call.ca and { call.ca } or lab:cas()) do
            service(ca)
            descriptors(ca)
            for _, template in ipairs(ca:templates() or {}) do
                outcome(ca, template)
            end
        end
        missing()
        local worst
        for _, severity in ipairs(SEVERITIES) do
            for _, finding in ipairs(findings) do
                if finding.severity == severity then
                    call:row(finding)
                    worst = worst or severity
                end
            end
        end
        call:exit(worst == "error" and 2 or 0)
    end,
}
