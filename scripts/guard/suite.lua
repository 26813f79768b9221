-- guard.suite - one file of assertions: what it may say, and how it is run.
--
--     lab "modern"                                  -- first: the built-in lab it is about
--     import { "ole.reg", host = "SRV01" }          -- files beside this one
--
--     case("alice enrols", function()
--         expect_allowed("CORP\\alice", "User")
--     end)
--     case("%s enrols for %s", { { "WS01$", "Machine" }, { "DC02$", "DomainController" } },
--         expect_allowed)
--     case("nobody gets in without the right", function()
--         run("right revoke SeNetworkLogonRight Everyone")
--         expect_denied("alice", "User", { gate = "logon" })
--     end)
--
-- A file begins with the open lab as it is, or with a lab of its own; each case begins with what
-- the file left, and nothing that either does stays.  An expectation that fails is noted and the
-- case goes on; assert ends it.  What raises otherwise is a broken test, not a failed one.

local suite = {}

-- ------------------------------------------------------------------- texts

-- What went wrong, in one line: an error object says it best.
local function text_of(problem)
    if type(problem) == "userdata" or type(problem) == "table" then
        local text = problem.text or tostring(problem)
        return problem.hint and text .. " (" .. problem.hint .. ")" or text
    end
    return (tostring(problem):gsub("\nstack traceback:.*", ""))
end

local function refuses(gate)
    return gate.verdict ~= "allowed"
end

