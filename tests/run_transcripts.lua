-- run_transcripts.lua BUILD FILE: run what FILE shows and compare with what it says.
--
-- FILE is a transcript (tests/transcripts/*.txt) or Markdown, of which the ```console blocks
-- count.  A line `$ COMMAND` is run by sh with the built certsh first in PATH; a line
-- `certsh> LINE`, or one with a real prompt (`CORP\Administrator@DC01> LINE`), is fed to a
-- session: one process for all such lines in a row.  What follows, up to the next of them, is
-- what they must print.  tests/README.md has the rest.  CERTSH_UPDATE=1 writes the answers in.

local build, path = arg[1], arg[2]
local root = path:match("^(.*)/tests/transcripts/[^/]*$") or path:match("^(.*)/[^/]*$")
local update = os.getenv("CERTSH_UPDATE") == "1"
local markdown = path:match("%.md$") ~= nil
local mark = "\30" -- what a session prints after each line, to tell the answers apart

local function quote(text)
    return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function read(name)
    local file = assert(io.open(name, "rb"))
    local text = file:read("a")
    file:close()
    return text
end

local function write(name, text)
    local file = assert(io.open(name, "wb"))
    file:write(text)
    file:close()
end

-- A folder to run in: the project's inputs are there to read, what is written stays there.
local function make_place()
    local place = io.popen("mktemp -d"):read("l")
    for _, name in ipairs { "samples", "scripts", "tests", "plugins" } do
        os.execute("ln -s " .. quote(root .. "/" .. name) .. " " .. quote(place .. "/" .. name))
    end
    os.execute("ln -s " .. quote(build) .. " " .. quote(place .. "/build"))
    return place
end

local place = make_place()
local environment = table.concat({
    "env -i", "HOME=" .. quote(place), "PATH=" .. quote(build) .. ":/usr/local/bin:/usr/bin:/bin",
    "LC_ALL=C.UTF-8", "TZ=UTC", "TERM=dumb", "NO_COLOR=1", "INPUTRC=/dev/null",
    "XDG_STATE_HOME=" .. quote(place .. "/.state"),
    "XDG_CONFIG_HOME=" .. quote(place .. "/.config"),
    "ASAN_OPTIONS=" .. quote(os.getenv("ASAN_OPTIONS") or ""),
    "LSAN_OPTIONS=" .. quote(os.getenv("LSAN_OPTIONS") or ""),
}, " ")

-- What is printed must not depend on where the project lies.
local function plain(text, from, to)
    return (text:gsub(from:gsub("%p", "%%%0"), (to:gsub("%%", "%%%%"))))
end

-- Standard output and error of `command`, in the order of writing, and the exit code.
local function run(command, input)
    local source = "/dev/null"
    if input then
        source = place .. "/.input"
        write(source, input)
    end
    local line = ("cd %s && %s sh -c %s <%s 2>&1"):format(quote(place), environment,
        quote(command), quote(source))
    local pipe = assert(io.popen(line))
    local output = pipe:read("a")
    local _, how, code = pipe:close()
    output = plain(plain(plain(output, build, "build"), place .. "/", ""), root .. "/", "")
    return output, how == "signal" and 128 + code or code
end

local function prompt_of(line)
    local prompt = line:match("^certsh> ?") or line:match("^[%w._-]+\\[%w$._-]+@[%w._-]+%[?[^%]> ]*%]?%*?> ?")
    if prompt then
        return prompt, line:sub(#prompt + 1)
    end
end

-- The file as a list of steps: {kind, lines = as written, input, expected}.
local function parse(text)
    local steps, step, inside = {}, nil, not markdown
    local function add(kind, line, input)
        step = { kind = kind, lines = { line }, input = input, expected = {} }
        steps[#steps + 1] = step
    end
    for line in text:gmatch("([^\n]*)\n") do
        local prompt, input = prompt_of(line)
        if markdown and line:match("^```") then
            inside = line:match("^```console") ~= nil
            add("prose", line)
        elseif not inside then
            add("prose", line)
        elseif line:match("^%$ ") then
            add("command", line, line:sub(3))
        elseif prompt then
            add("session", line, input)
        elseif line:match("^>> ?") and step and step.kind == "session" and #step.expected == 0 then
            step.lines[#step.lines + 1] = line
            step.input = step.input .. "\n" .. line:gsub("^>> ?", "")
        elseif not step or step.kind == "prose" or (line:match("^#") and not markdown) then
            add("prose", line)
        else
            step.expected[#step.expected + 1] = line
        end
    end
    return steps
end

-- Blank lines at the end of an answer are the writer's, not the program's.
local function trimmed(lines)
    local n = #lines
    while n > 0 and lines[n]:match("^%s*$") do
        n = n - 1
    end
    return table.concat(lines, "\n", 1, n)
end

local function clean(output, code)
    local text = output:gsub("%s+$", "")
    if code ~= 0 then
        text = text .. (text == "" and "" or "\n") .. ("[exit %d]"):format(code)
    end
    return text
end

-- The sessions' lines in a row, run as one process; a `$ certsh OPTIONS` without an answer just
-- before them gives its options.
local function run_session(steps, first)
    local last, input = first, {}
    while steps[last + 1] and steps[last + 1].kind == "session" do
        last = last + 1
    end
    for i = first, last do
        input[#input + 1] = steps[i].input .. "\n" .. ('io.write("%s\\n")\n'):format("\\30")
    end
    local options = steps[first - 1] and steps[first - 1].options or ""
    local output, code = run("certsh -k --no-rc " .. options, table.concat(input))
    for i = first, last do
        local answer, rest = output:match("^(.-)" .. mark .. "\n(.*)$")
        steps[i].got = clean(answer or output, 0)
        output = rest or ""
    end
    if output:match("%S") then
        steps[last].got = steps[last].got .. "\n" .. output
    end
    if code > 4 and code ~= 64 then
        steps[last].got = steps[last].got .. ("\n[exit %d]"):format(code)
    end
    return last
end

local function run_all(steps)
    local i = 1
    while i <= #steps do
        local step = steps[i]
        if step.kind == "command" then
            local options = step.input:match("^certsh (.*)$")
            if options and steps[i + 1] and steps[i + 1].kind == "session"
                and trimmed(step.expected) == "" then
                step.options, step.got = options, ""
            elseif markdown and step.input:match("^tools/") then
                step.got = trimmed(step.expected) -- the newcomer's commands: run by tools/*
            else
                step.got = clean(run(step.input))
            end
        elseif step.kind == "session" then
            i = run_session(steps, i)
        end
        i = i + 1
    end
end

local function rewrite(steps)
    local out = {}
    for _, step in ipairs(steps) do
        for _, line in ipairs(step.lines) do
            out[#out + 1] = line
        end
        if step.kind ~= "prose" then
            if step.got ~= "" then
                out[#out + 1] = step.got
            end
            local blanks = #step.expected - select(2, trimmed(step.expected):gsub("\n", "")) - 1
            if trimmed(step.expected) == "" then
                blanks = #step.expected
            end
            for _ = 1, math.max(blanks, 0) do
                out[#out + 1] = ""
            end
        end
    end
    write(path, table.concat(out, "\n") .. "\n")
end

local function report(steps)
    local ran, failed = 0, 0
    for _, step in ipairs(steps) do
        local expected = trimmed(step.expected)
        ran = ran + (step.kind ~= "prose" and 1 or 0)
        if step.kind ~= "prose" and step.got ~= expected then
            failed = failed + 1
            io.write("--- ", table.concat(step.lines, "\n    "), "\n")
            write(place .. "/.expected", expected .. "\n")
            write(place .. "/.got", step.got .. "\n")
            io.write(io.popen(("diff -u --label expected --label got %s %s"):format(
                quote(place .. "/.expected"), quote(place .. "/.got"))):read("a"))
        end
    end
    print(("%d shown, %d differ"):format(ran, failed))
    return ran > 0 and failed == 0
end

local steps = parse(read(path))
run_all(steps)
if update then
    rewrite(steps)
end
local good = update or report(steps)
os.execute("rm -rf " .. quote(place))
os.exit(good)
