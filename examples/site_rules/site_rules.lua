-- site_rules - what one site asks of its enrolment, and a report for its change board.
--
-- What it shows: a set of validation rules as a table, a command that runs them, and a report
-- writer (`--format markdown`) that any command's rows can be printed with.

-- ------------------------------------------------------------------- rules

-- Each rule is given the lab and a function that notes a finding.
local rules = {
    {
        name = "groups-only", severity = "error",
        check = function(lab, note)
            local access = lab:group "CERTSVC_DCOM_ACCESS"
            for _, member in ipairs(access and access:members { direct = true } or {}) do
                if member.kind == "user" or member.kind == "computer" then
                    note(member.name, "is in CERTSVC_DCOM_ACCESS by itself; put a group there")
                end
            end
        end,
    },
    {
        name = "known-templates", severity = "warning",
        check = function(lab, note)
            local known = { DomainController = true, Workstation = true, Machine = true, User = true,
                DirectoryEmailReplication = true }
            for _, ca in ipairs(lab:cas()) do
                for _, template in ipairs(ca:templates()) do
                    if not known[template] then
                        note(ca.name, ("publishes '%s', which nobody asked for"):format(template))
                    end
                end
            end
        end,
    },
    {
        name = "controllers-enrol", severity = "error",
        check = function(lab, note)
            for _, host in ipairs(lab:hosts()) do
                local account = host.role == "domain controller" and host.account
                local decision = account and lab:check(account, "DomainController")
                if decision and decision.verdict ~= "allowed" then
                    note(account.name, ("cannot enrol for DomainController: %s"):format(decision.verdict))
                end
            end
        end,
    },
}

local function validate(call)
    local rows, errors = certsh.array {}, 0
    for _, rule in ipairs(rules) do
        if not call.rule or call.rule == rule.name then
            rule.check(lab, function(subject, text)
                errors = errors + (rule.severity == "error" and 1 or 0)
                rows[#rows + 1] = { severity = rule.severity, rule = rule.name, subject = subject, text = text }
            end)
        end
    end
    if errors > 0 then
        call:exit(2)
    end
    return rows
end

-- ------------------------------------------------------------------ report

local function cell(value)
    if type(value) == "table" then
        value = table.concat(value, ", ")
    end
    return (tostring(value == nil and "" or value):gsub("|", "\\|"):gsub("\n", " "))
end

local function markdown(report)
    local lines = { "| " .. table.concat(report.fields, " | ") .. " |",
        "|" .. (" --- |"):rep(#report.fields) }
    for _, row in ipairs(report.rows) do
        local cells = {}
        for i, field in ipairs(report.fields) do
            cells[i] = cell(row[field])
        end
        lines[#lines + 1] = "| " .. table.concat(cells, " | ") .. " |"
    end
    return table.concat(lines, "\n") .. "\n"
end

return certsh.plugin {
    name = "site_rules",
    version = "1.0",
    brief = "what this site asks of its enrolment",
    needs = "lab.read",
    commands = { {
        name = "site validate", brief = "hold the lab against the rules of this site",
        detail = "Exit code 2 when a rule of severity error has a finding.",
        params = { { "rule", { "groups-only", "known-templates", "controllers-enrol" }, "only this one", option = true } },
        result = {
            { "severity", "text", "error or warning" },
            { "rule", "text", "which rule" },
            { "subject", "text", "whom it is about" },
            { "text", "text", "what is wrong" },
        },
        examples = { { "site validate", "is all as it should be? With --format markdown for the change board" } },
        see = "membership validate",
        run = validate,
    } },
    formats = { { name = "markdown", brief = "a table in Markdown", write = markdown } },
}
