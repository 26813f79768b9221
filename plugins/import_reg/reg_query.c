/*
 * reg_query.c - what `reg query KEY /s` prints (see reg_query.h).
 *
 *     HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Ole
 *         EnableDCOM    REG_SZ    Y
 *         MachineLaunchRestriction    REG_BINARY    01000480...
 *
 * A value is indented, its three parts stand four blanks apart (reg.exe of Windows 2003 and
 * before: one tab); the words for the nameless value are in the language of Windows, in brackets.
 * Without /s the names of keys below follow one another without their values: such a file does not
 * say what they hold, and no key of it is taken to be here whole.  Nor is one of which a single
 * value is shown, as /v does; what /f and /v with /s found ends with a line that counts it.
 */
#include "reg_query.h"

#include <string.h>

struct query {
    struct cs_import *import;
    struct cs_arena *arena;
    struct cs_error *err;
    struct cs_str rest, key;
    uint32_t line;
    bool whole; /* with /s: what the file lacks is not there */
};

static const struct {
    const char *name;
    uint32_t type;
} types[] = {
    {"REG_NONE", CS_REG_NONE},
    {"REG_SZ", CS_REG_SZ},
    {"REG_EXPAND_SZ", CS_REG_EXPAND_SZ},
    {"REG_BINARY", CS_REG_BINARY},
    {"REG_DWORD", CS_REG_DWORD},
    {"REG_DWORD_LITTLE_ENDIAN", CS_REG_DWORD},
    {"REG_MULTI_SZ", CS_REG_MULTI_SZ},
    {"REG_QWORD", CS_REG_QWORD},
    {"REG_DWORD_BIG_ENDIAN", 5},
    {"REG_LINK", 6},
    {"REG_RESOURCE_LIST", 8},
    {"REG_FULL_RESOURCE_DESCRIPTOR", 9},
    {"REG_RESOURCE_REQUIREMENTS_LIST", 10},
};

static cs_status bad(const struct query *query, const char *what, struct cs_str subject)
{
    int shown = subject.length > 40 ? 40 : (int)subject.length;
    cs_import_bad(query->import, query->line, query->err, "%s: '%.*s'", what, shown, subject.at);
    return cs_error_hint(query->err, "nothing was imported.  reg export KEY FILE writes a file "
                                     "that loses nothing");
}

/* ------------------------------------------------------------------- lines */

static bool next_line(struct query *query, struct cs_str *line)
{
    if (!query->rest.length)
        return false;
    ptrdiff_t end = cs_str_find(query->rest, '\n');
    size_t length = end < 0 ? query->rest.length : (size_t)end;
    *line = cs_str_span(query->rest.at, length);
    query->rest = cs_str_from(query->rest, end < 0 ? length : length + 1);
    query->line++;
    if (cs_str_ends(*line, CS_STR("\r")))
        line->length--;
    return true;
}

static bool is_key(struct cs_str line)
{
    return cs_str_same_start(line, CS_STR("HKEY_")) ||
           (cs_str_starts(line, CS_STR("\\\\")) && cs_str_find(line, ' ') < 0);
}

/* ------------------------------------------------------------------ values */

/* What stands between the parts of a value: four blanks or a tab. */
static size_t gap_at(struct cs_str line, size_t at)
{
    if (at < line.length && line.at[at] == '\t')
        return 1;
    return cs_str_starts(cs_str_from(line, at), CS_STR("    ")) ? 4 : 0;
}

struct value {
    struct cs_str name, text;
    uint32_t type;
};

/* A type at `at`, followed by a gap or the end of the line; its length, 0 for none. */
static size_t type_at(struct cs_str line, size_t at, uint32_t *type)
{
    struct cs_str rest = cs_str_from(line, at);
    for (size_t i = 0; i < CS_COUNT(types); i++) {
        struct cs_str name = cs_str_of(types[i].name);
        bool ends = rest.length == name.length || gap_at(rest, name.length);
        if (!cs_str_starts(rest, name) || !ends)
            continue;
        *type = types[i].type;
        return name.length;
    }
    return 0;
}

/* "    name    REG_SZ    text"; blanks are part of names and texts, too. */
static bool cut(struct cs_str line, struct value *value)
{
    size_t from = gap_at(line, 0), length = 0;
    for (size_t i = from; from && i < line.length; i++) {
        size_t gap = gap_at(line, i);
        length = gap ? type_at(line, i + gap, &value->type) : 0;
        if (!length)
            continue;
        value->name = cs_str_span(line.at + from, i - from);
        value->text = cs_str_from(line, i + gap + length);
        value->text = cs_str_from(value->text, gap_at(value->text, 0));
        return true;
    }
    return false;
}

