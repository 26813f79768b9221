-- schema.lua - is a value what a schema says?  The part of JSON Schema that our schemas need.
--
--     local problem = schema.check(value, { type = "object", required = { "version" }, ... })
--
-- Keys understood: type, enum, pattern (a Lua pattern), minLength, minimum, items, minItems,
-- uniqueItems, properties, required, additionalProperties (false, or a schema), ref (a name in
-- `schema.definitions`).  A key that is not understood is an error, so that no rule is passed over.

local schema = { definitions = {} }

local check

local function is_list(value)
    return type(value) == "table" and (#value > 0 or next(value) == nil)
end

local TYPES = {
    object = function(v) return type(v) == "table" and #v == 0 end,
    array = is_list,
    string = function(v) return type(v) == "string" end,
    integer = function(v) return math.type(v) == "integer" end,
    boolean = function(v) return type(v) == "boolean" end,
}

local RULES = {}

function RULES.type(value, wanted, at)
    return not TYPES[wanted](value) and ("%s is no %s"):format(at, wanted) or nil
end

function RULES.enum(value, wanted, at)
    for _, one in ipairs(wanted) do
        if one == value then
            return nil
        end
    end
    return ("%s is '%s', not one of %s"):format(at, tostring(value), table.concat(wanted, ", "))
end

function RULES.pattern(value, wanted, at)
    return not value:find(wanted) and ("%s is '%s', which is not %s"):format(at, value, wanted) or nil
end

function RULES.minLength(value, least, at)
    return #value < least and ("%s is too short"):format(at) or nil
end

function RULES.minimum(value, least, at)
    return value < least and ("%s is %s, less than %d"):format(at, value, least) or nil
end

function RULES.minItems(value, least, at)
    return #value < least and ("%s has %d items, not %d"):format(at, #value, least) or nil
end

function RULES.items(value, each, at)
    for place, item in ipairs(value) do
        local problem = check(item, each, ("%s[%d]"):format(at, place - 1))
        if problem then
            return problem
        end
    end
end

function RULES.uniqueItems(value, _, at)
    local seen = {}
    for _, item in ipairs(value) do
        local text = certsh.json.encode(item)
        if seen[text] then
            return ("%s holds %s twice"):format(at, text)
        end
        seen[text] = true
    end
end

function RULES.required(value, names, at)
    for _, name in ipairs(names) do
        if value[name] == nil then
            return ("%s lacks %s"):format(at, name)
        end
    end
end

function RULES.properties(value, by_name, at)
    for name, one in pairs(by_name) do
        local problem = value[name] ~= nil and check(value[name], one, at .. "." .. name)
        if problem then
            return problem
        end
    end
end

-- Needs to know the properties beside it.
local function check_additional(value, of, at)
    for name, one in pairs(value) do
        if not (of.properties or {})[name] then
            if of.additionalProperties == false then
                return ("%s holds %s, which is not allowed"):format(at, tostring(name))
            end
            local problem = check(one, of.additionalProperties, at .. "." .. tostring(name))
            if problem then
                return problem
            end
        end
    end
end

function RULES.ref(value, name, at)
    return check(value, schema.definitions[name] or error("no definition " .. name), at)
end

function check(value, of, at)
    local first = of.type and RULES.type(value, of.type, at)
    if first then
        return first
    end
    for key, rule in pairs(of) do
        if key ~= "additionalProperties" then
            local problem = (RULES[key] or error("no rule " .. key))(value, rule, at)
            if problem then
                return problem
            end
        end
    end
    return of.additionalProperties ~= nil and check_additional(value, of, at) or nil
end

-- nil, or what is wrong and where.
function schema.check(value, of)
    return check(value, of, "log")
end

return schema
