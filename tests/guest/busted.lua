-- busted.lua SPEC: the words of busted that our specs use, for a Lua without busted.
local failed, passed = 0, 0

function describe(_, fn)
    fn()
end

function it(what, fn)
    local fine, problem = pcall(fn)
    passed, failed = passed + (fine and 1 or 0), failed + (fine and 0 or 1)
    if not fine then
        print("not ok: " .. what .. ": " .. tostring(problem))
    end
end

local function fail(text, ...)
    error(text:format(...), 3)
end

assert = setmetatable({
    are = { equal = function(wanted, got, text)
        return wanted == got or fail("%s: wanted %s, got %s", text or "", tostring(wanted), tostring(got))
    end },
    is_nil = function(v) return v == nil or fail("%s is not nil", tostring(v)) end,
    is_not_nil = function(v, text) return v ~= nil or fail("%s is nil", text or "it") end,
    is_false = function(v) return v == false or fail("%s is not false", tostring(v)) end,
    is_truthy = function(v) return v or fail("it is not true") end,
}, { __call = function(_, v, ...)
    if not v then
        error((...) or "assertion failed!", 2)
    end
    return v, ...
end })

dofile(arg[1])
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and 0 or 1, true)
