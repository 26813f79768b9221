-- run.lua CERTSH [sanitized]: each escape of escapes.lua in a sandbox of its own; prints those that
-- got out.  A sanitizer allows no limit of the address space: what only that ends is left out then.
local certsh, sanitized = arg[1], arg[2] == "sanitized"
local here = arg[0]:match("^(.*)/[^/]*$")
local escapes = dofile(here .. "/escapes.lua")
local secret = "the-secret-" .. os.time()
local budget = { time = "0.4,64", memory = "20,48" }
local told = { time = "more than 0.4 s of time", memory = "more than 48 MiB of memory" }

local function quote(text)
    return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function read(command)
    local pipe = assert(io.popen(command))
    local text = pipe:read("a")
    pipe:close()
    return text
end

local function write(path, text)
    local file = assert(io.open(path, "w"))
    file:write(text)
    file:close()
end

local place = read("mktemp -d"):gsub("%s+$", "")
local script = place .. "/script.lua"
local room = place .. "/room"
os.execute("mkdir " .. quote(room))
write(room .. "/secret.txt", secret .. "\n")

local function frame(body)
    return ([[local function try() %s
end
local fine, out = pcall(try)
print(fine and out and "OUT: " .. tostring(out) or "held")]]):format(body)
end

-- What was printed, and the exit code.
local function run(escape)
    write(script, frame(escape[2]))
    local text = read(("cd %s && timeout 20 %s --no-rc --budget %s --sandbox %s 2>&1; echo \"[$?]\"")
        :format(quote(room), quote(certsh), budget[escape.past] or "5,256", quote(script)))
    return text:gsub("%s*%[%d+%]%s*$", ""), tonumber(text:match("%[(%d+)%]%s*$"))
end

local function verdict(escape, text, code)
    if text:find(secret, 1, true) then
        return "saw the secret"
    end
    if read("ls -A " .. quote(room)) ~= "secret.txt\n" then
        return "left a file"
    end
    if escape.past then
        local fine = code == 1 and text:find(told[escape.past], 1, true)
        return not fine and "was not ended for its " .. escape.past or nil
    end
    return not (code == 0 and text:find("held$")) and "got out" or nil
end

local out, tried = 0, 0
for _, escape in ipairs(escapes) do
    local left_out = sanitized and escape.system
    local text, code, problem
    if not left_out then
        text, code = run(escape)
        problem = verdict(escape, text, code)
        tried = tried + 1
    end
    print(("%-4s %s"):format(left_out and "skip" or problem and "OUT" or "held", escape[1]))
    if problem then
        out = out + 1
        print(("     %s (exit %s): %s"):format(problem, code, text))
    end
end
os.execute("rm -rf " .. quote(place))
print(("%d ways out tried, %d led out"):format(tried, out))
os.exit(out == 0 and 0 or 1)
