return { { case = "DC02 enrols", reason = "because", expires = "2026-12-31" } }
