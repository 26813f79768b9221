-- lab_export - the lab as a file: a Lua script or JSON that builds it again, LDIF, a registry file.
--
--     lab export corp.lua          certsh --lab-name corp.lua is that lab again
--     lab export corp.json         so is --lab-name corp.json, or lab import into an empty lab
--     lab export corp.ldif         the directories: what lab import reads of a domain controller
--     lab export srv01.reg --host SRV01
--
-- Lua and JSON are the calls that build the lab (lab:dump), all of it with the ages of tokens.
-- LDIF carries domains, trusts, accounts, groups, memberships, CAs and templates; a .reg what the
-- registry of one host holds.  Files are written as the lab is read, beside their place, and put
-- there when they are whole.

local calls = require "labs.calls"

-- -------------------------------------------------------------------- Lua

local WORDS = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat return
        then true until while]]):gmatch("%S+") do
    WORDS[word] = true
end

local function lua_text(text)
    return (("%q"):format(text):gsub("\\\n", "\\n"):gsub("\r", "\\r"):gsub("\0", "\\0"))
end

local function lua_value(value)
    if type(value) == "string" then
        return lua_text(value)
    end
    if type(value) ~= "table" then
        return tostring(value)
    end
    local items = {}
    for i, item in ipairs(value) do
        items[i] = lua_value(item)
    end
    return "{ " .. table.concat(items, ", ") .. " }"
end

local function lua_fields(fields, names)
    local parts = {}
    for i, name in ipairs(names) do
        local key = WORDS[name] and ('["%s"]'):format(name) or name
        parts[i] = key .. " = " .. lua_value(fields[name])
    end
    return table.concat(parts, ", ")
end

local function write_lua(lab, out)
    out("-- A lab, written by certsh: ", lab.name, "\n")
    out("-- certsh --lab-name THIS-FILE opens it; in an empty lab, run it.\n\n")
    out("local lab = ...\n")
    out('if type(lab) ~= "userdata" then lab = certsh.lab end\n\n')
    lab:dump(function(call, fields, names)
        out("lab:", call, " { ", lua_fields(fields, names), " }\n")
    end)
end

-- ------------------------------------------------------------------- JSON

local function write_json(lab, out)
    local between = "\n"
    out(calls.HEAD)
    lab:dump(function(call, fields)
        out(between, "[", certsh.json.encode(call), ",", certsh.json.encode(fields), "]")
        between = ",\n"
    end)
    out("\n]}\n")
end

