-- pseudonyms.lua - other names for all that could tell whose lab it is, field by field of lab:dump.
--
--     local key = pseudonyms.of(lab)
--     lab:dump(function(call, fields) write(call, key:fields(call, fields)) end)
--     key:check(copy)                       raises when a replaced name is left
--
-- A name gets one pseudonym, whatever it stands in; what every Windows has stays as it is.  A field
-- that nobody has thought of becomes a text without meaning.

local keep = false -- in the table of fields: as it is

local function set_of(words)
    local set = {}
    for word in words:gmatch("[^|]+") do
        set[word:lower()] = true
    end
    return set
end

local function strip(text) return (text:gsub("\n%s*", "")) end

local WINDOWS_ACCOUNTS = set_of(strip [[Administrator|Guest|krbtgt|Domain Admins|Domain Users|Domain Guests|
    Domain Computers|Domain Controllers|Cert Publishers|Schema Admins|Enterprise Admins|Group Policy Creator Owners|
    Read-only Domain Controllers|Enterprise Read-only Domain Controllers|Cloneable Domain Controllers|Protected Users|
    Key Admins|Enterprise Key Admins|RAS and IAS Servers|Allowed RODC Password Replication Group|
    Denied RODC Password Replication Group|DnsAdmins|DnsUpdateProxy|CERTSVC_DCOM_ACCESS|Administrators|Users|Guests|
    Power Users|Account Operators|Server Operators|Print Operators|Backup Operators|Replicator|
    Pre-Windows 2000 Compatible Access|Remote Desktop Users|Network Configuration Operators|
    Incoming Forest Trust Builders|Performance Monitor Users|Performance Log Users|
    Windows Authorization Access Group|Terminal Server License Servers|Distributed COM Users|IIS_IUSRS|
    Cryptographic Operators|Event Log Readers|Certificate Service DCOM Access|RDS Remote Access Servers|
    RDS Endpoint Servers|RDS Management Servers|Hyper-V Administrators|Access Control Assistance Operators|
    Remote Management Users|Storage Replica Administrators]])
local WINDOWS_TEMPLATES = set_of(strip [[Administrator|CA|CAExchange|CEPEncryption|ClientAuth|CodeSigning|CrossCA|CTLSigning|
    DirectoryEmailReplication|Directory Email Replication|DomainController|Domain Controller|
    DomainControllerAuthentication|Domain Controller Authentication|EFS|EFSRecovery|EnrollmentAgent|
    EnrollmentAgentOffline|ExchangeUser|ExchangeUserSignature|IPSECIntermediateOffline|IPSECIntermediateOnline|
    KerberosAuthentication|Kerberos Authentication|KeyRecoveryAgent|Machine|Computer|MachineEnrollmentAgent|
    OCSPResponseSigning|OfflineRouter|RASAndIASServer|SmartcardLogon|SmartcardUser|SubCA|User|UserSignature|
    WebServer|Workstation|Workstation Authentication]])
local WINDOWS_KEYS = set_of(strip [[HKLM|HKCU|HKU|SOFTWARE|SYSTEM|Classes|AppID|Microsoft|Ole|AppCompat|Policies|Windows NT|
    Windows|CurrentVersion|DCOM|Rpc|CurrentControlSet|Control|Lsa|Services|CertSvc|Configuration|PolicyModules|ExitModules|
    CertificateAuthority_MicrosoftDefault.Policy|CertificateAuthority_MicrosoftDefault.Exit|CSP|EncryptionCSP|
    {D99E6E74-FC88-11D0-B498-00A0C90312F3}|Parameters|Tcpip|Netlogon|ProductOptions|ComputerName|Cryptography|
    ActiveComputerName|WOW6432Node|Schannel|SecurityProviders|Kerberos|MSV1_0]])
