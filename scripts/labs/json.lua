-- json.lua - a lab of a JSON export: `certsh --lab-name corp.json`, certsh.open("corp.json").

local given, path = ...

require("labs.calls").build(given, path)
