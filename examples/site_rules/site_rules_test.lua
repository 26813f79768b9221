-- Run by `plugin test .` here.
lab "kb903220-dc"

case("as set up, the other domain controller cannot enrol", function()
    local rows, code = run "site validate --rule controllers-enrol"
    expect_equal(code, 2)
    expect_equal(rows[1].subject, "CORP\\DC02$")
end)

case("after the article's repair nothing is wrong", function()
    run "net localgroup CERTSVC_DCOM_ACCESS \"Domain Controllers\" /add"
    run "shutdown /r /m \\\\DC02"
    local rows, code = run "site validate"
    expect_equal(#rows, 0)
    expect_equal(code, 0)
end)

case("an account by itself is found", function()
    run "net localgroup CERTSVC_DCOM_ACCESS alice /add"
    local rows = run "site validate --rule groups-only"
    expect_equal(#rows, 1)
    expect_equal(rows[1].subject, "CORP\\alice")
end)

case("it changes nothing: lab.write is not its own", function()
    local info = run "plugin info site_rules"
    expect_equal(info[1].needs, "lab.read")
end)
