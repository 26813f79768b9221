-- membership_validate - are the memberships what KB 903220 asks for?
--
-- One command, `membership validate [RULES.lua]`.  For every CA of the lab that has a host it
-- collects a few facts and hands them to each rule; a rule reports what it finds.  Built in are
-- the requirements of the article and the mistakes administrators make with them.  Rules of
-- your own are a Lua file that returns a list of the same form:
--
--     return {
--         {
--             name = "no-single-accounts",
--             about = "the group holds groups, not accounts",
--             check = function(facts, report)
--                 for _, member in ipairs(facts.members) do
--                     if member.kind ~= "group" then
--                         report("warning", member.name, "an account of its own")
--                     end
--                 end
--             end,
--         },
--     }
--
-- What a rule sees in `facts` (handles and rows, as scripts have them):
--
--     ca, host     the CA and its host                 dc        is the host a domain controller?
--     domain       NetBIOS name of the host's domain   builtin   is the group S-1-5-32-574?
--     group        the CA's group, nil when missing    wanted    the name it should have
--     members      its own members                     everybody its members of all depths, by SID
--     domain_local is it a group of the domain?        given     are the host's limits known?
--     limits       rows of `dcom show`, by scope, the effective ones
--     domains      the domains with accounts: {name, users, computers, controllers}
--     rights       holders of SeNetworkLogonRight, nil where not known
--
-- report(severity, subject, text): "error" makes the exit code 2; "warning", "note".

local run = certsh.run

-- ------------------------------------------------------------------- facts

local SINCE_2008 = "S-1-5-32-574"
local EVERYONE, AUTHENTICATED = "S-1-1-0", "S-1-5-11"
local OLD_NAME, NEW_NAME = "CERTSVC_DCOM_ACCESS", "Certificate Service DCOM Access"
local LIMITS = { "launch-limit", "access-limit" }
local NO_LIMITS = { ["2000"] = true, ["xp"] = true, ["2003"] = true }

local function quoted(word)
    return '"' .. tostring(word):gsub('"', '""') .. '"'
end

-- Rows of a command, or nil where the facts for it are missing.
local function rows(line)
    local ok, found = pcall(run, line)
    if ok then
        return found
    end
    if type(found) == "userdata" and found.status == "unknown" then
        return nil
    end
    error(found, 0)
end

local function effective_limits(host)
    local limits = {}
    for _, row in ipairs(rows("dcom show --host " .. quoted(host.name)) or {}) do
        if row.effective and row.principal then
            limits[row.scope] = limits[row.scope] or {}
            table.insert(limits[row.scope], row)
        end
    end
    return limits
end

-- The group that the limits name as the CA's, else the one Windows would use.
local function find_group(lab, facts)
    for _, scope in ipairs(LIMITS) do
        for _, row in ipairs(facts.limits[scope] or {}) do
            local account = row.principal:match("([^\\]*)$")
            if account == OLD_NAME or row.sid == SINCE_2008 then
                local place = row.sid == SINCE_2008 and facts.place .. "\\" .. NEW_NAME or row.sid
                return lab:principal(place), account
            end
        end
    end
    local old = lab:principal(facts.place .. "\\" .. OLD_NAME)
    local new = lab:principal(facts.place .. "\\" .. NEW_NAME)
    return old or new, new and NEW_NAME or OLD_NAME
end

-- Domain Users, Domain Computers and Domain Controllers of every domain that has them.
local function find_domains(lab)
    local domains, by_name = {}, {}
    local kinds = { ["513"] = "users", ["515"] = "computers", ["516"] = "controllers" }
    for group in lab:principals { kind = "group" } do
        local kind = kinds[group.sid:match("^S%-1%-5%-21%-.*%-(%d+)$") or ""]
        if kind and group.domain then
            local domain = by_name[group.domain]
            if not domain then
                domain = { name = group.domain }
                by_name[group.domain] = domain
                table.insert(domains, domain)
            end
            domain[kind] = group
        end
    end
    return domains
end