static struct cs_str nameless(struct cs_str name)
{
    bool words = (cs_str_starts(name, CS_STR("(")) && cs_str_ends(name, CS_STR(")"))) ||
                 cs_str_is(name, "<NO NAME>");
    return words ? CS_STR("") : name;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool take_hex(struct query *query, struct cs_str text, struct cs_str *data)
{
    char *out = cs_arena_alloc(query->arena, text.length / 2 + 1);
    for (size_t i = 0; i + 1 < text.length; i += 2) {
        int high = digit(text.at[i]), low = digit(text.at[i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i / 2] = (char)(high * 16 + low);
    }
    *data = cs_str_span(out, text.length / 2);
    return text.length % 2 == 0;
}

static bool take_number(struct query *query, struct cs_str text, size_t size, struct cs_str *data)
{
    uint64_t number;
    char bytes[8];
    if (!cs_str_number(text, size == 4 ? UINT32_MAX : UINT64_MAX, &number))
        return false;
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(number >> 8 * i);
    *data = cs_str_copy(query->arena, cs_str_span(bytes, size));
    return true;
}

/* Texts with "\0" between them. */
static struct cs_str many_texts(struct query *query, struct cs_str text)
{
    char *out = cs_arena_alloc(query->arena, text.length + 2);
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++)
        if (cs_str_starts(cs_str_from(text, i), CS_STR("\\0"))) {
            out[length++] = '\0';
            i++;
        } else {
            out[length++] = text.at[i];
        }
    if (length && out[length - 1] != '\0')
        out[length++] = '\0';
    out[length++] = '\0';
    return cs_str_to_utf16(query->arena, cs_str_span(out, length));
}

static bool take_data(struct query *query, const struct value *value, struct cs_str *data)
{
    switch (value->type) {
    case CS_REG_DWORD:
        return take_number(query, cs_str_trim(value->text), 4, data);
    case CS_REG_QWORD:
        return take_number(query, cs_str_trim(value->text), 8, data);
    case CS_REG_SZ:
    case CS_REG_EXPAND_SZ:
        *data = cs_reg_text_data(query->arena, value->text);
        return true;
    case CS_REG_MULTI_SZ:
        *data = many_texts(query, value->text);
        return true;
    default:
        return take_hex(query, cs_str_trim(value->text), data);
    }
}

static cs_status take_value(struct query *query, struct cs_str line)
{
    struct value value = {0};
    struct cs_str data = {0};
    if (!query->key.length || !cut(line, &value))
        return bad(query, "no line of reg query", cs_str_trim(line));
    if (!take_data(query, &value, &data))
        return bad(query, "data that is none of its type", value.text);
    return cs_import_registry(query->import, query->key, nameless(value.name), value.type, data,
                              query->line, query->err);
}

/* ------------------------------------------------------------------- file */

/* "\\CA1\HKEY_LOCAL_MACHINE\...", of another machine: the file may be named for it. */
static struct cs_str local_key(struct cs_str line)
{
    if (!cs_str_starts(line, CS_STR("\\\\")))
        return line;
    struct cs_str rest = cs_str_from(line, 2);
    ptrdiff_t slash = cs_str_find(rest, '\\');
    return slash < 0 ? line : cs_str_from(rest, (size_t)slash + 1);
}

/* "C:\>reg query ...", "PS C:\>": out of a window. */
static bool is_prompt(struct cs_str line)
{
    if (cs_str_starts(line, CS_STR("PS ")))
        line = cs_str_from(line, 3);
    return line.length > 3 && cs_str_starts(cs_str_from(line, 1), CS_STR(":\\")) &&
           cs_str_find(line, '>') > 0;
}

/* The head of old versions, and prompts. */
static bool is_remark(struct cs_str line)
{
    return !line.length || cs_str_starts(line, CS_STR("! REG.EXE")) || is_prompt(line);
}

/* "End of search: 2 match(es) found.", in any language: not indented, and nothing follows. */
static bool is_count(const struct query *query, struct cs_str line)
{
    bool digits = false;
    for (size_t i = 0; i < line.length; i++)
        digits = digits || (line.at[i] >= '0' && line.at[i] <= '9');
    return digits && cs_str_find(line, ':') > 0 && line.at[0] != ' ' && line.at[0] != '\t' &&
           !is_key(line) && !cs_str_trim(query->rest).length;
}

bool reg_query_begins(struct cs_str text)
{
    struct query query = {.rest = text};
    struct cs_str line = CS_STR("");
    while (next_line(&query, &line) && is_remark(cs_str_trim(line)))
        continue;
    bool key = is_key(line) && !cs_str_ends(cs_str_trim(line), CS_STR(":"));
    struct value value;
    while (key && next_line(&query, &line))
        if (cut(line, &value))
            return true;
    return false;
}

/* Are all values of one name?  It may be that only they were asked for. */
static bool is_picked(struct cs_str text)
{
    struct query query = {.rest = text};
    struct value first = {0}, value;
    struct cs_str line;
    while (next_line(&query, &line)) {
        if (is_key(line) || !cut(line, &value))
            continue;
        if (first.type && !cs_str_same(first.name, value.name))
            return false;
        first = value;
        first.type = 1;
    }
    return true;
}

/* Do keys follow one another, or does the last one hold nothing?  Then they are but listed. */
static bool is_listed(struct cs_str text)
{
    struct query query = {.rest = text};
    struct cs_str line;
    bool empty = false, direct = false;
    while (next_line(&query, &line)) {
        bool key = is_key(line);
        if ((key && direct) || is_count(&query, line))
            return true;
        direct = key;
        empty = key || (empty && is_remark(cs_str_trim(line)));
    }
    return empty;
}

static cs_status take_key(struct query *query, struct cs_str line)
{
    query->key = local_key(cs_str_trim(line));
    if (!query->whole)
        return CS_OK;
    return cs_import_key(query->import, query->key, query->line, query->err);
}

cs_status reg_query_read(struct cs_import *import, struct cs_str text, struct cs_error *err)
{
    struct query query = {.import = import,
                          .arena = cs_import_arena(import),
                          .err = err,
                          .rest = text,
                          .whole = !is_listed(text) && !is_picked(text)};
    struct cs_str line;
    cs_status status = CS_OK;
    while (status == CS_OK && next_line(&query, &line)) {
        if (is_remark(cs_str_trim(line)) || is_count(&query, line))
            continue;
        status = is_key(line) ? take_key(&query, line) : take_value(&query, line);
    }
    if (status == CS_OK && !query.whole)
        cs_import_warn(import, 0,
                       "it does not show all that its keys hold: reg query with /s and without /v "
                       "does");
    return status;
}
