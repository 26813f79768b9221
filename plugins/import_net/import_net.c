/*
 * import_net.c - a plugin that reads what `net localgroup NAME`, `sc query` and `sc qc` print.
 *
 * They speak the language of Windows, in the code page of its console, and so only the shape is
 * read: see localgroup.c and service.c.  Names are the language's, too; those of well-known
 * principals are known in some (cs_sid_known_abroad).
 */
#include <string.h>

#include "console.h"

#define CURE "nothing was imported.  Was the file cut?  Run the command again"

/* -------------------------------------------------------------------- lines */

static struct cs_str without_tail(struct cs_str line)
{
    while (line.length && strchr(" \t\r", line.at[line.length - 1]))
        line.length--;
    return line;
}

/* "C:\>net localgroup Users", "PS C:\>", "[ca1]: PS C:\>": what was copied out of a window along
 * with the answer. */
static bool is_prompt(struct cs_str line)
{
    for (size_t i = 0; i + 3 < line.length && line.at[i] != '>'; i++)
        if (cs_str_starts(cs_str_from(line, i), CS_STR("PS "))) {
            line = cs_str_from(line, i + 3);
            break;
        }
    return line.length > 3 && cs_str_starts(cs_str_from(line, 1), CS_STR(":\\")) &&
           cs_str_find(line, '>') > 0;
}

static void split(struct console *console, struct cs_str text)
{
    size_t room = 1;
    for (size_t i = 0; i < text.length; i++)
        room += text.at[i] == '\n';
    console->lines = cs_arena_alloc(console->arena, room * sizeof *console->lines);
    while (text.length) {
        ptrdiff_t end = cs_str_find(text, '\n');
        struct cs_str line = cs_str_span(text.at, end < 0 ? text.length : (size_t)end);
        text = cs_str_from(text, end < 0 ? text.length : line.length + 1);
        console->lines[console->count++] = is_prompt(line) ? CS_STR("") : without_tail(line);
    }
}

size_t console_filled(const struct console *console, size_t from)
{
    while (from < console->count && !console->lines[from].length)
        from++;
    return from;
}

bool console_has(struct cs_str text, const char *word)
{
    struct cs_str wanted = cs_str_of(word);
    for (size_t i = 0; i + wanted.length <= text.length; i++)
        if (cs_str_starts(cs_str_from(text, i), wanted))
            return true;
    return false;
}

cs_status console_bad(const struct console *console, size_t line, const char *what)
{
    cs_import_bad(console->import, (uint32_t)line + 1, console->err, "%s", what);
    return cs_error_hint(console->err, CURE);
}

/* --------------------------------------------------------------------- read */

static cs_status read_net(struct cs_import *import, struct cs_str bytes, struct cs_error *err)
{
    struct console console = {.import = import, .arena = cs_import_arena(import), .err = err};
    split(&console, cs_str_from_file(console.arena, bytes));
    if (localgroup_begins(&console))
        return localgroup_read(&console);
    if (service_begins(&console))
        return service_read(&console);
    size_t first = console_filled(&console, 0);
    if (first < console.count && cs_str_starts(console.lines[first], CS_STR("[SC]"))) {
        cs_import_warn(import, (uint32_t)first + 1, "%.*s", CS_STR_ARG(console.lines[first]));
        return CS_OK;
    }
    return console_bad(&console, first < console.count ? first : 0,
                       "neither a group's members nor a service");
}

/* -------------------------------------------------------------------- probe */

/* Types of services are words of the interface, and in no language translated. */
static bool is_service(struct cs_str head)
{
    static const char *const marks[] = {"SERVICE_NAME:", "WIN32_EXIT_CODE", "WIN32_OWN_PROCESS",
                                        "WIN32_SHARE_PROCESS"};
    if (cs_str_starts(cs_str_trim(head), CS_STR("[SC] ")))
        return true; /* and what went wrong */
    for (size_t i = 0; i < CS_COUNT(marks); i++)
        if (console_has(head, marks[i]))
            return true;
    return false;
}

static int probe_net(struct cs_str name, struct cs_str head)
{
    static const char *const names[] = {"localgroup", "sc-query", "sc-qc"};
    if (console_has(head, "\n----------------------------------------"))
        return 70;
    if (is_service(head))
        return 90;
    while (cs_str_find(name, '/') >= 0)
        name = cs_str_from(name, (size_t)cs_str_find(name, '/') + 1);
    for (size_t i = 0; i < CS_COUNT(names); i++)
        if (console_has(name, names[i]) && cs_str_ends(name, CS_STR(".txt")))
            return 40;
    return 0;
}

static const struct cs_importer importers[] = {{
    .name = "net",
    .brief = "what net localgroup NAME, sc query and sc qc print",
    .probe = probe_net,
    .read = read_net,
}};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "import_net",
    .version = "1.0",
    .brief = "reads what net localgroup and sc query print",
    .needs = "file.read",
    .importers = importers,
    .importer_count = CS_COUNT(importers),
};
