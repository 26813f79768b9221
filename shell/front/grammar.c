/*
 * grammar.c - is a line a command, Lua, or neither?
 *
 * A command's words come first, but a word followed by = ( . : { or [ is Lua, so that
 * `token = 1` and `lab:undo()` mean what they look like.  What is neither a command nor the
 * beginning of a Lua statement looks like words: an unknown command.  Room: front.
 */
#include "front.h"

#include <string.h>

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name(char c)
{
    return is_name_start(c) || (c >= '0' && c <= '9');
}

/* '.' ':' '[' belong to the name only where they touch it (`run ./x.lua` is a command);
 * '=' '(' '{' also after blanks. */
static bool goes_on_as_lua(struct cs_str line, size_t name)
{
    struct cs_str rest = cs_str_from(line, name);
    if (rest.length && strchr(".:[", rest.at[0]))
        return true;
    rest = cs_str_trim(rest);
    return rest.length && strchr("=({", rest.at[0]);
}

static bool is_keyword(struct cs_str word)
{
    static const char *const words[] = {"break",  "do",     "end",   "for",  "function",
                                        "goto",   "if",     "local", "nil",  "not",
                                        "repeat", "return", "while", "true", "false"};
    for (size_t i = 0; i < CS_COUNT(words); i++)
        if (cs_str_is(word, words[i]))
            return true;
    return false;
}

/* After a name a Lua statement goes on with one of these; words do not. */
static bool goes_on_as_statement(struct cs_str rest)
{
    return rest.length && strchr("=,(.:[{\"';", rest.at[0]);
}

static bool looks_like_words(struct cs_str line)
{
    size_t name = 0;
    if (!is_name_start(line.at[0]))
        return strchr("(;:\"'{[-", line.at[0]) == NULL;
    while (name < line.length && is_name(line.at[name]))
        name++;
    if (is_keyword(cs_str_span(line.at, name)))
        return false;
    return !goes_on_as_statement(cs_str_trim(cs_str_from(line, name)));
}

enum csi_line_kind csi_line_kind(struct cs_shell *shell, struct cs_str line)
{
    line = cs_str_trim(line);
    if (!line.length || line.at[0] == '#')
        return CSI_LINE_EMPTY;
    size_t name = 0;
    while (name < line.length && is_name(line.at[name]))
        name++;
    if (line.at[0] == '=' || (name && goes_on_as_lua(line, name)))
        return CSI_LINE_LUA;
    const struct cs_command *command = NULL;
    struct cs_str rest;
    struct cs_error err;
    /* one whose plugin cannot be loaded is a command, too: running it tells why */
    if (cs_shell_find(shell, line, &command, &rest, &err) != CS_OK || command)
        return CSI_LINE_COMMAND;
    return looks_like_words(line) ? CSI_LINE_UNKNOWN : CSI_LINE_LUA;
}
