/*
 * words.c - a line becomes words.
 *
 * Words are split at blanks; "..." and '...' quote, a doubled quote inside stands for itself,
 * a backslash is an ordinary character, leading en and em dashes are '-' (word processors
 * make them, and articles are pasted from).  An apostrophe inside a word is a letter
 * (CORP\O'Brien) unless its partner ends the word (CORP\'Domain Users').  Room: command.
 */
#include "shell_internal.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Is there an en or em dash at `at`?  (U+2013, U+2014: e2 80 93, e2 80 94.) */
static bool is_dash(struct cs_str line, size_t at)
{
    return at + 3 <= line.length && memcmp(line.at + at, "\xe2\x80", 2) == 0 &&
           (line.at[at + 2] == '\x93' || line.at[at + 2] == '\x94');
}

/* Offset of the quote that closes the one at `at`; the line's end when it is open. */
static size_t closing(struct cs_str line, size_t at)
{
    char quote = line.at[at];
    for (size_t i = at + 1; i < line.length; i++) {
        if (line.at[i] != quote)
            continue;
        if (i + 1 < line.length && line.at[i + 1] == quote)
            i++;
        else
            return i;
    }
    return line.length;
}

static bool quotes(struct cs_str line, size_t start, size_t at)
{
    if (line.at[at] == '"')
        return true;
    if (line.at[at] != '\'')
        return false;
    if (at == start || line.at[at - 1] == '=')
        return true;
    size_t end = closing(line, at);
    return end < line.length && (end + 1 == line.length || is_blank(line.at[end + 1]));
}

/* The inside of a quote, doubled quotes halved; `end` is the closing one or the line's end. */
static void add_quoted(struct cs_buf *buf, struct cs_str line, size_t at, size_t end)
{
    for (size_t i = at + 1; i < end; i++) {
        cs_buf_addc(buf, line.at[i]);
        if (line.at[i] == line.at[at])
            i++;
    }
}

/* Read the word that begins at word->at into `buf`; false for an open quote, then at `end`. */
static bool read_word(struct cs_str line, struct csi_word *word, struct cs_buf *buf)
{
    size_t i = word->at;
    for (; is_dash(line, i); i += 3)
        cs_buf_addc(buf, '-');
    while (i < line.length && !is_blank(line.at[i])) {
        if (!quotes(line, word->at, i)) {
            cs_buf_addc(buf, line.at[i++]);
            continue;
        }
        word->quoted = true;
        size_t end = closing(line, i);
        add_quoted(buf, line, i, end);
        word->end = i;
        if (end == line.length)
            return false;
        i = end + 1;
    }
    word->end = i;
    return true;
}

struct word_list {
    struct cs_arena *arena;
    struct csi_word *at;
    size_t count, room;
};

static void add_word(struct word_list *list, struct csi_word word)
{
    list->at = cs_arena_more(list->arena, list->at, list->count, &list->room, sizeof *list->at);
    list->at[list->count++] = word;
}

static cs_status open_quote(size_t at, struct cs_error *err)
{
    cs_fail_at(err, CS_SYNTAX, at, "a quote is not closed");
    return cs_error_hint(err, "close it, or double it where it is meant as itself");
}

cs_status csi_words_split(struct cs_arena *arena, struct cs_str line, bool open_ok,
                          struct csi_word **words, size_t *count, struct cs_error *err)
{
    struct word_list list = {.arena = arena};
    struct cs_buf buf;
    cs_status status = CS_OK;
    cs_buf_init(&buf, line.length + 1);
    for (size_t i = 0; i < line.length && status == CS_OK;) {
        if (is_blank(line.at[i])) {
            i++;
            continue;
        }
        struct csi_word word = {.at = i};
        cs_buf_cut(&buf, 0);
        bool closed = read_word(line, &word, &buf);
        if (!closed && !open_ok)
            status = open_quote(word.end, err);
        if (!closed)
            word.end = line.length;
        word.text = cs_str_copy(arena, cs_buf_str(&buf));
        add_word(&list, word);
        i = word.end;
    }
    cs_buf_clear(&buf);
    if (status != CS_OK)
        return status;
    *words = list.at;
    *count = list.count;
    return CS_OK;
}

void csi_words_add_name(struct cs_buf *name, struct cs_str word)
{
    if (name->length)
        cs_buf_addc(name, ' ');
    for (; is_dash(word, 0); word = cs_str_from(word, 3))
        cs_buf_addc(name, '-');
    cs_buf_add_str(name, word);
}

/* Names of commands are never quoted, so this needs no memory. */
bool csi_words_next(struct cs_str line, size_t *at, struct cs_str *word)
{
    size_t i = *at;
    while (i < line.length && is_blank(line.at[i]))
        i++;
    size_t start = i;
    while (i < line.length && !is_blank(line.at[i]))
        i++;
    *word = cs_str_span(line.at + start, i - start);
    *at = i;
    return i > start;
}

cs_status cs_line_split(struct cs_arena *arena, struct cs_str line, struct cs_list *words,
                        struct cs_error *err)
{
    struct csi_word *split = NULL;
    size_t count = 0;
    cs_status status = csi_words_split(arena, line, false, &split, &count, err);
    if (status != CS_OK)
        return status;
    struct cs_value *values = cs_arena_alloc(arena, count * sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = cs_value_str(split[i].text);
    *words = (struct cs_list){values, count};
    return CS_OK;
}
