-- enroll_plan - is this change safe?  Three questions before anybody does it.
--
--     enroll plan grant.lua --intend "CORP\DC02$ DirectoryEmailReplication"
--
--   1. was refused      whom the change is for cannot enrol today; else there is nothing to do
--   2. is allowed       after the script they can
--   3. nobody else      for no template of any CA does anybody else gain or lose anything, now or
--                       when the computers have started anew
--
-- The script runs in a what-if: nothing of it stays, whatever the answer.  It is a Lua file, as
-- `run` takes it, or any other file with one command a line, as a batch file has them ("rem" and
-- "::" begin remarks).  Whom it is for may be a group: then all its members are.  What those who
-- are meant gain at other templates is told and held against nobody.
--
-- The questions are those of `enroll check` and `enroll who`; nothing is decided here.  Exit code
-- 0 when all three answers are yes, 2 when one is no, 4 when one is not known.

local run = certsh.run

-- ---------------------------------------------------------------- the intent

-- "CORP\Domain Users Machine": the last word is the template.
local function read_intent(lab, text)
    local name, template = text:match("^%s*(.-)%s+(%S+)%s*$")
    if not name then
        error({ status = "usage", text = ("'%s' is no intent"):format(text),
            hint = 'a principal and a template: --intend "CORP\\alice User"' }, 0)
    end
    name = name:match('^"(.*)"$') or name
    local who = lab:principal(name)
    if not who then
        error({ status = "not_found", text = ("no principal '%s'"):format(name) }, 0)
    end
    local found = lab:template(template)
    if not found then
        error({ status = "not_found", text = ("no template '%s'"):format(template) }, 0)
    end
    return who, found.name
end

