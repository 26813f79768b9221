-- guard.watch - `test --watch`: run again whenever a test file or an export it reads has changed.
--
--     watch.loop(files, run, { rounds = 2, say = print })
--
-- `run()` runs everything and gives the list of files that the outcome rests on; `files()` finds the
-- test files, so that a new one counts, too.  Stamps (time, size, inode) are taken before a run: a
-- change while it runs is seen after it.  Ctrl-C ends the loop; so do `rounds`, for tests.

local watch = {}

local PAUSE = "0.3"

local function shell_word(text)
    return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- Path to stamp; what is not there has none.
local function stamps(paths)
    local found, words = {}, {}
    for i, path in ipairs(paths) do
        words[i] = shell_word(path)
    end
    if #words == 0 then
        return found
    end
    local pipe = assert(io.popen("stat -L -c '%y %s %i %n' -- " .. table.concat(words, " ") .. " 2>/dev/null", "r"))
    for line in pipe:lines() do
        local stamp, path = line:match "^(%S+ %S+ %S+ %d+ %d+) (.*)$"
        if path then
            found[path] = stamp
        end
    end
    pipe:close()
    return found
end

-- The first path whose stamp is another one, or nil.
local function changed(before, now)
    local names = {}
    for path, stamp in pairs(now) do
        if before[path] ~= stamp then
            names[#names + 1] = path
        end
    end
    for path in pairs(before) do
        if not now[path] then
            names[#names + 1] = path
        end
    end
    table.sort(names)
    return names[1]
end

local function all_of(files, exports)
    local paths, seen = {}, {}
    for _, list in ipairs { files, exports } do
        for _, path in ipairs(list) do
            if not seen[path] then
                seen[path], paths[#paths + 1] = true, path
            end
        end
    end
    return paths
end

-- Pause until something changes; its path, or nil when Ctrl-C ended the pause.
local function wait(find, exports, before)
    while true do
        if not os.execute("sleep " .. PAUSE) then
            return nil
        end
        local path = changed(before, stamps(all_of(find(), exports)))
        if path then
            return path
        end
    end
end

local function count(n, what)
    return ("%d %s%s"):format(n, what, n == 1 and "" or "s")
end

-- `find()`: the test files now; `run()`: runs them, gives the exports they read.
function watch.loop(find, run, options)
    local round, exports = 0, {}
    while true do
        local before = stamps(all_of(find(), exports))
        local known = #exports
        exports = run()
        if #exports ~= known then -- seen for the first time
            for path, stamp in pairs(stamps(exports)) do
                before[path] = before[path] or stamp
            end
        end
        round = round + 1
        if options.rounds and round >= options.rounds then
            return
        end
        options.say(("watching %s and %s; Ctrl-C ends\n"):format(count(#find(), "test file"), count(#exports, "export")))
        io.stdout:flush()
        local fine, path = pcall(wait, find, exports, before)
        if not fine or not path then
            options.say "\n" -- after the terminal's ^C
            return
        end
        options.say(("\n%s has changed\n"):format(path))
    end
end

return watch
