-- kb903220-ja - kb903220-dc in Japanese, the language of the article: Windows' own commands and the
-- events of its machines speak as the article prints them (K21-K23).

local parts = require "labs.parts"
local lab = ...

local corp = parts.corp(lab, "2003-sp1", "xp-sp2", "ja")
parts.ca(lab, corp.dc01, "CORP-CA")
lab:certsvc_update(corp.dc01.id)
parts.finish(lab, corp, corp.dc01, "kb903220-ja", "2006-11-30T09:00:00Z")
