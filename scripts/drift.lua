#!/usr/bin/env certsh
-- drift.lua OLD NEW - what has changed between two labs, and for whom?
--
--     certsh scripts/drift.lua last-week.lab this-week.lab
--
-- Labs are lab files or built-in labs.  First who gains and who loses enrolment, by template; then
-- the facts that are different, which say why.  Collect every week (scripts/collect), import into a
-- new lab file, and let a scheduled job compare: exit code 2 means that decisions changed.

local function opened(name)
    local ok, lab = pcall(certsh.open, name)
    if not ok then
        error(lab, 0)
    end
    return lab
end

-- Names of the templates that any CA of the lab publishes, in order, each once.
local function add_templates(lab, names)
    for _, ca in ipairs(lab:cas()) do
        for _, name in ipairs(ca:templates() or {}) do
            names[#names + 1] = not names[name] and name or nil
            names[name] = true
        end
    end
    return names
end

local function each_row(call, rows, wanted)
    local count = 0
    for _, row in ipairs(rows) do
        if (row.noun == "decision") == wanted then
            call:row(row)
            count = count + 1
        end
    end
    return count
end

return certsh.command {
    name = "drift report",
    brief = "what has changed between two labs, and for whom?",
    detail = "Exit code 2 when somebody gains, loses or is refused elsewhere, 0 when at most facts changed.",
    params = {
        { "old", "text", "the earlier lab: a lab file or a built-in one" },
        { "new", "text", "the later one" },
        { "template", "text", "for this template only", option = true },
    },
    result = {
        { "op", "text", "gains, loses or changes; added, removed or changed" },
        { "noun", "text", "decision, or what kind of thing" },
        { "subject", "text", "who, or which one" },
        { "field", "text", "for which template, or what of it" },
        { "before", "text", "what it was" },
        { "after", "text", "what it is" },
    },
    examples = { { "drift report kb903220-rtm kb903220-dc", "what did the service pack change?" } },
    run = function(call)
        local names = call.template and { call.template }
            or add_templates(opened(call.new), add_templates(opened(call.old), {}))
        local moved = 0
        for _, name in ipairs(names) do
            moved = moved + each_row(call, certsh.run("lab diff", call.old, call.new, "--decisions", name), true)
        end
        each_row(call, certsh.run("lab diff", call.old, call.new), false)
        call:exit(moved > 0 and 2 or 0)
    end,
}
