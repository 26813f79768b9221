-- The ways to write a case and an expectation, and fixtures that hold for some cases only.

lab "kb903220-dc"

case("words, a table, a decision", function()
    expect_denied("CORP\\DC02$", "DirectoryEmailReplication", { gate = "launch-limit", only = true })
    expect_denied { "CORP\\DC02$", "DirectoryEmailReplication", gate = "launch-limit", only = true }
    expect_denied {
        principal = "CORP\\DC02$", template = "DirectoryEmailReplication", gate = { "launch-limit" },
        code = "0x80070005",
    }
    expect_allowed { "CORP\\alice", "User", from = "WS01" }
    expect_allowed { who = lab:principal "alice", template = "User" }
    expect_allowed(lab:check("CORP\\alice", "User"))
    expect_denied(lab:check("CORP\\DC02$", "DirectoryEmailReplication"), { gate = "launch-limit" })
end)

case "a case without brackets" (function()
    expect_allowed("alice", "User")
end)

case "%s enrols" ({ "alice", "bob" }, function(who)
    expect_allowed(who, "User")
end)

case("rows with names [%s for %s]", {
    { who = "alice", template = "User" },
    { who = "WS01$", template = "Machine" },
}, expect_allowed)

case("options come first [%s for %s]", {
    { "CORP\\DC02$", "DirectoryEmailReplication" },
    { "CORP\\DC02$", "DomainController" },
}, expect_denied { gate = "launch-limit", only = true })

case("one row, as it is", "alice", "User", expect_allowed)

-- The article's cure holds for what is declared in here, and for nothing else.
what_if(function()
    run 'net localgroup CERTSVC_DCOM_ACCESS "Domain Controllers" /add'
    run "shutdown /r /m \\\\DC02"
    case("with the cure DC02 enrols", function()
        expect_allowed("CORP\\DC02$", "DirectoryEmailReplication")
    end)
    what_if(function()
        run "net stop certsvc"
        case("and in it the service stops", function()
            expect_denied("CORP\\DC02$", "DirectoryEmailReplication", { gate = "service" })
        end)
    end)
end)

case("without the cure it does not", function()
    expect_denied("CORP\\DC02$", "DirectoryEmailReplication")
end)

case("what a what-if gives comes out", function()
    expect_equal(what_if(function()
        return 42
    end), 42)
end)