local WINDOWS_TEXTS = set_of("Y|N|CertSvc|CertSrv Request|CertSrv Admin|LanmanNT|ServerNT|WinNT|RpcSs|ncacn_ip_tcp")
local FOLDERS = set_of("Users|Computers|Builtin|ForeignSecurityPrincipals|System|Domain Controllers|Configuration|Managed Service Accounts")
local ORIGINS = set_of("lab|command|assumed")

-- ---------------------------------------------------------------- pseudonyms

local Key = {}
Key.__index = Key

local function new_key()
    return setmetatable({ maps = {}, counts = {}, originals = {}, list = {} }, Key)
end

-- The other name of `text`, made when it is first asked for.
function Key:name(kind, text, pattern)
    local map = self.maps[kind] or {}
    self.maps[kind] = map
    local folded = text:lower()
    if not map[folded] then
        local made
        repeat
            self.counts[pattern] = (self.counts[pattern] or 0) + 1
            made = pattern:format(self.counts[pattern])
        until not self.originals[made:lower()]
        map[folded] = made
        self.list[#self.list + 1] = { kind = kind, original = text, pseudonym = made }
    end
    return map[folded]
end

function Key:known(kind, text)
    return self.maps[kind] and self.maps[kind][text:lower()]
end

-- The number of a stranger is made of the name.
function Key:sid(text)
    text = text:gsub("S%-1%-0%-1%-%d+", function(stranger)
        return "S-1-0-1-" .. self:name("stranger", stranger, "%d")
    end)
    return (text:gsub("S%-1%-5%-21%-%d+%-%d+%-%d+", function(prefix)
        local n = self:name("sid", prefix, "%d")
        return ("S-1-5-21-%d-%d-%d"):format(1000000000 + n, 2000000000 + n, 3000000000 + n)
    end))
end

function Key:dns(text)
    if text == "" or self:known("domain", text) then
        return self:known("domain", text) or text
    end
    local label, rest = text:match("^([^.]+)%.(.+)$")
    if label and self:known("domain", rest) then
        return self:host(label):lower() .. "." .. self:dns(rest)
    end
    return self:name("domain", text, "d%d.example")
end

function Key:host(text)
    return text:find(".", 1, true) and self:dns(text) or self:name("host", text, "HOST%d")
end

function Key:account(text, is_group)
    if WINDOWS_ACCOUNTS[text:lower()] then
        return text
    end
    if text:match("^S%-1%-") then
        return self:sid(text)
    end
    local host = text:match("^(.*)%$$")
    if host then
        return self:host(host) .. "$"
    end
    return self:known("account", text) or self:name("account", text, is_group and "G%d" or "U%d")
end

-- CORP\alice, S-1-5-..., S-1-5-32-545@WS01
function Key:ref(text)
    if type(text) ~= "string" then
        return text
    end
    local sid, owner = text:match("^(S%-1%-[%d%-]+)@?(.*)$")
    if sid then
        owner = owner ~= "" and "@" .. (self:known("domain", owner) or self:host(owner)) or ""
        return self:sid(sid) .. owner
    end
    local domain, name = text:match("^(.-)\\(.*)$")
    if not domain then
        return self:account(text)
    end
    return (self:known("netbios", domain) or self:host(domain)) .. "\\" .. self:account(name)
end

function Key:address(text)
    local name, domain = text:match("^(.*)@([^@]*)$")
    if not name then
        return self:name("text", text, "text%d")
    end
    local known = WINDOWS_ACCOUNTS[name:lower()] and name or self:known("account", name)
    return (known or self:name("address", name, "m%d")) .. "@" .. self:dns(domain)
end

function Key:display(text)
    return self:known("account", text) or self:known("host", text)
        or WINDOWS_ACCOUNTS[text:lower()] and text or text:match("^S%-1%-") and self:sid(text)
        or self:name("display", text, "Name %d")
end

function Key:dn(text)
    local parts, labels = {}, {}
    for kind, value in (text .. ","):gsub("\\,", "\1"):gmatch("%s*([%w%-]+)=(.-),") do
        value = value:gsub("\1", "\\,")
        if kind:upper() == "DC" then
            labels[#labels + 1] = value
        elseif FOLDERS[value:lower()] then
            parts[#parts + 1] = kind .. "=" .. value
        else
            parts[#parts + 1] = kind .. "=" .. self:display(value)
        end
    end
    local domain = self:dns(table.concat(labels, "."))
    if domain ~= "" then
        parts[#parts + 1] = "DC=" .. domain:gsub("%.", ",DC=")
    end
    return table.concat(parts, ",")
end

function Key:ca(text) return self:name("ca", text, "CA%d") end

function Key:template(text)
    return WINDOWS_TEMPLATES[text:lower()] and text or self:name("template", text, "Template%d")
end

-- A display name may be anybody's; in Japanese that of a default template is Windows' own.
function Key:template_display(text)
    return WINDOWS_TEMPLATES[text:lower()] and text or self:known("template", text)
        or self:name("display", text, "Template name %d")
end

function Key:template_japanese(text, fields)
    return WINDOWS_TEMPLATES[fields.name:lower()] and text or self:name("display", text, "Template name %d")
end

function Key:oid(text)
    local own = text:match("^1%.3%.6%.1%.4%.1%.311%.21%.8%.") or not text:match("^1%.3%.6%.1%.4%.1%.311%.")
    return own and self:name("oid", text, "1.3.6.1.4.1.311.21.8.1000000.%d") or text
end

function Key:file(text)
    return ORIGINS[text:lower()] and text or self:name("file", text, "file%d")
end

function Key:comment(text) return self:name("comment", text, "comment %d") end
function Key:service(text) return text:lower() == "certsvc" and text or self:name("service", text, "Service%d") end
function Key:os(text) return text:match("^Windows ") and text or self:name("text", text, "text%d") end
function Key:text(text) return self:name("text", text, "text%d") end

-- ---------------------------------------------------------- names in free text

local WORD = "[%w_\128-\255]+"

-- Kinds whose texts are no names: a word of a registry value may stand anywhere.
local NO_NAMES = { sid = true, stranger = true, oid = true, text = true, comment = true, file = true, key = true, value = true,
    service = true }

-- By their first word, in lower case, longest first.
local function index_names(key)
    local index = {}
    for _, entry in ipairs(key.list) do
        local first = entry.original:lower():match(WORD)
        if first and not NO_NAMES[entry.kind] then
            index[first] = index[first] or {}
            table.insert(index[first], entry)
        end
    end
    for _, list in pairs(index) do
        table.sort(list, function(a, b) return #a.original > #b.original end)
    end
    return index
end

-- Call fn(entry, from, to) for each name that stands in the text; what fn gives is put there.
local function each_name(index, text, fn)
    local lower, out, at, from = text:lower(), {}, 1, 1
    while true do
        local first, last = lower:find(WORD, from)
        if not first then
            break
        end
        from = last + 1
        for _, entry in ipairs(index[lower:sub(first, last)] or {}) do
            local original = entry.original:lower()
            local skip = (original:find(WORD)) - 1
            local begin, stop = first - skip, first - skip + #original - 1
            if begin >= at and lower:sub(begin, stop) == original and not lower:sub(stop + 1, stop + 1):match("[%w_\128-\255]") then
                out[#out + 1] = text:sub(at, begin - 1)
                out[#out + 1] = fn(entry)
                at, from = stop + 1, stop + 1
                break
            end
        end
    end
    out[#out + 1] = text:sub(at)
    return table.concat(out)
end

function Key:scrub(text)
    self.index = self.index or index_names(self)
    return self:sid((each_name(self.index, text, function(entry) return entry.pseudonym end)))
end

-- ------------------------------------------------------------------ registry

function Key:exact(text)
    for _, kind in ipairs { "ca", "host", "account", "domain", "netbios", "template" } do
        if self:known(kind, text) then
            return self:known(kind, text)
        end
    end
end

function Key:key(text)
    return (text:gsub("[^\\]+", function(part)
        if WINDOWS_KEYS[part:lower()] then
            return part
        end
        return self:exact(part) or self:name("key", part, "Key%d")
    end))
end

local MODEL = { "\\ole", "\\certsvc", "\\appid", "\\rpc", "\\lsa", "\\dcom" }

function Key:value_name(text, fields)
    local key = fields.key:lower()
    for _, part in ipairs(MODEL) do
        if key:find(part, 1, true) then
            return self:exact(text) or text
        end
    end
    return text == "" and text or self:name("value", text, "Value%d")
end

function Key:value(value)
    if type(value) == "table" then
        local list = certsh.array {}
        for i, item in ipairs(value) do
            list[i] = self:value(item)
        end
        return list
    end
    if type(value) ~= "string" or value == "" or WINDOWS_TEXTS[value:lower()] or value:match("^%d+$") then
        return value
    end
    if value:match("^[OGDS]:") and pcall(certsh.sd.parse, value) then
        return self:scrub(value)
    end
    return self:exact(value) or self:text(value)
end

-- Bytes that are no plain descriptor: what can be read of them, else nothing of what they said.
function Key:hex(text, fields, name)
    local bytes = text:gsub("%x%x", function(hex) return string.char(tonumber(hex, 16)) end)
    local fine, sd = pcall(certsh.sd.decode, bytes)
    if not fine then
        return ("00"):rep(#bytes)
    end
    fields[name:gsub("_hex$", "")] = self:scrub(sd:format())
end

-- -------------------------------------------------------------------- fields

local PRINCIPAL = { domain = "dns", host = "host", sid = "sid", scope = keep, display = "display", upn = "address",
    mail = "address", dns = "dns", dn = "dn", comment = "comment", os = "os", name = "account" }
local FIELDS = {
    moment = { time = keep }, told_by = { by = "file" },
    add_domain = { dns = "dns", netbios = "netbios", forest = "dns", sid = "sid" },
    add_trust = { trusting = "dns", trusted = "dns", kind = keep },
    add_user = PRINCIPAL, add_computer = PRINCIPAL, add_group = PRINCIPAL, add_foreign = PRINCIPAL,
    add_host = { name = "host", dns = "dns", domain = "dns", account = "ref", role = keep, windows = keep,
        edition = keep, language = keep, machine = "sid", booted = keep },
    started = { host = "host", booted = keep }, open_session = { host = "host", user = "ref" },
    remove_principal = { who = "ref" }, set_primary = { who = "ref" },
    add_members = { group = "ref", members = "ref" }, remove_members = { group = "ref", members = "ref" },
    set_registry = { host = "host", key = "key", name = "value_name", value = "value", sd = "scrub", sd_hex = "hex",
        type = keep },
    add_key = { host = "host", key = "key" }, cover = { host = "host", key = "key" },
    add_service = { host = "host", name = "service", display = "service_display", state = keep, start = keep },
    set_right = { host = "host", right = keep, holders = "sid" },
    add_ca = { host = "host", name = "ca", dns = "dns", type = keep, templates = "template", sd = "scrub",
        sd_hex = "hex", excerpt = "file" },
    add_template = { forest = "dns", name = "template", display = "template_display",
        display_ja = "template_japanese", oid = "oid", sd = "scrub", sd_hex = "hex" },
    add_event = { host = "host", log = keep, source = keep, type = keep, category = keep, user = "scrub",
        text = "scrub", time = keep },
    start = { name = "lab_name", host = "host", user = "ref" }, seal = {},
}

function Key:netbios(text) return self:known("netbios", text) or self:name("netbios", text, "D%d") end
function Key:lab_name() return "redacted" end

function Key:service_display(text, fields)
    return fields.name:lower() == "certsvc" and text:match("Certificate Services$") and text
        or self:name("service", text, "Service%d")
end

function Key:fields(call, fields)
    local key = self
    local how, out = FIELDS[call], {}
    for name, value in pairs(fields) do
        local verb = how[name]
        if verb == keep or type(value) == "number" or type(value) == "boolean" then
            out[name] = value
        elseif type(value) == "table" and verb ~= "value" then
            local list = certsh.array {}
            for i, item in ipairs(value) do
                list[i] = key[verb or "text"](key, item)
            end
            out[name] = list
        else
            out[name] = key[verb or "text"](key, value, verb == "hex" and out or fields, name)
        end
    end
    return out
end

-- Names get their pseudonyms before the first of them stands in a text.
local FIRST = { add_domain = true, add_host = true, add_ca = true, add_template = true, add_user = true,
    add_computer = true, add_group = true, add_foreign = true }

local function meet_names(lab, key)
    local function note(text)
        key.originals[text:lower()] = true
        for word in text:lower():gmatch(WORD) do
            key.originals[word] = true
        end
    end
    local function each(fn)
        lab:dump(function(call, fields)
            if FIRST[call] then
                fn(call, fields)
            end
        end)
    end
    each(function(_, fields)
        for _, value in pairs(fields) do
            if type(value) == "string" then
                note(value)
            end
        end
    end)
    each(function(call, f)
        if call == "add_domain" then
            local made = key:name("domain", f.dns, "d%d.example")
            if f.netbios then
                key.maps.netbios = key.maps.netbios or {}
                key.maps.netbios[f.netbios:lower()] = made:match("^[^.]+"):upper()
                key.list[#key.list + 1] = { kind = "netbios", original = f.netbios,
                    pseudonym = made:match("^[^.]+"):upper() }
            end
        end
    end)
    each(function(call, f)
        if call == "add_host" then
            key:host(f.name)
        elseif f.name and call ~= "add_domain" and call ~= "add_ca" and call ~= "add_template" then
            key:account(f.name, call == "add_group")
        end
    end)
    each(function(call, fields) key:fields(call, fields) end)
    key.index = nil -- what was found in between is known now
end

-- -------------------------------------------------------------------- leaks

local function left(what, name, call)
    error({ status = "internal", text = ("'%s' is still in %s of %s: nothing was written"):format(what, name, call) }, 0)
end

-- What every Windows has is told as it is, whatever it looks like.
local function is_windows(piece, verb, fields)
    local lower = piece:lower()
    return WINDOWS_ACCOUNTS[lower] or WINDOWS_TEMPLATES[lower] or WINDOWS_KEYS[lower] or FOLDERS[lower]
        or WINDOWS_TEXTS[lower] or ORIGINS[lower] or verb == "os" or verb == "service_display"
        or verb == "template_japanese" and WINDOWS_TEMPLATES[fields.name:lower()]
end

-- Values that are made of pieces.
local PIECES = { dn = "=([^,]+)", key = "[^\\]+", ref = "[^\\@]+" }

-- No value but those that are told as they are may hold a name that has a pseudonym.
function Key:check(copy)
    local key = self
    local index, made = index_names(key), {}
    for _, entry in ipairs(key.list) do
        made[entry.pseudonym:lower()] = true
    end
    local function look(call, name, value, verb, fields)
        for prefix in value:gmatch("S%-1%-5%-21%-%d+%-%d+%-%d+") do
            if key:known("sid", prefix) then
                left(prefix, name, call)
            end
        end
        for piece in value:gmatch(PIECES[verb] or "^.*$") do
            if not made[piece:lower()] and not is_windows(piece, verb, fields) then
                each_name(index, piece, function(entry) left(entry.original, name, call) end)
            end
        end
    end
    copy:dump(function(call, fields)
        for name, value in pairs(fields) do
            local verb = FIELDS[call][name]
            for _, item in ipairs(type(value) == "table" and value or { value }) do
                if verb and type(item) == "string" then
                    look(call, name, item, verb, fields)
                end
            end
        end
    end)
end

-- A key to the names of a lab.
local function of(lab)
    local key = new_key()
    meet_names(lab, key)
    return key
end

return { of = of }
