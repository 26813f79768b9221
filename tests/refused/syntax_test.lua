case("open end", function()
    expect_allowed("alice", "User")
