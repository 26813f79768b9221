-- reference.lua - scripts/reference/api.lua names what the running program has, all of it, with the
-- parameters that docs/lua.md (its one argument) shows and that a call really wants.
local page = assert(io.open(..., "r")):read "a"
local api = require "reference.api"
local problems = 0

local function problem(...)
    problems = problems + 1
    print(string.format(...))
end

local objects = {
    ["certsh.sd"] = certsh.sd.parse "D:(A;;CC;;;WD)", ["certsh.token"] = certsh.token { user = "S-1-1-0" },
    ["certsh.set"] = lab:set {}, ["certsh.lab"] = lab, ["certsh.principal"] = lab:principal "alice",
    ["certsh.host"] = lab:host(), ["certsh.ca"] = lab:ca(), ["certsh.template"] = lab:template "User",
}

local function compare(where, declared, there)
    local names = {}
    for _, fn in ipairs(declared or {}) do
        names[fn.name] = true
        if not there[fn.name] then
            problem("%s: '%s' is declared and not there", where, fn.name)
        end
    end
    for name in pairs(there) do
        if not names[name] then
            problem("%s: '%s' is there, and scripts/reference/api.lua does not tell of it", where, name)
        end
    end
end

for _, class in ipairs(api.classes) do
    local there = {}
    for _, name in ipairs(certsh.names(objects[class.name])) do
        there[name] = true
    end
    compare(class.name, class.methods, there)
    for _, field in ipairs(class.fields or {}) do
        if not field[2]:find "%?$" and objects[class.name][field[1]] == nil then
            problem("%s: field '%s' is nil", class.name, field[1])
        end
    end
end

local there = {}
for name, value in pairs(certsh) do
    if type(value) == "function" then
        there[name] = true
    elseif type(value) == "table" and name ~= "lab" then
        for inner in pairs(value) do
            there[name .. "." .. inner] = true
        end
    end
end
compare("certsh", api.functions, there)

-- ------------------------------------------------------------- parameters

local function wanted(fn)
    local count = 0
    for _, param in ipairs(fn.params) do
        count = count + (param[1]:find "%?$" and 0 or param[1] ~= "..." and 1 or 0)
    end
    return count
end

-- Whoever is not given what it must be given says so; nothing of it stays.
local function refuses_nothing(where, fn, call, ...)
    if wanted(fn) > 0 and lab:what_if(pcall, call, ...) then
        problem("%s: '%s' takes nothing as well", where, fn.name)
    end
end

-- "who, template [, ca]" as the page writes it: how many there must be, and how many there may be.
local function counted(text)
    local least, most, depth = 0, 0, 0
    text = text:gsub("%b{}", "x")
    for sign, word in text:gmatch "([%[%]]?)[%s,]*([^%[%],%s]*)" do
        depth = depth + (sign == "[" and 1 or sign == "]" and -1 or 0)
        if word ~= "" then
            most = most + 1
            least = least + (depth == 0 and not word:find "%.%.%.$" and 1 or 0)
        end
    end
    return least, most
end

-- The page may show several forms: none may leave out what must be there, and the longest is whole.
local function compare_page(where, prefix, fn)
    local plain, longest = (prefix .. fn.name):gsub("%p", "%%%0"), nil
    for text in page:gmatch("`" .. plain .. "(%b())") do
        local least, most = counted(text:sub(2, -2))
        if text ~= "(...)" then
            longest = math.max(longest or 0, most)
            if least ~= wanted(fn) then
                problem("%s: '%s%s' on the page, %d wanted here", where, fn.name, text, wanted(fn))
            end
        end
    end
    if page:find("`" .. plain .. "{") then
        longest = math.max(longest or 0, 1)
        if not fn.fields and not (#fn.params == 1 and fn.params[1][2]:find "^[t{]") then
            problem("%s: '%s' takes a table on the page", where, fn.name)
        end
    end
    if longest and longest ~= #fn.params then
        problem("%s: '%s' has %d parameters on the page, %d here", where, fn.name, longest, #fn.params)
    end
end

local PREFIXES = { ["certsh.sd"] = "sd:", ["certsh.token"] = "token:", ["certsh.lab"] = "lab:", ["certsh.set"] = "s:" }

for _, class in ipairs(api.classes) do
    local object = objects[class.name]
    for _, fn in ipairs(class.methods or {}) do
        refuses_nothing(class.name, fn, object[fn.name], object)
        compare_page(class.name, PREFIXES[class.name] or ":", fn)
    end
end
for _, fn in ipairs(api.functions) do
    local owner, name = fn.name:match "^(%a+)%.(%a+)$"
    refuses_nothing("certsh", fn, owner and certsh[owner][name] or certsh[fn.name])
    compare_page("certsh", "certsh.", fn)
end
os.exit(problems == 0 and 0 or 1)
