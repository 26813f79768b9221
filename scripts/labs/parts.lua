-- parts.lua - the furniture that the built-in labs share: what Windows itself puts into a
-- domain, onto a domain controller, a member server, a workstation, and beside a CA.
--
-- A lab script gets the lab under construction and builds with its methods; numbers are RIDs,
-- texts of the form S-1-... are SIDs, tables are what an add_ method gave back.

local parts = {}

local OLE = [[HKLM\SOFTWARE\Microsoft\Ole]]
local CERTSRV_REQUEST = [[HKLM\SOFTWARE\Classes\AppID\{D99E6E74-FC88-11D0-B498-00A0C90312F3}]]
local CONFIGURATION = [[HKLM\SYSTEM\CurrentControlSet\Services\CertSvc\Configuration]]

local EVERYONE, ENTERPRISE_DCS = "S-1-1-0", "S-1-5-9"
local INTERACTIVE, AUTHENTICATED = "S-1-5-4", "S-1-5-11"

local function builtin(rid)
    return ("S-1-5-32-%d"):format(rid)
end

-- ------------------------------------------------------------------ domains

-- Groups that every domain has: RID, name, scope.  Those of the forest's root follow.
local DOMAIN_GROUPS = {
    { 512, "Domain Admins", "global" },
    { 513, "Domain Users", "global" },
    { 514, "Domain Guests", "global" },
    { 515, "Domain Computers", "global" },
    { 516, "Domain Controllers", "global" },
    { 517, "Cert Publishers", "domain-local" },
    { 520, "Group Policy Creator Owners", "global" },
}
local ROOT_GROUPS = {
    { 518, "Schema Admins", "universal" },
    { 519, "Enterprise Admins", "universal" },
}

-- S-1-5-32-*: RID, name, of whom (d domain, m machine).
local BUILTIN_GROUPS = {
    { 544, "Administrators", "dm" },
    { 545, "Users", "dm" },
    { 546, "Guests", "dm" },
    { 547, "Power Users", "m" },
    { 548, "Account Operators", "d" },
    { 549, "Server Operators", "d" },
    { 550, "Print Operators", "d" },
    { 551, "Backup Operators", "dm" },
    { 554, "Pre-Windows 2000 Compatible Access", "d" },
    { 555, "Remote Desktop Users", "dm" },
    { 559, "Performance Log Users", "dm" },
    { 562, "Distributed COM Users", "dm" },
}
-- Since Windows Server 2008 (FACTS 3.5).
local BUILTIN_CERTSVC = {
    574, "Certificate Service DCOM Access", "dm",
    "Members of this group are allowed to connect to Certification Authorities in the enterprise.",
}

local function add_builtin(lab, owner, of, modern)
    local groups = {}
    local function add(row)
        if row[3]:find(of, 1, true) then
            groups[row[1]] = lab:add_group {
                domain = owner.domain, host = owner.host, name = row[2],
                scope = "builtin", sid = builtin(row[1]), comment = row[4],
            }
        end
    end
    for _, row in ipairs(BUILTIN_GROUPS) do
        add(row)
    end
    if modern then
        add(BUILTIN_CERTSVC)
    end
    return groups
end

-- A domain with its groups.  `root` is the root domain's part, nil for the root itself.
function parts.domain(lab, what)
    local root = what.root
    local domain = lab:add_domain {
        dns = what.dns, netbios = what.netbios, sid = what.sid, mixed = false,
        forest = root and root.dns or what.dns,
    }
    local part = {
        id = domain, dns = what.dns, netbios = what.netbios, sid = what.sid,
        modern = what.modern, language = what.language or "en", groups = {},
    }
    part.forest, part.root = root and root.dns or what.dns, root or part
    local function add(rows)
        for _, row in ipairs(rows) do
            part.groups[row[1]] =
                lab:add_group { domain = domain, rid = row[1], name = row[2], scope = row[3] }
        end
    end
    add(DOMAIN_GROUPS)
    if not root then
        add(ROOT_GROUPS)
    end
    part.builtin = add_builtin(lab, { domain = domain }, "d", what.modern)
    local admins, users = part.builtin[544], part.builtin[545]
    lab:add_member(admins, part.groups[512])
    lab:add_member(admins, part.root.groups[519])
    lab:add_member(users, part.groups[513])
    lab:add_member(users, AUTHENTICATED)
    lab:add_member(users, INTERACTIVE)
    lab:add_member(part.builtin[546], part.groups[514])
    lab:add_member(part.builtin[554], AUTHENTICATED)
    return part
