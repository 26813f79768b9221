-- guard.expect - what a case may expect, and what it says when that does not hold.
--
--     expect_denied("CORP\\DC02$", "DirectoryEmailReplication", { gate = "launch-limit" })
--     expect_denied { "CORP\\DC02$", "DirectoryEmailReplication", gate = "launch-limit", ace = "(D;;" }
--     expect_allowed(lab:check("alice", "User"))
--
-- Each asks the engine that `enroll check` asks.  An expectation that does not hold is noted with
-- what was wanted, what came and the command that shows it; the case goes on.

local expect = {}

-- ------------------------------------------------------------------- texts

-- What went wrong, in one line: an error object says it best.
function expect.text_of(problem)
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
function expect.line_here(self)
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

-- A failure is its text, and where there is a decision behind it also what was expected, what
-- came, and what to type next.
function expect.fail(self, text, facts)
    local failures = self.running.failures
    local failure = { line = expect.line_here(self), text = text }
    for key, value in pairs(facts or {}) do
        failure[key] = value
    end
    failures[#failures + 1] = failure
end

-- "not-granted, 0x80070005, at launch-limit: remote activation: no entry grants it"
local function came(decision)
    local words = { decision.verdict }
    if decision.code then
        words[#words + 1] = tostring(decision.code)
    end
    local where = decision.verdict ~= "allowed" and " at " .. reasons(decision) or ""
    return table.concat(words, ", ") .. where
end

local function quoted(word)
    word = tostring(word)
    return word:find "[ ;|>]" and '"' .. word .. '"' or word
end

-- What was asked, wanted and answered, for people.
local function facts_of(asked, wanted, wrong)
    local line = ("enroll check %s %s"):format(quoted(asked.who), quoted(asked.template))
    for _, option in ipairs { "ca", "from" } do
        if asked.options[option] then
            line = ("%s --%s %s"):format(line, option, quoted(asked.options[option]))
        end
    end
    return {
        wrong = wrong, came = came(asked.decision), next = not asked.made and line or nil,
        expected = ("%s for %s %s"):format(tostring(asked.who), tostring(asked.template), wanted),
    }
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

function expect.list_of(value)
    return type(value) == "table" and value or { value }
end

-- The words of an expectation, however they are written:
--     expect_denied(who, template, { gate = ... })
--     expect_denied { who, template, gate = ... }           or with principal=, template=
--     expect_denied(lab:check(who, template), { gate = ... })
local function words_of(first, second, third)
    if type(first) ~= "table" then
        return { who = first, template = second, options = third or {} }
    elseif first.verdict and first.gates then
        return { who = "it", template = "what was asked", options = second or {}, made = first }
    end
    local asked = { options = {} }
    for key, value in pairs(first) do
        if key == 1 or key == "principal" or key == "who" then
            asked.who = value
        elseif key == 2 or key == "template" then
            asked.template = value
        else
            asked.options[key] = value
        end
    end
    return asked
end

-- Are these options alone, for a caller and a template that are still to come?
function expect.are_options(first, second)
    if type(first) ~= "table" or second ~= nil or next(first) == nil then
        return false
    end
    for key in pairs(first) do
        if not REFUSAL[key] then
            return false
        end
    end
    return true
end

-- The decision; options that do not fit it are a mistake, whatever it says.
local function decide(self, words, ...)
    local asked, gates = words_of(...), {}
    known_keys(asked.options, words)
    asked.decision = asked.made
        or certsh.lab:check(asked.who, asked.template, { ca = asked.options.ca, from = asked.options.from })
    for _, gate in ipairs(asked.decision.gates) do
        gates[gate.gate] = gate
    end
    for _, name in ipairs(expect.list_of(asked.options.gate)) do
        if not gates[name] then
            error(("no gate '%s'"):format(tostring(name)), 0)
        end
    end
    if self.coverage then
        self.coverage:note(certsh.lab.name, asked.decision)
    end
    return asked
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
    local gates, missing = named_gates(decision, expect.list_of(options.gate), verdicts)
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

-- " at launch-limit only, by (D;;, with 0x80070005"
local function refusal_words(options)
    local text = ""
    if options.gate then
        text = text .. " at " .. table.concat(expect.list_of(options.gate), ", ") .. (options.only and " only" or "")
    end
    text = options.ace and text .. ", by " .. options.ace or text
    return options.code and text .. ", with " .. options.code or text
end

-- The words that expect something, for one file.
function expect.words(self)
    local env = {}

    function env.expect_allowed(...)
        local asked = decide(self, WHERE, ...)
        if asked.decision.verdict ~= "allowed" then
            expect.fail(self, told(asked.who, asked.template, asked.decision), facts_of(asked, "is allowed", "refused"))
        end
    end

    local function expect_refusal(verdicts, kind, ...)
        local asked = decide(self, REFUSAL, ...)
        local wrong = not verdicts[asked.decision.verdict] and "not " .. kind
            or wrong_refusal(asked.decision, asked.options, verdicts)
        if wrong then
            expect.fail(self, wrong .. "; " .. told(asked.who, asked.template, asked.decision),
                facts_of(asked, "is " .. kind .. refusal_words(asked.options), wrong))
        end
    end

    function env.expect_denied(...)
        expect_refusal(REFUSED, "refused", ...)
    end

    function env.expect_unknown(...)
        expect_refusal(UNKNOWN, "unknown", ...)
    end

    -- Exactly these can enrol.
    function env.expect_who(template, names, options)
        local wanted, extra = {}, {}
        for _, name in ipairs(names) do
            local who = certsh.lab:principal(name) or error(("no principal '%s'"):format(name), 0)
            wanted[who.sid] = who.name
            if self.coverage then
                self.coverage:note(certsh.lab.name,
                    certsh.lab:check(who, template, { ca = options and options.ca }))
            end
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
            expect.fail(self, ("can enrol for %s as well: %s"):format(template, table.concat(extra, ", ")))
        end
        if #lacking > 0 then
            expect.fail(self, ("cannot enrol for %s: %s"):format(template, table.concat(lacking, ", ")))
        end
    end

    function env.expect(value, text)
        if not value then
            expect.fail(self, text or "not as expected")
        end
    end

    function env.expect_equal(actual, wanted, text)
        if actual ~= wanted then
            expect.fail(self, ("%s%s, not %s"):format(text and text .. ": " or "", tostring(actual), tostring(wanted)))
        end
    end

    function env.expect_error(fn, status)
        local fine, problem = pcall(fn)
        if fine then
            expect.fail(self, "no error was raised")
        elseif status and (type(problem) == "string" or problem.status ~= status) then
            expect.fail(self, ("another error than '%s': %s"):format(status, expect.text_of(problem)))
        end
    end

    return env
end

return expect
