-- examples.lua - the examples that help shows are commands that work.
--
-- Asks help for every command and its examples, and runs each example in a what-if of the
-- built-in lab, so that none sees what another did.  A refusal is an answer; an error fails.

local lab = certsh.lab
local home = certsh.run("lab info")[1].host
local ran, failed, without = 0, 0, {}

-- `help` gives one row a command; its examples are lines, or tables with the line in them.
local function lines_of(row)
    local lines = {}
    for _, example in ipairs(row.examples or {}) do
        lines[#lines + 1] = type(example) == "table" and example.line or example
    end
    return lines
end

-- Examples of the front (certsh's own loop) cannot be run from inside it.
local LEAVE = { quit = true, run = true, test = true, ["enroll plan"] = true, ["lab build"] = true }

-- What must have happened before an example makes sense.
local BEFORE = {
    ["sc start"] = "sc stop certsvc",
    ["reg import"] = "reg export HKLM\\SOFTWARE\\Microsoft\\Ole ole.reg /y",
    ["world use"] = "world new harden",
    ["world diff"] = "world new harden",
    ["world drop"] = "world new harden",
    ["world keep"] = "world new harden",
    ["lab bisect"] = "sc stop certsvc",
}

-- What moves the history itself cannot be tried in a what-if: it is done, and this after it.
local AFTER = {
    ["world new"] = "world drop harden",
    ["world use"] = "world drop harden",
    ["world diff"] = "world drop harden",
    ["world drop"] = "world list",
    ["world keep"] = "world list",
    ["lab snapshot"] = "lab snapshot before --drop",
    ["lab bisect"] = "lab undo",
}

local function try(name, line)
    if BEFORE[name] then
        certsh.run(BEFORE[name])
    end
    local fine, problem = pcall(certsh.run, line)
    ran = ran + 1
    if not fine then
        failed = failed + 1
        print(("FAIL  %s\n      %s"):format(line, tostring(problem)))
    end
end

for _, row in ipairs(certsh.run("help")) do
    local lines = lines_of(row)
    if #lines == 0 then
        without[#without + 1] = row.name
    end
    for _, line in ipairs(LEAVE[row.name] and {} or lines) do
        if AFTER[row.name] then
            try(row.name, line)
            pcall(certsh.run, AFTER[row.name])
        else
            lab:what_if(function() try(row.name, line) end)
        end
        certsh.run("host use " .. home) -- where we are is the shell's, not the lab's
    end
end

print(("%d examples run, %d fail"):format(ran, failed))
if #without > 0 then
    print("commands without an example: " .. table.concat(without, ", "))
end
os.exit(ran > 0 and failed == 0 and 0 or 2)
