-- calls.lua - exported labs as calls of the methods that build a lab: reading them, building by them.
--
--     local calls = require "labs.calls"
--     calls.build(lab, "corp.json")
--
-- A JSON export is one object with the list "calls"; each call is a list of a name and its
-- fields, and stands on a line of its own, so that it is read line by line.  One that another
-- program wrote anew is read whole.

local calls = {}

-- Methods an export may call: what builds, and nothing else that a lab can do.
local BUILDS = {}
for name in ([[add_domain add_trust add_user add_computer add_group add_foreign add_members remove_members
        remove_principal set_primary add_host started set_registry add_key cover add_service set_right
        add_ca add_template add_event open_session moment told_by start seal]]):gmatch("%S+") do
    BUILDS[name] = true
end

local function refuse(path, text, hint)
    error({ status = "syntax", text = ("'%s' %s"):format(path, text), hint = hint }, 0)
end

local function check(path, call)
    if type(call) ~= "table" or not BUILDS[call[1]] or type(call[2]) ~= "table" then
        refuse(path, "holds what is no call", "lab export --as json writes what is read here")
    end
    return call[1], call[2]
end

local function each_line(path, file, fn)
    for line in file:lines() do
        if line:sub(1, 1) == "]" then
            return true
        end
        fn(check(path, certsh.json.decode((line:gsub(",%s*$", "")))))
    end
    refuse(path, "ends too early", "was the file cut?  Export it again")
end

local HEAD = '{"certsh":"lab","version":1,"calls":['

-- Call fn(call, fields) for each call of a JSON export.
function calls.each(path, fn)
    local file, problem = io.open(path, "rb")
    if not file then
        error({ status = "not_found", text = "cannot open " .. problem }, 0)
    end
    local first = file:read("l")
    if first == HEAD then
        each_line(path, file, fn)
        return file:close()
    end
    local whole = certsh.json.decode((first or "") .. "\n" .. file:read("a"))
    file:close()
    if type(whole) ~= "table" or whole.certsh ~= "lab" or type(whole.calls) ~= "table" then
        refuse(path, "is no lab in JSON", "lab export --as json writes one")
    end
    if whole.version ~= 1 then
        refuse(path, ("is of version %s"):format(tostring(whole.version)), "this program reads version 1")
    end
    for _, call in ipairs(whole.calls) do
        fn(check(path, call))
    end
end

-- JSON has null where Lua has nothing.
local function plain(fields)
    for name, value in pairs(fields) do
        if value == certsh.null then
            fields[name] = nil
        end
    end
    return fields
end

-- Build by a JSON export in an empty lab; how many calls there were.
function calls.build(lab, path)
    local count = 0
    calls.each(path, function(call, fields)
        count = count + 1
        local fine, problem = pcall(lab[call], lab, plain(fields))
        if not fine then
            error({ status = type(problem) == "userdata" and problem.status or "invalid",
                text = ("call %d, %s: %s"):format(count, call, tostring(problem)), where = path }, 0)
        end
    end)
    return count
end

calls.HEAD = HEAD

return calls
