-- causes.lua - why "the RPC server is unavailable": each known cause, made, found and mended.
--
--     certsh scripts/causes.lua                                   all of them, one by one
--     certsh --lab-name modern -c 'run scripts/causes.lua limits' make one and leave it so
--
-- Microsoft's page on 0x800706BA at enrolment lists six causes; here they are, and those that
-- look alike to whoever waits for a certificate: a policy that shadows the limits, a service that
-- does not run, the CA's own refusals.  Each is made in a what-if of the lab `modern` by the
-- commands that make it on Windows; then `enroll check` must refuse at the gates that the cause is
-- about and at no other, `enroll fix --apply` must help, and the next check must allow.
--
-- Not among them: KB5004442.  Every client that is modelled offers packet integrity or more, so its
-- level alone refuses nobody; what old clients lack is asked at `ca-interface`.
--
-- Exit code 2 when one of them is not found or not mended; --help tells more.

local GROUP = '"Certificate Service DCOM Access"'
local DCOM_POLICY = [["HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DCOM"]]
local RPC_POLICY = [["HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Rpc"]]
local OLE = [[HKLM\SOFTWARE\Microsoft\Ole]]
local CA = [[HKLM\SYSTEM\CurrentControlSet\Services\CertSvc\Configuration\CORP-CA]]
local NOT_RUNNING = { "service", "launch-limit", "launch-permission" }
local BA_ONLY_LAUNCH = "O:BAG:BAD:(A;;CCDCLCSWRP;;;BA)(A;;CCDCSW;;;WD)"
local BA_ONLY_ACCESS = "O:BAG:BAD:(A;;CCDCLC;;;BA)(A;;CCDC;;;WD)"

-- Who asks; both must be refused and both must be helped.
local EVERYBODY = { { "CORP\\alice", "User" }, { "CORP\\WS01$", "Machine" } }

local CAUSES = {
    {
        "logon-right", "cause 1: a policy gives the network logon right to administrators only",
        { "logon" },
        "right revoke SeNetworkLogonRight Everyone",
        "right revoke SeNetworkLogonRight BUILTIN\\Users",
    },
    {
        "logon-denied", "cause 1: the right to be refused the network logon",
        { "logon" },
        'right grant SeDenyNetworkLogonRight "NT AUTHORITY\\Authenticated Users"',
    },
    {
        "users-emptied", "cause 2: restricted groups empty Users, and Everyone has lost the right",
        { "logon" },
        "right revoke SeNetworkLogonRight Everyone",
        'net localgroup Users "Domain Users" "Authenticated Users" INTERACTIVE /delete',
    },
    {
        "group-574", "cause 3: Authenticated Users is not in Certificate Service DCOM Access",
        { "launch-limit" },
        "net localgroup " .. GROUP .. ' "Authenticated Users" /delete',
    },
    {
        "dcom-off-ca", "causes 4-5: DCOM is switched off on the CA's host",
        { "enable-dcom" },
        "reg add " .. OLE .. " /v EnableDCOM /t REG_SZ /d N /f",
    },
    {
        "dcom-off-client", "causes 4-5: DCOM is switched off on the client",
        { "enable-dcom" },
        "reg add \\\\WS01\\" .. OLE .. " /v EnableDCOM /t REG_SZ /d N /f",
    },
    {
        "rpc-restricted", "causes 4-5: RestrictRemoteClients is 2",
        { "authentication" },
        "reg add " .. RPC_POLICY .. " /v RestrictRemoteClients /t REG_DWORD /d 2 /f",
    },
    {
        "limits", "cause 6: the group is in neither limit",
        { "launch-limit" }, -- Everyone is in the other one
        "dcom revoke launch-limit " .. GROUP,
        "dcom revoke access-limit " .. GROUP,
    },
    {
        "limits-strict", "cause 6: the group is in neither limit, and nobody else is",
        { "launch-limit", "access-limit" },
        "dcom revoke launch-limit " .. GROUP,
        "dcom revoke access-limit " .. GROUP,
        "dcom revoke access-limit Everyone",
    },
    {
        "policy-launch", "a policy shadows the launch limit that certsvc wrote",
        { "launch-limit" },
        "reg add " .. DCOM_POLICY .. " /v MachineLaunchRestriction /t REG_SZ /d " .. BA_ONLY_LAUNCH .. " /f",
    },
    {
        "policy-access", "a policy shadows the access limit that certsvc wrote",
        { "access-limit" },
        "reg add " .. DCOM_POLICY .. " /v MachineAccessRestriction /t REG_SZ /d " .. BA_ONLY_ACCESS .. " /f",
    },
    { "stopped", "certsvc is stopped", NOT_RUNNING, "net stop certsvc" },
    {
        "disabled", "certsvc is stopped and disabled", NOT_RUNNING,
        "sc config certsvc start= disabled", "net stop certsvc",
    },
    {
        "no-remote", "the CA takes no requests from other machines",
        { "ca-interface" },
        "certutil -setreg CA\\InterfaceFlags +IF_NOREMOTEICERTREQUEST", "net stop certsvc", "net start certsvc",
    },
    {
        "ca-enroll", "the CA's own list lets administrators in only",
        { "ca-security" },
        function()
            certsh.lab:set_registry("SRV01", CA, "Security", { sddl = "O:BAG:BAD:(A;;0x3;;;BA)" })
        end,
    },
    {
        "unpublished", "the CA does not issue the templates",
        { "template-published" },
        "certutil -SetCATemplates -User,Machine",
    },
    {
        "template", "the template grants Enroll to others",
        { "template-security" },
        asks = { { "CORP\\alice", "DomainController" }, { "CORP\\WS01$", "User" } },
    },
}

CAUSES.what, CAUSES.one, CAUSES.lab = "causes", "cause", "modern"
CAUSES.brief = "the causes of 'RPC server unavailable', each made, found and mended"
CAUSES.detail = "Each is made in a what-if of the lab modern by the commands that make it on Windows; then enroll "
    .. "check must refuse at the gates that it is about and at no other, enroll fix --apply must help, and the next check allow."
return require("guard.prove").command(CAUSES, EVERYBODY)