end

-- The account that setup makes.
function parts.administrator(lab, domain)
    local who = lab:add_user {
        domain = domain.id, name = "Administrator", rid = 500, primary = 513,
        upn = "Administrator@" .. domain.dns, mail = "administrator@" .. domain.dns,
    }
    for _, rid in ipairs { 512, 518, 519, 520 } do
        lab:add_member(domain.groups[rid], who)
    end
    lab:add_member(domain.builtin[544], who)
    return who
end

function parts.user(lab, domain, name)
    return lab:add_user {
        domain = domain.id, name = name, primary = 513,
        upn = name .. "@" .. domain.dns, mail = name .. "@" .. domain.dns,
    }
end

-- ------------------------------------------------------------------- hosts

-- What an operatingSystem attribute says for a version's word.
local OS = {
    ["2003"] = "Windows Server 2003", ["2003-sp1"] = "Windows Server 2003 Service Pack 1",
    ["2022"] = "Windows Server 2022 Standard", ["xp-sp2"] = "Windows XP Professional Service Pack 2",
    ["10"] = "Windows 10 Enterprise",
}

-- Scope and value name.
local OLE_DESCRIPTORS = {
    { "launch-default", "DefaultLaunchPermission" },
    { "access-limit", "MachineAccessRestriction" },
    { "launch-limit", "MachineLaunchRestriction" },
}

-- The machine-wide DCOM settings as setup of that version leaves them.
local function ole(lab, host, windows)
    lab:set_registry(host, OLE, "EnableDCOM", "Y")
    for _, row in ipairs(OLE_DESCRIPTORS) do
        local sddl = lab:default_dcom(windows, row[1])
        if sddl and sddl ~= "" then
            lab:set_registry(host, OLE, row[2], { sddl = sddl })
        end
    end
end

local function rights(lab, host, role)
    for _, right in ipairs { "SeNetworkLogonRight", "SeDenyNetworkLogonRight" } do
        lab:set_right(host, right, lab:default_right(role, right) or {})
    end
end

local function machine(lab, domain, what, primary)
    local dns = what.name:lower() .. "." .. domain.dns
    local account = lab:add_computer {
        domain = domain.id, name = what.name .. "$", dns = dns, dc = what.role == "dc",
        primary = primary, os = OS[what.windows],
    }
    local host = lab:add_host {
        name = what.name, dns = dns, domain = domain.id, role = what.role,
        windows = what.windows, edition = what.edition, language = domain.language,
        machine = what.machine, complete = true,
    }
    ole(lab, host, what.windows)
    rights(lab, host, what.role)
    return { id = host, account = account, domain = domain, windows = what.windows }
end

function parts.controller(lab, domain, what)
    what.role = "dc"
    return machine(lab, domain, what, 516)
end

-- A member server or workstation, with its own builtin groups.
local function member(lab, domain, what)
    local part = machine(lab, domain, what, 515)
    part.builtin = add_builtin(lab, { host = part.id }, "m", domain.modern)
    lab:add_member(part.builtin[544], domain.groups[512])
    lab:add_member(part.builtin[545], domain.groups[513])
    lab:add_member(part.builtin[545], AUTHENTICATED)
    lab:add_member(part.builtin[545], INTERACTIVE)
    lab:add_member(part.builtin[546], domain.groups[514])
    return part
end

function parts.server(lab, domain, what)
    what.role = "member"
    return member(lab, domain, what)
end

function parts.workstation(lab, domain, what)
    what.role = "workstation"
    return member(lab, domain, what)
end

-- ---------------------------------------------------------------------- CA

-- The templates the labs publish (schema and flags: FACTS 7.4 and 10; MS-CRTD 2.4-2.28).
local TEMPLATES = {
    {
        name = "DirectoryEmailReplication", display = "Directory Email Replication",
        display_ja = "ディレクトリ サービス電子メール レプリケーション",
        schema = 2, flags = 0x20060, enroll_flags = 0x29, name_flags = 0x09000000,
    },
    {
        name = "DomainController", display = "Domain Controller",
        display_ja = "ドメイン コントローラ",
        schema = 1, flags = 0x1026c, enroll_flags = 0x29, name_flags = 0x19000000,
    },
    {
        name = "Workstation", display = "Workstation Authentication",
        display_ja = "ワークステーション認証",
        schema = 2, flags = 0x20060, enroll_flags = 0x20, name_flags = 0x08000000,
    },
    {
        name = "Machine", display = "Computer", display_ja = "コンピュータ",
        schema = 1, flags = 0x10240, enroll_flags = 0, name_flags = 0x18000000,
    },
    {
        name = "User", display = "User", display_ja = "ユーザー",
        schema = 1, flags = 0x1023a, enroll_flags = 0x29, name_flags = 0xA6000000,
    },
}

