-- Policy: the CA's own list and flags, and the hardening of its host (KB5004442, CVE-2022-37976).

local broad = require "policies.broad"

local CONFIGURATION = [[HKLM\SYSTEM\CurrentControlSet\Services\CertSvc\Configuration]]
local OLE = [[HKLM\SOFTWARE\Microsoft\Ole]]
local ENROLL, READ = 0x200, 0x100
local IF_ENFORCEENCRYPTICERTREQUEST, SETUP_DCOM_SECURITY_UPDATED = 0x200, 0x2000

local function each(name, fn)
    broad.each_ca(case, skip, name, fn)
end

each("nearly anybody may enrol and read, and no more", function(ca, host)
    for _, ace in ipairs(broad.aces(host:registry(CONFIGURATION .. "\\" .. ca.name, "Security"))) do
        local more = broad.ALLOW[ace.type] and ace.mask & ~(ENROLL | READ) ~= 0
        expect(not (more and broad.name(ace.sid)), ("%s has %s"):format(broad.name(ace.sid) or "", ace.text))
    end
    expect(true)
end)

each("somebody who has not shown a name may not enrol", function(ca, host)
    for _, ace in ipairs(broad.aces(host:registry(CONFIGURATION .. "\\" .. ca.name, "Security"))) do
        expect(not (broad.ALLOW[ace.type] and broad.is_anybody(ace.sid)), ace.text)
    end
    expect(true)
end)

-- A relayed request is not signed for this connection; XP cannot encrypt, which is why 2003 does not ask.
each("requests are encrypted", function(ca, host)
    if not broad.is_modern(host) then
        skip "XP clients only sign"
    end
    local flags = host:registry(CONFIGURATION .. "\\" .. ca.name, "InterfaceFlags")
        or lab:default_interface_flags(host.windows)
    expect(flags & IF_ENFORCEENCRYPTICERTREQUEST ~= 0, "IF_ENFORCEENCRYPTICERTREQUEST is clear")
end)

each("KB5004442 is not switched off", function(_, host)
    local require_integrity = host:registry(OLE .. [[\AppCompat]], "RequireIntegrityActivationAuthenticationLevel")
    expect(require_integrity ~= 0, "RequireIntegrityActivationAuthenticationLevel is 0")
end)

each("DCOM is on, and RPC takes clients", function(_, host)
    local enabled = host:registry(OLE, "EnableDCOM")
    local clients = host:registry([[HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Rpc]], "RestrictRemoteClients")
    expect(not enabled or enabled:upper() == "Y", "EnableDCOM is " .. tostring(enabled))
    expect(clients ~= 2, "RestrictRemoteClients is 2, which refuses every enrolment")
end)

each("certsvc has updated the DCOM security", function(_, host)
    local status = host:registry(CONFIGURATION, "SetupStatus")
    local old = (lab:default_dcom(host.windows, "launch-limit") or "") == ""
    if old or not status then
        skip(old and "before SP1 there is nothing to update" or "SetupStatus is not known")
    end
    expect(status & SETUP_DCOM_SECURITY_UPDATED ~= 0, ("SetupStatus is 0x%x"):format(status))
end)

each("nearly anybody is not denied the network logon", function(_, host)
    for _, row in ipairs((run("right list", "SeDenyNetworkLogonRight", "--host", host.name))) do
        expect(not broad.name(row.sid) or broad.is_anybody(row.sid), row.principal .. " is denied it")
    end
    expect(true)
end)