local function collect(lab, ca, domains)
    local host = ca.host
    local facts = { lab = lab, ca = ca, host = host, domains = domains }
    facts.dc = host.role == "domain controller"
    facts.domain = host.domain
    facts.place = facts.dc and host.domain or host.name
    facts.limits = effective_limits(host)
    facts.group, facts.wanted = find_group(lab, facts)
    facts.builtin = facts.wanted == NEW_NAME
    facts.members, facts.everybody = {}, {}
    if facts.group then
        local name = facts.builtin and facts.place .. "\\" .. NEW_NAME or facts.group.name
        facts.members = facts.group:members { direct = true }
        for _, row in ipairs(rows("membership list " .. quoted(name)) or {}) do
            facts.everybody[row.sid] = row
        end
    end
    facts.rights = rows("right list SeNetworkLogonRight --host " .. quoted(host.name))
    facts.has_limits = not NO_LIMITS[host.windows]
    facts.domain_local = facts.group and facts.group.scope == "domain-local"
    local limit = facts.limits["launch-limit"]
    facts.given = limit and limit[1].source ~= "built-in"
    return facts
end

local function is_in(facts, sid)
    return facts.everybody[sid] ~= nil
end

-- Whoever may come in lets everybody in.
local function lets_all_in(facts)
    return not facts.domain_local
        and (is_in(facts, EVERYONE) or is_in(facts, AUTHENTICATED))
end

local function add_line(facts, member)
    return ("net localgroup %s %s /add"):format(quoted(facts.group.account), quoted(member.name))
end

local RECIPE = "certutil -setreg SetupStatus -SETUP_DCOM_SECURITY_UPDATED_FLAG, then restart certsvc"

-- ------------------------------------------------------------------- rules

local rules = {}

local function rule(name, statement, about, check)
    table.insert(rules, { name = name, statement = statement, about = about, check = check })
end

rule("group-there", "K8", "the CA's group exists", function(facts, report)
    if facts.has_limits and facts.given and not facts.group then
        report("error", facts.wanted, "the group is not there; the recipe makes it: " .. RECIPE)
    end
end)

rule("group-scope", "K9/K10", "it is local to a member server, domain-local on a domain controller",
    function(facts, report)
        if not facts.group or facts.builtin then
            return
        end
        local scope = facts.dc and "domain-local" or "machine-local"
        if facts.group.scope ~= scope then
            report("warning", facts.group.name,
                ("its scope is %s; certsvc would make it %s (was %s promoted or demoted?)")
                    :format(facts.group.scope, scope, facts.host.name))
        end
    end)

local WANTED_RIGHTS = { ["launch-limit"] = "ra", ["access-limit"] = "r" }

-- Does an entry for one of these SIDs allow the right?
local function grants(limit, right, sids)
    for _, row in ipairs(limit) do
        if row.kind == "allow" and sids[row.sid] then
            if row.rights == "0x1" or ("," .. row.rights .. ","):find("," .. right .. ",", 1, true) then
                return true
            end
        end
    end
    return false
end

rule("group-in-limits", "K12/K13", "both machine limits let the group in", function(facts, report)
    if not facts.group or not facts.has_limits then
        return
    end
    local sids = { [facts.group.sid] = true, [EVERYONE] = true, [AUTHENTICATED] = true }
    for _, scope in ipairs(LIMITS) do
        local limit = facts.limits[scope]
        if limit and not grants(limit, WANTED_RIGHTS[scope], sids) then
            local policy = limit[1].source == "policy"
            report("error", scope, facts.group.account .. " is not let in by it; "
                .. (policy and "a group policy sets it, so the recipe cannot help" or RECIPE))
        end
    end
end)

rule("no-launch", "K14", "the group may not launch", function(facts, report)
    for _, row in ipairs(facts.group and facts.limits["launch-limit"] or {}) do
        local launches = row.rights:find("ll", 1, true) or row.rights:find("rl", 1, true)
        if row.sid == facts.group.sid and row.kind == "allow" and launches then
            report("warning", row.principal, "may launch as well; certsvc grants activation alone")
        end
    end
end)

