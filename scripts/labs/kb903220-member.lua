-- kb903220-member - the CA on member server SRV01, Windows Server 2003 SP1 Enterprise Edition:
-- CERTSVC_DCOM_ACCESS is local to SRV01 and holds Everyone (K9), so everybody can enrol.

local parts = require "labs.parts"
local lab = ...

local corp = parts.corp(lab, "2003-sp1", "xp-sp2")
local srv01 = parts.server(lab, corp, {
    name = "SRV01", windows = "2003-sp1", edition = "Enterprise Edition",
    machine = "S-1-5-21-725345543-1903220446-1060284298",
})
parts.ca(lab, srv01, "CORP-CA")
lab:certsvc_update(srv01.id)
parts.finish(lab, corp, srv01, "kb903220-member", "2006-11-30T09:00:00Z")
