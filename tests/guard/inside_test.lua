-- Another lab for a while: commands, names and where we are belong to it, and then no longer.

lab "kb903220-dc"

local inside, open = certsh.inside, certsh.open

case("commands act in it", function()
    inside(open "modern", function()
        run "net stop certsvc"
        expect_equal(run("lab info")[1].host, "SRV01")
        expect_denied("alice", "User", { gate = "service" })
    end)
    expect_equal(run("lab info")[1].host, "DC01")
    expect_allowed("alice", "User")
end)

case("an error leaves it as well", function()
    expect_error(function()
        inside(open "modern", function()
            run "token show nobody"
        end)
    end, "not_found")
    expect_equal(certsh.lab:host().name, "DC01")
end)

case("what it gives comes out, and labs nest", function()
    local a, b = inside(open "modern", function()
        local name = inside(open "two-domains", function()
            return certsh.lab:principal("carol").name
        end)
        return name, certsh.lab:host().name
    end)
    expect_equal(a, "CONTOSO\\carol")
    expect_equal(b, "SRV01")
end)

case("a lab keeps what was done in it", function()
    local other = open "modern"
    inside(other, function()
        run "right revoke SeNetworkLogonRight Everyone"
    end)
    local holders = 0
    inside(other, function()
        holders = #run "right list SeNetworkLogonRight"
    end)
    expect_equal(holders, 3)
end)

case("only a lab can be gone into", function()
    expect(not pcall(inside, "modern", print))
    expect(not pcall(inside, open "modern", "no function"))
end)
