-- kb903220-rtm - the CA on DC01, Windows Server 2003 Enterprise Edition without a service pack:
-- no machine limits, and an administrator has given CORP\PKI Operators a place of its own in the
-- security of CertSrv Request, in the old format.  `host upgrade DC01 --to 2003-sp1` loses it (K4).

local parts = require "labs.parts"
local lab = ...

local corp = parts.corp(lab, "2003", "xp-sp2")
lab:add_group { domain = corp.id, name = "PKI Operators", rid = 1201, scope = "global" }
parts.ca(lab, corp.dc01, "CORP-CA")
parts.old_permissions(lab, corp.dc01, { parts.EVERYONE, corp.sid .. "-1201" })
parts.finish(lab, corp, corp.dc01, "kb903220-rtm", "2005-03-30T09:00:00Z")
