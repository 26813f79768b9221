-- guard.known - failures that are known: a baseline, and waivers that end.
--
-- A baseline is what failed when the tests were taken up, written by `test --write-baseline`: a
-- JSON list of {file, case, text}.  What fails in the same way is `known` and fails nothing.
--
-- A waiver is somebody's word for one failure, for a time.  A Lua file returns a list of them:
--
--     return {
--         { case = "carol enrols", owner = "pki@corp.example", expires = "2026-12-31",
--           reason = "CONTOSO joins in January", file = "contoso_test.lua" },
--     }
--
-- `file` may be left out, or be the end of a path.  Until the end of the day `expires` the
-- failure is `waived`; after it the case fails, mended or not, until the waiver is gone.

local known = {}

-- ---------------------------------------------------------------- baseline

local function key_of(row)
    return row.file .. "\n" .. (row.case or "") .. "\n" .. (row.text or "")
end

local function open_file(path, mode)
    local file, problem = io.open(path, mode)
    if not file then
        error({ status = mode == "r" and "not_found" or "io", text = "cannot open " .. problem }, 0)
    end
    return file
end

function known.read_baseline(path)
    local file = open_file(path, "r")
    local text = file:read("a")
    file:close()
    local fine, list = pcall(certsh.json.decode, text or "")
    if not fine or type(list) ~= "table" then
        error({ status = "syntax", text = ("'%s' is no baseline: test --write-baseline makes one"):format(path) }, 0)
    end
    local baseline = { path = path, keys = {} }
    for _, entry in ipairs(list) do
        if type(entry) ~= "table" or type(entry.file) ~= "string" then
            error({ status = "invalid", text = ("an entry of the baseline '%s' has no file"):format(path) }, 0)
        end
        baseline.keys[key_of(entry)] = true
    end
    return baseline
end

function known.write_baseline(path, rows)
    local lines = {}
    for _, row in ipairs(rows) do
        if row.status == "failed" or row.status == "known" then
            local entry = { file = row.file, case = row.case, text = row.text }
            lines[#lines + 1] = " " .. certsh.json.encode(entry)
        end
    end
    local file = open_file(path, "w")
    file:write("[\n", table.concat(lines, ",\n"), #lines > 0 and "\n]\n" or "]\n")
    file:close()
    return #lines
end

local function meet_baseline(baseline, rows)
    for _, row in ipairs(rows) do
        local key = key_of(row)
        if row.status == "failed" and baseline.keys[key] then
            row.status = "known"
            baseline.keys[key] = nil
        end
    end
end

-- ----------------------------------------------------------------- waivers

local FIELDS = { case = true, owner = true, reason = true, expires = true }

local function check_waiver(path, place, waiver)
    local function wrong(text)
        error({ status = "invalid", text = ("waiver %d of '%s' %s"):format(place, path, text) }, 0)
    end
    if type(waiver) ~= "table" then
        wrong("is no table")
    end
    for _, field in ipairs { "case", "owner", "reason", "expires" } do
        if type(waiver[field]) ~= "string" or waiver[field] == "" then
            wrong(("has no '%s'"):format(field))
        end
    end
    for field in pairs(waiver) do
        if not FIELDS[field] and field ~= "file" then
            wrong(("has an unknown field '%s'"):format(tostring(field)))
        end
    end
    if not known.is_date(waiver.expires) then
        wrong(("expires on '%s': a date is written 2026-12-31"):format(waiver.expires))
    end
end

function known.is_date(text)
    local month, day = text:match("^%d%d%d%d%-(%d%d)%-(%d%d)$")
    month, day = tonumber(month), tonumber(day)
    return month ~= nil and month >= 1 and month <= 12 and day >= 1 and day <= 31
end

function known.read_waivers(path)
    open_file(path, "r"):close()
    local chunk, problem = loadfile(path, "t", {})
    if not chunk then
        error({ status = "syntax", text = problem }, 0)
    end
    local list = chunk()
    if type(list) ~= "table" then
        error({ status = "invalid", text = ("'%s' returns no list of waivers"):format(path) }, 0)
    end
    for place, waiver in ipairs(list) do
        check_waiver(path, place, waiver)
    end
    return list
end

local function is_about(waiver, row)
    return waiver.case == row.case
        and (not waiver.file or row.file == waiver.file
            or row.file:sub(-#waiver.file - 1) == "/" .. waiver.file)
end

local function meet_waiver(waiver, row, today)
    local word = ("%s, by %s until %s"):format(waiver.reason, waiver.owner, waiver.expires)
    if today > waiver.expires then
        local now = row.status == "passed" and "it passes now: remove the waiver" or row.text
        row.text = ("the waiver has expired (%s; today is %s): %s"):format(word, today, now)
        row.status, row.expired = "failed", true
    elseif row.status == "failed" then
        row.status, row.waiver = "waived", word
    end
end

local function meet_waivers(waivers, rows, today, remark)
    for _, waiver in ipairs(waivers) do
        local met = false
        for _, row in ipairs(rows) do
            if row.status ~= "broken" and is_about(waiver, row) then
                met = true
                meet_waiver(waiver, row, today)
            end
        end
        if not met then
            remark(("the waiver of '%s' by %s is about no case that ran"):format(waiver.case, waiver.owner))
        end
    end
end

-- ------------------------------------------------------------------- judge

-- Rows of failures that are known become `known` or `waived`.  `remark(text)` hears what could
-- be tidied up.
function known.judge(rows, known_failures, remark)
    if known_failures.baseline then
        meet_baseline(known_failures.baseline, rows)
        local left = 0
        for _ in pairs(known_failures.baseline.keys) do
            left = left + 1
        end
        if left > 0 then
            remark(("%d failure%s of the baseline did not come back: --write-baseline drops %s"):format(
                left, left == 1 and "" or "s", left == 1 and "it" or "them"))
        end
    end
    if known_failures.waivers then
        meet_waivers(known_failures.waivers, rows, known_failures.today, remark)
    end
end

return known
