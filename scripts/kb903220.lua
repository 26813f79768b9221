#!/usr/bin/env certsh
-- kb903220.lua [K...] - Microsoft KB 903220 as a runnable story.
--
--     certsh scripts/kb903220.lua                             all that kb903220-dc can show
--     certsh --lab-name two-domains scripts/kb903220.lua K15 K16
--
-- The article tells what Windows Server 2003 SP1 does to the DCOM security in front of
-- Certificate Services.  Each statement, K0 to K25, is told, done with commands, and checked;
-- each runs in a what-if, so that none sees what another did.  Statements that this lab cannot
-- show (an upgrade needs kb903220-rtm, a member server kb903220-member, a second domain
-- two-domains) are passed over.  Exit code: 0 all hold, 2 one does not, 77 none was about this lab.

local lab = certsh.lab
local wanted, story = {}, {}
for _, k in ipairs(arg) do
    wanted[k:upper()] = true
end

-- --------------------------------------------------------- telling and checking

local failed, told = 0, 0

local function say(...)
    print("      " .. string.format(...))
end

local function check(holds, ...)
    say("%s %s", holds and "ok  " or "FAIL", string.format(...))
    if not holds then
        failed = failed + 1
    end
end

-- A command line, shown as it would be typed; its rows.
local function run(line)
    say("> %s", line)
    return certsh.run(line)
end

-- Does this line end in an error?
local function refused(line)
    say("> %s", line)
    return not pcall(certsh.run, line)
end

-- ------------------------------------------------------------- asking the lab

local host_rows = certsh.run("host list")
local hosts = {}
for _, row in ipairs(host_rows) do
    hosts[row.name] = row
end
local on_member, two_domains = hosts.SRV01 ~= nil, hosts.DC21 ~= nil
local CA = on_member and "SRV01" or "DC01"
local before_sp1 = hosts[CA] ~= nil and hosts[CA].os == "Windows Server 2003"
local sp1 = hosts[CA] ~= nil and hosts[CA].os == "Windows Server 2003 SP1"
local GROUP = "CERTSVC_DCOM_ACCESS"
local DER = "DirectoryEmailReplication"

local LABS = {
    rtm = before_sp1,
    sp1 = sp1,
    dc = sp1 and not on_member,
    member = sp1 and on_member,
    two = sp1 and two_domains,
}

-- "ll,rl" or {"ll", "rl"} as a set.
local function set_of(rights)
    local set, text = {}, type(rights) == "table" and table.concat(rights, ",") or rights or ""
    for right in text:gmatch("%w+") do
        set[right] = true
    end
    return set
end

-- The rights that `who` (the last part of a name) is allowed in one scope at the CA's host.
local function allowed(scope, who, host)
    local rights = {}
    for _, row in ipairs(certsh.run("dcom show --host " .. (host or CA))) do
        local name = row.principal and row.principal:match("[^\\]*$")
        if row.scope == scope and row.effective and name == who and row.kind == "allow" then
            for right in pairs(set_of(row.rights)) do
                rights[right] = true
            end
        end
    end
    return rights
end

local function exactly(rights, ...)
    local wanted_rights = set_of(table.concat({ ... }, ","))
    for right in pairs(rights) do
        if not wanted_rights[right] then
            return false
        end
    end
    for right in pairs(wanted_rights) do
        if not rights[right] then
            return false
        end
    end
    return true
end

