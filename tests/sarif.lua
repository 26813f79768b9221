-- sarif.lua FILE [--break] - is FILE SARIF 2.1.0?
--
-- The schema below is written from the standard (OASIS SARIF 2.1.0, the paragraphs named), for the
-- objects that certsh writes and all properties those may have; nothing else may stand in them.
-- What no schema says is asked in code: each ruleId is a rule, each index its place (3.27.5, 3.27.6).
-- With --break the file is spoilt in many ways, and each must be found.

local schema = dofile((arg[0]:match "^(.*/)" or "") .. "schema.lua")

local text = { type = "string" }
local property_bag = { type = "object" }

schema.definitions = {
    log = { -- 3.13
        type = "object", required = { "version", "runs" }, additionalProperties = false,
        properties = {
            ["$schema"] = { type = "string", pattern = "^https?://.*sarif.*2%.1%.0.*%.json$" },
            version = { enum = { "2.1.0" } },
            runs = { type = "array", items = { ref = "run" } },
            properties = property_bag,
        },
    },
    run = { -- 3.14
        type = "object", required = { "tool" }, additionalProperties = false,
        properties = {
            tool = { ref = "tool" },
            results = { type = "array", items = { ref = "result" } },
            columnKind = { enum = { "utf16CodeUnits", "unicodeCodePoints" } },
            baselineGuid = text, language = text, properties = property_bag,
        },
    },
    tool = { -- 3.18
        type = "object", required = { "driver" }, additionalProperties = false,
        properties = { driver = { ref = "component" }, properties = property_bag },
    },
    component = { -- 3.19
        type = "object", required = { "name" }, additionalProperties = false,
        properties = {
            name = { type = "string", minLength = 1 }, version = text, semanticVersion = text,
            informationUri = { ref = "uri" }, organization = text, fullName = text,
            rules = { type = "array", uniqueItems = true, items = { ref = "rule" } },
            properties = property_bag,
        },
    },
    rule = { -- 3.49
        type = "object", required = { "id" }, additionalProperties = false,
        properties = {
            id = { type = "string", minLength = 1 }, name = text, helpUri = { ref = "uri" },
            shortDescription = { ref = "multiformat" }, fullDescription = { ref = "multiformat" },
            help = { ref = "multiformat" }, defaultConfiguration = { ref = "configuration" },
            properties = property_bag,
        },
    },
    multiformat = { -- 3.12
        type = "object", required = { "text" }, additionalProperties = false,
        properties = { text = text, markdown = text, properties = property_bag },
    },
    configuration = { -- 3.50
        type = "object", additionalProperties = false,
        properties = { enabled = { type = "boolean" }, level = { ref = "level" } },
    },
    level = { enum = { "none", "note", "warning", "error" } }, -- 3.27.10
    result = { -- 3.27
        type = "object", required = { "message" }, additionalProperties = false,
        properties = {
            ruleId = { type = "string", minLength = 1 }, ruleIndex = { type = "integer", minimum = -1 },
            level = { ref = "level" },
            kind = { enum = { "pass", "open", "informational", "notApplicable", "review", "fail" } },
            message = { ref = "message" },
            locations = { type = "array", items = { ref = "location" } },
            fingerprints = { type = "object", additionalProperties = text },
            partialFingerprints = { type = "object", additionalProperties = text },
            suppressions = { type = "array", uniqueItems = true, items = { ref = "suppression" } },
            baselineState = { enum = { "new", "unchanged", "updated", "absent" } }, -- 3.27.24
            properties = property_bag,
        },
    },
    message = { -- 3.11
        type = "object", required = { "text" }, additionalProperties = false,
        properties = { text = text, markdown = text, properties = property_bag },
    },
    location = { -- 3.28
        type = "object", additionalProperties = false,
        properties = { physicalLocation = { ref = "physical" }, message = { ref = "message" } },
    },
    physical = { -- 3.29
        type = "object", required = { "artifactLocation" }, additionalProperties = false,
        properties = { artifactLocation = { ref = "artifact" }, region = { ref = "region" } },
    },
    artifact = { -- 3.4
        type = "object", required = { "uri" }, additionalProperties = false,
        properties = { uri = { ref = "uri" }, uriBaseId = text },
    },
    uri = { type = "string", minLength = 1, pattern = "^[%w%-%._~:/%%#%?@!$&'()*+,;=]+$" }, -- RFC 3986
    region = { -- 3.30
        type = "object", required = { "startLine" }, additionalProperties = false,
        properties = {
            startLine = { type = "integer", minimum = 1 }, endLine = { type = "integer", minimum = 1 },
            startColumn = { type = "integer", minimum = 1 }, endColumn = { type = "integer", minimum = 1 },
        },
    },
    suppression = { -- 3.35
        type = "object", required = { "kind" }, additionalProperties = false,
        properties = {
            kind = { enum = { "inSource", "external" } },
            status = { enum = { "accepted", "underReview", "rejected" } },
            justification = text,
        },
    },
}

local function rules_of(run)
    local by_id = {}
    for place, rule in ipairs(run.tool.driver.rules or {}) do
        if by_id[rule.id] then
            return nil, "two rules " .. rule.id
        end
        by_id[rule.id] = place - 1
    end
    return by_id
end

local function problem_of(log)
    local problem = schema.check(log, { ref = "log" })
    for _, run in ipairs(not problem and log.runs or {}) do
        local rules, twice = rules_of(run)
        if twice then
            return twice
        end
        for _, result in ipairs(run.results or {}) do
            if result.ruleId and not rules[result.ruleId] then
                return "no rule " .. result.ruleId
            elseif result.ruleIndex and result.ruleIndex >= 0 and rules[result.ruleId] ~= result.ruleIndex then
                return "ruleIndex of " .. result.ruleId
            end
        end
    end
    return problem
end

local function read()
    local file = assert(io.open(arg[1]))
    local log = certsh.json.decode(file:read "a")
    file:close()
    return log
end

-- Each spoils a good log in one way.
local SPOIL = {
    function(log) log.version = "2.0.0" end,
    function(log) log.runs = nil end,
    function(log) log.extra = 1 end,
    function(log) log.runs[1].tool.driver.name = "" end,
    function(log) log.runs[1].tool.driver.rules[2] = log.runs[1].tool.driver.rules[1] end,
    function(log) log.runs[1].results[1].level = "fatal" end,
    function(log) log.runs[1].results[1].message = "text" end,
    function(log) log.runs[1].results[1].ruleId = "nix" end,
    function(log) log.runs[1].results[1].locations[1].physicalLocation.region.startLine = 0 end,
    function(log) log.runs[1].results[1].locations[1].physicalLocation.artifactLocation.uri = "a b" end,
    function(log) log.runs[1].results[1].baselineState = "known" end,
    function(log) log.runs[1].results[1].suppressions = { { kind = "waiver" } } end,
    function(log) log.runs[1].results[1].partialFingerprints = { a = 1 } end,
}

local problem = problem_of(read())
if problem then
    error({ status = "check", text = "no SARIF: " .. problem }, 0)
end
for place, spoil in ipairs(arg[2] == "--break" and SPOIL or {}) do
    local log = read()
    spoil(log)
    assert(problem_of(log), "not found: spoiled in way " .. place)
end
local run = read().runs[1]
print(("SARIF 2.1.0, %d rules, %d results"):format(#run.tool.driver.rules, #run.results))
