/*
 * getreg.c - certutil -getreg: a path, and values below it.
 *
 *     HKEY_LOCAL_MACHINE\SYSTEM\...\Configuration\CORP-CA\SetupStatus:
 *
 *       SetupStatus REG_DWORD = 6001 (24577)
 *         SETUP_SERVER_FLAG -- 1
 *
 * The path ends with the value's name where one was asked for, else it is the key.  Bytes come
 * only with -v, as a dump behind the value; Security also as SDDL.  The names that -getreg
 * CA\Security prints instead are words of a language and of no confidence: they are not read.
 */
#include <string.h>

#include "certutil_text.h"

enum { DUMP_COLUMNS = 16 };

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 32);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* -------------------------------------------------------------------- values */

/* The key of the waiting value: the path without the value's name, where it ends with it. */
static struct cs_str key_of(const struct getreg *getreg)
{
    struct cs_str key = getreg->key;
    size_t slash = key.length;
    while (slash > 0 && key.at[slash - 1] != '\\')
        slash--;
    if (slash > 1 && cs_str_same(cs_str_from(key, slash), getreg->name))
        key.length = slash - 1;
    return key;
}

cs_status getreg_end(struct getreg *getreg, struct text *text)
{
    bool empty = getreg->bytes && !getreg->data.length;
    if (!getreg->open)
        return CS_OK;
    getreg->open = false;
    if (empty) {
        cs_import_record(text->import);
        cs_import_skip(text->import, "bytes, which -v would show", getreg->name, getreg->number);
        return CS_OK;
    }
    return cs_import_registry(text->import, key_of(getreg), getreg->name, getreg->type,
                              getreg->data, getreg->number, text->err);
}

static const struct {
    const char *name;
    uint32_t type;
} types[] = {
    {" REG_SZ", CS_REG_SZ},
    {" REG_EXPAND_SZ", CS_REG_EXPAND_SZ},
    {" REG_DWORD", CS_REG_DWORD},
    {" REG_BINARY", CS_REG_BINARY},
    {" REG_MULTI_SZ", CS_REG_MULTI_SZ},
};

static bool fill(struct getreg *getreg, const struct text *text, struct cs_str value)
{
    uint32_t number;
    char bytes[4];
    if (getreg->type == CS_REG_SZ || getreg->type == CS_REG_EXPAND_SZ)
        getreg->data = cs_reg_text_data(text->arena, value);
    getreg->bytes = getreg->type == CS_REG_BINARY;
    if (getreg->type != CS_REG_DWORD)
        return true;
    if (!text_number(value, &number))
        return false;
    for (int i = 0; i < 4; i++)
        bytes[i] = (char)(number >> 8 * i);
    getreg->data = cs_str_copy(text->arena, cs_str_span(bytes, sizeof bytes));
    return true;
}

/* "  NAME REG_DWORD = cc (204)": -setreg prints the old value and then the new one, which
 * replaces it. */
static cs_status take_value(struct getreg *getreg, struct text *text, size_t i, ptrdiff_t at)
{
    struct cs_str name = cs_str_trim(cs_str_span(text->line.at, (size_t)at));
    struct cs_str rest = cs_str_from(text->line, (size_t)at + strlen(types[i].name));
    ptrdiff_t equals = cs_str_find(rest, '=');
    bool again = getreg->open && cs_str_same(name, getreg->name);
    cs_status status = again ? CS_OK : getreg_end(getreg, text);
    if (status != CS_OK)
        return status;
    *getreg = (struct getreg){.key = getreg->key, .name = name, .type = types[i].type};
    getreg->number = text->number;
    getreg->open = types[i].type != CS_REG_MULTI_SZ; /* a list: not needed for decisions */
    if (equals >= 0 && fill(getreg, text, cs_str_trim(cs_str_from(rest, (size_t)equals + 1))))
        return CS_OK;
    cs_import_bad(text->import, text->number, text->err, "no value of a registry: '%.*s'",
                  CS_STR_ARG(cs_str_trim(text->line)));
    return cs_error_hint(text->err, "nothing was imported.  Was the file cut?  certutil -v -getreg "
                                    "writes it again");
}

/* --------------------------------------------------------------------- bytes */

static void add_bytes(struct getreg *getreg, struct cs_arena *arena, const char *bytes,
                      size_t count)
{
    char *joined = cs_arena_alloc(arena, getreg->data.length + count + 1);
    memcpy(joined, getreg->data.at ? getreg->data.at : "", getreg->data.length);
    memcpy(joined + getreg->data.length, bytes, count);
    getreg->data = cs_str_span(joined, getreg->data.length + count);
}

/* "    0010  01 00 14 80 ...   ....": an offset, bytes, and three blanks before characters. */
static bool take_dump(struct getreg *getreg, const struct text *text)
{
    struct cs_str line = cs_str_trim(text->line);
    char bytes[DUMP_COLUMNS];
    size_t count = 0, i = 0;
    while (i < line.length && digit(line.at[i]) >= 0)
        i++;
    if (i < 4 || i + 1 >= line.length || line.at[i] != ' ')
        return false;
    while (count < DUMP_COLUMNS) {
        size_t blanks = 0;
        while (i < line.length && line.at[i] == ' ')
            i++, blanks++;
        bool two = i + 1 < line.length && digit(line.at[i]) >= 0 && digit(line.at[i + 1]) >= 0 &&
                   (i + 2 == line.length || line.at[i + 2] == ' ');
        if (!two || (count && blanks > 2))
            break;
        bytes[count++] = (char)(digit(line.at[i]) * 16 + digit(line.at[i + 1]));
        i += 2;
    }
    if (count)
        add_bytes(getreg, text->arena, bytes, count);
    return count > 0;
}

/* SDDL of a descriptor, where -v prints that. */
static bool take_sddl(struct getreg *getreg, const struct text *text)
{
    struct cs_str line = cs_str_trim(text->line), bytes;
    struct cs_error ignored;
    struct cs_sd sd;
    if (!cs_str_starts(line, CS_STR("O:")) && !cs_str_starts(line, CS_STR("D:")))
        return false;
    if (cs_sddl_parse(text->arena, line, NULL, &sd, &ignored) != CS_OK ||
        cs_sd_encode_registry(text->arena, &sd, &bytes, &ignored) != CS_OK)
        return false;
    getreg->data = bytes;
    getreg->bytes = false; /* a dump behind it says the same */
    return true;
}

/* --------------------------------------------------------------------- lines */

static bool is_path(struct cs_str line)
{
    return cs_str_same_start(line, CS_STR("HKEY_")) && cs_str_ends(line, CS_STR(":"));
}

cs_status getreg_line(struct getreg *getreg, struct text *text, bool *taken)
{
    struct cs_str line = cs_str_trim(text->line);
    *taken = is_path(line);
    if (*taken) {
        cs_status status = getreg_end(getreg, text);
        getreg->key = cs_str_span(line.at, line.length - 1);
        return status;
    }
    for (size_t i = 0; getreg->key.length && i < CS_COUNT(types); i++) {
        ptrdiff_t at = text_has(text->line, types[i].name);
        struct cs_str rest =
            at < 0 ? CS_STR("") : cs_str_from(text->line, (size_t)at + strlen(types[i].name));
        if (at <= 0 || !cs_str_starts(cs_str_trim(rest), CS_STR("=")))
            continue;
        *taken = true;
        return take_value(getreg, text, i, at);
    }
    *taken = getreg->open && getreg->bytes && (take_sddl(getreg, text) || take_dump(getreg, text));
    return CS_OK;
}
