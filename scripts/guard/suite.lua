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
--     case "bob does not" (function()
--         expect_denied { "CORP\\bob", "DomainController", gate = "template-security" }
--     end)
--     case("nobody gets in without the right", function()
--         run("right revoke SeNetworkLogonRight Everyone")
--         expect_denied("alice", "User", { gate = "logon" })
--     end)
--
-- A file begins with the open lab as it is, or with a lab of its own; each case begins with what
-- the file left, and nothing that either does stays.  An expectation that fails is noted and the
-- case goes on; assert ends it.  What raises otherwise is a broken test, not a failed one.

local suite = {}

local expect = require "guard.expect"

local text_of, line_here, fail, list_of = expect.text_of, expect.line_here, expect.fail, expect.list_of

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
            self.exports[#self.exports + 1] = words[#words]
        end
        for _, option in ipairs { "as", "host" } do
            if type(what) == "table" and what[option] then
                words[#words + 1] = "--" .. option
                words[#words + 1] = what[option]
            end
        end
        return (certsh.run("lab import", table.unpack(words)))
    end

    -- In a case something is tried; before the cases it is a fixture of those declared in it.
    function env.what_if(fn)
        if self.running then
            return certsh.lab:what_if(fn)
        end
        local outer = self.cases
        self.cases = {}
        local given = table.pack(certsh.lab:what_if(fn))
        local inner = self.cases
        self.cases = outer
        if #inner > 0 then
            outer[#outer + 1] = { world = fn }
        end
        return table.unpack(given, 1, given.n)
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

-- A row is one argument, a list of them, or a table with names, which is one.
local function arguments_of(row)
    local named = type(row) == "table" and #row == 0 and next(row) ~= nil
    return named and { row } or list_of(row)
end

local function texts_of(row)
    local texts, source = {}, list_of(row)
    if #source == 0 then
        source = { row.name or row.who or row.principal, row.template }
    end
    for i, argument in ipairs(source) do
        texts[i] = tostring(argument)
    end
    return texts
end

-- "%s enrols for %s" with each row of arguments; a name without a place gets them in brackets.
local add_case
function add_case(self, name, rows, fn, last)
    if type(name) ~= "string" then
        error("a case needs a name", 3)
    end
    if rows == nil then -- case "name" (function() ... end)
        self.unfinished[name] = line_here(self)
        return function(...)
            self.unfinished[name] = nil
            return add_case(self, name, ...)
        end
    end
    if type(rows) == "function" then
        rows, fn = { {} }, rows
    elseif type(rows) ~= "table" and type(last) == "function" then
        rows, fn = { { rows, fn } }, last -- case("name", who, template, expect_allowed)
    end
    if type(rows) ~= "table" or type(fn) ~= "function" then
        error(("case '%s' needs a function"):format(name), 3)
    end
    local line = line_here(self)
    for _, row in ipairs(rows) do
        local arguments, texts = arguments_of(row), texts_of(row)
        local full = name:gsub("%%s", function()
            return table.remove(texts, 1) or "%s"
        end)
        if #texts > 0 and not name:find("%%s") then
            full = full .. " [" .. table.concat(texts, ", ") .. "]"
        end
        if self.names[full] and not self.again then
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
            if expect.are_options(...) then -- expect_denied { gate = "logon" }: for a case with rows
                local options = ...
                return function(who, template)
                    return env[name](who, template, options)
                end
            end
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
    local self = { path = path, lab_name = lab_name, cases = {}, names = {}, unfinished = {}, exports = {} }
    local env = counted(self, expect.words(self))
    fixtures(self, env)
    function env.case(...)
        if self.running then
            error("a case stands inside a case", 2)
        end
        return add_case(self, ...)
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

local run_cases

-- The cases that a fixture declares, in what it makes of the lab.
local function run_world(self, world, wanted, rows)
    local outer = self.cases
    local fine, problem = keeping_place(function()
        certsh.lab:what_if(function()
            self.cases, self.again = {}, true
            world()
            run_cases(self, wanted, rows)
        end)
    end)
    self.cases, self.again = outer, nil
    if not fine then
        error(problem, 0)
    end
end

function run_cases(self, wanted, rows)
    for _, one in ipairs(self.cases) do
        if one.world then
            run_world(self, one.world, wanted, rows)
        elseif wanted(one.name) then
            rows[#rows + 1] = run_case(self, one)
        end
    end
    return rows
end

-- After cases that all passed: a row for each mutant, `noticed` or `survived`.
local function run_mutants(self, wanted, rows)
    local mutate = require "guard.mutate"
    self.coverage = nil
    for _, row in ipairs(rows) do
        if row.status ~= "passed" and row.status ~= "skipped" then
            return
        end
    end
    for _, mutant in ipairs(#rows > 0 and mutate.all() or {}) do
        local noticed = mutate.notices(mutant, function()
            return run_cases(self, wanted, {})
        end)
        if noticed ~= nil then
            rows[#rows + 1] = { file = self.path, line = 1, case = mutant.text,
                status = noticed and "noticed" or "survived", text = not noticed and "no case fails" or nil }
        end
    end
end

local function check_finished(self)
    for name, line in pairs(self.unfinished) do
        error(("%s:%d: case '%s' needs a function"):format(self.path, line or 1, name), 0)
    end
end

-- `options`: wanted(name), mutants, coverage, exports (a list that is added to).
local function attempt(path, lab_name, options)
    local self = make(path, lab_name)
    self.exports = options.exports or self.exports
    local chunk, problem = loadfile(path, "t", self.env)
    if not chunk then
        return broken(path, problem)
    end
    local rows
    local function inside()
        chunk()
        check_finished(self)
        if options.coverage then
            self.coverage = options.coverage
            self.coverage:begin(certsh.lab.name)
        end
        rows = run_cases(self, options.wanted, {})
        if options.mutants then
            run_mutants(self, options.wanted, rows)
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
-- options.wanted(name) says which cases are run; with `mutants` it is also asked what they guard,
-- `coverage` notes what they ask, and `exports` hears which files they read.
function suite.run(path, options)
    local rows, other = attempt(path, nil, options)
    if other then
        rows = attempt(path, other, options)
    end
    return rows
end

return suite
