-- export.lua - what lab export writes gives an equal lab again.
--
--   lua and json   the whole lab: no fact is different, and every decision is the same
--   ldif           what a directory says: domains, trusts, principals of domains, memberships
--                  among them, CAs, templates
--   reg            the registry of a host
--   lab redact     the same answers, and no name of the lab
--
-- Of all built-in labs, and of labs grown wild from them by random commands (CERTSH_SEED).

local seed = tonumber(os.getenv("CERTSH_SEED") or "") or 20061130
local rounds = tonumber(arg[1] or "") or 12
math.randomseed(seed)
print("seed " .. seed)

local LABS = { "kb903220-dc", "kb903220-member", "kb903220-rtm", "two-domains", "modern", "kb903220-ja", "empty" }
local failed = 0

local function fail(law, what, rows)
    failed = failed + 1
    print(("FAIL  %s: %s"):format(what, law))
    for i = 1, math.min(#rows, 8) do
        print("      " .. certsh.json.encode(rows[i]))
    end
end

-- ------------------------------------------------------------------ growing

local function any(list)
    return list[math.random(#list)]
end

local function names(lab)
    local list = { groups = {}, all = {}, computers = {} }
    for p in lab:principals() do
        local key = p.kind == "group" and "groups" or p.kind == "computer" and "computers"
        if key then
            table.insert(list[key], p)
        end
        if p.kind ~= "well-known" then
            table.insert(list.all, p)
        end
    end
    return list
end

local ODD = { "Zoë, Ünal", 'a"b', "x;y=z", "ディレクトリ", "#hash", " lead", "a+b<c>", "Jürgen O'Neil" }
local count = 0

local GROW = {
    function(lab, some) lab:add_member(any(some.groups), any(some.all)) end,
    function(lab, some) lab:add_member(any(some.groups), any(some.all)) end,
    function(lab, some)
        local group = any(some.groups)
        lab:remove_member(group, any(group:members { direct = true }))
    end,
    function(lab)
        count = count + 1
        lab:add_user { domain = any { "corp.example" }, name = any(ODD):gsub('[";,=+<>]', "") .. count,
            display = any(ODD), mail = "u" .. count .. "@corp.example", comment = any(ODD) .. "\r\nsecond line" }
    end,
    function(lab)
        count = count + 1
        lab:add_group { domain = "corp.example", name = "G" .. count, security = count % 5 ~= 0,
            scope = any { "global", "universal", "domain-local" } }
    end,
    function(lab, some) lab:remove_principal { who = any(some.all).sid } end,
    function(_, some) certsh.run("shutdown /r /m \\\\" .. any(some.computers).account:gsub("%$", "")) end,
    function(lab, some) lab:open_session { host = any(lab:hosts()), user = any { "alice", "bob" } } end,
    function(lab, some) lab:set_primary { who = any(some.computers).sid, rid = any { 515, 516, 513 } } end,
    function() certsh.run("net stop certsvc") end,
    function() certsh.run("net start certsvc") end,
    function(_, some) certsh.run("dcom " .. any { "allow", "deny" } .. " launch-limit", any(some.all).sid) end,
    function(_, some) certsh.run("right grant SeDenyNetworkLogonRight", any(some.all).sid) end,
    function(_, some) certsh.run("enroll request", any(some.computers), any { "Machine", "User" }) end,
    function(lab) lab:set_registry(any(lab:hosts()), [[HKLM\SOFTWARE\Odd "Key"]], any(ODD), any {
        7, "text", { "one", "two" }, { bytes = "\1\0\255" }, { sddl = "O:BAG:BAD:(D;;CC;;;AN)" } }) end,
    function() certsh.run("certutil -setreg SetupStatus -SETUP_DCOM_SECURITY_UPDATED_FLAG") end,
}

local function grow(lab, steps)
    local done = 0
    certsh.inside(lab, function()
        for _ = 1, steps do
            local some = names(lab)
            done = done + (pcall(any(GROW), lab, some) and 1 or 0)
        end
    end)
    return done
end

-- --------------------------------------------------------------------- laws

local function diff(lab, path, ...)
    local words = { ... }
    local rows
    certsh.inside(lab, function() rows = certsh.run("lab diff", path, table.unpack(words)) end)
    return rows
end

local function whole(lab, what)
    for _, kind in ipairs { "lua", "json" } do
        local path = "law." .. kind
        certsh.inside(lab, function() certsh.run("lab export", path) end)
        local rows = diff(lab, path)
        for _, template in ipairs(lab:templates()) do
            for _, row in ipairs(diff(lab, path, "--decisions", template.name)) do
                rows[#rows + 1] = row
            end
        end
        if #rows > 0 then
            fail("the same lab again, by " .. kind, what, rows)
        end
    end
end

-- What a directory does not say: an entry has a name and lies somewhere, whether the lab knew it or not.
local function is_directory(row)
    if row.noun == "principal" then
        return row.field ~= "dn"
    end
    return row.noun == "membership" or row.noun == "trust" or row.noun == "template"
        or row.noun == "domain"
end

-- Machines' own accounts and groups are no part of a directory.
local function without_machines(lab)
    local copy = certsh.open("law.json")
    local own = {}
    copy:dump(function(_, fields)
        if fields.host and fields.sid then
            local builtin = fields.sid:match("^S%-1%-5%-32%-")
            own[#own + 1] = fields.sid .. (builtin and "@" .. fields.host or "")
        end
    end)
    for _, who in ipairs(own) do
        pcall(copy.remove_principal, copy, { who = who }) -- it may have gone
    end
    return copy
end

local function directory(lab, what)
    local there = certsh.open("empty")
    certsh.inside(lab, function() certsh.run("lab export law.ldif") end)
    certsh.inside(there, function()
        certsh.run("lab import law.ldif")
        certsh.run("lab export law-back.json")
    end)
    local rows = {}
    for _, row in ipairs(diff(without_machines(lab), "law-back.json")) do
        if is_directory(row) and not (row.field == "display_ja" or row.subject:match("^S%-1%-")) then
            rows[#rows + 1] = row
        end
    end
    if #rows > 0 then
        fail("the same directory again, by ldif", what, rows)
    end
end

local function registries(lab, what)
    for _, host in ipairs(lab:hosts()) do
        local there = certsh.open("empty")
        certsh.inside(lab, function() certsh.run("lab export law.reg --host", host.name) end)
        certsh.inside(there, function()
            certsh.run("lab import law.reg --host", host.name)
            certsh.run("lab export law-back.json")
        end)
        local rows = {}
        for _, row in ipairs(diff(lab, "law-back.json")) do
            -- that a key with values is there needs no word
            local key = row.before == "type key" or row.after == "type key"
            if row.noun == "registry" and row.subject:match("^" .. host.name .. " ") and not key then
                rows[#rows + 1] = row
            end
        end
        if #rows > 0 then
            fail("the same registry again, by reg", what .. ", " .. host.name, rows)
        end
    end
end

-- What lab redact writes answers the same and has no name of the lab, whoever looks.
local function counts(lab, template, ca)
    local list = {}
    certsh.inside(lab, function()
        for _, row in ipairs(certsh.run("enroll who", template, "--ca", ca, "--count")) do
            list[#list + 1] = ("%s %s %d"):format(row.verdict, row.gate or "", row.count)
        end
    end)
    table.sort(list)
    return table.concat(list, ", ")
end

local function is_own(name)
    return not name:match("^S%-1%-") and #name > 2
        and not ({ Administrator = 1, Guest = 1, krbtgt = 1, CERTSVC_DCOM_ACCESS = 1 })[name]
end

local function own_names(lab)
    local list = {}
    lab:dump(function(call, f)
        local rid = f.sid and tonumber(f.sid:match("%d+$")) or 9999
        if (call:match("^add_user") or call:match("^add_comp") or call == "add_group" and rid > 999) and is_own(f.name) then
            list[#list + 1] = (f.name:gsub("%$$", ""))
        elseif call == "add_host" or call == "add_ca" or call == "add_domain" then
            list[#list + 1] = f.name or f.dns
        end
        if call == "add_domain" then
            list[#list + 1] = f.sid
        end
    end)
    return list
end

local function redacted(lab, what)
    local fine, problem
    certsh.inside(lab, function() fine, problem = pcall(certsh.run, "lab redact law-other.json --map law-key.json") end)
    if not fine then
        return fail("redacted: " .. tostring(problem), what, {})
    end
    local copy, file = certsh.open("law-other.json"), io.open("law-other.json", "rb")
    local text = file:read("a"):lower()
    file:close()
    local rows = {}
    for _, name in ipairs(own_names(lab)) do
        if text:find("%f[%w]" .. name:lower():gsub("%p", "%%%0") .. "%f[%W]") then
            rows[#rows + 1] = { left = name }
        end
    end
    for i, ca in ipairs(lab:cas()) do
        for j, template in ipairs(lab:templates()) do
            local before = counts(lab, template.name, ca.config)
            local after = counts(copy, copy:templates()[j].name, copy:cas()[i].config)
            if before ~= after then
                rows[#rows + 1] = { template = template.name, before = before, after = after }
            end
        end
    end
    if #rows > 0 then
        fail("redacted: the same answers and no name", what, rows)
    end
end

local function laws(lab, what)
    whole(lab, what)
    redacted(lab, what)
    if #lab:hosts() > 0 then
        directory(lab, what)
        registries(lab, what)
    end
end

for _, name in ipairs(LABS) do
    laws(certsh.open(name), name)
end
for round = 1, rounds do
    local name = LABS[1 + round % 6]
    local lab = certsh.open(name)
    local done = grow(lab, 10 + math.random(50))
    laws(lab, ("%s grown wild, round %d (%d changes)"):format(name, round, done))
end
print(("%d labs, %d laws broken"):format(#LABS + rounds, failed))
os.exit(failed == 0 and 0 or 2)
