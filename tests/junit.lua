-- junit.lua FILE - do the counts of a JUnit file add up?  Its form is junit.rng's affair.

local file = assert(io.open(arg[1]))
local text = file:read "a"
file:close()

local function attributes(words)
    local by_name = {}
    for name, value in words:gmatch '([%w]+)="([^"]*)"' do
        by_name[name] = value
    end
    return by_name
end

local function count(part, pattern)
    local _, n = part:gsub(pattern, "")
    return n
end

local all = { tests = 0, failures = 0, errors = 0 }
for words, body in text:gmatch "<testsuite ([^>]*)>(.-)</testsuite>" do
    local said = attributes(words)
    local found = {
        tests = count(body, "<testcase "), failures = count(body, "<failure "),
        errors = count(body, "<error "), skipped = count(body, "<skipped "),
    }
    for name, number in pairs(found) do
        assert(tonumber(said[name]) == number, said.name .. ": " .. name)
        all[name] = all[name] and all[name] + number
    end
end
local said = attributes(text:match "<testsuites ([^>]*)>")
for name, number in pairs(all) do
    assert(tonumber(said[name]) == number, "all: " .. name)
end
print(("JUnit, %d tests, %d failures, %d errors"):format(all.tests, all.failures, all.errors))