-- An enrolment's gates by name, the list of those that refuse, and one line about it.
local function ask(principal, template)
    local gates, refusing = {}, {}
    for _, row in ipairs(run(("enroll check %s %s"):format(principal, template))) do
        gates[row.gate] = row
        if row.verdict == "denied" or row.verdict == "not-granted" then
            refusing[#refusing + 1] = row.gate
        end
    end
    say("%s: %s", principal, #refusing == 0 and "every gate lets it through"
        or "refused at " .. table.concat(refusing, ", "))
    return gates, refusing
end

local function enrols(principal, template)
    local _, refusing = ask(principal, template)
    return #refusing == 0
end

local function members(group)
    local names = {}
    for _, row in ipairs(certsh.run(('membership list "%s" --direct'):format(group))) do
        names[#names + 1] = row.principal:match("[^\\]*$")
    end
    table.sort(names)
    return table.concat(names, ", ")
end

local function exists(name)
    return (pcall(certsh.run, "principal show " .. name))
end

-- The three lines of the article, with its EN DASHES.
local THREE_LINES = {
    "certutil –setreg SetupStatus –SETUP_DCOM_SECURITY_UPDATED_FLAG",
    "net stop certsvc",
    "net start certsvc",
}
local function three_lines()
    for _, line in ipairs(THREE_LINES) do
        run(line)
    end
end

-- The number in SetupStatus, as reg query tells it.
local CONFIGURATION = [[HKLM\SYSTEM\CurrentControlSet\Services\CertSvc\Configuration]]
local function setup_status()
    for _, row in ipairs(certsh.run(('reg query "%s" /v SetupStatus'):format(CONFIGURATION))) do
        if row.name == "SetupStatus" then
            return tonumber(row.data) or tonumber((row.data:match("0x%x+")))
        end
    end
end
local function flag_set()
    return setup_status() & 0x2000 ~= 0
end

-- Take out of the group what lets alice in.
local function shut_out_users()
    run(('net localgroup %s "%s" /delete'):format(GROUP, on_member and "Everyone" or "Domain Users"))
end

-- ------------------------------------------------------------------ the article

-- K(number, which labs can show it, what the article says, how it is shown)
local function K(number, where, text, show)
    story[#story + 1] = { name = "K" .. number, applies = LABS[where] or (where == "all" and (before_sp1 or sp1)),
        text = text, show = show }
end

K(0, "all", "enrolment goes over DCOM interfaces, which presuppose remote activation and access",
    function()
        local names = {}
        for i, row in ipairs(run("enroll check CORP\\alice User")) do
            names[i] = row.gate
        end
        check(table.concat(names, " ") == "service logon authentication enable-dcom launch-limit "
            .. "launch-permission access-limit access-permission ca-interface ca-security "
            .. "template-published template-security", "twelve gates, in the order of a request")
    end)

K(1, "sp1", "local and remote launch, activation and access are rights of their own", function()
    for _, case in ipairs {
        { "launch-limit", "ll" }, { "launch-limit", "rl" }, { "launch-limit", "la" },
        { "launch-limit", "ra" }, { "access-limit", "l" }, { "access-limit", "r" },
        { "launch-permission", "ra" }, { "access-permission", "r" },
    } do
        lab:what_if(function()
            run(("dcom allow %s CORP\\alice %s"):format(case[1], case[2]))
            check(exactly(allowed(case[1], "alice"), case[2]), "alice, who is no administrator, holds %s",
                case[2])
        end)
    end
end)

K(2, "sp1", "by default Administrators may launch, activate and access everything remotely", function()
    check(exactly(allowed("launch-limit", "Administrators", "DC02"), "ll,rl,la,ra"),
        "the launch limit of DC02 gives Administrators all four rights")
    check(allowed("access-limit", "Everyone", "DC02").r, "its access limit gives remote access")
    shut_out_users()
    local admin, user = ask("CORP\\Administrator", "User"), ask("CORP\\alice", "User")
    check(admin["launch-limit"].verdict == "allowed", "an administrator passes without the group")
    check(user["launch-limit"].verdict ~= "allowed", "a user does not")
end)

K(3, "rtm", "the upgrade to SP1 changes DCOM security so that Certificate Services goes on working",
    function()
        local before = ask("CORP\\alice", "User")
        check(before["launch-limit"].verdict == "allowed", "before: %s", before["launch-limit"].why)
        run("host upgrade DC01 --to 2003-sp1")
        local after, refusing = ask("CORP\\alice", "User")
        check(#refusing == 0, "alice enrols after it, too")
        check(table.concat(after["launch-limit"].via, " "):find(GROUP) ~= nil, "now by way of %s", GROUP)
    end)

K(4, "rtm", "changes made before to CertSrv Request are lost", function()
    check(next(allowed("launch-permission", "PKI Operators")) ~= nil, "PKI Operators have an entry")
    run("host upgrade DC01 --to 2003-sp1")
    check(next(allowed("launch-permission", "PKI Operators")) == nil, "after the upgrade they have none")
    check(next(allowed("access-permission", "PKI Operators")) == nil, "neither for access")
end)

K(5, "sp1", "CertSrv Request: Everyone gets local and remote access", function()
    check(exactly(allowed("access-permission", "Everyone"), "l,r"), "access-permission: Everyone l,r")
end)

K(6, "sp1", "CertSrv Request: Everyone gets local and remote activation", function()
    local rights = allowed("launch-permission", "Everyone")
    check(rights.la and rights.ra, "launch-permission: Everyone la,ra")
end)

K(7, "sp1", "CertSrv Request: Everyone gets no launch", function()
    local rights = allowed("launch-permission", "Everyone")
    check(not rights.ll and not rights.rl, "launch-permission: neither ll nor rl")
    run("net stop certsvc")
    local gates = ask("CORP\\alice", "User")
    check(gates.service.verdict == "denied", "a stopped CA: %s", gates.service.why)
    check(gates["launch-permission"].verdict ~= "allowed", "launch: %s", gates["launch-permission"].why)
end)

K(8, "rtm", "the group is made automatically, by SP1 setup", function()
    check(not exists(GROUP), "before: no %s", GROUP)
    run("host upgrade DC01 --to 2003-sp1")
    check(exists(GROUP), "after: there it is")
end)

K(8, "sp1", "the group is made automatically, by certsvc (inferred)", function()
    run(("net localgroup %s /delete"):format(GROUP))
    check(not exists(GROUP), "no %s", GROUP)
    three_lines()
    check(exists(GROUP), "there it is again")
end)

K(9, "member", "CA on a member server: a computer-local group with Everyone in it", function()
    local row = run("principal show " .. GROUP)[1]
    check(row.scope == "machine-local", "its scope is %s", row.scope)
    check(members(GROUP) == "Everyone", "its members: %s", members(GROUP))
end)

K(10, "dc", "CA on a domain controller: domain-local, with Domain Users and Domain Computers", function()
    local row = run("principal show " .. GROUP)[1]
    check(row.scope == "domain-local", "its scope is %s", row.scope)
    check(members(GROUP) == "Domain Computers, Domain Users", "its members: %s", members(GROUP))
end)

K(11, "dc", "to enrol from a domain controller, Domain Controllers must be added", function()
    check(not members("CORP\\Domain Computers"):find("DC02", 1, true),
        "Domain Computers does not hold DC02")
    local _, refusing = ask("CORP\\DC02$", DER)
    check(table.concat(refusing, ",") == "launch-limit", "DC02 is refused at the machine's launch limit")
    run(('net localgroup %s "Domain Controllers" /add'):format(GROUP))
    run([[shutdown /r /m \\DC02]])
    check(enrols("CORP\\DC02$", DER), "added and restarted, it enrols")
end)

K(12, "sp1", "machine limits: the group gets local and remote access", function()
    check(exactly(allowed("access-limit", GROUP), "l,r"), "access-limit: %s l,r", GROUP)
end)

K(13, "sp1", "machine limits: the group gets local and remote activation", function()
    local rights = allowed("launch-limit", GROUP)
    check(rights.la and rights.ra, "launch-limit: %s la,ra", GROUP)
end)

K(14, "sp1", "machine limits: the group gets no launch", function()
    local rights = allowed("launch-limit", GROUP)
    check(not rights.ll and not rights.rl, "launch-limit: neither ll nor rl")
end)

K(15, "two", "enrollees outside the CA's domain are not added automatically, and are refused", function()
    for _, case in ipairs { { "carol", "User" }, { "WS21$", "Machine" }, { "DC21$", "DomainController" } } do
        local gates = ask("CONTOSO\\" .. case[1], case[2])
        check(gates["launch-limit"].verdict == "not-granted", "CONTOSO\\%s: %s", case[1],
            gates["launch-limit"].why)
    end
    local refused_users = {}
    for _, row in ipairs(run("enroll who User --not")) do
        refused_users[row.principal] = row.verdict
    end
    check(refused_users["CONTOSO\\carol"] and not refused_users["CORP\\alice"],
        "of the users, carol is refused and alice is not")
end)

K(16, "two", "the repair: Contoso\\Domain Users and Contoso\\Domain Computers are added by hand", function()
    run(('net localgroup %s "Contoso\\Domain Users" /add'):format(GROUP))
    run(('net localgroup %s "Contoso\\Domain Computers" /add'):format(GROUP))
    run([[shutdown /r /m \\WS21]])
    for _, case in ipairs { { "carol", "User" }, { "WS21$", "Machine" } } do
        local _, refusing = ask("CONTOSO\\" .. case[1], case[2])
        check(table.concat(refusing, ",") == "template-security",
            "CONTOSO\\%s passes the DCOM gates; the template is another matter", case[1])
    end
    say("the article says that only groups can be added; Active Directory takes accounts, too:")
    run(('net localgroup %s CONTOSO\\DC21$ /add'):format(GROUP))
    run([[shutdown /r /m \\DC21]])
    check(enrols("CONTOSO\\DC21$", "DomainController"), "CONTOSO\\DC21$, added by itself, enrols")
end)

K(17, "sp1", "three commands make Certificate Services update the DCOM security again", function()
    run(("net localgroup %s /delete"):format(GROUP))
    check(not enrols("CORP\\alice", "User"), "without the group alice is refused")
    three_lines()
    check(enrols("CORP\\alice", "User"), "after the three lines she enrols")
end)

K(18, "sp1", "the flag says that the update succeeded", function()
    check(flag_set(), "SETUP_DCOM_SECURITY_UPDATED_FLAG is set: SetupStatus 0x%x", setup_status())
    run(THREE_LINES[1])
    check(not flag_set(), "cleared: SetupStatus 0x%x", setup_status())
    run("net stop certsvc")
    run("net start certsvc")
    check(flag_set(), "set again by the update: SetupStatus 0x%x", setup_status())
end)

K(19, "sp1", "certsvc looks at the flag at every start", function()
    shut_out_users()
    run("net stop certsvc")
    run("net start certsvc")
    check(not enrols("CORP\\alice", "User"), "the flag is set: nothing is touched, however broken")
    three_lines()
    check(enrols("CORP\\alice", "User"), "the flag was clear: the update ran")
end)

K(20, "sp1", "clearing the flag and restarting repeats the update (what it repairs is inferred)", function()
    local damages = {
        { "a removed group", ("net localgroup %s /delete"):format(GROUP) },
        { "a removed member", ('net localgroup %s "%s" /delete'):format(GROUP,
            on_member and "Everyone" or "Domain Users") },
        { "a damaged limit", ("dcom revoke launch-limit %s"):format(GROUP) },
    }
    for _, damage in ipairs(damages) do
        lab:what_if(function()
            run(damage[2])
            check(not enrols("CORP\\alice", "User"), "%s: alice is refused", damage[1])
            three_lines()
            check(enrols("CORP\\alice", "User"), "%s: healed", damage[1])
        end)
    end
end)

-- The newest event 13 on `host` after what was just done, or nothing.
local function event_13(host)
    local rows = run(("event list --host %s --id 13"):format(host))
    return rows[#rows] or {}
end

-- The words of the article, in the language of the machine.
local JAPANESE = lab:host("DC02").language == "ja"
local EVENT_TEXTS = JAPANESE and {
    [DER] = "ローカルシステムの証明書の自動登録で、ディレクトリ サービス電子メール レプリケーション 証明書 "
        .. "(0x80070005) を登録できませんでした。アクセスが拒否されました。",
    Workstation = "ローカルシステムの証明書の自動登録で、ワークステーション認証証明書 (0x80070005) "
        .. "を登録できませんでした。アクセスが拒否されました。",
} or {
    [DER] = "Automatic certificate enrollment for local system failed to enroll for one Directory Email "
        .. "Replication certificate (0x80070005).  Access is denied.",
    Workstation = "Automatic certificate enrollment for local system failed to enroll for one "
        .. "Workstation Authentication certificate (0x80070005).  Access is denied.",
}
local HELP_TEXT = "詳細な情報は、http://support.microsoft.com の [ヘルプとサポート センター] を参照してください。"

local function symptom(template, options)
    check(event_13("DC02").text == nil, "nothing is logged yet")
    local row = run(("enroll request CORP\\DC02$ %s%s"):format(template, options))[1]
    check(row.code == "0x80070005", "the request ends with %s", row.code)
    local event = event_13("DC02")
    check(event.source == "AutoEnrollment" and event.user == "N/A"
        and (event.type == "error" or event.type == "エラー"), "source AutoEnrollment, error, user N/A")
    check(event.text and event.text:sub(1, #EVENT_TEXTS[template]) == EVENT_TEXTS[template], "%s", event.text)
    if JAPANESE then
        check(event.text and event.text:sub(-#HELP_TEXT) == HELP_TEXT, "it ends as the article's does")
    end
end

K(21, "dc", "symptom: event 13, AutoEnrollment, Directory Email Replication, 0x80070005", function()
    symptom(DER, "")
end)

K(22, "dc", "symptom: the same for a Workstation Authentication certificate", function()
    symptom("Workstation", " --auto")
end)

K(23, "sp1", "symptom: a manual request fails, because the CA has not started or permission lacks", function()
    local message
    lab:what_if(function()
        run("net stop certsvc")
        local row = run("enroll request CORP\\alice User")[1]
        message = row.message
        check(row.verdict ~= "allowed", "the CA has not started: %s", row.code)
        check(ask("CORP\\alice", "User").service.verdict == "denied", "enroll check says so: service")
    end)
    shut_out_users()
    local row = run("enroll request CORP\\alice User")[1]
    check(row.verdict ~= "allowed" and row.message == message, "no permission: %s, and the same message",
        row.code)
    check(not JAPANESE or message:find("- 証明書要求が開始されていない証明機関 (CA) に提出された。", 1, true),
        "%s", (message:gsub("\n", " ")))
    local gates = ask("CORP\\alice", "User")
    check(gates.service.verdict == "allowed" and gates["launch-limit"].verdict ~= "allowed",
        "enroll check tells them apart: the service runs, the limit refuses")
end)

K(24, "dc", "on a domain controller: add Domain Controllers, and restart it", function()
    run("enroll request CORP\\DC02$ " .. DER)
    local told = run(('event explain --host DC02 "%s"'):format(event_13("DC02").text))
    check(told[#told].next and told[#told].next:find("Domain Controllers", 1, true),
        "event explain: %s", told[#told].next)
    run(('net localgroup %s "Domain Controllers" /add'):format(GROUP))
    local gates = ask("CORP\\DC02$", DER)
    check(gates["launch-limit"].verdict ~= "allowed", "still refused: %s", gates["launch-limit"].why)
    run([[shutdown /r /m \\DC02]])
    check(enrols("CORP\\DC02$", DER), "after the restart it enrols")
end)

K(25, "sp1", "it applies to every edition of Windows Server 2003 SP1", function()
    for _, edition in ipairs {
        "Enterprise Edition", "Standard Edition", "Web Edition", "Enterprise x64 Edition",
        "Standard x64 Edition",
    } do
        lab:what_if(function()
            run(('host set %s --edition "%s"'):format(CA, edition))
            local before = enrols("CORP\\alice", "User")
            shut_out_users()
            check(before and not enrols("CORP\\alice", "User"), "%s: DCOM behaves the same", edition)
        end)
    end
end)

-- --------------------------------------------------------------------- telling

for _, statement in ipairs(story) do
    if statement.applies and (next(wanted) == nil or wanted[statement.name]) then
        told = told + 1
        print(("%-4s  %s"):format(statement.name, statement.text))
        lab:what_if(statement.show)
        print()
    end
end
if told == 0 then
    print("this lab shows none of them: try --lab-name kb903220-dc, kb903220-member, kb903220-rtm or two-domains")
    os.exit(77)
end
print(("%d statements told, %s"):format(told, failed == 0 and "all hold" or failed .. " checks fail"))
os.exit(failed == 0 and 0 or 2)
