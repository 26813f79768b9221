#!/usr/bin/env certsh
-- hardening.lua - is everything ready for packet integrity (KB5004442)?
--
--     certsh scripts/hardening.lua --help
--     certsh -c 'lab import export/' scripts/hardening.lua      (or with -l FILE)
--
-- Since March 2023 a Windows server refuses DCOM activations below packet integrity, and no
-- registry value opts out; its CA also refuses requests that are only signed (CVE-2022-37976).
-- A CA of an older Windows, or without those updates, does neither yet.  For each CA the script
-- tells what its host wants today; then it turns both on, in a what-if, and asks who would lose a
-- certificate that can be had now.  Nothing stays.

local lab = certsh.lab
local APPCOMPAT = [[HKLM\SOFTWARE\Microsoft\Ole\AppCompat]]
local REQUIRE = "RequireIntegrityActivationAuthenticationLevel"

-- What the host's registry says of the hardening: true, false, or nil where it says nothing.
local function registry_says(host)
    local ok, rows = pcall(certsh.run, "reg query", [[\\]] .. host.name .. "\\" .. APPCOMPAT, "/v", REQUIRE)
    local value = ok and rows[1] and tonumber(rows[1].data)
    if value then
        return value ~= 0
    end
end

-- Who can have what at this CA, as a set of "principal template".
local function allowed(ca)
    local can = {}
    for _, template in ipairs(ca:published()) do
        for _, row in ipairs(certsh.run("enroll who", template, "--ca", ca.config)) do
            if row.verdict == "allowed" then
                can[row.principal .. "\0" .. template] = { row.principal, template }
            end
        end
    end
    return can
end

local function with_hardening(ca)
    return lab:what_if(function()
        certsh.run("reg add", [[\\]] .. ca.host.name .. "\\" .. APPCOMPAT, "/v", REQUIRE, "/t", "REG_DWORD", "/d", "1", "/f")
        certsh.run("certutil -config", ca.config, "-setreg", [[CA\InterfaceFlags]], "+IF_ENFORCEENCRYPTICERTREQUEST")
        return allowed(ca)
    end)
end

-- Those who lose something, with the templates they lose.
local function lost(before, after)
    local templates, names = {}, {}
    for key, pair in pairs(before) do
        local who, template = pair[1], pair[2]
        if not after[key] then
            names[#names + 1] = not templates[who] and who or nil
            templates[who] = templates[who] or {}
            table.insert(templates[who], template)
        end
    end
    table.sort(names)
    return names, templates
end

local STATES = { [true] = "on", [false] = "off" }

local function check_ca(call, ca)
    local before = allowed(ca)
    local names, templates = lost(before, with_hardening(ca))
    local state = STATES[registry_says(ca.host)] or "not set"
    call:row { ca = ca.config, subject = ca.host.name, ready = #names == 0,
        text = ("%s, registry: %s; %d would be refused"):format(ca.host.os, state, #names) }
    for _, name in ipairs(names) do
        table.sort(templates[name])
        call:row { ca = ca.config, subject = name, ready = false,
            text = "its Windows only signs requests: " .. table.concat(templates[name], ", ") }
    end
    return #names
end

return certsh.command {
    name = "hardening report",
    brief = "who would be refused once a CA asks for packet integrity (KB5004442)?",
    detail = "Exit code 2 when somebody who can enrol now would not, 0 when nobody.",
    params = { { "ca", "ca", "this CA only", option = true } },
    result = {
        { "ca", "text", "the CA" },
        { "subject", "text", "its host, then each who would be refused" },
        { "ready", "bool", "does it stand the hardening?" },
        { "text", "text", "why" },
    },
    examples = { { "hardening report", "every CA of the lab" } },
    run = function(call)
        local count = 0
        for _, ca in ipairs(call.ca and { call.ca } or lab:cas()) do
            count = count + check_ca(call, ca)
        end
        call:exit(count > 0 and 2 or 0)
    end,
}
