-- test - assertions about a lab, written in Lua, run where changes are judged.
--
-- One command, `test [PATH...]`: files named *_test.lua, in folders at any depth.  A file says
-- who must and who must not be able to enrol, and by which gate:
--
--     lab "kb903220-dc"
--     case("a domain controller cannot enrol after SP1", function()
--         expect_denied("CORP\\DC02$", "DirectoryEmailReplication", { gate = "launch-limit" })
--     end)
--     case("it can with the article's cure", function()
--         run 'net localgroup CERTSVC_DCOM_ACCESS "Domain Controllers" /add'
--         run "shutdown /r /m \\\\DC02"
--         expect_allowed("CORP\\DC02$", "DirectoryEmailReplication")
--     end)
--
-- Each file begins with the lab as it is open, or with one of its own, and each case with what
-- its file set up; afterwards the lab is as it was.  The rooms stand in scripts/guard: `suite`
-- (a file and its cases), `expect` (what they may expect), `known` (baseline and waivers), `report`
-- (TAP, JUnit, JSON, SARIF, GitHub), `mutate` and `coverage` (do the cases guard anything?), `watch`,
-- `regex` (--run).  They are loaded when the command is first used.
--
-- Exit code 0: all passed; 2: a case failed; 3: a file or a case is broken.  No clock is read:
-- whether a waiver has expired is asked of --today, else of the lab's clock.

-- ------------------------------------------------------------------- files

local function is_folder(path)
    local file, problem = io.open(path, "r")
    if not file then
        error({ status = "not_found", text = "cannot open " .. problem }, 0)
    end
    local _, _, code = file:read(0)
    file:close()
    return code == 21 -- EISDIR: only a folder opens and cannot be read
end

local function shell_word(text)
    return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- The test files below a folder, in order of their names.
