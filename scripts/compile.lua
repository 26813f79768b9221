-- compile.lua SOURCE COPY - a Lua script as a binary chunk, without what only debuggers need.

local chunk = assert(loadfile(arg[1], "t"))
local file = assert(io.open(arg[2], "wb"))
assert(file:write(string.dump(chunk, true)))
assert(file:close())
