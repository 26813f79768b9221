-- reference.lua - scripts/reference/api.lua names what the running program has, all of it.
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
            print(("%s: '%s' is there, and scripts/reference/api.lua does not tell of it"):format(where, name))
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
os.exit(problems == 0 and 0 or 1)
