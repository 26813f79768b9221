-- scenarios.lua - what administrators meet around KB 903220, each as a lab: made, found, mended.
--
--     certsh scripts/scenarios.lua                                   all of them, one by one
--     certsh --lab-name two-domains -c 'run scripts/scenarios.lua other-domain' -c 'enroll check carol User'
--
-- The consequences of what certsvc does to DCOM security (FACTS 3), the ways in which a request can
-- die (FACTS 7.1), and the questions of administrators (FACTS 8); the number after a title says
-- which.  The six causes of 0x800706BA are in causes.lua.  Left out, because nothing of it is in a
-- lab: firewalls and names (7.1 no. 1), a wrong CA name (no. 9), damaged requests (no. 11).
--
-- Exit code 2 when one of them is not found or not mended; --help tells more.

local ALICE, WS01, DC02 = { "CORP\\alice", "User" }, { "CORP\\WS01$", "Machine" },
    { "CORP\\DC02$", "DirectoryEmailReplication" }
local ADMIN = { "CORP\\Administrator", "User" }

local RECIPE = {
    "certutil -setreg SetupStatus -SETUP_DCOM_SECURITY_UPDATED_FLAG", "net stop certsvc", "net start certsvc",
}
local RECIPE_CHANGE = "SETUP_DCOM_SECURITY_UPDATED_FLAG" -- among what `enroll fix` proposes
local DCOM_POLICY = [["HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DCOM"]]
local REQUEST = [[HKLM\SOFTWARE\Classes\AppID\{D99E6E74-FC88-11D0-B498-00A0C90312F3}]]
local STOPPED = { "service", "launch-limit", "launch-permission" }

local function lab()
    return certsh.lab
end

-- The template's own list, written anew.
local function template(name, sddl)
    return function()
        lab():set_template { name = name, sd = sddl }
    end
end

