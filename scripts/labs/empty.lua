-- empty - nothing at all: the lab that exports are imported into.

local lab = ...

lab:start { name = "empty" }
lab:seal()