function parts.templates(lab, forest)
    local names = {}
    for i, row in ipairs(TEMPLATES) do
        names[i] = row.name
        local template = { forest = forest, sd = lab:default_template_security(row.name, forest) }
        for key, value in pairs(row) do
            template[key] = value
        end
        lab:add_template(template)
    end
    return names
end

local SETUP_SERVER, SETUP_UP_TO_DATE = 0x1, 0x4000

-- An enterprise root CA and its service on a host, before any update of the DCOM security.
function parts.ca(lab, host, name)
    local domain = host.domain
    local modern = domain.modern
    local key = CONFIGURATION .. "\\" .. name
    lab:set_registry(host.id, CONFIGURATION, "Active", name)
    lab:set_registry(host.id, CONFIGURATION, "SetupStatus", SETUP_SERVER | SETUP_UP_TO_DATE)
    lab:set_registry(host.id, key, "CAType", 0)
    lab:set_registry(host.id, key, "CommonName", name)
    lab:set_registry(host.id, key, "InterfaceFlags", modern and 0x641 or 0x41)
    lab:set_registry(host.id, key, "Security", { sddl = lab:default_ca_security(domain.id) })
    lab:set_registry(host.id, CERTSRV_REQUEST, "", "CertSrv Request")
    lab:set_registry(host.id, CERTSRV_REQUEST, "LocalService", "CertSvc")
    lab:add_service {
        host = host.id, name = "CertSvc", state = "running", start = "auto",
        display = modern and "Active Directory Certificate Services" or "Certificate Services",
    }
    return lab:add_ca {
        host = host.id, name = name, type = "enterprise-root",
        templates = parts.templates(lab, domain.forest),
    }
end

-- CertSrv Request as it was before SP1: every entry holds 0x1, and means everything.
function parts.old_permissions(lab, host, sids)
    local sddl = { "O:BAG:BAD:" }
    for i, sid in ipairs(sids) do
        sddl[i + 1] = ("(A;;CC;;;%s)"):format(sid)
    end
    for _, value in ipairs { "LaunchPermission", "AccessPermission" } do
        lab:set_registry(host.id, CERTSRV_REQUEST, value, { sddl = table.concat(sddl) })
    end
end

-- --------------------------------------------------------------- the usual

local CORP_SID = "S-1-5-21-2903220117-1406820452-3125437890"

-- Forest corp.example with alice, bob, DC01, DC02 and WS01; what all labs have but `empty`.
-- `windows` is the version of the domain controllers, `client` that of WS01.
function parts.corp(lab, windows, client, language)
    local modern = windows ~= "2003" and windows ~= "2003-sp1"
    local corp = parts.domain(lab, {
        dns = "corp.example", netbios = "CORP", sid = CORP_SID, modern = modern,
        language = language,
    })
    local edition = modern and "Standard" or "Enterprise Edition"
    corp.administrator = parts.administrator(lab, corp)
    corp.dc01 = parts.controller(lab, corp, { name = "DC01", windows = windows, edition = edition })
    corp.dc02 = parts.controller(lab, corp, { name = "DC02", windows = windows, edition = edition })
    corp.ws01 = parts.workstation(lab, corp, {
        name = "WS01", windows = client, edition = modern and "Enterprise" or "Professional",
        machine = "S-1-5-21-1614895754-1935655697-839522115",
    })
    corp.alice = parts.user(lab, corp, "alice")
    corp.bob = parts.user(lab, corp, "bob")
    return corp
end

-- Everything has been restarted after its last change: the lab begins here.
function parts.finish(lab, corp, host, name, clock)
    lab:start { name = name, host = host.id, user = corp.administrator }
    lab:set_clock(clock)
    lab:seal()
end

parts.EVERYONE, parts.ENTERPRISE_DCS, parts.AUTHENTICATED = EVERYONE, ENTERPRISE_DCS, AUTHENTICATED

return parts
