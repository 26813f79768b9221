-- guard.coverage - what of a lab the expectations rest on, and what they never ask about.
--
-- Three kinds of things can be exercised:
--
--   gate         "launch-limit refuses", "launch-limit allows": a decision that was expected saw it
--   entry        an entry of a DCOM descriptor, of the CA or of a published template decided
--   membership   somebody got at such an entry, or at the network logon right, through it
--
-- What there is, is read from the lab as a file's fixtures left it; what was asked, from the
-- decisions behind expect_allowed, expect_denied, expect_unknown and expect_who.  A lab that two
-- files are about is counted once.  Groups with many accounts count as one membership: "one of 5214
-- accounts in CORP\Domain Users".

local coverage = {}
coverage.__index = coverage

local MANY = 10 -- accounts in a group that are no longer counted one by one

function coverage.new()
    return setmetatable({ labs = {}, order = {} }, coverage)
end

-- Rows of a command, none where facts are missing.
local function rows(...)
    local fine, found = pcall(certsh.run, ...)
    return fine and found or {}
end

-- ------------------------------------------------------------ what there is

local function add(lab, kind, key, text)
    if not lab.items[key] then
        lab.items[key] = { kind = kind, text = text, hit = false }
        lab.order[#lab.order + 1] = key
    end
end

local function add_memberships(lab, host, sid, name)
    local accounts = 0
    if lab.groups[sid] then
        return
    end
    lab.groups[sid] = true
    local members = rows("membership list", sid, "--direct", "--host", host.name)
    if #members == 0 then
        members = rows("membership list", sid, "--direct")
    end
    for _, row in ipairs(members) do
        accounts = accounts + ((row.kind == "user" or row.kind == "computer") and 1 or 0)
    end
    for _, row in ipairs(members) do
        local account = row.kind == "user" or row.kind == "computer"
        if not account or accounts < MANY then
            local who = row.principal ~= "" and row.principal or row.sid
            add(lab, "membership", who .. "\n" .. name, ("%s in %s"):format(who, name))
        end
    end
    if accounts >= MANY then
        add(lab, "membership", "\n" .. name, ("one of %d accounts in %s"):format(accounts, name))
    end
end

local function name_of(sid, host)
    local who = certsh.lab:principal(sid)
    local found = rows("membership list", sid, "--direct", "--host", host.name)[1]
    return who and who.name or found and found.group or sid
end

local ENROLL = "0e10c968-78fb-11d2-90d4-00c04f79dc55"

-- Can such an entry decide?  The CA asks for Enroll, 0x200; a template for CR, 0x100, of Enroll.
local CAN_DECIDE = {
    ["ca-security"] = function(ace)
        return ace.mask & 0x200 ~= 0
    end,
    ["template-security"] = function(ace)
        return ace.mask & 0x100 ~= 0 and (not ace.object_type or ace.object_type:lower() == ENROLL)
    end,
}

local function add_entries(lab, host, gate, sd)
    local can_decide = CAN_DECIDE[gate]
    for _, ace in ipairs(sd:aces() or {}) do
        if ace.sid and (not can_decide or can_decide(ace)) then
            local name = name_of(ace.sid, host)
            add(lab, "entry", gate .. "\n" .. ace.text, ("%s  %s  %s"):format(gate, ace.text, name))
            add_memberships(lab, host, ace.sid, name)
        end
    end
end

-- An application without permissions of its own is judged by the machine's defaults.
local function add_dcom(lab, host)
    local seen, by_scope = {}, {}
    for _, row in ipairs(rows("dcom show", "--host", host.name)) do
        if row.effective and row.sddl then
            by_scope[row.scope] = row.sddl
        end
    end
    for _, scope in ipairs { "launch-limit", "launch-permission", "access-limit", "access-permission" } do
        local sddl = by_scope[scope] or by_scope[scope:gsub("permission", "default")]
        if sddl and not seen[scope] then
            seen[scope] = true
            add_entries(lab, host, scope, certsh.sd.parse(sddl))
        end
    end
end

local CONFIGURATION = [[HKLM\SYSTEM\CurrentControlSet\Services\CertSvc\Configuration\]]

local function add_ca(lab, ca)
    local bytes = ca.host:registry(CONFIGURATION .. ca.name, "Security")
    local fine, sd = pcall(certsh.sd.decode, bytes)
    if fine then
        add_entries(lab, ca.host, "ca-security", sd)
    end
    for _, name in ipairs(ca:templates() or {}) do
        local template = certsh.lab:template(name)
        local read, list = pcall(certsh.sd.decode, template and template.security)
        if read then
            add_entries(lab, ca.host, "template-security", list)
        end
    end
end

local function add_rights(lab, host)
    for _, row in ipairs(rows("right list", "SeNetworkLogonRight", "--host", host.name)) do
        add_memberships(lab, host, row.sid, row.principal)
    end
end

local SIDES = { " allows", " refuses" }

-- The gates are those of any decision, a plugin's too.
local function add_gates(lab, ca)
    local template, who = (ca:templates() or {})[1], certsh.lab:principals { kind = "user" }()
    who = who or certsh.lab:principals { kind = "computer" }()
    local fine, decision = pcall(certsh.lab.check, certsh.lab, who, template, ca)
    for _, gate in ipairs(fine and decision.gates or {}) do
        for _, side in ipairs(SIDES) do
            add(lab, "gate", gate.gate .. side, gate.gate .. side)
        end
    end
end

-- The lab that is open, as it is now.
function coverage:begin(name)
    if self.labs[name] then
        return
    end
    local lab = { name = name, items = {}, order = {}, groups = {} }
    self.labs[name], self.order[#self.order + 1] = lab, lab
    for _, ca in ipairs(certsh.lab:cas()) do
        add_gates(lab, ca)
        if ca.host then
            add_dcom(lab, ca.host)
            add_ca(lab, ca)
            add_rights(lab, ca.host)
        end
    end
end

-- ---------------------------------------------------------- what was asked

local SAYS = { allowed = " allows", denied = " refuses", ["not-granted"] = " refuses" }

local function hit(lab, key)
    local item = lab.items[key]
    if item then
        item.hit = true
    end
    return item
end

local function hit_path(lab, via)
    for place = 2, #via do
        if not hit(lab, via[place - 1] .. "\n" .. via[place]) then
            hit(lab, "\n" .. via[place])
        end
    end
end

function coverage:note(name, decision)
    local lab = self.labs[name]
    if not lab then
        return
    end
    for _, gate in ipairs(decision.gates) do
        if SAYS[gate.verdict] then
            hit(lab, gate.gate .. SAYS[gate.verdict])
        end
        if gate.ace then
            hit(lab, gate.gate .. "\n" .. gate.ace)
        end
        hit_path(lab, gate.via or {})
    end
end

-- ------------------------------------------------------------- what came out

local KINDS = { { "gate", "gates" }, { "entry", "entries" }, { "membership", "memberships" } }

-- Percent of all, rounded down; nothing to exercise is 100.
local function percent(part, whole)
    return whole == 0 and 100 or part * 100 // whole
end

-- Every item of every lab: lab, kind, text, hit; gates first.
function coverage:each(fn)
    for _, lab in ipairs(self.order) do
        for _, kind in ipairs(KINDS) do
            for _, key in ipairs(lab.order) do
                local item = lab.items[key]
                if item.kind == kind[1] then
                    fn(lab.name, item)
                end
            end
        end
    end
end

-- { hit, all, percent, labs = { { name, hit, all, percent, kinds = { gate = { hit, all }, ... } } } }
function coverage:sum()
    local total, by = { hit = 0, all = 0, labs = certsh.array {} }, {}
    for place, lab in ipairs(self.order) do
        local kinds = {}
        for _, kind in ipairs(KINDS) do
            kinds[kind[1]] = { hit = 0, all = 0 }
        end
        by[lab.name] = { name = lab.name, hit = 0, all = 0, kinds = kinds }
        total.labs[place] = by[lab.name]
    end
    self:each(function(name, item)
        for _, count in ipairs { total, by[name], by[name].kinds[item.kind] } do
            count.all = count.all + 1
            count.hit = count.hit + (item.hit and 1 or 0)
        end
    end)
    for _, lab in ipairs(total.labs) do
        lab.percent = percent(lab.hit, lab.all)
    end
    total.percent = percent(total.hit, total.all)
    return total
end

local function say_lab(lines, coverage_, lab)
    lines[#lines + 1] = ("coverage of %s: %d of %d, %d %%"):format(lab.name, lab.hit, lab.all, lab.percent)
    for _, kind in ipairs(KINDS) do
        local count = lab.kinds[kind[1]]
        lines[#lines + 1] = ("  %-12s %d of %d"):format(kind[2], count.hit, count.all)
    end
    if lab.hit < lab.all then
        lines[#lines + 1] = "  never exercised:"
    end
    coverage_:each(function(name, item)
        if name == lab.name and not item.hit then
            lines[#lines + 1] = ("    %-11s %s"):format(item.kind, item.text)
        end
    end)
end

-- For people.
function coverage:words()
    local lines = {}
    for _, lab in ipairs(self:sum().labs) do
        say_lab(lines, self, lab)
    end
    return #lines > 0 and table.concat(lines, "\n") .. "\n" or "coverage: no lab was asked about\n"
end

-- For other programs: { hit, all, percent, labs, never = { { lab, kind, text }, ... } }
function coverage:facts()
    local facts = self:sum()
    facts.never = certsh.array {}
    self:each(function(name, item)
        if not item.hit then
            facts.never[#facts.never + 1] = { lab = name, kind = item.kind, text = item.text }
        end
    end)
    return facts
end

return coverage
