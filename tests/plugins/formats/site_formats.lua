-- site_formats - formats of a site, for tests/transcripts/format.txt.

-- A table of its own, as good as the standard one: it knows the terminal.
local function measure(out)
    local widths = {}
    for _, line in ipairs(out.lines) do
        for i, cell in ipairs(line) do
            widths[i] = math.max(widths[i] or 0, out.columns(cell))
        end
    end
    return widths
end

local function join(out, line, widths)
    local cells = {}
    for i, cell in ipairs(line) do
        cells[i] = cell .. (" "):rep(widths[i] - out.columns(cell))
    end
    return (table.concat(cells, " | "):gsub(" +$", ""))
end

local boxes = {
    name = "boxes", brief = "a table with a line under its headings",
    begin = function(out) out.lines = { out.fields } end,
    row = function(out, row)
        local line = {}
        for i, field in ipairs(out.fields) do
            line[i] = out.show(row[field])
        end
        out.lines[#out.lines + 1] = line
    end,
    finish = function(out)
        local widths, text = measure(out), {}
        for i, line in ipairs(out.lines) do
            text[i] = join(out, line, widths)
        end
        local rule = text[1]:gsub("[^|]", out.utf8 and "═" or "=")
        table.insert(text, 2, rule)
        return table.concat(text, "\n") .. "\n"
    end,
}

local count = {
    name = "count", brief = "counts, and keeps nothing",
    begin = function(out) return out.command .. " " end,
    row = function(out) return out.rows % 10 == 0 and "." or nil end,
    finish = function(out) return (" %d rows%s\n"):format(out.rows, out.failed and ", failed" or "") end,
}

local two = {
    name = "two", brief = "fails at the third row",
    row = function(out, row)
        if out.rows == 2 then
            error "two are enough"
        end
        return row.sid .. "\n"
    end,
    finish = function(out) return out.failed and "(the rest is missing)\n" or nil end,
}

return certsh.plugin {
    name = "site_formats", version = "1.0", brief = "formats of a site", needs = "none",
    formats = { boxes, count, two },
}
