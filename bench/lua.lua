-- lua.lua FLOOR.so [PRINCIPALS]: what the bindings cost beside the least that Lua asks (rows L1 to
-- L3 of the goals).  Run by bench/lua.  Each row: 9 rounds of ours and the floor in turn, the
-- median of the paired ratios; the best times beside it.
local floor = assert(package.loadlib(arg[1], "luaopen_lua_floor"))()
local principals = tonumber(arg[2]) or 1000000
local ROUNDS, CALLS = 9, 2000000

local function timed(fn, ...)
    collectgarbage()
    local start = os.clock()
    fn(...)
    return os.clock() - start
end

local function median(list)
    table.sort(list)
    return list[(#list + 1) // 2]
end

local function peak()
    for line in io.lines "/proc/self/status" do
        local kib = line:match "^VmHWM:%s*(%d+)"
        if kib then
            return kib // 1024
        end
    end
    return 0
end

-- ours and theirs are {times, function}: so many are one timing, and the time is of one.
local function compare(row, what, ours, theirs, goal)
    local ratios, best, other = {}, math.huge, math.huge
    for round = 1, ROUNDS do
        local a = timed(ours[2], ours[1]) / ours[1]
        local b = timed(theirs[2], theirs[1]) / theirs[1]
        ratios[round], best, other = a / b, math.min(best, a), math.min(other, b)
    end
    local ratio = median(ratios)
    local text = ratio < 0.1 and ("%7.0fx less"):format(1 / ratio) or ("%7.2fx"):format(ratio)
    print(("%-3s %-48s %11.1f ns  floor %11.1f ns  %s  (goal %s)  peak %d MiB"):format(row, what, best * 1e9,
        other * 1e9, text, goal, peak()))
end

-- ------------------------------------------------------------- the lab, the answers first

local lab = certsh.lab
lab:add_domain { dns = "corp.example", netbios = "CORP", forest = "corp.example", sid = "S-1-5-21-1-2-3" }
for i = 1, principals do
    lab:add_user { domain = "CORP", name = "u" .. i, rid = 10000 + i }
end
local all = lab:set()
local users = lab:set { kind = "user" }
assert(#users == principals and all - users == ~users and #(all & users) == principals)
local odd, third = {}, {}
for id in users:ids() do
    if id % 2 == 1 then
        odd[#odd + 1] = id
    end
    if id % 3 == 0 then
        third[#third + 1] = id
    end
end
local a, b = lab:set(odd), lab:set(third)
assert(#a == #odd and #b == #third)
local sixth = 0
for _, id in ipairs(third) do
    sixth = sixth + id % 2
end
assert(#(a & b) == sixth and #(a | b) == #odd + #third - sixth and #(a - b) == #odd - sixth)
odd, third = nil, nil

-- -------------------------------------------------------------------- L1: calls

local plain = floor.plain
local function floor_calls(n)
    for _ = 1, n do
        plain()
    end
end

local token = certsh.token { user = "S-1-5-21-1-2-3-500", groups = { "S-1-1-0", "S-1-5-11" } }
compare("L1", "set:size(), its type checked", { CALLS, function(n)
    for _ = 1, n do
        users:size()
    end
end }, { CALLS, floor_calls }, "<= 2.6")
compare("L1", "#token, its type checked", { CALLS, function(n)
    local _
    for _ = 1, n do
        _ = #token
    end
end }, { CALLS, floor_calls }, "<= 2.6")

-- ---------------------------------------------------------------- L2: iteration

local function walk(set)
    local sum = 0
    for id in set:ids() do
        sum = sum + id
    end
    return sum
end

collectgarbage()
collectgarbage "stop"
local before = collectgarbage "count"
walk(users)
local retained = (collectgarbage "count" - before) * 1024 / principals
collectgarbage "restart"
compare("L2", ("ids of %d results, %.2f bytes an item"):format(principals, retained), { principals, function()
    walk(users)
end }, { principals, function(n)
    local sum = 0
    for i in floor.iterator(n) do
        sum = sum + i
    end
end }, "<= 1.5")

-- ----------------------------------------------------------------- L3: set operations

local function iterate(n)
    for _ = 1, n do
        walk(users)
    end
end

local _ = ~a -- the first asks who there is
compare("L3", "a & b", { 200, function(n) for _ = 1, n do _ = a & b end end }, { 1, iterate }, ">= 100 less")
compare("L3", "a | b", { 200, function(n) for _ = 1, n do _ = a | b end end }, { 1, iterate }, ">= 100 less")
compare("L3", "a - b", { 200, function(n) for _ = 1, n do _ = a - b end end }, { 1, iterate }, ">= 100 less")
compare("L3", "~a", { 200, function(n) for _ = 1, n do _ = ~a end end }, { 1, iterate }, ">= 100 less")
compare("L3", "a <= a", { 200, function(n) for _ = 1, n do _ = a <= a end end }, { 1, iterate }, ">= 100 less")
