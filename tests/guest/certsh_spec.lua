-- certsh_spec.lua - `require "certsh"` in a stock lua5.4, in busted's words.
--
-- busted runs it as it is; where there is none, tests/guest/busted.lua has the few words it needs.
local early = coroutine.create(function(fn) fn() end) -- a thread older than the module
local certsh = require "certsh"
local lab = certsh.lab

describe("certsh in a stock Lua", function()
    it("gives the same table again", function()
        assert.are.equal(certsh, require "certsh")
        assert.is_nil(_G.certsh)
    end)

    it("knows all that the shell's has", function()
        for name in ("run each command plugin open inside token array exit sd json null lab version"):gmatch "%S+" do
            assert.is_not_nil(certsh[name], name)
        end
    end)

    it("parses, formats and raises error objects", function()
        assert.are.equal("D:(A;;CC;;;WD)", certsh.sd.parse("D:(A;;CC;;;WD)"):format())
        local fine, problem = pcall(certsh.sd.parse, "D:(A;;XY;;;WD)")
        assert.is_false(fine)
        assert.are.equal("syntax", problem.status)
        assert.are.equal(6, problem.at)
    end)

    it("opens the lab and asks it", function()
        assert.are.equal("kb903220-dc", lab.name)
        assert.are.equal("not-granted", lab:check("CORP\\DC02$", "DomainController").verdict)
    end)

    it("finds the plugins, in C and in Lua", function()
        assert.are.equal("CORP\\alice", certsh.run("hello c alice")[1].name)
        assert.are.equal("CORP\\alice", certsh.run("hello lua alice")[1].name)
        assert.are.equal(12, #certsh.run "enroll check CORP\\DC02$ DomainController")
    end)

    it("changes the lab, one change each, and walks them back", function()
        local before = lab.changes
        certsh.run "net localgroup CERTSVC_DCOM_ACCESS \"Domain Controllers\" /add"
        assert.are.equal(before + 1, lab.changes)
        assert.are.equal(1, lab:undo())
        assert.are.equal(before, lab.changes)
    end)

    it("undoes a what-if", function()
        local seen = lab:what_if(function(l)
            l:group("CERTSVC_DCOM_ACCESS"):add("CORP\\Domain Controllers")
            return l.changes
        end)
        assert.is_not_nil(seen)
        assert.are.equal(0, lab.changes)
    end)

    it("takes commands declared here", function()
        certsh.command { name = "spec say", brief = "say it", params = { { "what", "text", "what" } },
            result = { { "said", "text", "that" } },
            run = function(call) return { said = call.what .. "!" } end }
        assert.are.equal("ho!", certsh.run("spec say ho")[1].said)
    end)

    it("works in a thread that is older than it", function()
        local seen
        assert(coroutine.resume(early, function() seen = lab:principal("alice").sid end))
        assert.are.equal(lab:principal("alice").sid, seen)
    end)

    it("opens other labs, and closes them with the collector", function()
        for _ = 1, 3 do
            assert.are.equal("SRV01", certsh.open("modern"):host().name)
        end
        collectgarbage()
    end)

    it("says clearly what cannot be", function()
        local co = coroutine.wrap(function() lab:what_if(coroutine.yield) end)
        local fine, problem = pcall(co)
        assert.is_false(fine)
        assert.is_truthy(tostring(problem):find "yield across a C%-call boundary")
    end)
end)
