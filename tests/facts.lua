-- facts.lua FACTS.md - is every event and every code of the page known to `event explain`?
--
-- The page is read line by line: failure codes wherever they stand, events in its sections of events
-- (1.8, 1.9, 4.1, 4.2, 4.3) and the service control manager's in 2.6.  Exit code 77 where there is no page.

local file = io.open(arg[1] or "")
if not file then
    print "no FACTS.md here: skipped"
    os.exit(77)
end

-- Message ids of DLLs and rights that look like codes; Win32 numbers that Windows has no text of its own for.
local NO_CODES = { ["0x80000000"] = true, ["0xc000271e"] = true, ["0xc020272b"] = true }

local section, codes, events = "", {}, {}

local function note(list, key, line)
    if not list[key] then
        list[key], list[#list + 1] = line, key
    end
end

local READERS = {
    ["1.8"] = function(line, add)
        for id in line:gmatch "100[23]%d" do
            add(id)
        end
    end,
    ["4.1"] = function(line, add)
        for id in (line:match "^| ([%d/]+) |" or ""):gmatch "%d+" do
            add(id)
        end
    end,
    ["4.2"] = function(line, add)
        local tail = line:match "%]:(.*)" or ""
        for id in ("; " .. tail):gmatch "[;,] (%d+)" do
            add(id)
        end
    end,
    ["4.3"] = function(line, add)
        for id in (line:match "^| ([%d, ]+) |" or ""):gmatch "%d+" do
            add(id)
        end
    end,
    ["2.6"] = function(line, add)
        if line:find "^%- SCM events" then
            for id in line:gmatch "70%d%d" do
                add(id)
            end
        end
    end,
}
READERS["1.9"] = function(line, add)
    for id in line:gmatch "%f[%w]1[08][02]%d%d%f[%W]" do
        add(id)
    end
end

local number = 0
for line in file:lines() do
    number = number + 1
    section = line:match "^### (%d+%.%d+)" or (line:find "^## " and "") or section
    for code in line:gmatch "0x[89cC]%x%x%x%x%x%x%x%f[%X]" do
        if not NO_CODES[code:lower()] then
            note(codes, code:lower(), number)
        end
    end
    if READERS[section] then
        READERS[section](line, function(id)
            note(events, id, number)
        end)
    end
end
file:close()

local missing = 0
local function ask(what, at, known)
    local fine, rows = pcall(certsh.run, "event explain", what)
    if not fine or not known(rows) then
        missing = missing + 1
        print(("FACTS.md:%d: %s is not known"):format(at, what))
    end
end

for _, code in ipairs(codes) do
    ask(code, codes[code], function(rows)
        return rows[1].code == code
    end)
end
for _, id in ipairs(events) do
    ask(id, events[id], function(rows)
        for _, row in ipairs(rows) do
            if row.id == tonumber(id) then
                return true
            end
        end
    end)
end
table.sort(events, function(a, b) return tonumber(a) < tonumber(b) end)
print(table.concat(events, " "))
print(("%d codes, %d events, %d not known"):format(#codes, #events, missing))
os.exit(missing == 0 and #codes > 25 and #events > 55 and 0 or 2)
