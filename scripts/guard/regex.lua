-- guard.regex - regular expressions as CI scripts know them, for `test --run REGEX`.
--
--     local matches = regex.compile("^dc.* (enrols|fails)$")
--     matches("dc02 enrols")           true
--
-- Lua's own patterns have no alternatives and other escapes, so this is a small matcher of its
-- own: . [a-z] [^a-z] ( ) (?: ) | * + ? {m,n} ^ $ \d \w \s \b and their capitals.  It only says
-- whether, not where.  A node is function(text, at, go): it tries to match at `at`, and calls
-- go(after) for each way it can; true ends the search.

local regex = {}

local function bytes(pattern)
    return function(c)
        return string.char(c):find(pattern) ~= nil
    end
end

local CLASSES = {
    d = bytes "%d", D = bytes "%D", w = bytes "[%w_]", W = bytes "[^%w_]", s = bytes "%s", S = bytes "%S",
}
local CONTROLS = { n = 10, t = 9, r = 13 }

local function one(is)
    return function(text, at, go)
        local c = text:byte(at)
        return c and is(c) and go(at + 1)
    end
end

local function literal(byte)
    return one(function(c)
        return c == byte
    end)
end

local function both(a, b)
    return function(text, at, go)
        return a(text, at, function(after)
            return b(text, after, go)
        end)
    end
end

local function either(a, b)
    return function(text, at, go)
        return a(text, at, go) or b(text, at, go)
    end
end

-- An empty turn beyond the least number would go on for ever.
local function repeated(node, least, most)
    local function turn(text, at, count, go)
        local again = count < most and node(text, at, function(after)
            return (after > at or count < least) and turn(text, after, count + 1, go)
        end)
        return again or (count >= least and go(at))
    end
    return function(text, at, go)
        return turn(text, at, 0, go)
    end
end

local function empty(_, at, go)
    return go(at)
end

local function start(_, at, go)
    return at == 1 and go(at)
end

local function finish(text, at, go)
    return at == #text + 1 and go(at)
end

local function word(text, at)
    return at >= 1 and at <= #text and CLASSES.w(text:byte(at))
end

local function boundary(wanted)
    return function(text, at, go)
        local is = word(text, at - 1) ~= word(text, at)
        return is == wanted and go(at)
    end
end

-- ----------------------------------------------------------------- reading

local reader = {}
reader.__index = reader

function reader:peek()
    return self.text:sub(self.at, self.at)
end

function reader:take(wanted)
    if self.text:sub(self.at, self.at + #wanted - 1) ~= wanted or self.at > #self.text then
        return false
    end
    self.at = self.at + #wanted
    return true
end

function reader:fail(problem)
    error({ status = "syntax", text = ("%s in '%s'"):format(problem, self.text), at = self.at - 1 }, 0)
end

-- What follows a backslash: a test of one byte.
function reader:escape()
    local c = self:peek()
    if c == "" then
        self:fail("nothing after a backslash")
    end
    self.at = self.at + 1
    local byte = CONTROLS[c] or c:byte()
    return CLASSES[c] or function(other)
        return other == byte
    end, byte
end

function reader:class_item()
    if self:take("\\") then
        return self:escape()
    end
    local first = self:peek():byte()
    self.at = self.at + 1
    local last = self.text:match("^%-([^%]])", self.at)
    if last then
        self.at = self.at + 2
        last = last:byte()
    end
    return function(c)
        return c >= first and c <= (last or first)
    end
end

function reader:class()
    local negated, items = self:take("^"), {}
    repeat
        if self.at > #self.text then
            self:fail("a '[' without its ']'")
        end
        items[#items + 1] = self:class_item()
    until self:take("]")
    return one(function(c)
        for _, is in ipairs(items) do
            if is(c) then
                return not negated
            end
        end
        return negated
    end)
end

local ATOMS = {
    ["^"] = function() return start end,
    ["$"] = function() return finish end,
    ["."] = function() return one(function() return true end) end,
    ["["] = function(self) return self:class() end,
    ["("] = function(self)
        self:take("?:")
        local inner = self:choice()
        if not self:take(")") then
            self:fail("a '(' without its ')'")
        end
        return inner
    end,
    ["\\"] = function(self)
        if self:take("b") then
            return boundary(true)
        elseif self:take("B") then
            return boundary(false)
        end
        return one((self:escape()))
    end,
}
for _, sign in ipairs { "*", "+", "?" } do
    ATOMS[sign] = function(self)
        self:fail(("nothing before '%s'"):format(sign))
    end
end

function reader:atom()
    local c = self:peek()
    self.at = self.at + 1
    return ATOMS[c] and ATOMS[c](self) or literal(c:byte())
end

function reader:times()
    if self:take("*") then
        return 0, math.huge
    elseif self:take("+") then
        return 1, math.huge
    elseif self:take("?") then
        return 0, 1
    end
    local least, comma, most = self.text:match("^{(%d+)(,?)(%d*)}", self.at)
    if not least then
        return nil
    end
    self.at = self.text:find("}", self.at, true) + 1
    least = tonumber(least)
    return least, comma == "" and least or tonumber(most) or math.huge
end

function reader:sequence()
    local node = empty
    while self.at <= #self.text and self:peek() ~= "|" and self:peek() ~= ")" do
        local atom = self:atom()
        local least, most = self:times()
        while least do
            atom = repeated(atom, least, most)
            self:take("?") -- lazy or not, the answer is the same
            least, most = self:times()
        end
        node = both(node, atom)
    end
    return node
end

function reader:choice()
    local node = self:sequence()
    while self:take("|") do
        node = either(node, self:sequence())
    end
    return node
end

-- A function that says whether a text matches anywhere.  Raises `syntax`.
function regex.compile(text)
    local self = setmetatable({ text = text, at = 1 }, reader)
    local node = self:choice()
    if self.at <= #text then
        self:fail("a ')' without its '('")
    end
    local function found()
        return true
    end
    return function(subject)
        for at = 1, #subject + 1 do
            if node(subject, at, found) then
                return true
            end
        end
        return false
    end
end

return regex
