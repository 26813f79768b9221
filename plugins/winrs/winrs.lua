-- winrs - one command line at another host.
--
--     winrs -r:SRV01 net localgroup "Certificate Service DCOM Access" CORP\alice /add
--
-- Some tools of Windows act on the machine they run on and on no other; Windows Remote Shell runs
-- them there.  Here the other host is the current one for the time of the line.

local function usage(problem)
    error({ status = "usage", text = problem, hint = "usage: winrs -r:HOST COMMAND" }, 0)
end

-- What follows the host, as it was typed.
local function rest_of(line)
    local host, rest = line:match("^%s*%S+%s+[-/][rR]:(%S+)%s+(.+)$")
    if not host then
        host, rest = line:match("^%s*%S+%s+[-/][rR]emote:(%S+)%s+(.+)$")
    end
    return host, rest
end

local function winrs(call)
    local name, line = rest_of(call:line())
    if not name then
        usage("winrs needs a host and a command")
    end
    local host, here = certsh.lab:host(name), certsh.lab:host()
    if not host then
        error({ status = "not_found", text = ("no host '%s'"):format(name) }, 0)
    end
    certsh.run("host use", host.name)
    local fine, problem, code = pcall(certsh.run, line)
    if here then
        certsh.run("host use", here.name)
    end
    if not fine then
        error(problem, 0)
    end
    call:exit(code)
    return { host = host.name, line = line }
end

return certsh.plugin {
    name = "winrs",
    version = "1.0",
    brief = "winrs.exe: run a command at another host",
    needs = "lab.read lab.write",
    commands = { {
        name = "winrs",
        brief = "run one command line at another host",
        usage = "-r:HOST COMMAND",
        run = winrs,
        raw = true,
        writes = true,
        result = { { "host", "text", "where it ran" }, { "line", "text", "what ran" } },
        examples = { { "winrs -r:DC02 klist -li 0x3e7 purge", "throw away another machine's tickets" } },
        see = "host use",
    } },
}
