-- two-domains - kb903220-dc in a forest with a second domain, CONTOSO: the update cannot add what
-- lies outside the CA's domain, so nobody of CONTOSO can enrol (K15) until it is added (K16).

local parts = require "labs.parts"
local lab = ...

local corp = parts.corp(lab, "2003-sp1", "xp-sp2")
local contoso = parts.domain(lab, {
    dns = "contoso.example", netbios = "CONTOSO", root = corp,
    sid = "S-1-5-21-1772903220-2846190537-960418273",
})
parts.controller(lab, contoso, {
    name = "DC21", windows = "2003-sp1", edition = "Enterprise Edition",
})
parts.workstation(lab, contoso, {
    name = "WS21", windows = "xp-sp2", edition = "Professional",
    machine = "S-1-5-21-1417001333-1078081533-1801674531",
})
parts.user(lab, contoso, "carol")
parts.ca(lab, corp.dc01, "CORP-CA")
lab:certsvc_update(corp.dc01.id)
parts.finish(lab, corp, corp.dc01, "two-domains", "2006-11-30T09:00:00Z")
