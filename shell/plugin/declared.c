/*
 * declared.c - a small reader of Lua's tokens, enough to find a table of plain texts (see
 * declared.h).  What it does not understand it skips as a whole.  Room: plugin.
 */
#include "plugin/declared.h"

#include <string.h>

enum kind { END, NAME, TEXT, OPAQUE, SIGN };

struct token {
    enum kind kind;
    struct cs_str raw;
    const char *text; /* of a TEXT */
};

struct reader {
    struct cs_arena *arena;
    struct cs_str rest;
    struct token now;
};

/* -------------------------------------------------------------------- tokens */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of "[==[", 0 when there is none. */
static size_t long_open(struct cs_str text)
{
    size_t i = 1;
    if (!text.length || text.at[0] != '[')
        return 0;
    while (i < text.length && text.at[i] == '=')
        i++;
    return i < text.length && text.at[i] == '[' ? i + 1 : 0;
}

/* Length of the whole long bracket that begins `text` with `open` bytes. */
static size_t long_length(struct cs_str text, size_t open)
{
    for (size_t i = open; i + open <= text.length; i++) {
        bool ends = text.at[i] == ']' && text.at[i + open - 1] == ']';
        for (size_t k = 1; ends && k + 1 < open; k++)
            ends = text.at[i + k] == '=';
        if (ends)
            return i + open;
    }
    return text.length;
}

static struct cs_str skip_blanks(struct cs_str text)
{
    for (;;) {
        text = cs_str_trim(text);
        if (!cs_str_starts(text, CS_STR("--")))
            return text;
        struct cs_str after = cs_str_from(text, 2);
        size_t open = long_open(after);
        ptrdiff_t line = cs_str_find(text, '\n');
        if (open)
            text = cs_str_from(after, long_length(after, open));
        else
            text = cs_str_from(text, line < 0 ? text.length : (size_t)line);
    }
}

/* Length of the quoted text that begins here, quotes included. */
static size_t quoted_length(struct cs_str text)
{
    size_t i = 1;
    while (i < text.length && text.at[i] != text.at[0] && text.at[i] != '\n')
        i += text.at[i] == '\\' ? 2 : 1;
    return i < text.length ? i + 1 : text.length;
}

/* One with an escape that is not simple is opaque. */
static size_t take_quoted(struct reader *reader, struct cs_str text)
{
    static const char from[] = "ntr\\\"'", to[] = "\n\t\r\\\"'";
    size_t whole = quoted_length(text), length = 0;
    char *out = cs_arena_alloc(reader->arena, whole + 1);
    reader->now.kind = TEXT;
    for (size_t i = 1; i + 1 < whole; i++) {
        char c = text.at[i];
        if (c == '\\') {
            const char *known = strchr(from, text.at[++i]);
            c = known ? to[known - from] : '?';
            if (!known)
                reader->now.kind = OPAQUE;
        }
        out[length++] = c;
    }
    out[length] = '\0';
    reader->now.text = out;
    return whole;
}

static size_t take_token(struct reader *reader, struct cs_str text)
{
    size_t open = long_open(text), i = 0;
    if (!text.length)
        return 0;
    if (text.at[0] == '"' || text.at[0] == '\'')
        return take_quoted(reader, text);
    if (open) {
        size_t length = long_length(text, open);
        bool whole = length >= open + open; /* else the file ends in it */
        reader->now.kind = whole ? TEXT : OPAQUE;
        if (whole)
            reader->now.text =
                cs_str_c(reader->arena, cs_str_span(text.at + open, length - open - open));
        return length;
    }
    while (i < text.length && (is_letter(text.at[i]) || is_digit(text.at[i])))
        i++;
    reader->now.kind = !i ? SIGN : is_letter(text.at[0]) ? NAME : OPAQUE;
    if (i)
        return i;
    return cs_str_starts(text, CS_STR("..")) || cs_str_starts(text, CS_STR("==")) ? 2 : 1;
}

static void next(struct reader *reader)
{
    struct cs_str text = skip_blanks(reader->rest);
    reader->now = (struct token){0};
    size_t length = take_token(reader, text);
    reader->now.raw = cs_str_span(text.at, length);
    reader->rest = cs_str_from(text, length);
}

static bool at(const struct reader *reader, const char *raw)
{
    return reader->now.kind != TEXT && cs_str_is(reader->now.raw, raw);
}

static bool at_any(const struct reader *reader, const char *const *words)
{
    for (; *words; words++)
        if (at(reader, *words))
            return true;
    return false;
}

/* -------------------------------------------------------------------- values */

static bool at_end_of_value(const struct reader *reader)
{
    static const char *const ends[] = {",", ";", "}", NULL};
    return reader->now.kind == END || at_any(reader, ends);
}

