-- kb903220-dc - the CA on domain controller DC01, Windows Server 2003 SP1 Enterprise Edition, as
-- SP1 setup left it: CERTSVC_DCOM_ACCESS is domain-local with Domain Users and Domain Computers
-- (K10).  Domain controllers are neither, so DC02 cannot enrol (K11, K24).

local parts = require "labs.parts"
local lab = ...

local corp = parts.corp(lab, "2003-sp1", "xp-sp2")
parts.ca(lab, corp.dc01, "CORP-CA")
lab:certsvc_update(corp.dc01.id)
parts.finish(lab, corp, corp.dc01, "kb903220-dc", "2006-11-30T09:00:00Z")