rule("usual-members", "K9/K10", "those are in it whom certsvc puts in", function(facts, report)
    if not facts.group or lets_all_in(facts) then
        return
    end
    if facts.builtin then
        report("error", facts.group.account,
            "NT AUTHORITY\\Authenticated Users is not in it: who is in no other of its groups is refused")
    elseif not facts.domain_local then
        report("error", facts.group.name, "Everyone is not in it; " .. RECIPE)
    end
    for _, domain in ipairs(facts.domain_local and facts.domains or {}) do
        for _, kind in ipairs { "users", "computers" } do
            local group = domain.name == facts.domain and domain[kind]
            if group and not is_in(facts, group.sid) then
                report("error", group.name, "not in " .. facts.group.account .. ": " .. add_line(facts, group))
            end
        end
    end
end)

-- Is anybody in the group but the CA's own host?
local function has_others(facts, group)
    for _, row in ipairs(rows("membership list " .. quoted(group.name)) or {}) do
        local own = facts.host.account
        if not (own and own.sid == row.sid) then
            return true
        end
    end
    return false
end

rule("domain-controllers", "K11/K24", "domain controllers are in it, for Domain Computers holds none",
    function(facts, report)
        for _, domain in ipairs(facts.domain_local and facts.domains or {}) do
            local group = domain.name == facts.domain and domain.controllers
            if group and not is_in(facts, group.sid) and has_others(facts, group) then
                report("error", group.name, "cannot enrol here: " .. add_line(facts, group)
                    .. ", then restart each of them")
            end
        end
    end)

rule("other-domains", "K15/K16", "principals of other domains are put in by hand", function(facts, report)
    for _, domain in ipairs(facts.domain_local and facts.domains or {}) do
        for _, kind in ipairs { "users", "computers", "controllers" } do
            local group = domain.name ~= facts.domain and domain[kind]
            if group and not is_in(facts, group.sid) then
                report(kind == "controllers" and "warning" or "error", group.name,
                    "of another domain than the CA's, and refused: " .. add_line(facts, group))
            end
        end
    end
end)

rule("distribution-groups", nil, "no distribution group stands between", function(facts, report)
    for sid, row in pairs(facts.everybody) do
        local group = row.kind == "group" and facts.lab:principal(sid)
        if group and group.security == false then
            report("warning", group.name, "a distribution group: its members never carry "
                .. facts.group.account)
        end
    end
end)

rule("single-accounts", "K16", "the group holds groups", function(facts, report)
    for _, member in ipairs(facts.domain_local and facts.members or {}) do
        if member.kind == "user" or member.kind == "computer" then
            report("note", member.name, "an account of its own; the article adds groups only, "
                .. "the directory takes both")
        end
    end
end)

rule("unknown-members", nil, "every member is somebody", function(facts, report)
    for _, member in ipairs(facts.members) do
        if member.kind == "foreign" then
            report("note", member.sid, "a SID that this lab cannot explain: deleted, or of a "
                .. "domain that was not imported")
        end
    end
end)

rule("restart-pending", "K24", "every computer carries the group that it is a member of",
    function(facts, report)
        for sid, row in pairs(facts.domain_local and facts.everybody or {}) do
            local computer = row.kind == "computer" and facts.lab:principal(sid)
            if computer and computer.host and computer.host ~= facts.host
                and not computer:token(facts.host):has(facts.group.sid) then
                report("warning", computer.name, "a member since its last start: "
                    .. "shutdown /r /m \\\\" .. computer.host.name)
            end
        end
    end)

rule("network-logon", nil, "everybody may log on to the CA's host from the network", function(facts, report)
    if not facts.rights then
        return
    end
    local users = false
    for _, row in ipairs(facts.rights) do
        if row.sid == EVERYONE or row.sid == AUTHENTICATED then
            return
        end
        users = users or row.sid == "S-1-5-32-545"
    end
    local group = facts.lab:principal(facts.place .. "\\Users")
    for _, member in ipairs(users and group and group:members() or {}) do
        if member.sid == AUTHENTICATED or member.sid == EVERYONE then
            return
        end
    end
    report("error", facts.host.name, "SeNetworkLogonRight is neither Everyone's nor "
        .. "Authenticated Users', nor theirs through Users: other callers come in as ANONYMOUS LOGON")
end)