/* How deep in blocks and brackets what follows this token is. */
static size_t deeper(const struct reader *reader, size_t depth)
{
    static const char *const opens[] = {"(", "{", "[", "function", "do", "if", "repeat", NULL};
    static const char *const closes[] = {")", "}", "]", "end", "until", NULL};
    if (at_any(reader, opens))
        return depth + 1;
    return depth && at_any(reader, closes) ? depth - 1 : depth;
}

/* Everything up to the end of this value. */
static void skip_value(struct reader *reader)
{
    for (size_t depth = 0; reader->now.kind != END; next(reader)) {
        if (!depth && at_end_of_value(reader))
            return;
        depth = deeper(reader, depth);
    }
}

/* Texts joined by '..', NULL (and skipped) when it is anything else. */
static const char *take_text(struct reader *reader)
{
    const char *text = "";
    while (reader->now.kind == TEXT) {
        text = cs_arena_printf(reader->arena, "%s%s", text, reader->now.text);
        next(reader);
        if (at_end_of_value(reader))
            return text;
        if (!at(reader, ".."))
            break;
        next(reader);
    }
    skip_value(reader);
    return NULL;
}

/* ------------------------------------------------------------------- the table */

typedef void take_fn(struct reader *reader, struct cs_str key, void *context);

/* The fields of the table that begins here; those without a name have key "". */
static void take_table(struct reader *reader, take_fn *take, void *context)
{
    next(reader);
    while (reader->now.kind != END && !at(reader, "}")) {
        struct reader before = *reader;
        struct cs_str key = reader->now.raw;
        bool named = reader->now.kind == NAME;
        if (named)
            next(reader);
        named = named && at(reader, "=");
        if (named)
            next(reader);
        else
            *reader = before;
        take(reader, named ? key : CS_STR(""), context);
        skip_value(reader);
        if (!at(reader, "}"))
            next(reader);
    }
    next(reader);
}

static void take_command_field(struct reader *reader, struct cs_str key, void *context)
{
    struct csi_manifest_command *command = context;
    if (cs_str_is(key, "name"))
        command->name = take_text(reader);
    else if (cs_str_is(key, "brief"))
        command->brief = take_text(reader);
}

struct commands {
    struct csi_manifest_command *first, *last;
};

static void take_command(struct reader *reader, struct cs_str key, void *context)
{
    struct commands *list = context;
    if (key.length || !at(reader, "{"))
        return;
    struct csi_manifest_command *command = cs_arena_alloc(reader->arena, sizeof *command);
    take_table(reader, take_command_field, command);
    if (!command->name)
        return;
    if (list->last)
        list->last->next = command;
    else
        list->first = command;
    list->last = command;
}

static void take_field(struct reader *reader, struct cs_str key, void *context)
{
    struct csi_manifest_plugin *plugin = context;
    const struct {
        const char *key, **text;
    } texts[] = {{"name", &plugin->name},
                 {"version", &plugin->version},
                 {"brief", &plugin->brief},
                 {"needs", &plugin->needs}};
    for (size_t i = 0; i < CS_COUNT(texts); i++)
        if (cs_str_is(key, texts[i].key))
            *texts[i].text = take_text(reader);
    if (!cs_str_is(key, "commands") || !at(reader, "{"))
        return;
    struct commands list = {0};
    take_table(reader, take_command, &list);
    plugin->commands = list.first;
}

/* Does the declaration begin at this token?  Then the reader stands at its table. */
static bool at_declaration(struct reader *reader)
{
    static const char *const words[] = {"certsh", ".", "plugin"};
    struct reader try = *reader;
    bool bare = at(&try, "return");
    if (bare)
        next(&try);
    for (size_t i = 0; !at(&try, "{") && i < CS_COUNT(words); i++) {
        if (!at(&try, words[i]))
            return false;
        bare = true;
        next(&try);
    }
    if (at(&try, "("))
        next(&try);
    if (!bare || !at(&try, "{"))
        return false;
    *reader = try;
    return true;
}

/* The last one of the file that is in no function is the plugin's. */
bool csi_declared_read(struct cs_arena *arena, struct cs_str source,
                       struct csi_manifest_plugin *plugin)
{
    struct reader reader = {.arena = arena, .rest = source};
    size_t depth = 0;
    bool found = false;
    for (next(&reader); reader.now.kind != END; next(&reader)) {
        struct reader table = reader;
        bool outside = depth == 0;
        depth = deeper(&reader, depth);
        if (!outside || !at_declaration(&table))
            continue;
        found = true;
        *plugin = (struct csi_manifest_plugin){0};
        take_table(&table, take_field, plugin);
    }
    return found;
}
