-- lab_bisect - which change turned this answer?
--
--     lab bisect enroll check CORP\DC02$ DirectoryEmailReplication
--     lab bisect 'lab:principal("alice").disabled'
--     lab bisect --from before --to 12 membership path alice "Domain Admins"
--
-- The check is a command, whose answer is its exit code (0 yes, 2 no, 4 not known), or a Lua
-- expression, whose answer is its value.  It is asked at both ends of the history, then in the
-- middle of what is left, until one change is: before it the check answers as it did at the
-- beginning, after it otherwise.  Both ends of that change are asked again.

local CODES = { [0] = "yes", [2] = "no", [4] = "not known" }

-- A thing that is not there (yet) is an answer, too; what makes no sense anywhere is none.
local function answer_of_error(problem)
    if type(problem) == "userdata" and problem.status == "not_found" then
        return "not there"
    end
    error(problem, 0)
end

local function is_command(line)
    local first = line:match("^%S+")
    for _, row in ipairs(certsh.run("help")) do
        if row.name and row.name:match("^%S+"):lower() == first:lower() then
            return not line:match("^%S+%s*[=%(%.:{%[]")
        end
    end
    return false
end

local function make_check(line)
    if is_command(line) then
        return function()
            local fine, rows, code = pcall(certsh.run, line)
            if not fine then
                return answer_of_error(rows)
            end
            return CODES[code] or "exit code " .. code
        end
    end
    local chunk, problem = load("return " .. line, "=check", "t", setmetatable({ lab = certsh.lab }, { __index = _G }))
    if not chunk then
        error({ status = "syntax", text = ("'%s' is no command and no Lua expression: %s"):format(line, problem) }, 0)
    end
    return function()
        local fine, value = pcall(chunk)
        return fine and tostring(value) or answer_of_error(value)
    end
end

-- The options before the check, which is the rest of the line as it was typed.
local function read_words(call)
    local ends = { from = "0", to = "now" }
    local rest = call:line():gsub("^%s*%S+%s+%S+%s*", "")
    while true do
        local name, value, after = rest:match("^%-%-(%a+)[= ]%s*(%S+)%s*(.*)$")
        if not name or not ends[name] then
            break
        end
        ends[name], rest = value, after
    end
    if rest == "" then
        error({ status = "usage", text = "what is to be checked?",
            hint = 'lab bisect enroll check CORP\\alice User' }, 0)
    end
    local quoted = rest:match("^'(.*)'$") or rest:match('^"(.*)"$')
    return ends, quoted or rest
end

-- A point's number in the history; those of other lines of it have none to search in.
local function number_of(name, changes)
    local number = name == "now" and changes or tonumber((name:gsub("^@", "")))
    for _, row in ipairs(number and {} or certsh.run("lab snapshot")) do
        if row.name == name and not row.aside then
            number = row.change
        end
    end
    if not number or number > changes then
        error({ status = "not_found", text = ("'%s' is no place in the history of %d changes"):format(name, changes),
            hint = "a number of lab history, a snapshot of it, or now" }, 0)
    end
    return number
end

local function lab_bisect(call)
    local ends, line = read_words(call)
    local history = {}
    for _, row in ipairs(certsh.run("lab history")) do
        if not row.undone then
            history[row.number] = row
        end
    end
    local check, tries = make_check(line), 0
    local function ask(number)
        tries = tries + 1
        return (certsh.lab:at("@" .. number, check))
    end
    local low, high = number_of(ends.from, #history), number_of(ends.to, #history)
    local was, is = ask(low), ask(high)
    if was == is then
        error({ status = "state", text = ("the answer is the same, %s, at @%d and at @%d"):format(was, low, high),
            hint = "name two places with different answers: --from N --to N" }, 0)
    end
    while high - low > 1 do
        local middle = (low + high) // 2
        if ask(middle) == was then
            low = middle
        else
            high = middle
        end
    end
    was, is = ask(low), ask(high)
    local change = history[high]
    call:say(("change %d, %s, %s\n  %s\nbefore it: %s   after it: %s   (asked %d times)\n"):format(change.number,
        change.time, change.user, change.title, was, is, tries))
    return { change = change.number, time = change.time, user = change.user, title = change.title, was = was,
        is = is, asked = tries }
end

return certsh.plugin {
    name = "lab_bisect",
    version = "1.0",
    brief = "which change turned this answer?",
    needs = "lab.read lab.write",
    commands = { {
        name = "lab bisect",
        brief = "find the change of the history that turned the answer of a check",
        detail = "The check is a command (0 is yes, 2 is no, 4 is not known) or a Lua expression.  It is asked "
            .. "at both ends of the history and then by halves; nothing of it stays.  A thing that is not "
            .. "there yet is an answer, too.",
        run = lab_bisect,
        raw = true,
        usage = "[--from POINT] [--to POINT] CHECK",
        result = {
            { "change", "int", "the change" },
            { "time", "time", "when" },
            { "user", "text", "who" },
            { "title", "text", "the command line" },
            { "was", "text", "the answer before it" },
            { "is", "text", "the answer after it" },
            { "asked", "int", "how often the check was asked" },
        },
        examples = {
            { "lab bisect enroll check CORP\\alice User", "since when is alice refused?" },
            { 'lab bisect #certsh.run("event list --host DC01")', "when did DC01 log something new?" },
        },
        see = "lab blame,lab history,lab diff",
    } },
}