-- ------------------------------------------------------------------- LDIF

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64(bytes)
    local parts = {}
    for i = 1, #bytes, 3 do
        local a, b, c = bytes:byte(i, i + 2)
        local n = a << 16 | (b or 0) << 8 | (c or 0)
        local four = {}
        for j = 1, 4 do
            local digit = (n >> (24 - 6 * j) & 63) + 1
            four[j] = ALPHABET:sub(digit, digit)
        end
        four[3], four[4] = b and four[3] or "=", c and four[4] or "="
        parts[#parts + 1] = table.concat(four)
    end
    return table.concat(parts)
end

local function sid_bytes(text)
    local authority, rest = text:match("^S%-1%-(%d+)(.*)$")
    local subs = {}
    for sub in rest:gmatch("%-(%d+)") do
        subs[#subs + 1] = ("<I4"):pack(math.tointeger(sub))
    end
    return ("<I1I1"):pack(1, #subs) .. (">I6"):pack(math.tointeger(authority)) .. table.concat(subs)
end

-- RFC 2849: what is no plain text is base64; lines are folded at 76 columns.
local function line(out, name, value)
    local text = tostring(value)
    local plain = text:match("^[^%z\r\n :<\128-\255][^%z\r\n\128-\255]*$") and not text:match(" $")
    local whole = plain and name .. ": " .. text or name .. ":: " .. base64(text)
    out(whole:sub(1, 76), "\n")
    for i = 77, #whole, 75 do
        out(" ", whole:sub(i, i + 74), "\n")
    end
end

local function rdn(text)
    text = text:gsub('[,+"\\<>;=]', "\\%0")
    return (text:gsub("^[ #]", "\\%0"):gsub(" $", "\\ "))
end

local function dn_of_dns(dns)
    return "DC=" .. dns:gsub("%.", ",DC=")
end

local function entry(out, dn, class, attributes)
    line(out, "dn", dn)
    if class then
        line(out, "objectClass", class)
    end
    for _, pair in ipairs(attributes) do
        if pair[2] ~= nil and pair[2] ~= "" then
            for _, value in ipairs(type(pair[2]) == "table" and pair[2] or { pair[2] }) do
                line(out, pair[1], value)
            end
        end
    end
    out("\n")
end

local function signed(number)
    return number and (number >= 0x80000000 and number - 0x100000000 or number)
end

local GROUP_TYPES = { global = 2, ["domain-local"] = 4, universal = 8, builtin = 5 }
local CLASSES = { add_user = "user", add_computer = "computer", add_group = "group" }

-- The ways a dump may call a principal of a domain.
local function refs_of(netbios, f)
    local builtin = f.sid:match("^S%-1%-5%-32%-")
    return { builtin and f.sid .. "@" .. f.domain or f.sid, (netbios[f.domain] or f.domain) .. "\\" .. f.name }
end

-- Somebody known by DN alone, whose SID is only a number of the lab.
local function is_stranger(sid)
    return sid:match("^S%-1%-0%-1%-%d+$") ~= nil
end

-- What the lab's story changes after its first moment, read before anything is written: people are
-- then written as they come, and a group when its members are told.
local function read_story(lab)
    local story = { members = {}, gone = {}, primary = {}, born = {}, netbios = {} }
    local take, moments = {}, 0
    local function change(group, members, present)
        local list = story.members[group] or {}
        story.members[group] = list
        for _, member in ipairs(members) do
            list[member] = present
        end
    end
    function take.moment() moments = moments + 1 end
    function take.add_members(f) change(f.group, f.members, true) end
    function take.remove_members(f) change(f.group, f.members, false) end
    function take.remove_principal(f) story.gone[f.who] = true end
    function take.set_primary(f) story.primary[f.who] = f.rid end
    function take.add_domain(f) story.netbios[f.dns] = f.netbios end
    function take.add_user(f, call)
        f.call = call
        for _, ref in ipairs(f.domain and refs_of(story.netbios, f) or {}) do
            story.born[ref] = f
        end
    end
    take.add_computer, take.add_group = take.add_user, take.add_user
    lab:dump(function(call, fields)
        if take[call] and (moments > 1 or call == "moment" or call == "add_domain") then
            take[call](fields, call)
        end
    end)
    return story
end

-- Where an entry without a name of its own would lie.
local function place(f)
    local cn = f.display or f.name:gsub("%$$", "")
    local folder = f.scope == "builtin" and "CN=Builtin" or f.call == "add_computer" and "CN=Computers"
        or "CN=Users"
    return ("CN=%s,%s,%s"):format(rdn(cn), folder, dn_of_dns(f.domain))
end

-- The entry's name, once in the file, found again by any way a dump calls the principal.
local function name_entry(all, f)
    f.refs = refs_of(all.story.netbios, f)
    f.at = all.at[f.refs[1]]
    if f.at then -- named before, as somebody's member
        return
    end
    local dn = f.dn or place(f)
    if all.taken[dn:lower()] then
        dn = dn:gsub("^CN=", ("CN=%s "):format(f.sid:match("%d+$")), 1)
    end
    all.taken[dn:lower()] = true
    f.at = dn
    for _, ref in ipairs(f.refs) do
        all.at[ref] = dn
    end
end

local function of_refs(f, map)
    for _, ref in ipairs(f.refs) do
        if map[ref] ~= nil then
            return map[ref]
        end
    end
end

local function member_dn(all, f, member)
    if not all.at[member] and all.story.born[member] then
        name_entry(all, all.story.born[member])
    end
    if all.at[member] then
        return all.at[member]
    end
    if member:match("^S%-1%-[%d%-]+$") then -- somebody from outside
        local dn = ("CN=%s,CN=ForeignSecurityPrincipals,%s"):format(member, dn_of_dns(f.domain))
        all.foreign[dn] = member
        return dn
    end
end

local function members_of(all, f, told)
    local set, list = {}, {}
    for _, member in ipairs(told) do
        set[member] = true
    end
    for member, present in pairs(of_refs(f, all.story.members) or {}) do
        set[member] = present or nil
    end
    for member in pairs(set) do
        list[#list + 1] = member_dn(all, f, member)
    end
    table.sort(list)
    return list
end

local function write_person(out, all, f, members)
    if of_refs(f, all.story.gone) then
        return
    end
    local scope = GROUP_TYPES[f.scope]
    local group_type = scope and (f.security == false and scope or signed(scope | 0x80000000))
    entry(out, f.at, f.managed and "msDS-GroupManagedServiceAccount" or CLASSES[f.call], {
        { "displayName", f.display }, { "sAMAccountName", f.name },
        { "objectSid", sid_bytes(f.sid) }, { "userAccountControl", f.uac },
        { "primaryGroupID", of_refs(f, all.story.primary) or f.primary }, { "groupType", group_type },
        { "userPrincipalName", f.upn }, { "mail", f.mail }, { "dNSHostName", f.dns },
        { "description", f.comment }, { "operatingSystem", f.os }, { "member", members },
    })
end

local function write_domain(out, domain)
    local dn, root = dn_of_dns(domain.dns), dn_of_dns(domain.forest ~= "" and domain.forest or domain.dns)
    entry(out, dn, "domainDNS", {
        { "objectSid", domain.sid and sid_bytes(domain.sid) }, { "nTMixedDomain", domain.mixed and 1 or 0 },
    })
    entry(out, ("CN=%s,CN=Partitions,CN=Configuration,%s"):format(rdn(domain.netbios or domain.dns), root),
        "crossRef", { { "nCName", dn }, { "nETBIOSName", domain.netbios }, { "dnsRoot", domain.dns } })
end

local PKI = "CN=Public Key Services,CN=Services,CN=Configuration,"

local function sd_of(f)
    if f.sd then
        return certsh.sd.parse(f.sd):encode()
    end
    return f.sd_hex and (f.sd_hex:gsub("%x%x", function(hex) return string.char(tonumber(hex, 16)) end))
end

local REST = {}

function REST.add_template(out, f)
    entry(out, ("CN=%s,CN=Certificate Templates,%s%s"):format(rdn(f.name), PKI, dn_of_dns(f.forest or "")),
        "pKICertificateTemplate", {
            { "cn", f.name }, { "displayName", f.display }, { "msPKI-Cert-Template-OID", f.oid },
            { "msPKI-Template-Schema-Version", f.schema }, { "flags", signed(f.flags or 0) },
            { "msPKI-Enrollment-Flag", signed(f.enroll_flags or 0) },
            { "msPKI-Certificate-Name-Flag", signed(f.name_flags or 0) },
            { "msPKI-Private-Key-Flag", signed(f.key_flags or 0) },
            { "msPKI-RA-Signature", f.signatures or 0 }, { "nTSecurityDescriptor", sd_of(f) },
        })
end

function REST.add_ca(out, f, all)
    local first = all.domains[1]
    local root = first and (first.forest ~= "" and first.forest or first.dns) or ""
    entry(out, ("CN=%s,CN=Enrollment Services,%s%s"):format(rdn(f.name), PKI, dn_of_dns(root)),
        "pKIEnrollmentService", {
            { "cn", f.name }, { "dNSHostName", f.dns }, { "certificateTemplates", f.templates },
            { "nTSecurityDescriptor", sd_of(f) },
        })
    if f.type == "enterprise-root" then -- one that the forest trusts by itself
        entry(out, ("CN=%s,CN=Certification Authorities,%s%s"):format(rdn(f.name), PKI, dn_of_dns(root)),
            "certificationAuthority", { { "cn", f.name } })
    end
end

local TRUST_ATTRIBUTES = { forest = 0x8, external = 0, ["within-forest"] = 0x20 }

function REST.add_trust(out, f, all)
    local sid
    for _, domain in ipairs(all.domains) do
        sid = domain.dns == f.trusted and domain.sid or sid
    end
    local attributes = TRUST_ATTRIBUTES[f.kind] | (f.quarantined and 0x4 or 0) | (f.selective and 0x10 or 0)
        | (f.history and 0x40 or 0)
    entry(out, ("CN=%s,CN=System,%s"):format(rdn(f.trusted), dn_of_dns(f.trusting)), "trustedDomain", {
        { "trustPartner", f.trusted }, { "trustDirection", 2 }, { "trustAttributes", attributes },
        { "securityIdentifier", sid and sid_bytes(sid) },
    })
end

local function ldif_takers(all, out)
    local take = {}
    function take.add_domain(f)
        all.domains[#all.domains + 1] = f
        write_domain(out, f)
    end
    function take.add_user(f)
        if f.domain then
            name_entry(all, f)
            write_person(out, all, f)
        end
    end
    take.add_computer = take.add_user
    function take.add_group(f)
        if f.domain then
            name_entry(all, f)
            for _, ref in ipairs(f.refs) do
                all.groups[ref] = f
            end
            all.order[#all.order + 1] = f
        end
    end
    function take.add_foreign(f)
        if is_stranger(f.sid) then
            all.at[f.sid] = f.dn
        end
    end
    function take.add_members(f)
        local group = all.groups[f.group]
        if is_stranger(f.group) then
            local of = { refs = {}, domain = all.domains[1] and all.domains[1].dns or "" }
            entry(out, all.at[f.group], nil, { { "member", members_of(all, of, f.members) } })
        elseif group and not group.written then
            group.written = true
            write_person(out, all, group, members_of(all, group, f.members))
        end
    end
    for _, name in ipairs { "add_template", "add_ca", "add_trust" } do
        take[name] = function(f) REST[name](out, f, all) end
    end
    return take
end

local function write_ldif(lab, out)
    local all = { story = read_story(lab), domains = {}, at = {}, taken = {}, groups = {},
        order = {}, foreign = {} }
    local take = ldif_takers(all, out)
    out("# A lab, written by certsh: ", lab.name, "\nversion: 1\n\n")
    lab:dump(function(call, fields)
        if take[call] then
            fields.call = call
            take[call](fields)
        end
    end)
    for _, group in ipairs(all.order) do
        if not group.written then
            write_person(out, all, group, members_of(all, group, {}))
        end
    end
    local foreign = {}
    for dn in pairs(all.foreign) do
        foreign[#foreign + 1] = dn
    end
    table.sort(foreign) -- the same lab gives the same file
    for _, dn in ipairs(foreign) do
        entry(out, dn, "foreignSecurityPrincipal", { { "objectSid", sid_bytes(all.foreign[dn]) } })
    end
end

-- ------------------------------------------------------------------ export

local WRITERS = { lua = write_lua, json = write_json, ldif = write_ldif }

local function kind_of(call)
    local kind = call.as or call.file:lower():match("%.([^./]+)$")
    if WRITERS[kind] or kind == "reg" then
        return kind
    end
    error({ status = "invalid", text = ("'%s' does not say what to export"):format(call.as or call.file),
        hint = "--as lua, json, ldif or reg, or a file of such a name" }, 0)
end

-- Write beside the file's place, and put it there when it is whole.
local function write_file(path, write, lab)
    local beside = path .. ".part"
    local file, problem = io.open(beside, "wb")
    if not file then
        error({ status = "io", text = "cannot write " .. problem }, 0)
    end
    file:setvbuf("full", 1 << 16)
    local size = 0
    local fine, raised = pcall(write, lab, function(...)
        local written, why = file:write(...)
        if not written then
            error({ status = "io", text = ("cannot write '%s': %s"):format(path, why) }, 0)
        end
    end)
    size = file:seek("cur")
    local closed, why = file:close()
    if fine and closed and os.rename(beside, path) then
        return size
    end
    os.remove(beside)
    error(not fine and raised or { status = "io", text = ("cannot write '%s': %s"):format(path, why or "") }, 0)
end

local function write_reg(path, host)
    local here = certsh.lab:host()
    if host then
        certsh.run("host use", host.name)
    end
    local fine, problem = pcall(certsh.run, "reg export HKLM", path, "/y")
    if here and host then
        certsh.run("host use", here.name)
    end
    if not fine then
        error(problem, 0)
    end
    local file = io.open(path, "rb")
    local size = file:seek("end")
    file:close()
    return size
end

-- A lab file is somebody's lab, perhaps the one that is open: nothing is written over it.
local function spare_labs(path)
    local file = io.open(path, "rb")
    local magic = file and file:read(15)
    if file then
        file:close()
    end
    if magic == "SQLite format 3" then
        error({ status = "exists", text = ("'%s' is a lab file, and is not written over"):format(path),
            hint = "choose another name, or remove it first" }, 0)
    end
end

local function lab_export(call)
    local kind = kind_of(call)
    spare_labs(call.file)
    local size = kind == "reg" and write_reg(call.file, call.host)
        or write_file(call.file, WRITERS[kind], certsh.lab)
    return { file = call.file, kind = kind, bytes = size }
end

-- An exported script or JSON comes into a lab that is empty: it is a lab, and no part of one.
local function lab_build(call)
    local lab = certsh.lab
    if #lab:hosts() > 0 or lab:principals { kind = "user" }() or lab:principals { kind = "group" }() then
        error({ status = "state", text = "the lab is not empty, and an exported lab is a whole one",
            hint = "certsh --lab-name empty, or certsh --lab-name " .. call.file }, 0)
    end
    local count
    if call.file:lower():match("%.lua$") then
        local chunk, problem = loadfile(call.file, "t")
        if not chunk then
            error({ status = "syntax", text = problem }, 0)
        end
        chunk(lab)
    else
        count = calls.build(lab, call.file)
    end
    local info = certsh.run("lab info")[1]
    return { file = call.file, calls = count, hosts = info.hosts,
        principals = info.users + info.computers + info.groups }
end

return certsh.plugin {
    name = "lab_export",
    version = "1.0",
    brief = "the lab as a script, JSON, LDIF or a registry file",
    needs = "lab.read lab.write file.read file.write",
    commands = { {
        name = "lab export",
        brief = "write the lab to a file that gives an equal lab again",
        detail = "lua: a script of the calls that build the lab (certsh --lab-name FILE opens it).  "
            .. "json: the same calls as data, for lab import and other programs.  Both carry the whole "
            .. "lab, with the ages of tokens; its history stays behind.\n\n"
            .. "ldif: the directories, as lab import reads them.  reg: the registry of one host.",
        run = lab_export,
        params = {
            { "file", "path", "where to; its name says the kind" },
            { "as", { "lua", "ldif", "reg", "json" }, "lua, ldif, reg or json", option = true },
            { "host", "host", "whose registry; without it the current host's", option = true },
        },
        result = {
            { "file", "path", "the file" },
            { "kind", "text", "lua, ldif, reg or json" },
            { "bytes", "int", "its size" },
        },
        examples = {
            { "lab export corp.lua", "keep this lab as a script" },
            { "lab export corp.ldif", "the directory, for another tool" },
        },
        see = "lab import,lab redact,lab diff",
    }, {
        name = "lab build",
        brief = "build an empty lab by an exported script or JSON",
        detail = "lab import does this with such a file.",
        run = lab_build,
        writes = true,
        params = { { "file", "path", "what lab export wrote as lua or json" } },
        result = {
            { "file", "path", "the file" },
            { "calls", "int", "how many calls it held; null for a script" },
            { "hosts", "int", "hosts the lab has now" },
            { "principals", "int", "users, computers and groups it has now" },
        },
        examples = { { "lab build corp.json", "the exported lab again" } },
        see = "lab export,lab import",
    } },
}
