-- Policy: what a published template's list must not give to nearly anybody.
--
-- The lab knows a template's flags and list, and no extended key usage: a template that names its subject
-- itself is taken to be good for logon.

local broad = require "policies.broad"

local ENROLL = "0e10c968-78fb-11d2-90d4-00c04f79dc55"
local AUTOENROLL = "a05b8cc2-17bc-4802-a710-e7c15ab866a2"
local SUPPLIES_SUBJECT = 0x1 | 0x10000 -- ENROLLEE_SUPPLIES_SUBJECT, _ALT_NAME
local PEND_ALL, NO_SECURITY_EXTENSION = 0x2, 0x80000
local WRITES = 0x40000 | 0x80000 | 0x20 | 0x40000000 | 0x10000000 -- WRITE_DAC, _OWNER, _PROP, GW, GA

local function enrolls(ace)
    local right = not ace.object_type or ace.object_type:lower() == ENROLL
    return broad.ALLOW[ace.type] and right and ace.mask & 0x10000100 ~= 0
end

local function each(name, fn)
    broad.each_ca(case, skip, name, function(ca)
        local must = broad.must(expect)
        for _, template in ipairs(broad.templates(ca)) do
            fn(template, must)
        end
    end)
end

each("nobody enrols who has not shown a name", function(template, must)
    for _, ace in ipairs(broad.aces(template.security)) do
        must(not (enrolls(ace) and broad.is_anybody(ace.sid)),
            ("%s: %s may enrol"):format(template.name, broad.name(ace.sid) or ace.sid))
    end
end)

-- The caller writes the subject, nobody looks at it, and nearly anybody may ask.
each("who may name any subject is a chosen few, or an officer looks", function(template, must)
    local free = template.name_flags & SUPPLIES_SUBJECT ~= 0 and template.enroll_flags & PEND_ALL == 0
        and template.signatures == 0
    for _, ace in ipairs(broad.aces(template.security)) do
        must(not (free and enrolls(ace) and broad.name(ace.sid)),
            ("%s: the enrollee supplies the subject, and %s may enrol"):format(template.name, broad.name(ace.sid) or ""))
    end
end)

each("no certificate without the account's SID", function(template, must)
    must(template.enroll_flags & NO_SECURITY_EXTENSION == 0, template.name .. ": NO_SECURITY_EXTENSION is set")
end)

each("nearly anybody may not change it", function(template, must)
    for _, ace in ipairs(broad.aces(template.security)) do
        local writes = broad.ALLOW[ace.type] and not ace.object_type and ace.mask & WRITES ~= 0
        must(not (writes and broad.name(ace.sid)),
            ("%s: %s may change it: %s"):format(template.name, broad.name(ace.sid) or "", ace.text))
    end
end)

each("no entry is for a SID that nobody has", function(template, must)
    for _, ace in ipairs(broad.aces(template.security)) do
        must(not ace.sid or not broad.is_orphan(ace.sid), ("%s: %s was deleted"):format(template.name, ace.sid))
    end
end)

each("who enrols by itself may also enrol", function(template, must)
    local may, auto = {}, {}
    for _, ace in ipairs(broad.aces(template.security)) do
        if enrolls(ace) then
            may[ace.sid] = true
        elseif broad.ALLOW[ace.type] and ace.object_type and ace.object_type:lower() == AUTOENROLL then
            auto[#auto + 1] = ace.sid
        end
    end
    for _, sid in ipairs(auto) do
        must(may[sid], ("%s: %s has AutoEnroll and not Enroll"):format(template.name, sid))
    end
end)