local SCENARIOS = {
    what = "scenarios", one = "scenario",
    brief = "what administrators meet around KB 903220, each made, found and mended",
    detail = "Each is made in a what-if of its lab by the commands that make it on Windows; then enroll check must refuse at "
        .. "the gates that it is about and at no other, enroll fix --apply (or the cure that it names) must help, and the "
        .. "next check allow.",

    -- ------------------------------------------ what certsvc does to DCOM security (FACTS 3)
    {
        "dc-refused", "a domain controller is no member of Domain Computers (3.1 no. 4, 8 no. 5)", { "launch-limit" },
        lab = "kb903220-dc", asks = { DC02 }, passes = { ALICE, WS01 }, code = "0x80070005",
    },
    {
        "not-restarted", "it was added, and has not restarted (3.1 no. 4, 8 no. 14)", { "launch-limit" },
        'net localgroup CERTSVC_DCOM_ACCESS "Domain Controllers" /add',
        lab = "kb903220-dc", asks = { DC02 },
    },
    {
        "klist-purge", "it was added, and its tickets purged, which counts as a restart (8 no. 14)", {},
        'net localgroup CERTSVC_DCOM_ACCESS "Domain Controllers" /add', "host use DC02", "klist -li 0x3e7 purge",
        lab = "kb903220-dc", passes = { DC02 },
    },
    {
        "other-domain", "the CA's group holds nobody of the other domain (3.1 no. 5, 8 no. 6)", { "launch-limit" },
        lab = "two-domains", asks = { { "CONTOSO\\DC21$", "DirectoryEmailReplication" } },
    },
    {
        "other-domain-templates", "added by the article's repair, carol still lacks Enroll (3.1 no. 5)", { "template-security" },
        'net localgroup CERTSVC_DCOM_ACCESS "CONTOSO\\Domain Users" /add',
        lab = "two-domains", asks = { { "CONTOSO\\carol", "User" } },
    },
    {
        "primary-group", "a user outside Domain Users: the primary group is another one (3.2)",
        { "launch-limit", "template-security" },
        function()
            lab():add_group { domain = "CORP", name = "Contractors", scope = "global", rid = 3100 }
            lab():add_user { domain = "CORP", name = "erin", primary = 3100, mail = "erin@corp.example", upn = "erin@corp.example" }
        end,
        lab = "kb903220-dc", asks = { { "CORP\\erin", "User" } },
    },
    {
        "managed-account", "a service account outside Domain Computers (3.2)", { "launch-limit", "template-security" },
        function()
            lab():add_computer { domain = "CORP", name = "SVC01$", primary = 514, managed = true, dns = "svc01.corp.example" }
        end,
        lab = "kb903220-dc", asks = { { "CORP\\SVC01$", "Machine" } },
    },
    {
        "group-emptied", "the group has lost its members; administrators get in all the same (3.2, 8 no. 2)", { "launch-limit" },
        "net localgroup CERTSVC_DCOM_ACCESS Everyone /delete",
        lab = "kb903220-member", asks = { ALICE, WS01 }, passes = { ADMIN },
    },
    {
        "works-as-admin", "the user was made local administrator: that helps the user, not the machine (8 no. 2)",
        { "launch-limit" },
        "net localgroup CERTSVC_DCOM_ACCESS Everyone /delete", "host use SRV01", 'net localgroup Administrators "CORP\\alice" /add',
        lab = "kb903220-member", asks = { WS01 }, passes = { ALICE },
    },
    {
        "distributed-com-users", "members of Distributed COM Users pass the limits without the group (3.2, 8 no. 20)",
        { "launch-limit" },
        "net localgroup CERTSVC_DCOM_ACCESS Everyone /delete", 'net localgroup "Distributed COM Users" "CORP\\alice" /add',
        lab = "kb903220-member", asks = { WS01 }, passes = { ALICE },
    },
    {
        "own-machine", "the domain controller with the CA asks itself: local, and without the group (3.2, 8 no. 21)",
        { "launch-limit" },
        lab = "kb903220-dc", asks = { DC02 }, passes = { { "CORP\\DC01$", "DomainController" } },
    },
    {
        "group-deleted", "the group was deleted; its SID stays in the limits (3.2)", { "launch-limit" },
        "net localgroup CERTSVC_DCOM_ACCESS /delete",
        lab = "kb903220-member", asks = { ALICE, WS01 }, choose = RECIPE_CHANGE,
    },
    {
        "group-recreated", "the group was made anew by hand: another SID than the limits have (3.2)", { "launch-limit" },
        "net localgroup CERTSVC_DCOM_ACCESS /delete", "net localgroup CERTSVC_DCOM_ACCESS /add",
        "net localgroup CERTSVC_DCOM_ACCESS Everyone /add",
        lab = "kb903220-member", asks = { ALICE, WS01 }, choose = RECIPE_CHANGE,
    },
    {
        "no-remote-activation", "the launch limit lacks remote activation for the group (3.2)", { "launch-limit" },
        "dcom revoke launch-limit CERTSVC_DCOM_ACCESS ra",
        lab = "kb903220-dc", asks = { ALICE, WS01 },
    },
    {
        "flag-still-set", "the limit is broken, and certsvc was restarted with its flag still set (8 no. 7)", { "launch-limit" },
        "dcom revoke launch-limit CERTSVC_DCOM_ACCESS", "net stop certsvc", "net start certsvc",
        lab = "kb903220-dc", asks = { ALICE, WS01 }, choose = RECIPE_CHANGE,
    },
    {
        "policy-shadows", "a group policy sets the limit, so the article's recipe heals nothing (3.2, 8 no. 8)", { "launch-limit" },
        "reg add " .. DCOM_POLICY .. " /v MachineLaunchRestriction /t REG_SZ /d O:BAG:BAD:(A;;CCDCLCSWRP;;;BA)(A;;CCDCSW;;;WD) /f",
        RECIPE[1], RECIPE[2], RECIPE[3],
        lab = "kb903220-dc", asks = { ALICE, WS01 },
    },
    {
        "policy-broken", "the policy's limit is no SDDL: everybody is refused (10024)", { "launch-limit" },
        "reg add " .. DCOM_POLICY .. " /v MachineLaunchRestriction /t REG_SZ /d O:BAG:BAD:(A;;XX;;;BA) /f",
        lab = "kb903220-dc", asks = { ALICE, ADMIN },
    },
    {
        "group-574", "2008 and later: Authenticated Users taken out of the built-in group (3.5, 8 no. 3)",
        { "launch-limit" },
        'net localgroup "Certificate Service DCOM Access" "Authenticated Users" /delete',
        lab = "modern", asks = { ALICE, { "CORP\\DC02$", "DirectoryEmailReplication" } }, code = "0x800706ba",
    },

    -- ------------------------------------------------- where a request can die (FACTS 7.1)
    {
        "stopped", "certsvc is stopped, and COM may not launch it for the caller (7.1 no. 2, 8 no. 9)", STOPPED,
        "net stop certsvc", lab = "kb903220-dc", asks = { ALICE },
    },
    {
        "launched", "certsvc is stopped, and an administrator at the CA has COM launch it (7.1 no. 2)", STOPPED,
        "net stop certsvc", "dcom allow launch-permission Administrators",
        lab = "kb903220-dc", asks = { ALICE }, passes = { ADMIN },
    },
    {
        "logon-denied", "the caller's group is denied the network logon (7.1 no. 3)", { "logon" },
        'right grant SeDenyNetworkLogonRight "CORP\\Domain Users"', lab = "kb903220-dc", asks = { ALICE }, passes = { WS01 },
    },
    {
        "no-trust", "the caller's domain is not trusted (7.1 no. 3)", { "logon", "launch-limit", "template-security" },
        function()
            lab():add_domain { dns = "stranger.example", netbios = "STRANGER", forest = "stranger.example", sid = "S-1-5-21-4-5-6" }
            lab():add_user { domain = "STRANGER", name = "zoe", upn = "zoe@stranger.example", mail = "zoe@stranger.example" }
        end,
        lab = "kb903220-dc", asks = { { "STRANGER\\zoe", "User" } },
        cure = {
            function()
                lab():add_trust { trusting = "CORP", trusted = "STRANGER", kind = "forest" }
                lab():add_member("CERTSVC_DCOM_ACCESS", "STRANGER\\zoe")
                lab():set_template { name = "User", sd = "D:(A;;CR;;;AU)(A;;LCRPRC;;;AU)" }
            end,
            says = "a forest trust, the group, and the template (8 no. 15)",
        },
    },
    {
        "auth-level", "the application wants packet privacy, and XP only signs (7.1 no. 5)", { "authentication" },
        "reg add " .. REQUEST .. " /v AuthenticationLevel /t REG_DWORD /d 6 /f",
        lab = "kb903220-dc", asks = { ALICE, WS01 }, passes = { { "CORP\\DC01$", "DomainController" } },
    },
    {
        "denied-in-limit", "an entry of the limit denies, whatever the group allows (7.1 no. 6)", { "launch-limit" },
        'dcom deny launch-limit "CORP\\Domain Users" ra', lab = "kb903220-dc", asks = { ALICE }, passes = { WS01 },
    },
    {
        "access-limit", "the access limit has lost Everyone and the group (7.1 no. 6)", { "access-limit" },
        "dcom revoke access-limit Everyone", "dcom revoke access-limit CERTSVC_DCOM_ACCESS",
        lab = "kb903220-dc", asks = { ALICE, WS01 },
    },
    {
        "launch-permission", "CertSrv Request's own launch permission lacks Everyone (7.1 no. 7)", { "launch-permission" },
        "dcom revoke launch-permission Everyone", "dcom allow launch-permission Administrators",
        lab = "kb903220-dc", asks = { ALICE }, passes = { ADMIN },
    },
    {
        "access-permission", "CertSrv Request's own access permission denies (7.1 no. 7)", { "access-permission" },
        "dcom deny access-permission Everyone r", lab = "kb903220-dc", asks = { ALICE },
    },
    {
        "no-permissions", "the application has no permissions: the machine's defaults count (7.1 no. 7)",
        { "launch-permission", "access-permission" },
        "reg delete " .. REQUEST .. " /v LaunchPermission /f", "reg delete " .. REQUEST .. " /v AccessPermission /f",
        lab = "kb903220-dc", asks = { ALICE },
    },
    {
        "no-remote", "the CA takes no requests from other machines (7.1 no. 8, 8 no. 17)", { "ca-interface" },
        "certutil -setreg CA\\InterfaceFlags +IF_NOREMOTEICERTREQUEST", "net stop certsvc", "net start certsvc",
        lab = "kb903220-dc", asks = { ALICE }, passes = { { "CORP\\DC01$", "DomainController" } }, code = "0x80094011",
    },
    {
        "encryption", "the CA wants encryption, and XP only signs (7.1 no. 8)", { "ca-interface" },
        "certutil -setreg CA\\InterfaceFlags +IF_ENFORCEENCRYPTICERTREQUEST", "net stop certsvc", "net start certsvc",
        lab = "kb903220-dc", asks = { ALICE }, code = "0x80070005",
    },
    {
        "ping-works", "certutil -ping works and enrolment is denied: Enroll on the CA (7.1 no. 10, 8 no. 11, 12)", { "ca-security" },
        function()
            lab():set_registry("DC01", [[HKLM\SYSTEM\CurrentControlSet\Services\CertSvc\Configuration\CORP-CA]], "Security",
                { sddl = "O:BAG:BAD:(A;;0x3;;;BA)(A;;0x100;;;AU)" })
            certsh.run "certutil -ping"
        end,
        lab = "kb903220-dc", asks = { ALICE, WS01 }, code = "0x80094011",
    },
    {
        "unpublished", "the CA does not publish the template (7.1 no. 12)", { "template-published" },
        "certutil -SetCATemplates -User", lab = "kb903220-dc", asks = { ALICE }, code = "0x80094800",
    },
    {
        "ca-cannot-read", "the CA itself cannot read the template (8 no. 19, KB 283218)", { "template-security" },
        template("User", "D:(A;;LCRPRC;;;DU)(A;;CR;;;DU)"),
        lab = "kb903220-member", asks = { ALICE }, code = "0x80094800",
    },
    {
        "no-enroll", "the template grants Read and not Enroll (7.1 no. 14)", { "template-security" },
        template("User", "D:(A;;LCRPRC;;;AU)(A;;CR;;;DA)"), lab = "kb903220-dc", asks = { ALICE }, code = "0x80094012",
    },
    {
        "no-read", "the template grants Enroll and not Read (7.1 no. 14)", { "template-security" },
        template("User", "D:(A;;LCRPRC;;;DC)(A;;LCRPRC;;;DD)(A;;CR;;;DU)"),
        lab = "kb903220-dc", asks = { ALICE }, code = "0x80094012",
    },

    -- --------------------------------------------- what the CA answers after all gates (7.1 no. 15, 16)
    {
        "no-mail", "every right is there, and the account has no e-mail address (7.1 no. 15, 8 no. 18)", {},
        function()
            lab():add_user { domain = "CORP", name = "dora", upn = "dora@corp.example" }
        end,
        lab = "kb903220-dc", asks = { { "CORP\\dora", "User" } }, policy = "0x80094812",
    },
    {
        "pending", "an officer decides (7.1 no. 16)", {},
        function()
            lab():set_template { name = "User", enroll_flags = 2 }
        end,
        lab = "kb903220-dc", asks = { ALICE }, policy = "pending",
        cure = {
            function()
                lab():set_template { name = "User", enroll_flags = 0 }
            end,
            says = "the template wants no officer",
        },
    },
    {
        "agent-signature", "the template wants the signature of an enrolment agent (7.1 no. 15)", {},
        function()
            lab():set_template { name = "User", signatures = 1 }
        end,
        lab = "kb903220-dc", asks = { ALICE }, policy = "0x8009480a",
        cure = {
            function()
                lab():set_template { name = "User", signatures = 0 }
            end,
            says = "the template wants no agent's signature",
        },
    },
}

return require("guard.prove").command(SCENARIOS)