-- What `dcom lint` finds in the descriptors, except what a rule here says better.
rule("descriptors", nil, "the DCOM descriptors are sound", function(facts, report)
    local said = { ["group-not-in-limit"] = true, ["deny"] = true }
    for _, row in ipairs(rows("dcom lint --host " .. quoted(facts.host.name)) or {}) do
        if not said[row.rule] then
            report(row.severity, row.scope .. " " .. row.subject, row.text, row.rule)
        end
    end
end)

-- ----------------------------------------------------------------- command

local function load_rules(path)
    local chunk, problem = loadfile(path, "t")
    if not chunk then
        error({ status = problem:find("^cannot open") and "not_found" or "syntax", text = problem }, 0)
    end
    local list = chunk()
    if type(list) ~= "table" then
        error({ status = "invalid", text = ("'%s' returns no list of rules"):format(path) }, 0)
    end
    for i, one in ipairs(list) do
        if type(one) ~= "table" or type(one.name) ~= "string" or type(one.check) ~= "function" then
            error({ status = "invalid",
                text = ("rule %d of '%s' needs a name and a check"):format(i, path) }, 0)
        end
    end
    return list
end

-- Findings of all rules about one CA, in order.
local function validate(facts, list, found, place)
    for _, one in ipairs(list) do
        local mine = {}
        one.check(facts, function(severity, subject, text, name)
            local full = name or one.name
            table.insert(mine, {
                severity = severity, rule = one.statement and one.statement .. " " .. full or full,
                subject = place .. tostring(subject), text = text,
            })
        end)
        table.sort(mine, function(a, b)
            return a.subject < b.subject
        end)
        table.move(mine, 1, #mine, #found + 1, found)
    end
end

local function say(call, found, rules_run, cas)
    for _, row in ipairs(found) do
        call:say(("%-8s %s: %s: %s\n"):format(row.severity, row.rule, row.subject, row.text))
    end
    if cas == 0 then
        call:say("no CA with a known host in this lab: nothing to validate\n")
    elseif #found == 0 then
        call:say(("%d rules, nothing found\n"):format(rules_run))
    end
end

local function membership_validate(call)
    local list = call.rules and load_rules(call.rules) or rules
    local lab, found = certsh.lab, {}
    local domains, cas = find_domains(lab), {}
    for _, ca in ipairs(lab:cas()) do
        if ca.host then
            table.insert(cas, ca)
        end
    end
    for _, ca in ipairs(cas) do
        local place = #cas > 1 and ca.host.name .. ": " or ""
        validate(collect(lab, ca, domains), list, found, place)
    end
    for _, row in ipairs(found) do
        if row.severity == "error" then
            call:exit(2)
        end
    end
    say(call, found, #list, #cas)
    return certsh.array(found)
end

return certsh.plugin {
    name = "membership_validate",
    version = "1.0",
    brief = "are the memberships what KB 903220 asks for?",
    needs = "lab.read file.read",
    commands = { {
        name = "membership validate",
        brief = "check the CA's group, its members and the limits against KB 903220",
        detail = "Every CA of the lab that has a host is looked at.  RULES.lua replaces the "
            .. "built-in rules; plugins/membership_validate/membership_validate.lua tells their "
            .. "form.  Exit code 2 when a finding is an error.",
        run = membership_validate,
        params = { { "rules", "path", "a Lua file with rules of your own", optional = true } },
        result = {
            { "severity", "text", "error, warning or note" },
            { "rule", "text", "the statement of the article and the rule" },
            { "subject", "text", "what it is about" },
            { "text", "text", "what is wrong, and what helps" },
        },
        examples = { { "membership validate", "is everybody where the article wants them?" } },
        see = "membership list,dcom lint,enroll summary",
    } },
}
