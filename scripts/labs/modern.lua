-- modern - the CA on member server SRV01, Windows Server 2022: the group is the builtin one,
-- S-1-5-32-574 of SRV01, and holds Authenticated Users.

local parts = require "labs.parts"
local lab = ...

local corp = parts.corp(lab, "2022", "10")
local srv01 = parts.server(lab, corp, {
    name = "SRV01", windows = "2022", edition = "Standard",
    machine = "S-1-5-21-725345543-2023100204-1060284298",
})
parts.ca(lab, srv01, "CORP-CA")
lab:certsvc_update(srv01.id)
parts.finish(lab, corp, srv01, "modern", "2023-10-02T09:00:00Z")
