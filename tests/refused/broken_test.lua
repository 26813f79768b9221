-- Cases that cannot be asked: a broken test is no failed one.

case("a name that nobody has", function()
    expect_allowed("CORP\\nobody", "User")
end)

case("a gate that there is not", function()
    expect_denied("CORP\\alice", "User", { gate = "loggon" })
end)

case("an option that there is not", function()
    expect_allowed("CORP\\alice", "User", { form = "WS01" })
end)

case("a mistake in Lua", function()
    local nothing
    return nothing.name
end)

case("it leaves", function()
    os.exit(0)
end)

case("it expects nothing", function()
    run "net stop certsvc"
end)
