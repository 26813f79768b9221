-- Run by `plugin test .` here.
lab "kb903220-dc"
run "net localgroup CERTSVC_DCOM_ACCESS \"Domain Controllers\" /add"
run "shutdown /r /m \\\\DC02"

import { "dc01.rpcfw", host = "DC01" }

case("without rules everybody gets through", function()
    run "reg delete HKLM\\SOFTWARE\\Example\\RpcFirewall /v Rules /f"
    expect_equal(#run "firewall show --host DC01", 0)
    expect_allowed("CORP\\WS01$", "Workstation")
end)

case("the gate stands behind the twelve", function()
    local rows = run "enroll check CORP\\DC02$ DomainController"
    expect_equal(#rows, 13)
    expect_equal(rows[13].gate, "rpc-firewall")
end)

case("the rules are those of the file", function()
    local rows = run "firewall show --host DC01"
    expect_equal(#rows, 2)
    expect_equal(rows[1].rule .. " " .. rows[1].client, "allow CORP\\DC*")
end)

case("a domain controller gets through", function()
    expect_allowed("CORP\\DC02$", "DomainController")
end)

case("a workstation does not, and the code is RPC's", function()
    expect_denied { "CORP\\WS01$", "Workstation", gate = "rpc-firewall" }
    local rows = run "enroll check CORP\\WS01$ Workstation"
    expect_equal(rows[13].code, "0x800706ba")
    expect_equal(rows[13].why, "rule 2: deny WS*")
end)

case("everybody is asked, too", function()
    for _, row in ipairs(run "enroll who Workstation --not") do
        if row.principal == "CORP\\WS01$" then
            expect_equal(row.gate, "rpc-firewall")
        end
    end
end)

case("a rule that is none names its line", function()
    local file = assert(io.open("bad.rpcfw", "w"))
    file:write("rpc-firewall 1\nallow *\nperhaps WS01\n")
    file:close()
    local fine, problem = pcall(run, "lab import bad.rpcfw --host DC01")
    os.remove "bad.rpcfw"
    expect_equal(fine, false)
    expect_equal(problem.status, "syntax")
    expect(problem.where:find "bad.rpcfw:3", problem.where)
end)
