-- Policy: the CA's own list and flags, and the hardening of its host (KB5004442, CVE-2022-37976).

local broad = require "policies.broad"

local CONFIGURATION = [[HKLM\SYSTEM\CurrentControlSet\Services\CertSvc\Configuration]]
local OLE = [[HKLM\SOFTWARE\Microsoft\Ole]]
local ENROLL, READ = 0x200, 0x100
local IF_ENFORCEENCRYPTICERTREQUEST, SETUP_DCOM_SECURITY_UPDATED = 0x200, 0x2000

local function each(name, fn)
    broad.each_ca(case, skip, name, function(ca, host)
        fn(ca, host, broad.must(expect))
    end)
end

each("nearly anybody may enrol and read, and no more", function(ca, host, must)
    for _, ace in ipairs(broad.aces(host:registry(CONFIGURATION .. "\\" .. ca.name, "Security"))) do
        local more = broad.ALLOW[ace.type] and ace.mask & ~(ENROLL | READ) ~= 0
        must(not (more and broad.name(ace.sid)), ("%s has %s"):format(broad.name(ace.sid) or "", ace.text))
    end
end)

each("somebody who has not shown a name may not enrol", function(ca, host, must)
    for _, ace in ipairs(broad.aces(host:registry(CONFIGURATION .. "\\" .. ca.name, "Security"))) do
        must(not (broad.ALLOW[ace.type] and broad.is_anybody(ace.sid)), ace.text)
    end
end)

-- A relayed request is not signed for this connection; XP cannot encrypt, which is why 2003 does not ask.
each("requests are encrypted", function(ca, host, must)
    if not broad.is_modern(host) then
        skip(broad.is_known(host) and "XP clients only sign" or "its Windows is not known")
    end
    local flags = host:registry(CONFIGURATION .. "\\" .. ca.name, "InterfaceFlags")
        or lab:default_interface_flags(host.windows)
    must(flags & IF_ENFORCEENCRYPTICERTREQUEST ~= 0, "IF_ENFORCEENCRYPTICERTREQUEST is clear")
end)

each("KB5004442 is not switched off", function(_, host, must)
    local require_integrity = host:registry(OLE .. [[\AppCompat]], "RequireIntegrityActivationAuthenticationLevel")
    must(require_integrity ~= 0, "RequireIntegrityActivationAuthenticationLevel is 0")
end)

each("DCOM is on, and RPC takes clients", function(_, host, must)
    local enabled = host:registry(OLE, "EnableDCOM")
    local clients = host:registry([[HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Rpc]], "RestrictRemoteClients")
    must(not enabled or enabled:upper() == "Y", "EnableDCOM is " .. tostring(enabled))
    must(clients ~= 2, "RestrictRemoteClients is 2, which refuses every enrolment")
end)

each("certsvc has updated the DCOM security", function(_, host, must)
    local status = host:registry(CONFIGURATION, "SetupStatus")
    if not status or not broad.has_limits(host) then
        skip(status and broad.is_known(host) and "before SP1 there is nothing to update" or "SetupStatus is not known")
    end
    must(status & SETUP_DCOM_SECURITY_UPDATED ~= 0, ("SetupStatus is 0x%x"):format(status))
end)

each("nearly anybody is not denied the network logon", function(_, host, must)
    for _, row in ipairs((run("right list", "SeDenyNetworkLogonRight", "--host", host.name))) do
        must(not broad.name(row.sid) or broad.is_anybody(row.sid), row.principal .. " is denied it")
    end
end)