-- Those who ask for certificates: an account itself, of a group its members at all depths.
local function callers(who)
    if who.kind == "user" or who.kind == "computer" then
        return { { name = who.name, sid = who.sid } }
    end
    local list = {}
    for _, member in ipairs(who:members()) do
        if member.kind == "user" or member.kind == "computer" then
            list[#list + 1] = { name = member.name, sid = member.sid }
        end
    end
    if #list == 0 then
        error({ status = "invalid", text = ("'%s' has no members that could enrol"):format(who.name) }, 0)
    end
    return list
end

-- ------------------------------------------------------------------ answers

local GROUPS = { allowed = "allowed", unknown = "unknown", absent = "refused" }

local function group_of(verdict)
    return GROUPS[verdict] or "refused"
end

-- Everybody's verdict for every template at every CA: by "CA template", by SID.
local function ask_everybody(lab)
    local answers = { keys = {}, by_key = {} }
    for _, ca in ipairs(lab:cas()) do
        for _, template in ipairs(ca.host and lab:templates() or {}) do
            local key = ca.config .. " " .. template.name
            local by_sid = {}
            for row in certsh.each("enroll who", template.name, "--ca", ca.config) do
                by_sid[row.sid] = row
            end
            answers.keys[#answers.keys + 1] = { key = key, ca = ca.config, template = template.name }
            answers.by_key[key] = by_sid
        end
    end
    return answers
end

-- The same with new tokens for every computer: a membership that waits for a start is an answer
-- that will come.
local function ask_everybody_anew(lab)
    return lab:what_if(function()
        for _, host in ipairs(run("host list")) do
            run("winrs -r:" .. host.name .. " klist -li 0x3e7 purge")
        end
        return ask_everybody(lab)
    end)
end

local function ask_callers(lab, list, template, ca)
    local answers = {}
    for i, caller in ipairs(list) do
        local fine, decision = pcall(lab.check, lab, caller.sid, template, ca)
        local answer = { verdict = "absent" }
        if fine then
            answer = { verdict = decision.verdict }
            for _, gate in ipairs(decision.gates) do
                if gate.verdict ~= "allowed" and not answer.gate then
                    answer.gate, answer.why = gate.gate, gate.why
                end
            end
        elseif lab:principal(caller.sid) then
            error(decision, 0)
        end
        answers[i] = answer
    end
    return answers
end

-- ------------------------------------------------------------------- script

local function lines_of(path)
    local file, problem = io.open(path, "r")
    if not file then
        error({ status = "not_found", text = "cannot open " .. problem }, 0)
    end
    local lines = {}
    for line in file:lines() do
        lines[#lines + 1] = line:gsub("\r$", "")
    end
    file:close()
    return lines
end

local function is_remark(line)
    local lower = line:lower()
    return lower:match("^%s*$") or lower:match("^%s*#") or lower:match("^%s*::") or lower:match("^%s*@?echo%f[%W]")
        or lower:match("^%s*@?rem%f[%W]")
end

-- Do the change.  A step that fails or refuses is a plan that cannot be carried out.
local function do_script(path)
    local steps = path:match("%.lua$") and { false } or lines_of(path)
    for number, line in ipairs(steps) do
        if not line or not is_remark(line) then
            local fine, rows, code = pcall(function()
                if line then
                    return run(line)
                end
                return run("run", path)
            end)
            local place = line and ("%s:%d"):format(path, number) or path
            if not fine then
                local text = type(rows) == "string" and rows or rows.text
                error({ status = "invalid", text = ("%s: %s"):format(place, text) }, 0)
            elseif code ~= 0 then
                error({ status = "invalid", text = ("%s: ended with %d"):format(place, code) }, 0)
            end
        end
    end
end

-- ---------------------------------------------------------------- questions

local function row_of(question, well, entry)
    return { question = question, well = well, principal = entry.principal, template = entry.template,
        ca = entry.ca, was = entry.was, is = entry.is, text = entry.text }
end

-- Questions 1 and 2, a row for each caller.
local function judge_callers(rows, plan, before, after)
    local was_refused = false
    for i = 1, #plan.callers do
        was_refused = was_refused or group_of(before[i].verdict) == "refused"
    end
    for _, question in ipairs { "was-refused", "is-allowed" } do
        for i, caller in ipairs(plan.callers) do
            local was, is = before[i], after[i]
            local first = question == "was-refused"
            local at = first and was or is
            local well = group_of(is.verdict) == "allowed"
            if first then -- of a group, one who is refused makes the change worth it
                well = was_refused and group_of(was.verdict) ~= "unknown"
            end
            rows[#rows + 1] = row_of(question, well, {
                principal = caller.name, template = plan.template, ca = plan.ca, was = was.verdict,
                is = is.verdict, text = at.gate and ("%s: %s"):format(at.gate, at.why or "") or nil,
            })
        end
    end
end

-- The principals of both answers whose verdict changed, in order of their names.
local function changes(before, after)
    local list = {}
    for sid, row in pairs(after) do
        local was = before[sid] and before[sid].verdict or "absent"
        if group_of(was) ~= group_of(row.verdict) then
            list[#list + 1] = { sid = sid, principal = row.principal, was = was, is = row.verdict, gate = row.gate }
        end
    end
    for sid, row in pairs(before) do
        if not after[sid] and group_of(row.verdict) ~= "refused" then
            list[#list + 1] = { sid = sid, principal = row.principal, was = row.verdict, is = "absent" }
        end
    end
    table.sort(list, function(a, b)
        return a.principal < b.principal
    end)
    return list
end

-- One of those who changed at a template; true when it is held against the plan.
local function judge_change(rows, plan, meant, place, change)
    local mine = meant[change.sid]
    change.ca, change.template, change.text = place.ca, place.template, change.gate or change.text
    if mine and place.template == plan.template and place.ca == plan.ca then
        return false
    elseif mine and group_of(change.is) == "allowed" then
        rows[#rows + 1] = row_of("gains-too", true, change)
        return false
    end
    rows[#rows + 1] = row_of("nobody-else", false, change)
    return true
end

-- Question 3: one row for each other who changes, now or with its next token, or one that says
-- nobody does.
local function judge_others(rows, plan, now, anew)
    local meant, others, told = {}, 0, {}
    for _, caller in ipairs(plan.callers) do
        meant[caller.sid] = true
    end
    for _, answers in ipairs { now, anew } do
        for _, place in ipairs(answers.after.keys) do
            local before, after = answers.before.by_key[place.key] or {}, answers.after.by_key[place.key]
            for _, change in ipairs(changes(before, after)) do
                local key = place.key .. change.sid
                if answers == anew and not told[key] then
                    change.text = "after its next start"
                end
                if not told[key] and judge_change(rows, plan, meant, place, change) then
                    others = others + 1
                end
                told[key] = true
            end
        end
    end
    if others == 0 then
        rows[#rows + 1] = row_of("nobody-else", true, {})
    end
end

-- 2 wins over 4: a plain no needs no further facts.
local function code_of(rows)
    local code = 0
    for _, row in ipairs(rows) do
        local unknown = row.question == "was-refused" and row.was == "unknown"
            or row.question ~= "was-refused" and row.is == "unknown"
        if not row.well and not unknown then
            return 2
        elseif not row.well then
            code = 4
        end
    end
    return code
end

-- -------------------------------------------------------------------- words

local WORDS = {
    ["was-refused"] = "%s was %s for %s",
    ["is-allowed"] = "%s is %s for %s after it",
    ["gains-too"] = "%s is %s for %s as well",
    ["nobody-else"] = "%s is %s for %s",
}
local MOST = 20

local function line_of(row)
    if not row.principal then
        return "  ok  nobody else gains or loses anything"
    end
    local verdict = row.question == "was-refused" and row.was or row.is
    local text = WORDS[row.question]:format(row.principal, verdict, row.template)
    if row.question == "nobody-else" then
        text = text .. " at " .. row.ca .. ", was " .. row.was
    end
    return ("  %s  %s%s"):format(row.well and "ok" or "NO", text, row.text and ", " .. row.text or "")
end

local function say(call, rows, code)
    local shown = {}
    for _, row in ipairs(rows) do
        shown[row.question] = (shown[row.question] or 0) + 1
        if shown[row.question] <= MOST then
            call:say(line_of(row) .. "\n")
        elseif shown[row.question] == MOST + 1 then
            call:say("      and more: -f jsonl shows them all\n")
        end
    end
    local verdicts = {
        [0] = "safe: nothing was done yet", [2] = "not safe: nothing was done",
        [4] = "not known: nothing was done; lab missing lists the facts",
    }
    call:say(verdicts[code] .. "\n")
end

-- ------------------------------------------------------------------ command

-- The CA that is asked when none is named: the current host's, else the only one that publishes
-- the template; where that leaves a choice, the question itself says so.
local function the_ca(lab, callers_of_it, template)
    if lab:ca() then
        return lab:ca()
    end
    lab:check(callers_of_it[1].sid, template)
    for _, ca in ipairs(lab:cas()) do
        for _, name in ipairs(ca:templates() or {}) do
            if name == template then
                return ca
            end
        end
    end
    return lab:cas()[1]
end

local function enroll_plan(call)
    if not call.intend then
        error({ status = "usage", text = "a plan needs its intent",
            hint = 'whom it is for, and the template: --intend "CORP\\alice User"' }, 0)
    end
    local lab = certsh.lab
    local who, template = read_intent(lab, call.intend)
    local plan = { callers = callers(who), template = template }
    local ca = call.ca or the_ca(lab, plan.callers, template)
    plan.ca = ca.config
    local here = lab:host()
    local before, after = ask_callers(lab, plan.callers, template, ca), nil
    local now, anew = { before = ask_everybody(lab) }, { before = ask_everybody_anew(lab) }
    local fine, problem = pcall(lab.what_if, lab, function()
        do_script(call.script)
        if here then
            run("host use", here.name) -- the questions are asked from where we are
        end
        after = ask_callers(lab, plan.callers, template, ca)
        now.after, anew.after = ask_everybody(lab), ask_everybody_anew(lab)
    end)
    if here then
        run("host use", here.name)
    end
    if not fine then
        error(problem, 0)
    end
    local rows = certsh.array {}
    judge_callers(rows, plan, before, after)
    judge_others(rows, plan, now, anew)
    local code = code_of(rows)
    say(call, rows, code)
    call:exit(code)
    return rows
end

return certsh.plugin {
    name = "enroll_plan",
    version = "1.0",
    brief = "is a change safe?",
    needs = "lab.read lab.write file.read",
    commands = { {
        name = "enroll plan",
        brief = "prove that a script lets in whom it is for, and nobody else",
        detail = "The script is tried in a what-if and leaves nothing: a Lua file, or one with a "
            .. "command a line.  Three answers must be yes: whom it is for was refused, is allowed "
            .. "after it, and for no template of any CA does anybody else gain or lose anything.  "
            .. "For a group, every member is meant.\n\n"
            .. "Exit code 0 when the change is safe, 2 when it is not, 4 when facts are missing.",
        run = enroll_plan,
        params = {
            { "script", "path", "the change: a Lua file, or commands line by line" },
            { "intend", "text", "whom it is for, and the template: \"CORP\\alice User\"", option = true },
            { "ca", "ca", "at which CA", option = true },
        },
        result = {
            { "question", "text", "was-refused, is-allowed, nobody-else, or gains-too" },
            { "well", "bool", "is the answer as it must be?" },
            { "principal", "text", "who; null when nobody else changes" },
            { "template", "text", "for which template" },
            { "ca", "text", "at which CA" },
            { "was", "verdict", "before the script" },
            { "is", "verdict", "after it" },
            { "text", "text", "the gate that does not allow, and why" },
        },
        examples = { {
            "enroll plan tests/plans/group.cmd --intend \"CORP\\DC02$ DirectoryEmailReplication\"",
            "does the article's cure let in more than the domain controller?",
        } },
        see = "enroll fix,enroll who,run",
    } },
}