-- "logon: nobody of the token holds it; launch-limit: ..."
local function reasons(decision)
    local texts = {}
    for _, gate in ipairs(decision.gates) do
        if refuses(gate) then
            texts[#texts + 1] = gate.gate .. ": " .. (gate.why or gate.verdict)
        end
    end
    return #texts > 0 and table.concat(texts, "; ") or "every gate allows"
end

local function told(who, template, decision)
    return ("%s for %s is %s: %s"):format(tostring(who), tostring(template), decision.verdict, reasons(decision))
end

-- ------------------------------------------------------------ expectations

-- The line of the test file that is being run.
local function line_here(self)
    for level = 2, 40 do
        local where = debug.getinfo(level, "Sl")
        if not where then
            return nil
        end
        if where.source == "@" .. self.path then
            return where.currentline
        end
    end
end

local function fail(self, text)
    local failures = self.running.failures
    failures[#failures + 1] = { line = line_here(self), text = text }
end

local function known_keys(options, words)
    for key in pairs(options) do
        if not words[key] then
            error(("unknown option '%s' of an expectation"):format(tostring(key)), 0)
        end
    end
end

local WHERE = { ca = true, from = true }
local REFUSAL = { ca = true, from = true, gate = true, ace = true, code = true, only = true }

local function list_of(value)
    return type(value) == "table" and value or { value }
end

-- The decision; options that do not fit it are a mistake, whatever it says.
local function decide(who, template, options, words)
    known_keys(options, words)
    local decision, gates = certsh.lab:check(who, template, { ca = options.ca, from = options.from }), {}
    for _, gate in ipairs(decision.gates) do
        gates[gate.gate] = gate
    end
    for _, name in ipairs(list_of(options.gate)) do
        if not gates[name] then
            error(("no gate '%s'"):format(tostring(name)), 0)
        end
    end
    return decision
end

-- The gates an expectation names, each of which must refuse with `verdicts`; nil and why not.
local function named_gates(decision, names, verdicts)
    local wanted, found = {}, {}
    for _, name in ipairs(names) do
        wanted[name] = true
    end
    for _, gate in ipairs(decision.gates) do
        if wanted[gate.gate] and not verdicts[gate.verdict] then
            return nil, gate.gate
        elseif wanted[gate.gate] then
            found[#found + 1], found[gate.gate] = gate, true
        end
    end
    return found
end

local REFUSED = { denied = true, ["not-granted"] = true }
local UNKNOWN = { unknown = true }

-- What is wrong with a refusal, or nil.
local function wrong_refusal(decision, options, verdicts)
    local gates, missing = named_gates(decision, list_of(options.gate), verdicts)
    if not gates then
        return ("not refused at %s"):format(missing)
    end
    for _, gate in ipairs(decision.gates) do
        if options.only and verdicts[gate.verdict] and not gates[gate.gate] then
            return ("refused at %s as well"):format(gate.gate)
        end
    end
    if options.code and tostring(decision.code):lower() ~= options.code:lower() then
        return ("the code is %s, not %s"):format(decision.code, options.code)
    end
    for _, gate in ipairs(#gates > 0 and gates or decision.gates) do
        if not options.ace or (verdicts[gate.verdict] and (gate.ace or ""):find(options.ace, 1, true)) then
            return nil
        end
    end
    return ("no refusing gate was decided by %s"):format(options.ace)
end

local function expectations(self)
    local env = {}

    function env.expect_allowed(who, template, options)
        local decision = decide(who, template, options or {}, WHERE)
        if decision.verdict ~= "allowed" then
            fail(self, told(who, template, decision))
        end
    end

    function env.expect_denied(who, template, options)
        local decision = decide(who, template, options or {}, REFUSAL)
        local wrong = not REFUSED[decision.verdict] and "not refused"
            or wrong_refusal(decision, options or {}, REFUSED)
        if wrong then
            fail(self, wrong .. "; " .. told(who, template, decision))
        end
    end

    function env.expect_unknown(who, template, options)
        local decision = decide(who, template, options or {}, REFUSAL)
        local wrong = decision.verdict ~= "unknown" and "not unknown"
            or wrong_refusal(decision, options or {}, UNKNOWN)
        if wrong then
            fail(self, wrong .. "; " .. told(who, template, decision))
        end
    end

    -- Exactly these can enrol.
    function env.expect_who(template, names, options)
        local wanted, extra = {}, {}
        for _, name in ipairs(names) do
            local who = certsh.lab:principal(name) or error(("no principal '%s'"):format(name), 0)
            wanted[who.sid] = who.name
        end
        local words = options and options.ca and { "--ca", options.ca } or {}
        for _, row in ipairs((certsh.run("enroll who", template, table.unpack(words)))) do
            if row.verdict == "allowed" and not wanted[row.sid] then
                extra[#extra + 1] = row.principal
            elseif row.verdict == "allowed" then
                wanted[row.sid] = nil
            end
        end
        local lacking = {}
        for _, name in pairs(wanted) do
            lacking[#lacking + 1] = name
        end
        table.sort(extra)
        table.sort(lacking)
        if #extra > 0 then
            fail(self, ("can enrol for %s as well: %s"):format(template, table.concat(extra, ", ")))
        end
        if #lacking > 0 then
            fail(self, ("cannot enrol for %s: %s"):format(template, table.concat(lacking, ", ")))
        end
    end

    function env.expect(value, text)
        if not value then
            fail(self, text or "not as expected")
        end
    end

    function env.expect_equal(actual, wanted, text)
        if actual ~= wanted then
            fail(self, ("%s%s, not %s"):format(text and text .. ": " or "", tostring(actual), tostring(wanted)))
        end
    end

    function env.expect_error(fn, status)
        local fine, problem = pcall(fn)
        if fine then
            fail(self, "no error was raised")
        elseif status and (type(problem) == "string" or problem.status ~= status) then
            fail(self, ("another error than '%s': %s"):format(status, text_of(problem)))
        end
    end

    return env
end

-- ---------------------------------------------------------------- fixtures

-- `lab "name"` says which lab the file is about, lab("name", fn) does fn in one, and lab:check
-- and its kin are those of whichever lab is open.
local function lab_word(self)
    local function go(_, name, fn)
        if fn then
            return certsh.inside(certsh.open(name), fn)
        elseif self.lab_name == nil and not self.running then
            self.switch = name
            error("another lab", 0)
        elseif self.lab_name ~= name then
            error(("lab %q must stand first in its file, and once"):format(name), 0)
        end
    end
    local function member(_, key)
        local value = certsh.lab[key]
        if type(value) ~= "function" then
            return value
        end
        return function(_, ...)
            return value(certsh.lab, ...)
        end
    end
    return setmetatable({}, { __call = go, __index = member })
end

local function fixtures(self, env)
    local folder = self.path:match("^(.*/)") or ""
    env.lab = lab_word(self)
    env.run = certsh.run
    -- leaving would skip what is still to be asked, and with 0 pass for well
    env.os = setmetatable({
        exit = function()
            error("os.exit in a test", 2)
        end,
    }, { __index = os })

    function env.import(what)
        local words = {}
        for _, file in ipairs(list_of(what)) do
            words[#words + 1] = file:sub(1, 1) == "/" and file or folder .. file
        end
        for _, option in ipairs { "as", "host" } do
            if type(what) == "table" and what[option] then
                words[#words + 1] = "--" .. option
                words[#words + 1] = what[option]
            end
        end
        return (certsh.run("lab import", table.unpack(words)))
    end

    function env.what_if(fn)
        return certsh.lab:what_if(fn)
    end

    function env.skip(reason)
        if not self.running then
            error("skip stands outside a case", 0)
        end
        self.running.skipped = tostring(reason or "skipped")
        error("skipped", 0)
    end

    function env.assert(value, ...)
        if not self.running then
            return assert(value, ...)
        end
        self.running.asked = true
        if value then
            return value, ...
        end
        fail(self, tostring((...) or "assertion failed"))
        self.running.ended = true
        error("assertion failed", 0)
    end
end

-- ------------------------------------------------------------------- cases

-- "%s enrols for %s" with each row of arguments; a name without a place gets them in brackets.
local function add_case(self, name, rows, fn)
    if type(name) ~= "string" then
        error("a case needs a name", 3)
    end
    if type(rows) == "function" then
        rows, fn = { {} }, rows
    end
    if type(rows) ~= "table" or type(fn) ~= "function" then
        error(("case '%s' needs a function"):format(name), 3)
    end
    local line = line_here(self)
    for _, row in ipairs(rows) do
        local arguments, texts = list_of(row), {}
        for i, argument in ipairs(arguments) do
            texts[i] = tostring(argument)
        end
        local full = name:gsub("%%s", function()
            return table.remove(texts, 1) or "%s"
        end)
        if #texts > 0 and not name:find("%%s") then
            full = full .. " [" .. table.concat(texts, ", ") .. "]"
        end
        if self.names[full] then
            error(("there are two cases '%s'"):format(full), 3)
        end
        self.names[full] = true
        self.cases[#self.cases + 1] = { name = full, line = line, fn = fn, arguments = arguments }
    end
end

-- Each expectation counts, so that a case without any is found.
local function counted(self, env)
    for name, fn in pairs(env) do
        env[name] = function(...)
            if not self.running then
                error(name .. " stands outside a case", 2)
            end
            self.running.asked = true
            return fn(...)
        end
    end
    return env
end

local function make(path, lab_name)
    local self = { path = path, lab_name = lab_name, cases = {}, names = {} }
    local env = counted(self, expectations(self))
    fixtures(self, env)
    function env.case(...)
        if self.running then
            error("a case stands inside a case", 2)
        end
        add_case(self, ...)
    end
    self.env = setmetatable(env, { __index = _G })
    return self
end

-- The current host is the shell's and not the lab's: a what-if alone does not bring it back.
local function keeping_place(fn)
    local before = certsh.lab:host()
    local fine, problem = pcall(fn)
    local after = certsh.lab:host()
    if before and (not after or after.name ~= before.name) then
        certsh.run("host use", before.name)
    end
    return fine, problem
end

local function run_case(self, one)
    local running = { failures = {} }
    self.running = running
    local fine, problem = keeping_place(function()
        certsh.lab:what_if(function()
            one.fn(table.unpack(one.arguments))
        end)
    end)
    self.running = nil
    local row = { file = self.path, line = one.line, case = one.name, status = "passed" }
    if running.skipped then
        row.status, row.text = "skipped", running.skipped
    elseif not fine and not running.ended then
        row.status, row.text = "broken", text_of(problem)
        row.line = tonumber(row.text:match(":(%d+): ")) or one.line
    elseif #running.failures > 0 then
        local texts = {}
        for i, failure in ipairs(running.failures) do
            texts[i] = failure.text
        end
        row.status, row.text = "failed", table.concat(texts, "\n")
        row.line, row.failures = running.failures[1].line or one.line, running.failures
    elseif not running.asked then
        row.status, row.text = "broken", "the case expects nothing"
    end
    return row
end

-- ------------------------------------------------------------------- files

local function broken(path, text)
    return { { file = path, line = tonumber(text:match(":(%d+): ")) or 1, status = "broken", text = text } }
end

local function run_cases(self, wanted)
    local rows = {}
    for _, one in ipairs(self.cases) do
        if wanted(one.name) then
            rows[#rows + 1] = run_case(self, one)
        end
    end
    return rows
end

-- After cases that all passed: a row for each mutant, `noticed` or `survived`.
local function run_mutants(self, wanted, rows)
    local mutate = require "guard.mutate"
    for _, row in ipairs(rows) do
        if row.status ~= "passed" and row.status ~= "skipped" then
            return
        end
    end
    for _, mutant in ipairs(#rows > 0 and mutate.all() or {}) do
        local noticed = mutate.notices(mutant, function()
            return run_cases(self, wanted)
        end)
        if noticed ~= nil then
            rows[#rows + 1] = { file = self.path, line = 1, case = mutant.text,
                status = noticed and "noticed" or "survived", text = not noticed and "no case fails" or nil }
        end
    end
end

local function attempt(path, lab_name, wanted, mutants)
    local self = make(path, lab_name)
    local chunk, problem = loadfile(path, "t", self.env)
    if not chunk then
        return broken(path, problem)
    end
    local rows
    local function inside()
        chunk()
        rows = run_cases(self, wanted)
        if mutants then
            run_mutants(self, wanted, rows)
        end
    end
    local fine, raised = keeping_place(function()
        if lab_name then
            certsh.inside(certsh.open(lab_name), inside)
        else
            certsh.lab:what_if(inside)
        end
    end)
    if self.switch then
        return nil, self.switch
    end
    return fine and rows or broken(path, text_of(raised))
end

-- The rows of one file: file, line, case, status (passed, failed, broken, skipped), text; and,
-- beside what the command shows, the `failures` with a line and a text each.
-- `wanted(name)` says which cases are run; with `mutants` it is also asked what they guard.
function suite.run(path, wanted, mutants)
    local rows, other = attempt(path, nil, wanted, mutants)
    if other then
        rows = attempt(path, other, wanted, mutants)
    end
    return rows
end

return suite
