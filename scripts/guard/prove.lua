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
    local names, why = {}, nil
    for _, gate in ipairs(decision.gates) do
        if gate.verdict ~= "allowed" then
            names[#names + 1] = gate.gate
            why = why or gate.why
        end
    end
    return table.concat(names, ", "), why
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

-- Mend it: true when that is said to have worked.
local function mend(scenario, who, template, say)
    if scenario.cure then
        local known = run("enroll fix", who, template)[1]
        if known then
            say("  fix proposes: %s", known.change)
        end
        do_steps(scenario.cure, 1)
        for _, step in ipairs(scenario.cure) do
            say("  mended: %s", type(step) == "string" and step or scenario.cure.says)
        end
        return true
    end
    local fixed, code = run("enroll fix", who, template, "--apply", rank_of(scenario, who, template))
    if fixed[1] then
        local restarts = table.concat(fixed[1]["then"] or {}, ", ")
        say("  mended: %s%s", fixed[1].change, restarts ~= "" and ", then " .. restarts or "")
    end
    return code == 0
end

-- What one caller sees, as lines; true when all is as it must be.
local function story(scenario, who, template)
    local lines = {}
    local function say(...)
        lines[#lines + 1] = "    " .. string.format(...)
    end
    prove.make(scenario)
    local broken = certsh.lab:check(who, template)
    local gates, why = refusing(broken)
    say("%s, %s: %s at %s", who, template, broken.code or broken.verdict, gates)
    say("  %s", why)
    local helped = mend(scenario, who, template, say)
    local after = certsh.lab:check(who, template)
    local well = gates == table.concat(scenario[3], ", ") and helped and after.verdict == "allowed"
        and (not scenario.code or scenario.code == broken.code)
    if not well then
        say("  NOT AS IT SHOULD BE: wanted %s, after %s", table.concat(scenario[3], ", "), after.verdict)
    end
    return well, lines
end

-- All gates let it in, and the CA answers otherwise.
local function answer(scenario, who, template)
    prove.make(scenario)
    local row = run("enroll request", who, template)[1]
    do_steps(scenario.cure or {}, 1)
    local after = run("enroll request", who, template)[1]
    local lines = {
        ("    %s, %s: every gate allows; %s"):format(who, template,
            row.disposition .. (row.code and " " .. row.code or "")),
    }
    if scenario.cure then
        lines[2] = ("      mended: %s: %s"):format(scenario.cure.says, after.disposition)
    end
    local well = row.verdict == "allowed" and (row.code or row.disposition) == scenario.policy
        and (not scenario.cure or after.disposition == "issued")
    if not well then
        lines[#lines + 1] = "      NOT AS IT SHOULD BE: wanted " .. scenario.policy
    end
    return well, lines
end

local function passing(scenario, who, template)
    prove.make(scenario)
    local decision = certsh.lab:check(who, template)
    local gate = decision.gates[5]
    local line = ("    %s, %s: %s, %s: %s"):format(who, template, decision.verdict, gate.gate, gate.why)
    return decision.verdict == "allowed", { line }
end

local function each(scenario, asks, tell, said)
    local well = true
    for _, ask in ipairs(asks) do
        local fine, lines = certsh.lab:what_if(function()
            return tell(scenario, ask[1], ask[2])
        end)
        well = well and fine
        table.move(lines, 1, #lines, #said + 1, said)
    end
    return well
end

-- Prove one and print what was seen; true when it went well.
function prove.one(scenario, asks)
    local said, well = {}, nil
    local function all()
        well = each(scenario, scenario.asks or asks or {}, scenario.policy and answer or story, said)
        well = each(scenario, scenario.passes or {}, passing, said) and well
    end
    if scenario.lab then
        certsh.inside(certsh.open(scenario.lab), all)
    else
        all()
    end
    print(("%s: %s"):format(scenario[1], scenario[2]))
    print(table.concat(said, "\n"))
    return well
end

-- The script's argument: one of them is made in the open lab and left so; none: all are proved.
function prove.main(scenarios, name, asks)
    if name then
        prove.make(prove.named(scenarios, name))
        return
    end
    local wrong = 0
    for _, scenario in ipairs(scenarios) do
        wrong = wrong + (prove.one(scenario, asks) and 0 or 1)
    end
    print(("%d %s, %d not found or not mended"):format(#scenarios, scenarios.what, wrong))
    os.exit(wrong == 0 and 0 or 2)
end

function prove.named(scenarios, name)
    local names = {}
    for place, scenario in ipairs(scenarios) do
        names[place] = scenario[1]
        if scenario[1] == name then
            if scenario.lab and scenario.lab ~= certsh.lab.name then
                error({ status = "state", text = ("'%s' is made in the lab %s"):format(name, scenario.lab),
                    hint = ("certsh --lab-name %s -c 'run scripts/scenarios.lua %s' ..."):format(scenario.lab, name) }, 0)
            end
            return scenario
        end
    end
    error({ status = "not_found", text = ("no %s '%s'"):format(scenarios.one, name),
        hint = "there are: " .. table.concat(names, ", ") }, 0)
end

return prove
