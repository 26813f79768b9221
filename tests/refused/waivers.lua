-- One waiver that is good until the end of 2026, and one for a case that passes.
return {
    { case = "DC02 enrols", owner = "pki@corp.example", expires = "2026-12-31",
        reason = "DC02 is replaced in January", file = "fails_test.lua" },
    { case = "nobody wrote this one", owner = "pki@corp.example", expires = "2030-01-01", reason = "forgotten" },
}
