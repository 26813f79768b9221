-- lab_redact - the lab to show to strangers: other names, the same answers.
--
--     lab redact out.json                    for a forum, a vendor, a bug report
--     lab redact out.lab                     a lab file, without the history of this one
--     lab redact out.ldif --map names.json   and the key to it, for our own eyes
--
-- Every name that could tell whose lab this is becomes another one, everywhere the same: domains,
-- accounts, hosts, CAs, templates of one's own, the domain part of SIDs, addresses, distinguished
-- names, comments, files, texts of events and of the registry.  What every Windows has stays:
-- well-known SIDs and RIDs, built-in groups, default templates, keys and values of the model.
--
-- It is the stream of lab:dump, field by field; a field that nobody has thought of becomes a
-- text without meaning.  Then the lab is built again from what is to be written, and must give every
-- principal the same answer for every template of every CA, and no value of it may hold a name that
-- was replaced.  If either fails, nothing is written.

local pseudonyms = require "labs.pseudonyms"

-- -------------------------------------------------------------------- checks

local function ask(lab, template, ca)
    local answers, count = {}, 0
    certsh.inside(lab, function()
        for row in certsh.each("enroll who", template, "--ca", ca) do
            answers[row.sid] = row.verdict .. " " .. (row.gate or "")
            count = count + 1
        end
    end)
    return answers, count
end

local function differ(template, ca, sid)
    error({ status = "internal", text = ("the redacted lab answers otherwise for %s at %s, to %s: nothing was written")
        :format(template, ca, sid) }, 0)
end

-- Everybody's answer for every template at every CA, there and here.
local function same_decisions(lab, copy, key)
    local asked = 0
    for _, ca in ipairs(lab:cas()) do
        for _, template in ipairs(ca.host and lab:templates() or {}) do
            local other = key:host(ca.host.name) .. "\\" .. key:ca(ca.name)
            local before, count = ask(lab, template.name, ca.config)
            local after, there = ask(copy, key:template(template.name), other)
            asked = asked + count
            for sid, answer in pairs(before) do
                if after[key:sid(sid)] ~= answer or count ~= there then
                    differ(template.name, ca.config, sid)
                end
            end
        end
    end
    return asked
end

-- --------------------------------------------------------------------- files

local function quote(path)
    return "'" .. path:gsub("'", "'\\''") .. "'"
end

-- A new file that only its owner may read.
local function open_private(path)
    local place, problem = io.open(path, "ab") -- a shell could only say that it failed
    if not place then
        error({ status = "io", text = "cannot write " .. problem }, 0)
    end
    place:close()
    os.remove(path)
    local file = io.popen(("umask 077 && cat >%s"):format(quote(path)), "w")
    if not file then
        error({ status = "io", text = ("cannot write '%s'"):format(path) }, 0)
    end
    return file
end

local function write_map(path, key)
    local file = open_private(path)
    file:write('{"certsh":"names","version":1,"names":[')
    for i, entry in ipairs(key.list) do
        if entry.kind == "sid" then
            entry = { kind = "sid", original = entry.original, pseudonym = key:sid(entry.original) }
        end
        file:write(i > 1 and "," or "", "\n", certsh.json.encode(entry))
    end
    file:write("\n]}\n")
    if not file:close() then
        error({ status = "io", text = ("cannot write '%s'"):format(path) }, 0)
    end
end

local function write_redacted(lab, key, path)
    local file, between = open_private(path), "\n"
    file:write(require("labs.calls").HEAD)
    lab:dump(function(call, fields)
        file:write(between, "[", certsh.json.encode(call), ",",
            certsh.json.encode(key:fields(call, fields)), "]")
        between = ",\n"
    end)
    file:write("\n]}\n")
    if not file:close() then
        error({ status = "io", text = ("cannot write '%s'"):format(path) }, 0)
    end
end

-- ------------------------------------------------------------------ lab files

local function is_lab_file(call)
    return call.as == "lab" or (not call.as and call.file:lower():match("%.lab$"))
end

-- A new file, of which nothing was ever anything else: it has no history and no freed pages of the
-- original.  It is read again as a stranger will read it, and asked.
local function save(lab, key, copy, path)
    copy:save(path)
    do local closing <close> = copy end
    local fine, problem = pcall(function()
        local saved <close> = certsh.open(path)
        same_decisions(lab, saved, key)
        key:check(saved)
    end)
    if not fine then
        for _, part in ipairs { "", "-wal", "-shm", ".snap" } do
            os.remove(path .. part)
        end
        error(problem, 0)
    end
    return "lab"
end

local function export(call, key, copy)
    local host = call.host and " --host " .. key:host(call.host.name) or ""
    local as = call.as and " --as " .. call.as or ""
    local kind
    certsh.inside(copy, function()
        kind = certsh.run("lab export" .. as .. host, call.file)[1].kind
    end)
    return kind
end

-- What went wrong, without the line of this file where it was noticed.
local function plain(problem)
    local told = type(problem) ~= "string" and problem.status and problem
    return told and { status = told.status, text = told.text, hint = told.hint } or problem
end

local function lab_redact(call)
    local lab, path, out = certsh.lab, call.file .. ".part.json", {}
    local key = pseudonyms.of(lab)
    local fine, problem = pcall(function()
        write_redacted(lab, key, path)
        local copy = certsh.open(path)
        out.decisions = same_decisions(lab, copy, key)
        key:check(copy)
        out.kind = is_lab_file(call) and save(lab, key, copy, call.file) or export(call, key, copy)
    end)
    os.remove(path)
    if not fine then
        error(plain(problem), 0)
    end
    if call.map then
        write_map(call.map, key)
    end
    call:say(("%s: %d names replaced; %d decisions asked, all the same; no replaced name is left\n"):format(call.file,
        #key.list, out.decisions))
    if call.map then
        call:say(("%s: which name is whose, readable by its owner alone\n"):format(call.map))
    end
    return { file = call.file, kind = out.kind, names = #key.list, decisions = out.decisions, map = call.map }
end

return certsh.plugin {
    name = "lab_redact",
    version = "1.0",
    brief = "the lab with other names and the same answers",
    needs = "lab.read lab.write file.read file.write process",
    commands = { {
        name = "lab redact",
        brief = "write the lab with pseudonyms, every decision the same",
        detail = "Names of domains, accounts, hosts, CAs, templates of one's own, the domain part of SIDs, "
            .. "addresses, distinguished names, comments, texts of events and of the registry become others, "
            .. "everywhere the same.  What every Windows has stays.  Before the file is written, the redacted "
            .. "lab is built and asked: every principal has the same answer for every template of every CA, and "
            .. "no replaced name is left.\n\n"
            .. "--map writes which name is whose, into a file that only its owner can read.",
        run = lab_redact,
        params = {
            { "file", "path", "where to; its name says the kind, as of lab export, or a new lab file (.lab)" },
            { "as", { "lua", "ldif", "reg", "json", "lab" }, "lua, ldif, reg, json or lab", option = true },
            { "host", "host", "whose registry, for reg", option = true },
            { "map", "path", "also write the key to the names", option = true },
        },
        result = {
            { "file", "path", "the file" },
            { "kind", "text", "lua, ldif, reg, json or lab" },
            { "names", "int", "names that were replaced" },
            { "decisions", "int", "answers that were compared" },
            { "map", "path", "the key to the names; null when none was asked for" },
        },
        examples = { { "lab redact out.json", "for a bug report" }, { "lab redact out.lab", "a lab file to work on" } },
        see = "lab export,lab diff",
    } },
}
