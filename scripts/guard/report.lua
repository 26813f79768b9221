-- guard.report - what the tests found, in the forms that others read.
--
-- report.tap, report.junit, report.sarif and report.github are functions of the rows that give
-- the text.  Nothing in it depends on the time or the machine: the same tests on the same lab
-- give the same bytes.

local report = {}

-- How many rows have each status.
local function count_by_status(rows)
    local by = {}
    for _, row in ipairs(rows) do
        by[row.status] = (by[row.status] or 0) + 1
    end
    return by
end

local BAD = { failed = true, broken = true }

-- ------------------------------------------------------------------- TAP 14

local function tap_text(text)
    return (text:gsub("[\\#]", "\\%0"):gsub("%c", " "))
end

local function name_of(row)
    return row.case and row.file .. ": " .. row.case or row.file
end

local function quoted(text)
    return certsh.json.encode(text) -- a JSON text is a YAML text
end

local function tap_directive(row)
    if row.status == "skipped" then
        return " # SKIP " .. tap_text(row.text)
    elseif row.status == "known" or row.status == "survived" then
        return " # TODO " .. row.status
    end
    return row.status == "waived" and " # TODO waived: " .. tap_text(row.waiver) or ""
end

local function tap_details(lines, row)
    for _, line in ipairs {
        "  ---", "  message: " .. quoted(row.text), "  severity: " .. (row.status == "broken" and "broken" or "fail"),
        "  at:", "    file: " .. quoted(row.file), "    line: " .. row.line, "  ...",
    } do
        lines[#lines + 1] = line
    end
end

function report.tap(rows, covered)
    local lines = { "TAP version 14", "1.." .. #rows .. (#rows == 0 and " # SKIP no cases" or "") }
    for place, row in ipairs(rows) do
        local ok = row.status == "passed" or row.status == "skipped" or row.status == "noticed"
        lines[#lines + 1] = ("%s %d - %s%s"):format(
            ok and "ok" or "not ok", place, tap_text(name_of(row)), tap_directive(row))
        if not ok then
            tap_details(lines, row)
        end
    end
    if covered then
        local sum = covered:sum()
        lines[#lines + 1] = ("# coverage: %d of %d, %d %%"):format(sum.hit, sum.all, sum.percent)
    end
    return table.concat(lines, "\n") .. "\n"
end

-- ---------------------------------------------------------------- JUnit XML

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

local function xml(text)
    text = text:gsub("[\0-\8\11\12\14-\31]", ""):gsub('[&<>"]', ENTITIES)
    return text
end

local function attribute(text)
    return (xml(text):gsub("\n", "&#10;"))
end

local JUNIT = {
    failed = "failure", broken = "error", skipped = "skipped", waived = "skipped", known = "skipped",
    survived = "skipped",
}

local function junit_case(lines, row)
    local head = ('    <testcase classname="%s" name="%s"'):format(
        attribute(row.file), attribute(row.case or "the file"))
    local element = JUNIT[row.status]
    if not element then
        lines[#lines + 1] = head .. "/>"
        return
    end
    lines[#lines + 1] = head .. ">"
    if element == "skipped" then
        local why = row.status == "skipped" and row.text or row.status .. ": " .. (row.waiver or row.text)
        lines[#lines + 1] = ('      <skipped message="%s"/>'):format(attribute(why))
    else
        lines[#lines + 1] = ('      <%s message="%s" type="%s">%s:%d: %s</%s>'):format(element,
            attribute(row.text:match("^[^\n]*")), row.status, xml(row.file), row.line, xml(row.text), element)
    end
    lines[#lines + 1] = "    </testcase>"
end

-- Rows by file, in order.
local function by_file(rows)
    local files = {}
    for _, row in ipairs(rows) do
        local last = files[#files]
        if not last or last.file ~= row.file then
            last = { file = row.file, rows = {}, failure = 0, error = 0, skipped = 0 }
            files[#files + 1] = last
        end
        last.rows[#last.rows + 1] = row
        local element = JUNIT[row.status]
        if element then
            last[element] = last[element] + 1
        end
    end
    return files
end

function report.junit(rows)
    local lines, failures, errors = {}, 0, 0
    for _, file in ipairs(by_file(rows)) do
        failures, errors = failures + file.failure, errors + file.error
        lines[#lines + 1] = ('  <testsuite name="%s" tests="%d" failures="%d" errors="%d" skipped="%d">')
            :format(attribute(file.file), #file.rows, file.failure, file.error, file.skipped)
        for _, row in ipairs(file.rows) do
            junit_case(lines, row)
        end
        lines[#lines + 1] = "  </testsuite>"
    end
    local head = ('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="certsh" tests="%d" failures="%d" errors="%d">\n')
        :format(#rows, failures, errors)
    return head .. table.concat(lines, "\n") .. (#lines > 0 and "\n" or "") .. "</testsuites>\n"
end

-- -------------------------------------------------------------------- JSON

-- One object; `version` grows when a field changes its meaning.
function report.json(rows, covered)
    local cases = certsh.array {}
    for place, row in ipairs(rows) do
        local failures = certsh.array {}
        for i, failure in ipairs(row.failures or {}) do
            failures[i] = {
                line = failure.line, text = failure.text, expected = failure.expected,
                came = failure.came, next = failure.next,
            }
        end
        cases[place] = {
            file = row.file, line = row.line, case = row.case, status = row.status, text = row.text,
            waiver = row.waiver, failures = failures,
        }
    end
    return certsh.json.encode {
        version = 1, cases = cases, counts = count_by_status(rows), coverage = covered and covered:facts(),
    } .. "\n"
end

-- -------------------------------------------------------------- SARIF 2.1.0

local RULES = {
    { "failed", "a case failed", "An expectation about who can enrol does not hold for this lab." },
    { "broken", "a test is broken", "The test file could not be read, or a case could not be asked." },
    { "expired", "a waiver has expired", "A known failure was waived until a day that is over." },
}

local function rule_of(row)
    return row.expired and "expired" or row.status == "broken" and "broken" or "failed"
end

local function rules()
    local list = {}
    for place, rule in ipairs(RULES) do
        list[place] = {
            id = rule[1], shortDescription = { text = rule[2] }, fullDescription = { text = rule[3] },
            help = { text = rule[3], markdown = rule[3] }, defaultConfiguration = { level = "error" },
        }
    end
    return list
end

-- A path as a URI reference: relative to the checkout, or whole.
local function uri(path)
    local text = path:gsub("[^%w%-%._~/]", function(c)
        return ("%%%02X"):format(c:byte())
    end)
    return text:sub(1, 1) == "/" and "file://" .. text or text
end

local function sarif_result(row)
    local result = {
        ruleId = rule_of(row), level = "error",
        message = { text = row.case and row.case .. ": " .. row.text or row.text },
        locations = { { physicalLocation = {
            artifactLocation = { uri = uri(row.file) }, region = { startLine = row.line },
        } } },
        partialFingerprints = { ["certshCase/v1"] = row.file .. "#" .. (row.case or "") },
    }
    if row.status == "waived" then
        result.suppressions = { { kind = "external", justification = row.waiver } }
    elseif row.status == "known" then
        result.baselineState = "unchanged"
    end
    return result
end

function report.sarif(rows)
    local results = certsh.array {}
    for _, row in ipairs(rows) do
        if BAD[row.status] or row.status == "waived" or row.status == "known" then
            results[#results + 1] = sarif_result(row)
        end
    end
    return certsh.json.encode {
        ["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json",
        version = "2.1.0",
        runs = { {
            tool = { driver = { name = "certsh", version = certsh.version, rules = rules() } },
            results = results,
        } },
    } .. "\n"
end

-- ------------------------------------------------------ annotations on GitHub

local ESCAPES = { ["%"] = "%25", ["\r"] = "%0D", ["\n"] = "%0A", [":"] = "%3A", [","] = "%2C" }

local function message(text)
    return (text:gsub("[%%\r\n]", ESCAPES))
end

local function property(text)
    return (text:gsub("[%%\r\n:,]", ESCAPES))
end

local LEVELS = { failed = "error", broken = "error", waived = "warning", known = "notice", survived = "warning" }

function report.github(rows)
    local lines = {}
    for _, row in ipairs(rows) do
        local level = LEVELS[row.status]
        if level then
            local text = row.waiver and "waived: " .. row.waiver .. "\n" .. row.text or row.text
            lines[#lines + 1] = ("::%s file=%s,line=%d,title=%s::%s\n"):format(
                level, property(row.file), row.line, property(row.case or row.status), message(text))
        end
    end
    return table.concat(lines)
end

-- --------------------------------------------------------------- for people

local ORDER = { "passed", "failed", "broken", "skipped", "waived", "known", "noticed", "survived" }

local function counts(rows)
    local by, texts = count_by_status(rows), {}
    for _, status in ipairs(ORDER) do
        if by[status] then
            texts[#texts + 1] = by[status] .. " " .. status
        end
    end
    return table.concat(texts, ", ")
end

-- "          came      not-granted, 0x80070005, at launch-limit: ..."
local function say_facts(lines, failure)
    for _, name in ipairs { "expected", "came", "next" } do
        if failure[name] then
            lines[#lines + 1] = ("      %-9s %s"):format(name, failure[name])
        end
    end
end

local function say_failure(lines, row, failure)
    local text = (failure.wrong or failure.text):gsub("\n", "\n      ")
    local place = ("%s:%d: "):format(row.file, failure.line or row.line)
    lines[#lines + 1] = "    " .. place .. (text:sub(1, #place) == place and text:sub(#place + 1) or text)
    say_facts(lines, failure)
end

local function say_why(lines, row)
    if row.waiver then
        lines[#lines + 1] = "    " .. row.waiver
    end
    for _, failure in ipairs(not row.expired and row.failures or { row }) do
        if row.status ~= "survived" then
            say_failure(lines, row, failure)
        end
    end
end

-- What is well needs no line; what is not comes first, then the counts.
function report.words(rows, covered)
    local lines, files = {}, by_file(rows)
    for _, file in ipairs(files) do
        for _, row in ipairs(file.rows) do
            if row.status ~= "passed" and row.status ~= "noticed" then
                lines[#lines + 1] = ("%-8s %s"):format(row.status, row.case or "the file")
                say_why(lines, row)
            end
        end
        lines[#lines + 1] = file.file .. ": " .. counts(file.rows)
    end
    if #files ~= 1 then
        lines[#lines + 1] = #rows == 0 and "no cases" or ("%d files: %s"):format(#files, counts(rows))
    end
    return table.concat(lines, "\n") .. "\n" .. (covered and covered:words() or "")
end

return report
