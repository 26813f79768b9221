-- tap.lua FILE - is FILE TAP, version 14?  Written from the specification of TAP 14.
--
-- The version line first; one plan, before or after the points; points numbered in order, each "ok"
-- or "not ok", with a description and perhaps "# SKIP" or "# TODO"; after a point a YAML block,
-- indented by two, from "---" to "..."; comments with "#".  Nothing else.

local lines, at = {}, 1
for line in io.lines(arg[1]) do
    lines[#lines + 1] = line
end

local function fail(text)
    error({ status = "check", text = ("%s:%d: %s"):format(arg[1], at, text) }, 0)
end

-- Lines of "key: value" with a JSON text, a number or a word; one level of nesting.
local function yaml_block()
    local depth = "  "
    repeat
        at = at + 1
        local line = lines[at] or fail "a YAML block without its end"
        local known = line == "  ..." or line:match "^  %w+:$" or line:match '^  +%w+: ".*"$'
            or line:match "^  +%w+: %d+$" or line:match "^  +%w+: [a-z]+$"
        if not known or line:sub(1, 2) ~= depth then
            fail "no YAML of ours"
        end
    until lines[at] == "  ..."
end

local plan, points, bad = nil, 0, 0

local function point(line)
    local verdict, number, rest = line:match "^(n?o?t? ?ok) (%d+) %- (.+)$"
    points = points + 1
    if verdict ~= "ok" and verdict ~= "not ok" or tonumber(number) ~= points then
        fail "no test point, or not the next one"
    end
    local plain = rest:gsub("\\[\\#]", "")
    local directive = plain:match "#%s*(%a+)"
    if plain:find "#" and directive ~= "SKIP" and directive ~= "TODO" then
        fail "a '#' that is neither escaped nor a directive"
    end
    bad = bad + (verdict == "not ok" and directive ~= "TODO" and 1 or 0)
    if lines[at + 1] == "  ---" then
        at = at + 1
        yaml_block()
    end
end

if lines[1] ~= "TAP version 14" then
    fail "no version line"
end
at = 2
while at <= #lines do
    local line = lines[at]
    local count = line:match "^1%.%.(%d+)"
    if count then
        plan = not plan and tonumber(count) or fail "a second plan"
    elseif not line:match "^#" then
        point(line)
    end
    at = at + 1
end
if plan ~= points then
    fail(("%s planned, %d points"):format(plan, points))
end
print(("TAP 14, %d points, %d not ok"):format(points, bad))
