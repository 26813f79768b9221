-- sarif.lua FILE - is it SARIF 2.1.0?  What the schema asks of the parts that certsh writes.

local file = assert(io.open(arg[1]))
local log = certsh.json.decode(file:read("a"))
file:close()

-- Exactly these keys, each of that type; a '?' may be missing.
local function shape(where, value, keys)
    for key in pairs(value) do
        assert(keys[key] or keys[key .. "?"], where .. " holds " .. tostring(key))
    end
    for key, wanted in pairs(keys) do
        local name = key:gsub("%?$", "")
        local has = value[name]
        assert(has ~= nil or key ~= name, where .. " lacks " .. name)
        assert(has == nil or type(has) == wanted or math.type(has) == wanted, where .. "." .. name)
    end
end

local function text_of(where, value)
    shape(where, value, { text = "string", ["markdown?"] = "string" })
end

shape("log", log, { ["$schema"] = "string", version = "string", runs = "table" })
assert(log.version == "2.1.0" and #log.runs == 1)
local run = log.runs[1]
shape("run", run, { tool = "table", results = "table" })
shape("tool", run.tool, { driver = "table" })
shape("driver", run.tool.driver, { name = "string", version = "string", rules = "table" })

local rules = {}
for _, rule in ipairs(run.tool.driver.rules) do
    shape("rule", rule, { id = "string", shortDescription = "table", fullDescription = "table",
        help = "table", defaultConfiguration = "table" })
    text_of("shortDescription", rule.shortDescription)
    text_of("fullDescription", rule.fullDescription)
    text_of("help", rule.help)
    shape("defaultConfiguration", rule.defaultConfiguration, { level = "string" })
    assert(not rules[rule.id], "two rules " .. rule.id)
    rules[rule.id] = true
end

for _, result in ipairs(run.results) do
    shape("result", result, { ruleId = "string", level = "string", message = "table", locations = "table",
        partialFingerprints = "table", ["suppressions?"] = "table", ["baselineState?"] = "string" })
    assert(rules[result.ruleId], "no rule " .. result.ruleId)
    text_of("message", result.message)
    for _, location in ipairs(result.locations) do
        shape("location", location, { physicalLocation = "table" })
        local place = location.physicalLocation
        shape("physicalLocation", place, { artifactLocation = "table", region = "table" })
        shape("artifactLocation", place.artifactLocation, { uri = "string" })
        shape("region", place.region, { startLine = "integer" })
        assert(place.region.startLine >= 1)
        assert(not place.artifactLocation.uri:find("[^%w%-%._~/:%%]"))
    end
end
print(("SARIF %s, %d rules, %d results"):format(log.version, #run.tool.driver.rules, #run.results))
