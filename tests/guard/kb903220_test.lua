-- What the article says of a CA on a domain controller, as somebody would guard it.

lab "kb903220-dc"

case("users and workstations enrol", {
    { "CORP\\alice", "User" },
    { "CORP\\bob", "User" },
    { "CORP\\WS01$", "Machine" },
}, expect_allowed)

case("a domain controller is in no group that may activate", function()
    expect_denied("CORP\\DC02$", "DirectoryEmailReplication", {
        gate = "launch-limit", only = true, code = "0x80070005",
    })
end)

case("the article's cure needs the restart", function()
    run 'net localgroup CERTSVC_DCOM_ACCESS "Domain Controllers" /add'
    expect_denied("CORP\\DC02$", "DirectoryEmailReplication", { gate = "launch-limit" })
    what_if(function()
        run "shutdown /r /m \\\\DC02"
        expect_allowed("CORP\\DC02$", "DirectoryEmailReplication")
    end)
    expect_denied("CORP\\DC02$", "DirectoryEmailReplication")
end)

case("the entry that refuses is named", function()
    run "dcom deny launch-limit bob ra"
    expect_denied("CORP\\bob", "User", { gate = "launch-limit", ace = "(D;;" })
end)

case("who enrols for User is known by name", function()
    expect_who("User", { "alice", "bob", "Administrator" })
end)

case("nothing of a case stays for the next one", function()
    expect_denied("CORP\\DC02$", "DirectoryEmailReplication")
    expect_allowed("CORP\\bob", "User")
    expect_equal(lab.changes, 0)
end)

case("another lab for a moment", function()
    lab("modern", function()
        expect_allowed("CORP\\DC02$", "DirectoryEmailReplication")
    end)
    expect_denied("CORP\\DC02$", "DirectoryEmailReplication")
end)

case("a name that nobody has is an error", function()
    expect_error(function()
        lab:check("nobody", "User")
    end, "not_found")
end)