local function walk(folder, files)
    local start = folder:match("^[/.]") and folder or "./" .. folder
    local found = {}
    local pipe = assert(io.popen("find -H " .. shell_word(start) .. " -type f -name '*_test.lua'", "r"))
    for path in pipe:lines() do
        found[#found + 1] = (path:gsub("^%./", ""):gsub("//+", "/"))
    end
    if not pipe:close() then
        error({ status = "io", text = ("cannot read all of '%s'"):format(folder) }, 0)
    end
    table.sort(found)
    table.move(found, 1, #found, #files + 1, files)
end

local function find_files(paths)
    local files, seen, once = {}, {}, {}
    for _, path in ipairs(#paths > 0 and paths or { "." }) do
        if is_folder(path) then
            walk(path, files)
        else
            files[#files + 1] = path
        end
    end
    for _, path in ipairs(files) do
        if not seen[path] then
            seen[path], once[#once + 1] = true, path
        end
    end
    return once
end

-- -------------------------------------------------------------------- runs

local function wanted_names(call)
    if not call.run then
        return function()
            return true
        end
    end
    return require("guard.regex").compile(call.run)
end

-- What is known is read before anything runs: a bad file of it must not cost a long run.
local function read_known(call)
    local known = require "guard.known"
    local today = call.today or certsh.lab:clock():sub(1, 10)
    if not known.is_date(today) then
        error({ status = "invalid", text = ("'%s' is no date: write 2026-12-31"):format(today) }, 0)
    end
    return {
        today = today,
        baseline = call.baseline and known.read_baseline(call.baseline),
        waivers = call.waivers and known.read_waivers(call.waivers),
    }
end

local CODES = { failed = 2, broken = 3 }

local function write_file(path, text)
    local file, problem = io.open(path, "w")
    if not file then
        error({ status = "io", text = "cannot write " .. problem }, 0)
    end
    file:write(text)
    file:close()
end

local function write_report(call, rows, covered)
    local report = require "guard.report"
    local text = report[call.report or "words"](rows, covered)
    if call.to then
        write_file(call.to, text)
        call:say(report.words(rows, covered))
    else
        call:say(text)
    end
end

-- Enough of the mutants must have been noticed.
local function weigh_mutants(call, rows)
    local noticed, all = 0, 0
    for _, row in ipairs(rows) do
        noticed = noticed + (row.status == "noticed" and 1 or 0)
        all = all + ((row.status == "noticed" or row.status == "survived") and 1 or 0)
    end
    local percent = all > 0 and noticed * 100 // all or 0
    if percent < call.mutate then
        call:warn(("%d of %d mutants noticed, %d %%: less than %d %%"):format(noticed, all, percent, call.mutate))
        call:exit(2)
    end
end

-- Enough of the lab must have been exercised.
local function weigh_coverage(call, covered)
    local sum = covered:sum()
    if call["min-coverage"] and sum.percent < call["min-coverage"] then
        call:warn(("%d of %d exercised, %d %%: less than %d %%"):format(
            sum.hit, sum.all, sum.percent, call["min-coverage"]))
        call:exit(2)
    end
end

-- What was covered, as rows for `--format`.
local function add_covered(rows, covered)
    covered:each(function(lab, item)
        rows[#rows + 1] = {
            file = lab, case = item.kind .. ": " .. item.text,
            status = item.hit and "exercised" or "never",
        }
    end)
end

-- One run of all files: the rows, what was covered, and the exports that were read.
local function run_all(call, files, wanted)
    local suite, rows, exports = require "guard.suite", certsh.array {}, {}
    local asked = call.coverage or call["min-coverage"]
    local covered = asked and require("guard.coverage").new() or nil
    for _, path in ipairs(files) do
        local mine = suite.run(path, {
            wanted = wanted, mutants = call.mutate ~= nil, coverage = covered, exports = exports,
        })
        table.move(mine, 1, #mine, #rows + 1, rows)
    end
    return rows, covered, exports
end

local function judge(call, rows, covered, known_failures)
    local known = require "guard.known"
    known.judge(rows, known_failures, function(text)
        call:warn(text)
    end)
    if call["write-baseline"] then
        known.write_baseline(call["write-baseline"], rows)
    end
    write_report(call, rows, covered)
    if #rows == 0 and call["fail-on-empty"] then
        call:warn("no case was found, and --fail-on-empty was asked for")
        call:exit(2)
    end
    if call.mutate then
        weigh_mutants(call, rows)
    end
    if covered then
        weigh_coverage(call, covered)
    end
    for _, row in ipairs(rows) do
        call:exit(CODES[row.status] or 0)
        row.failures, row.waiver, row.expired = nil, nil, nil
    end
    if covered then
        add_covered(rows, covered)
    end
    return rows
end

local function test(call)
    local wanted = wanted_names(call)
    local function once()
        local known_failures = read_known(call)
        local rows, covered, exports = run_all(call, find_files(call.path or {}), wanted)
        return judge(call, rows, covered, known_failures), exports
    end
    if not call.watch and not call.rounds then
        return (once())
    end
    local last
    require("guard.watch").loop(function()
        return find_files(call.path or {})
    end, function()
        local rows, exports = once()
        last = rows
        return exports
    end, { rounds = call.rounds, say = function(text)
        call:say(text)
    end })
    return last
end

return certsh.plugin {
    name = "test",
    version = "1.0",
    brief = "assertions about a lab, in Lua",
    needs = "lab.read lab.write file.read file.write process",
    commands = { {
        name = "test",
        brief = "run test files about who can enrol and who cannot",
        detail = "A test file is Lua.  case(NAME, [ROWS,] FUNCTION) is one case; in it stand "
            .. "expect_allowed(WHO, TEMPLATE, {from=, ca=}), expect_denied(WHO, TEMPLATE, "
            .. "{gate=, ace=, code=, only=}), expect_unknown, expect_who(TEMPLATE, {WHO, ...}), "
            .. "expect, expect_equal, expect_error, assert, skip; run(LINE) does a command.  Before "
            .. "the cases stand fixtures: lab \"NAME\", import{FILE, ..., host=}; what_if(FUNCTION) "
            .. "tries something within a case.  Nothing stays.\n\n"
            .. "A baseline holds failures that were there before and do not count; a waiver is "
            .. "for one case, with owner, reason and a day on which it ends.  An expired one "
            .. "fails.  The day is --today, else that of the lab's clock.\n\n"
            .. "--mutate PERCENT asks whether the cases guard anything: entries, members, rights and "
            .. "published templates are taken away one by one, and so many of a hundred such losses "
            .. "must make a case fail.\n\n"
            .. "--coverage tells which gates, entries and memberships the expectations rested on and "
            .. "which were never asked about; with --min-coverage fewer than so many of a hundred "
            .. "fail.\n\n"
            .. "--watch runs again whenever a test file or an export it imports changes; Ctrl-C ends "
            .. "it.\n\n"
            .. "Exit code 2 when a case fails or a threshold is not met, 3 when a file or a case is "
            .. "broken.",
        run = test,
        params = {
            { "path", "path", "test files, and folders to look for *_test.lua in (the current one)",
                optional = true, many = true },
            { "run", "text", "only cases whose name matches this regular expression", option = true },
            { "report", { "tap", "junit", "json", "sarif", "github" }, "say it for other programs", option = true },
            { "to", "path", "write the report into this file", option = true },
            { "baseline", "path", "failures in this file do not count", option = true },
            { "write-baseline", "path", "write the failures of this run into a baseline", option = true },
            { "waivers", "path", "a Lua file of waivers", option = true },
            { "today", "text", "the day for waivers, as 2026-12-31", option = true },
            { "mutate", "int", "take things away; so many percent must be noticed", option = true },
            { "coverage", "bool", "tell what the cases exercised, and what never", flag = true },
            { "min-coverage", "int", "so many percent must be exercised", option = true },
            { "watch", "bool", "run again whenever a file changes", flag = true },
            { "rounds", "int", "watch, and end after so many runs", option = true },
            { "fail-on-empty", "bool", "fail when there was nothing to run", flag = true },
        },
        result = {
            { "file", "text", "the test file; of what was covered, the lab" },
            { "line", "int", "where in it" },
            { "case", "text", "the case; null for the file itself" },
            { "status", "text", "passed, failed, broken, skipped, waived, known, noticed, survived, "
                .. "exercised or never" },
            { "text", "text", "why, or null" },
        },
        examples = {
            { "test tests/guard", "the article's statements as assertions" },
            { "test tests/guard/kb903220_test.lua --coverage", "what of the lab do they exercise?" },
        },
        see = "enroll check,lab import,run",
    } },
}
