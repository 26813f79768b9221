-- fix_by_commands - what `enroll fix` offers must help when a person types it.
--
-- For several ways to break a CA, everybody who is refused is offered changes; each is done by
-- its commands and restarts, in a what-if, and must let the caller in; its undo must run.  Run in
-- any built-in lab: certsh --lab-name modern tests/fix_by_commands.lua

local BREAKS = {
    {},
    { "net stop certsvc" },
    { "dcom reset launch-limit" },
    { "dcom deny access-limit Everyone r" },
    { [[reg add HKLM\SOFTWARE\Microsoft\Ole /v EnableDCOM /t REG_SZ /d N /f]] },
    { "right revoke SeNetworkLogonRight Everyone", "right revoke SeNetworkLogonRight Users",
        [[right revoke SeNetworkLogonRight "NT AUTHORITY\Authenticated Users"]] },
    { "dcom reset launch-permission", "dcom revoke launch-permission Everyone" },
    { "net localgroup CERTSVC_DCOM_ACCESS /delete" },
    { "dcom reset launch-limit", "net stop certsvc" },
}

-- Tools of Windows that this shell does not imitate.
local function is_foreign(line)
    return line:match("^dsacls") or line:match("^logoff") or line:match("SetCATemplates")
end

local function quoted(word)
    return '"' .. word .. '"'
end

local lab, wrong, done = certsh.lab, {}, 0

local function fail(...)
    table.insert(wrong, table.concat({ ... }, ": "))
end

local function run(line, who, change)
    local ok, problem = pcall(certsh.run, line)
    if not ok then
        fail(who, change, line, tostring(problem))
    end
end

-- Do one change by hand and look whether it helps.
local function try(who, template, row)
    for _, line in ipairs(row.commands) do
        if is_foreign(line) then
            return
        end
    end
    for _, line in ipairs(row.commands) do
        run(line, who, row.change)
    end
    for _, restart in ipairs(row["then"]) do
        local host = restart:match("^restart (.*)")
        if host then
            run("shutdown /r /m \\\\" .. host, who, row.change)
        end
    end
    local verdict = lab:check(who, template).verdict
    if verdict ~= "allowed" then
        fail(who, row.change, "still " .. verdict)
    end
    for _, line in ipairs(row.undo) do
        run(line, who, row.change)
    end
    done = done + 1
end

local function try_all(principal)
    local template = principal.kind == "user" and "User" or "Machine"
    local line = ("enroll fix %s %s"):format(quoted(principal.name), template)
    for _, row in ipairs(certsh.run(line)) do
        lab:what_if(function()
            try(principal.name, template, row)
        end)
    end
end

for _, lines in ipairs(BREAKS) do
    lab:what_if(function()
        for _, line in ipairs(lines) do
            pcall(certsh.run, line) -- not every lab has all that is broken here
        end
        for _, kind in ipairs { "user", "computer" } do
            for principal in lab:principals { kind = kind } do
                try_all(principal)
            end
        end
    end)
end

for _, line in ipairs(wrong) do
    print(line)
end
print(done > 0 and #wrong == 0 and "every change helps, and can be taken back" or #wrong .. " wrong")
os.exit(#wrong == 0 and done > 0 and 0 or 2)
