-- fix_by_commands - what `enroll fix` offers must help when a person types it.
--
-- For many ways to break a CA, everybody who is refused is offered changes, and so are two groups.
-- Each change is done by its commands and restarts, in a what-if, and must let the caller in; then
-- its undo is typed, and everybody must be answered as before.  Run in any built-in lab: certsh
-- --lab-name modern tests/fix_by_commands.lua

local lab, wrong, done = certsh.lab, {}, 0
local CONFIG = [[HKLM\SYSTEM\CurrentControlSet\Services\CertSvc\Configuration\]]
local DCOM_POLICY = [["HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DCOM"]]
local RPC_POLICY = [["HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Rpc"]]

local function ca_only_for_administrators()
    local ca = lab:ca()
    lab:set_registry(ca.host.name, CONFIG .. ca.name, "Security", { sddl = "O:BAG:BAD:(A;;0x3;;;BA)" })
end

-- A way to break a CA is lines and functions; not every lab has all that is broken here.
local BREAKS = {
    {},
    { "net stop certsvc" },
    { "sc config certsvc start= disabled", "net stop certsvc" },
    { "dcom reset launch-limit" },
    { "dcom deny access-limit Everyone r" },
    { [[reg add HKLM\SOFTWARE\Microsoft\Ole /v EnableDCOM /t REG_SZ /d N /f]] },
    { [[reg add \\WS01\HKLM\SOFTWARE\Microsoft\Ole /v EnableDCOM /t REG_SZ /d N /f]] },
    { [[reg add HKLM\SOFTWARE\Microsoft\Ole /v EnableDCOM /t REG_SZ /d N /f]], "net stop certsvc" },
    { "reg add " .. RPC_POLICY .. " /v RestrictRemoteClients /t REG_DWORD /d 2 /f" },
    { "reg add " .. DCOM_POLICY .. " /v MachineLaunchRestriction /t REG_SZ /d O:BAG:BAD:(A;;CCDCLCSWRP;;;BA) /f" },
    { "right revoke SeNetworkLogonRight Everyone", "right revoke SeNetworkLogonRight Users",
        [[right revoke SeNetworkLogonRight "NT AUTHORITY\Authenticated Users"]] },
    { [[right grant SeDenyNetworkLogonRight "NT AUTHORITY\Authenticated Users"]] },
    { "dcom reset launch-permission", "dcom revoke launch-permission Everyone" },
    { "net localgroup CERTSVC_DCOM_ACCESS /delete" },
    { [[dcom revoke launch-limit "Certificate Service DCOM Access"]], "dcom revoke access-limit Everyone",
        [[dcom revoke access-limit "Certificate Service DCOM Access"]] },
    { "dcom reset launch-limit", "net stop certsvc" },
    { [[certutil -setreg CA\InterfaceFlags +IF_NOREMOTEICERTREQUEST]], "net stop certsvc", "net start certsvc" },
    { ca_only_for_administrators },
    { "certutil -SetCATemplates -User,Machine" },
    { ca_only_for_administrators, "certutil -SetCATemplates -User,Machine" },
    { [[dsacls "CN=User,CN=Certificate Templates,x" /D "CORP\Domain Users:CA;Enroll"]] },
}


local function fail(...)
    table.insert(wrong, table.concat({ ... }, ": "))
end

-- ------------------------------------------------------------------ one change

local function run(line, who, change)
    local ok, problem = pcall(certsh.run, line)
    if not ok then
        fail(who, change, line, tostring(problem))
    end
end

local function run_all(lines, who, change)
    for _, line in ipairs(lines) do
        run(line, who, change)
    end
end

-- New tokens by what `then` asks for, or by tickets alone, which start no service.
local function restart(row, who, command)
    for _, step in ipairs(row["then"]) do
        local host = step:match("^restart (.*)")
        if host then
            run(command:format(host), who, row.change)
        end
    end
end

-- Everybody's answer, as one text.
local function everybody(template)
    local answers = {}
    for row in certsh.each("enroll who", template) do
        answers[#answers + 1] = row.sid .. " " .. row.verdict
    end
    return table.concat(answers, "\n")
end

local function refused(callers, template)
    for _, caller in ipairs(callers) do
        local verdict = lab:check(caller, template).verdict
        if verdict ~= "allowed" then
            return caller .. " still " .. verdict
        end
    end
end

-- Do one change by hand, look whether it helps, and take it back.
local function try(who, callers, template, row)
    local before = everybody(template)
    run_all(row.commands, who, row.change)
    restart(row, who, [[shutdown /r /m \\%s]])
    local problem = refused(callers, template)
    if problem then
        fail(who, row.change, problem)
    end
    run_all(row.undo, who, row.change)
    restart(row, who, "winrs -r:%s klist -li 0x3e7 purge")
    if #row.undo > 0 and everybody(template) ~= before then
        fail(who, row.change, "the undo does not bring everybody back")
    end
    done = done + 1
end

-- Every change that is offered.
local function try_all(who, callers, template)
    for _, row in ipairs(certsh.run("enroll fix", who, template)) do
        if #row.left_out == 0 then
            lab:what_if(function()
                try(who, callers, template, row)
            end)
        end
    end
end

local function members_of(name)
    local list, group = {}, lab:principal(name)
    for _, member in ipairs(group and group:members() or {}) do
        if member.kind == "user" or member.kind == "computer" then
            list[#list + 1] = member.name
        end
    end
    return list
end

-- ------------------------------------------------------------------------- all

local function try_everybody()
    for _, kind in ipairs { "user", "computer" } do
        for principal in lab:principals { kind = kind } do
            try_all(principal.name, { principal.name }, kind == "user" and "User" or "Machine")
        end
    end
    for group, template in pairs { ["CORP\\Domain Users"] = "User", ["CORP\\Domain Computers"] = "Machine" } do
        try_all(group, members_of(group), template)
    end
end

for _, steps in ipairs(BREAKS) do
    lab:what_if(function()
        for _, step in ipairs(steps) do
            pcall(type(step) == "function" and step or function() certsh.run(step) end)
        end
        try_everybody()
    end)
end

for _, line in ipairs(wrong) do
    print(line)
end
print(done > 0 and #wrong == 0 and "every change helps, and can be taken back" or #wrong .. " wrong of " .. done)
os.exit(#wrong == 0 and done > 0 and 0 or 2)
