-- guard.prove - a scenario: made, found at the gates it is about, mended, allowed.
--
--     { "group-574", "cause 3: ...", { "launch-limit" }, "net localgroup ...", lab = "modern",
--         asks = { { "alice", "User" } }, passes = { { "Administrator", "User" } }, code = "0x80070005" }
--
-- After name, title and gates stand the steps that make it: command lines and functions.  In a
-- what-if of the lab each of `asks` must be refused at these gates and no other (with `code`, where
-- given), those of `passes` must pass, `enroll fix --apply` must help, and the next check allow.
-- `choose` takes the change with this text instead of the first.  What fix cannot know (a trust, an
-- attribute) has a `cure`: steps in its place.  `policy` is what the CA answers after all gates, a code
-- or disposition that `enroll request` must give.

local prove = {}

local run = certsh.run

local function do_steps(steps, from)
    for place = from, #steps do
        if type(steps[place]) == "function" then
            steps[place]()
        else
            run(steps[place])
        end
    end
end

-- What makes the scenario, in the lab that is open.
function prove.make(scenario)
    do_steps(scenario, 4)
end

local function refusing(decision)
    local names, why = certsh.array {}, nil
    for _, gate in ipairs(decision.gates) do
        if gate.verdict ~= "allowed" then
            names[#names + 1] = gate.gate
            why = why or gate.why
        end
    end
    return names, why
end

-- Which of the proposals is to be done.
local function rank_of(scenario, who, template)
    for _, row in ipairs(scenario.choose and (run("enroll fix", who, template)) or {}) do
        if row.change:find(scenario.choose, 1, true) then
            return tostring(row.rank)
        end
    end
    return "1"
end

-- What was done, in words; nil when nothing could be done.
local function mend(scenario, who, template)
    if scenario.cure then
        do_steps(scenario.cure, 1)
        return scenario.cure.says or table.concat(scenario.cure, "; ")
    end
    local fixed, code = run("enroll fix", who, template, "--apply", rank_of(scenario, who, template))
    if code ~= 0 or not fixed[1] then
        return nil
    end
    local restarts = table.concat(fixed[1]["then"] or {}, ", ")
    return fixed[1].change .. (restarts ~= "" and ", then " .. restarts or "")
end

-- What one caller meets, as a row; `well` when all is as it must be.
local function refused(scenario, who, template)
    prove.make(scenario)
    local broken = certsh.lab:check(who, template)
    local gates, why = refusing(broken)
    local mended = mend(scenario, who, template)
    local after = certsh.lab:check(who, template)
    return {
        verdict = broken.verdict, code = broken.code, gates = gates, why = why, mended = mended,
        well = table.concat(gates, " ") == table.concat(scenario[3], " ") and mended ~= nil
            and after.verdict == "allowed" and (not scenario.code or scenario.code == broken.code),
    }
end

-- All gates let it in, and the CA answers otherwise.
local function answered(scenario, who, template)
    prove.make(scenario)
    local before = run("enroll request", who, template)[1]
    do_steps(scenario.cure or {}, 1)
    local after = run("enroll request", who, template)[1]
    return {
        verdict = before.verdict, code = before.code, gates = certsh.array {},
        why = "every gate allows; the CA's answer: " .. before.disposition, mended = scenario.cure and scenario.cure.says,
        well = before.verdict == "allowed" and (before.code or before.disposition) == scenario.policy
            and (not scenario.cure or after.disposition == "issued"),
    }
end

local function passing(scenario, who, template)
    prove.make(scenario)
    local decision = certsh.lab:check(who, template)
    local gate = decision.gates[5]
    return {
        verdict = decision.verdict, code = decision.code, gates = (refusing(decision)),
        why = gate.gate .. ": " .. gate.why, well = decision.verdict == "allowed",
    }
end

local function say(call, row)
    local where = #row.gates > 0 and " at " .. table.concat(row.gates, ", ") or ""
    call:say(("    %s, %s: %s%s\n      %s\n"):format(row.principal, row.template, row.code or row.verdict, where, row.why))
    if row.mended then
        call:say(("      mended: %s\n"):format(row.mended))
    end
    if not row.well then
        call:say "      NOT AS IT SHOULD BE\n"
    end
end

-- The current host is the shell's and not the lab's: a what-if alone does not bring it back.
local function in_what_if(fn)
    local before = certsh.lab:host()
    local row = certsh.lab:what_if(fn)
    if before and certsh.lab:host().name ~= before.name then
        run("host use", before.name)
    end
    return row
end

local function each(call, scenario, asks, tell)
    local well = true
    for _, ask in ipairs(asks) do
        local row = in_what_if(function()
            return tell(scenario, ask[1], ask[2])
        end)
        row.name, row.about, row.principal, row.template = scenario[1], scenario[2], ask[1], ask[2]
        say(call, row)
        call:row(row)
        well = well and row.well
    end
    return well
end

-- One of them; true when it went well.
local function prove_one(call, scenario, asks)
    local well
    call:say(("%s: %s\n"):format(scenario[1], scenario[2]))
    local function all()
        well = each(call, scenario, scenario.asks or asks or {}, scenario.policy and answered or refused)
        well = each(call, scenario, scenario.passes or {}, passing) and well
    end
    if scenario.lab ~= certsh.lab.name then
        certsh.inside(certsh.open(scenario.lab), all)
    else
        all()
    end
    return well
end

local function named(scenarios, name)
    local names = {}
    for place, scenario in ipairs(scenarios) do
        names[place] = scenario[1]
        if scenario[1] == name then
            if scenario.lab ~= certsh.lab.name then
                error({ status = "state", text = ("'%s' is made in the lab %s"):format(name, scenario.lab),
                    hint = ("certsh --lab-name %s"):format(scenario.lab) }, 0)
            end
            return scenario
        end
    end
    error({ status = "not_found", text = ("no %s '%s'"):format(scenarios.one, name),
        hint = "there are: " .. table.concat(names, ", ") }, 0)
end

local function run_all(call, scenarios, asks)
    local wrong = 0
    for _, scenario in ipairs(scenarios) do
        wrong = wrong + (prove_one(call, scenario, asks) and 0 or 1)
    end
    call:say(("%d %s, %d not found or not mended\n"):format(#scenarios, scenarios.what, wrong))
    call:exit(wrong == 0 and 0 or 2)
end

-- Made, and left so; what to type next.
local function leave(call, scenario, asks)
    local ask = (scenario.asks or asks or scenario.passes)[1]
    prove.make(scenario)
    call:say(("%s: %s\n  next: enroll check %s %s\n"):format(scenario[1], scenario[2], ask[1], ask[2]))
end

-- The script as a command: NAME is made in the open lab and left so; without it all are proved.
function prove.command(scenarios, asks)
    for _, scenario in ipairs(scenarios) do
        scenario.lab = scenario.lab or scenarios.lab
    end
    return certsh.command {
        name = scenarios.what .. " prove",
        brief = scenarios.brief,
        detail = scenarios.detail .. "\n\nExit code 2 when one of them is not found or not mended.",
        writes = true,
        params = { { "name", "text", "make this one in the open lab, and leave it so", optional = true } },
        result = {
            { "name", "text", "which one" }, { "about", "text", "what it is" },
            { "principal", "text", "who asks" }, { "template", "text", "for what" },
            { "verdict", "verdict", "what came of it before it was mended" }, { "code", "code", "its code" },
            { "gates", "list", "the gates that refused" }, { "why", "text", "the first one's words" },
            { "mended", "text", "what was done" }, { "well", "bool", "found where it had to be, and mended" },
        },
        examples = { { scenarios.what .. " prove", "all of them, one by one" } },
        run = function(call)
            if call.name then
                leave(call, named(scenarios, call.name), asks)
            else
                run_all(call, scenarios, asks)
            end
        end,
    }
end

return prove
