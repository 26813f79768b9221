-- The expressions of `test --run`.

local regex = require "guard.regex"

local function matches(pattern, text)
    expect(regex.compile(pattern)(text), ("'%s' does not match '%s'"):format(pattern, text))
end

local function differs(pattern, text)
    expect(not regex.compile(pattern)(text), ("'%s' matches '%s'"):format(pattern, text))
end

case("matches [%s, %s]", {
    { "", "" }, { "", "abc" }, { "b", "abc" }, { "^abc$", "abc" }, { "a.c", "abc" }, { "a|x", "x" },
    { "^(a|b)+$", "abba" }, { "^(?:ab)*$", "" }, { "^a?b$", "b" }, { "^a{2}$", "aa" }, { "^a{2,}$", "aaaa" },
    { "^a{1,2}b", "aab" }, { "[a-c]x", "bx" }, { "[^a-c]x", "dx" }, { "[]a]", "]" }, { "[a-]", "-" },
    { "\\d+\\s\\w", "12 x" }, { "\\bDC02\\b", "the DC02 fails" }, { "a\\.b", "a.b" }, { "^(a*)*$", "aaaa" },
    { "(a|ab)(c|bcd)$", "abcd" }, { "a+?b", "aab" }, { "[\\d_]$", "x_" }, { "x{", "x{" }, { "^(|a)+$", "aa" },
}, matches)

case("differs [%s, %s]", {
    { "b", "acd" }, { "^b", "ab" }, { "b$", "ba" }, { "^a{2}$", "aaa" }, { "^a{1,2}$", "aaa" }, { "[a-c]", "d" },
    { "[^a]", "a" }, { "a.c", "ac" }, { "\\bC02", "DC02" }, { "\\D", "12" }, { "^(a|b)+$", "abc" }, { "A", "a" },
}, differs)

case("refuses [%s]", { "a(b", "a)b", "[a", "*a", "a|+", "x\\" }, function(pattern)
    expect_error(function()
        regex.compile(pattern)
    end, "syntax")
end)
