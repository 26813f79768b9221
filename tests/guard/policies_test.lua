-- scripts/policies: they hold for the lab `modern`, and each notices what it is about.

lab "modern"

local MODERN_GROUP = '"Certificate Service DCOM Access"'
local CA = [[HKLM\SYSTEM\CurrentControlSet\Services\CertSvc\Configuration\CORP-CA]]
local USER = "D:(A;;LCRPRC;;;AU)"

local function failed()
    local names = {}
    for _, row in ipairs((run "test scripts/policies")) do
        expect(row.status ~= "broken", tostring(row.text))
        if row.status == "failed" then
            names[#names + 1] = row.case:match "^[^:]*: (.*)$" or row.case
        end
    end
    return table.concat(names, "; ")
end

case("they hold for it", function()
    expect_equal(failed(), "")
end)

case("those of the article say what its labs lack", function()
    certsh.inside(certsh.open "kb903220-member", function()
        expect_equal(failed(), "")
    end)
    certsh.inside(certsh.open "kb903220-dc", function()
        expect_equal(failed(), "what KB 903220 says of the groups holds")
    end)
    certsh.inside(certsh.open "kb903220-rtm", function()
        expect_equal(failed(), "")
    end)
end)

case("without a CA they are skipped", function()
    certsh.inside(certsh.open "empty", function()
        for _, row in ipairs((run "test scripts/policies")) do
            expect_equal(row.status, "skipped")
        end
    end)
end)

local function template(sddl, fields)
    return function()
        fields = fields or {}
        fields.name, fields.sd = "User", sddl
        certsh.lab:set_template(fields)
    end
end

-- What is done, and the policies that must notice.
local function security(sddl)
    return function()
        certsh.lab:set_registry("SRV01", CA, "Security", { sddl = sddl })
    end
end

local OLE = [[HKLM\SOFTWARE\Microsoft\Ole]]
local LIMIT = "O:BAG:BAD:(A;;CCDCLCSWRP;;;BA)(A;;CCSWRP;;;CD)(A;;CCSWRP;;;S-1-5-21-1-2-3-4)"

-- What is done, by its name, and the policies that must notice.
case("notices %s", {
    { "Everyone in the launch limit", "dcom allow launch-limit Everyone ra",
        "nearly anybody may not launch or activate from outside" },
    { "the anonymous in the access limit", 'dcom allow access-limit "ANONYMOUS LOGON" r',
        "an anonymous caller may not call from outside" },
    { "an orphan in the launch limit", function()
        certsh.lab:set_registry("SRV01", OLE, "MachineLaunchRestriction", { sddl = LIMIT })
    end, "no entry is for a SID that nobody has" },
    { "a policy's limit", [[reg add "HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DCOM" /v MachineAccessRestriction ]]
        .. "/t REG_SZ /d O:BAG:BAD:(A;;CCDCLC;;;CD) /f", "no group policy shadows what certsvc writes" },
    { "a limit without the group", "dcom revoke launch-limit " .. MODERN_GROUP,
        "what KB 903220 says of the groups holds; the groups of the CAs are in both limits, without launch" },
    { "a group that may launch", "dcom allow launch-limit " .. MODERN_GROUP .. " ll,rl,la,ra",
        "the groups of the CAs are in both limits, without launch" },
    { "an empty group", "net localgroup " .. MODERN_GROUP .. ' "Authenticated Users" /delete',
        "the group is there, and somebody is in it; what KB 903220 says of the groups holds" },
    { "guests in the group", "net localgroup " .. MODERN_GROUP .. ' "CORP\\Domain Guests" /add',
        "it holds no anonymous callers and no guests" },
    { "an account in the group", "net localgroup " .. MODERN_GROUP .. " CORP\\alice /add",
        "its members are groups, not single accounts" },
    { "plain requests", "certutil -setreg CA\\InterfaceFlags -IF_ENFORCEENCRYPTICERTREQUEST", "requests are encrypted" },
    { "KB5004442 off", "reg add " .. OLE .. "\\AppCompat /v RequireIntegrityActivationAuthenticationLevel /t REG_DWORD /d 0 /f",
        "KB5004442 is not switched off" },
    { "DCOM off", "reg add " .. OLE .. " /v EnableDCOM /t REG_SZ /d N /f", "DCOM is on, and RPC takes clients" },
    { "the flag cleared", "certutil -setreg SetupStatus -SETUP_DCOM_SECURITY_UPDATED_FLAG",
        "certsvc has updated the DCOM security" },
    { "a logon denied to all", 'right grant SeDenyNetworkLogonRight "Authenticated Users"',
        "nearly anybody is not denied the network logon" },
    { "officers without end", security "O:BAG:BAD:(A;;0x3;;;BA)(A;;0x202;;;AU)", "nearly anybody may enrol and read, and no more" },
    { "Everyone at the CA", security "O:BAG:BAD:(A;;0x3;;;BA)(A;;0x200;;;WD)", "somebody who has not shown a name may not enrol" },
    { "Everyone at a template", template(USER .. "(A;;CR;;;WD)"), "nobody enrols who has not shown a name" },
    { "a free subject", template(USER .. "(A;;CR;;;DU)", { name_flags = 1 }),
        "who may name any subject is a chosen few, or an officer looks" },
    { "no security extension", template(USER .. "(A;;CR;;;DU)", { enroll_flags = 0x80000 }),
        "no certificate without the account's SID" },
    { "a template that all may change", template(USER .. "(A;;CR;;;DU)(A;;WDWO;;;DU)"), "nearly anybody may not change it" },
    { "an orphan at a template", template(USER .. "(A;;CR;;;S-1-5-21-1-2-3-4)"), "no entry is for a SID that nobody has" },
    { "AutoEnroll alone", template(USER .. "(OA;;CR;a05b8cc2-17bc-4802-a710-e7c15ab866a2;;DU)"),
        "who enrols by itself may also enrol" },
}, function(_, what, wanted)
    if type(what) == "function" then
        what()
    else
        run(what)
    end
    expect_equal(failed(), wanted)
end)

case("an officer, or an agent's signature, makes a free subject harmless", function()
    template(USER .. "(A;;CR;;;DU)", { name_flags = 1, enroll_flags = 2 })()
    expect_equal(failed(), "")
    template(USER .. "(A;;CR;;;DU)", { name_flags = 1, enroll_flags = 0, signatures = 1 })()
    expect_equal(failed(), "")
end)
