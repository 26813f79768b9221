-- Expectations that do not hold, for the transcripts: each of them must be found.

lab "kb903220-dc"

case("DC02 enrols", function()
    expect_allowed("CORP\\DC02$", "DirectoryEmailReplication")
end)

case("alice is refused", function()
    expect_denied("CORP\\alice", "User")
end)

case("DC02 is refused elsewhere", function()
    expect_denied("CORP\\DC02$", "DirectoryEmailReplication", { gate = "logon" })
    expect_denied("CORP\\DC02$", "DirectoryEmailReplication", { code = "0x800706BA" })
    expect_denied("CORP\\DC02$", "DirectoryEmailReplication", { ace = "(D;;" })
end)

case("two gates refuse, not one", function()
    run "net stop certsvc"
    expect_denied("CORP\\DC02$", "DirectoryEmailReplication", { gate = "service", only = true })
end)

case("others than these enrol", function()
    expect_who("User", { "alice", "DC02$" })
end)

case("no fact is missing, and 2 is not 3", function()
    expect_unknown("CORP\\alice", "User")
    expect_equal(2, 3, "the number")
    assert(false, "this ends it")
    expect(false, "not reached")
end)

case("somebody is on holiday", function()
    skip("until Monday")
end)

case("<all> & \"quoted\", 100%", function()
    expect(false, "first line\nsecond: <line>, 100%")
end)
