/*
 * service.c - sc query and sc qc: services, what they do and how they start.
 *
 *     SERVICE_NAME: certsvc
 *             TYPE               : 110  WIN32_OWN_PROCESS (interactive)
 *             STATE              : 4  RUNNING
 *
 * The words are Windows' language's.  Read are the line with a name behind its colon, and the
 * numbers behind the colons of the indented lines below it, in their order (FACTS 2.6): the second
 * is the state, and of sc qc, which has a program's path, the start.  A service on its way from
 * one state to another, or paused, has none that counts.
 */
#include "console.h"

static const struct cs_import_machine here;

/* "        STATE              : 4  RUNNING": the number behind the colon. */
static bool field_number(struct cs_str line, uint64_t *number)
{
    ptrdiff_t colon = cs_str_find(line, ':');
    if (colon < 0 || (line.at[0] != ' ' && line.at[0] != '\t'))
        return false;
    struct cs_str rest = cs_str_trim(cs_str_from(line, (size_t)colon + 1));
    ptrdiff_t blank = cs_str_find(rest, ' ');
    struct cs_str word = blank < 0 ? rest : cs_str_span(rest.at, (size_t)blank);
    bool hex = word.length == 2 && (word.at[0] == 'e' || word.at[0] == 'f') && word.at[1] >= '0' &&
               word.at[1] <= '9'; /* types of per-user services */
    *number = 0;
    return hex || cs_str_number(word, 1000, number);
}

/* A label, a colon, a name: "SERVICE_NAME: certsvc", "Имя_службы: certsvc". */
static bool is_title(struct cs_str line)
{
    ptrdiff_t colon = cs_str_find(line, ':');
    return colon > 0 && line.at[0] != ' ' && line.at[0] != '\t' && line.at[0] != '[' &&
           (size_t)colon + 1 < line.length;
}

/* The next line that names a service from `from` on: numbers follow, perhaps behind its title. */
static size_t service_line(const struct console *console, size_t from)
{
    for (size_t i = from; i + 1 < console->count; i++) {
        uint64_t number;
        if (is_title(console->lines[i]) &&
            (field_number(console->lines[i + 1], &number) ||
             (i + 2 < console->count && !cs_str_starts(console->lines[i + 1], CS_STR(" ")) &&
              field_number(console->lines[i + 2], &number))))
            return i;
    }
    return console->count;
}

/* sc qc says how it starts, sc query in what state it is: a path of a program tells them apart. */
static bool is_config(const struct console *console, size_t from, size_t end)
{
    for (size_t i = from; i < end; i++)
        if (console_has(console->lines[i], ".exe") || console_has(console->lines[i], "_START"))
            return true;
    return false;
}

static cs_status take_service(const struct console *console, size_t first, size_t end)
{
    struct cs_str line = console->lines[first];
    struct cs_service service = {0};
    uint64_t numbers[2];
    size_t found = 0;
    service.name = cs_str_trim(cs_str_from(line, (size_t)cs_str_find(line, ':') + 1));
    for (size_t i = first + 1; i < end && found < 2; i++)
        found += field_number(console->lines[i], &numbers[found]);
    if (found < 2 || !service.name.length)
        return console_bad(console, first, "no state behind the name of the service");
    bool config = is_config(console, first, end);
    if (config && numbers[1] >= CS_START_AUTO && numbers[1] <= CS_START_DISABLED)
        service.start = (enum cs_service_start)numbers[1];
    cs_import_record(console->import);
    if (!config && numbers[1] != CS_SERVICE_RUNNING && numbers[1] != CS_SERVICE_STOPPED) {
        cs_import_warn(console->import, (uint32_t)first + 1,
                       "%.*s neither runs nor is it stopped: left unknown",
                       CS_STR_ARG(service.name));
        return CS_OK;
    }
    if (!config)
        service.state = (enum cs_service_state)numbers[1];
    cs_import_service(console->import, &here, &service, (uint32_t)first + 1);
    return CS_OK;
}

bool service_begins(const struct console *console)
{
    return service_line(console, 0) < console->count;
}

cs_status service_read(const struct console *console)
{
    cs_status status = CS_OK;
    size_t next;
    for (size_t first = service_line(console, 0); status == CS_OK && first < console->count;
         first = next) {
        next = service_line(console, first + 1);
        if (next == first + 1) /* SERVICE_NAME and DISPLAY_NAME, the numbers below both */
            next = service_line(console, first + 2);
        status = take_service(console, first, next);
    }
    return status;
}
