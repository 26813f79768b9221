-- An expectation that nobody would count.
expect_allowed("alice", "User")
