/*
 * format_table.c - rows for people: columns as wide as their cells, fitted to the terminal.
 *
 * The first rows are kept to learn the widths; later ones stream through with what was
 * learnt.  Where the terminal is narrower, the widest columns shrink and their cells go on in
 * the next line: nothing is cut off.  Words said by the command take the table's place.
 * Control characters are never printed: names come from exports, and exports from strangers.
 * Room: front.
 */
#include "formats.h"

#include <string.h>

enum { KEPT = 1000, GAP = 2, NARROWEST = 12 };

/* ------------------------------------------------------------------- cells */

static bool is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\n') || c == 0x7f;
}

static struct cs_str clean(struct cs_arena *arena, struct cs_str text)
{
    size_t i = 0;
    while (i < text.length && !is_control(text.at[i]))
        i++;
    if (i == text.length)
        return text;
    char *copy = cs_arena_copy(arena, text.at, text.length);
    for (; i < text.length; i++)
        copy[i] = is_control(copy[i]) ? '?' : copy[i];
    return cs_str_span(copy, text.length);
}

static struct cs_str cell(struct cs_output *output, const struct cs_value *value)
{
    return clean(output->arena, cs_value_show(output->arena, value));
}

/* Columns of the widest line of a text. */
static size_t cell_width(struct cs_str text)
{
    size_t widest = 0;
    while (text.length) {
        ptrdiff_t end = cs_str_find(text, '\n');
        size_t size = end < 0 ? text.length : (size_t)end;
        size_t width = cs_str_width(cs_str_span(text.at, size));
        widest = width > widest ? width : widest;
        text = cs_str_from(text, size + 1);
    }
    return widest;
}

static size_t next_character(struct cs_str text, size_t at)
{
    at++;
    while (at < text.length && ((unsigned char)text.at[at] & 0xc0) == 0x80)
        at++;
    return at;
}

static bool breaks_after(char c)
{
    return c && strchr(" -\\,;)/\n", c);
}

/* Bytes of `text` that go on a line of `width` columns: up to a line end, else broken after
 * the last blank (or sign inside names and SIDs) that fits, else where it must. */
static size_t line_size(struct cs_str text, size_t width)
{
    size_t at = 0, used = 0, blank = 0;
    while (at < text.length && text.at[at] != '\n') {
        size_t next = next_character(text, at);
        used += cs_str_width(cs_str_span(text.at + at, next - at));
        if (used > width && at)
            return blank ? blank : at;
        if (text.at[at] == ' ' || (used * 2 > width && breaks_after(text.at[at])))
            blank = next;
        at = next;
    }
    return at;
}

/* Take one line off `*rest`. */
static struct cs_str take_line(struct cs_str *rest, size_t width)
{
    size_t size = line_size(*rest, width);
    struct cs_str line = cs_str_span(rest->at, size);
    bool at_end = size < rest->length && rest->at[size] == '\n';
    *rest = cs_str_from(*rest, size + at_end);
    while (line.length && line.at[line.length - 1] == ' ')
        line.length--;
    return line;
}

/* ------------------------------------------------------------------ colour */

static const char *colour_of(const struct cs_output *output, size_t column, struct cs_str text)
{
    static const struct {
        const char *word, *colour;
    } verdicts[] = {{"allowed", "\033[32m"},
                    {"denied", "\033[31m"},
                    {"not-granted", "\033[31m"},
                    {"unknown", "\033[33m"}};
    const struct cs_field *field = &output->command->result.at[column];
    if (!output->colour || strcmp(field->type->name, "verdict") != 0)
        return NULL;
    for (size_t i = 0; i < CS_COUNT(verdicts); i++)
        if (cs_str_is(text, verdicts[i].word))
            return verdicts[i].colour;
    return NULL;
}

/* ------------------------------------------------------------------- lines */

static size_t columns(const struct cs_output *output)
{
    return output->command->result.count;
}

static void pad(struct cs_buf *buf, size_t count)
{
    for (; count; count--)
        cs_buf_addc(buf, ' ');
}

struct line_part {
    struct cs_str rest;
    bool right;
    const char *colour;
};

static void add_part(struct cs_buf *buf, struct line_part *part, size_t width, bool last)
{
    struct cs_str line = take_line(&part->rest, width);
    size_t used = cs_str_width(line), blanks = used < width ? width - used : 0;
    if (part->right)
        pad(buf, blanks);
    if (part->colour)
        cs_buf_adds(buf, part->colour);
    cs_buf_add_str(buf, line);
    if (part->colour)
        cs_buf_adds(buf, "\033[0m");
    if (!part->right && !last)
        pad(buf, blanks);
}

/* One row, on as many lines as its tallest cell needs. */
static cs_status print_parts(struct cs_output *output, struct line_part *parts,
                             struct cs_error *err)
{
    struct csi_table_state *table = output->state;
    struct cs_buf buf;
    cs_buf_init(&buf, SIZE_MAX / 4);
    bool more = true;
    while (more) {
        size_t start = buf.length;
        more = false;
        for (size_t i = 0; i < columns(output); i++) {
            if (i)
                pad(&buf, GAP);
            add_part(&buf, &parts[i], table->widths[i], i + 1 == columns(output));
            more = more || parts[i].rest.length;
        }
        while (buf.length > start && buf.at[buf.length - 1] == ' ')
            cs_buf_cut(&buf, buf.length - 1);
        cs_buf_addc(&buf, '\n');
    }
    cs_status status = output->put(output, cs_buf_str(&buf), err);
    cs_buf_clear(&buf);
    return status;
}

static cs_status print_header(struct cs_output *output, struct cs_error *err)
{
    struct cs_arena_mark mark = cs_arena_mark(output->arena);
    struct line_part *parts = cs_arena_alloc(output->arena, columns(output) * sizeof *parts);
    for (size_t i = 0; i < columns(output); i++) {
        const struct cs_field *field = &output->command->result.at[i];
        parts[i].rest = cs_str_of(field->name);
        parts[i].right = strcmp(field->type->json, "integer") == 0;
        parts[i].colour = output->colour ? "\033[1m" : NULL;
    }
    cs_status status = print_parts(output, parts, err);
    cs_arena_rewind(output->arena, mark);
    return status;
}

static cs_status print_row(struct cs_output *output, const struct cs_value *values,
                           struct cs_error *err)
{
    struct cs_arena_mark mark = cs_arena_mark(output->arena);
    struct line_part *parts = cs_arena_alloc(output->arena, columns(output) * sizeof *parts);
    for (size_t i = 0; i < columns(output); i++) {
        parts[i].rest = cell(output, &values[i]);
        parts[i].right = values[i].kind == CS_INT;
        parts[i].colour = colour_of(output, i, parts[i].rest);
    }
    cs_status status = print_parts(output, parts, err);
    cs_arena_rewind(output->arena, mark);
    return status;
}

/* ------------------------------------------------------------------ widths */

/* Columns of the longest piece that a line break would have to cut. */
static size_t longest_piece(struct cs_str text)
{
    size_t longest = 0, start = 0;
    for (size_t i = 0; i <= text.length; i++)
        if (i == text.length || breaks_after(text.at[i])) {
            size_t width = cs_str_width(cs_str_span(text.at + start, i - start));
            longest = width > longest ? width : longest;
            start = i + 1;
        }
    return longest + 1;
}

static void learn_cell(struct cs_output *output, size_t column, struct cs_str text)
{
    struct csi_table_state *table = output->state;
    size_t width = cell_width(text), piece = longest_piece(text);
    if (width > table->widths[column])
        table->widths[column] = width;
    if (piece > table->least[column])
        table->least[column] = piece;
}

static void learn_widths(struct cs_output *output)
{
    struct csi_table_state *table = output->state;
    for (size_t i = 0; i < columns(output); i++)
        table->widths[i] = table->least[i] = strlen(output->command->result.at[i].name);
    for (size_t row = 0; row < table->kept_count; row++) {
        struct cs_arena_mark mark = cs_arena_mark(output->arena);
        for (size_t i = 0; i < columns(output); i++)
            learn_cell(output, i, cell(output, &table->kept[row][i]));
        cs_arena_rewind(output->arena, mark);
    }
}

/* What is read as one word (a SID, a time, a verdict) gives way last. */
static bool is_one_word(const struct cs_field *field)
{
    static const char *const types[] = {"sid", "time", "code", "verdict", "number", "bool"};
    for (size_t i = 0; i < CS_COUNT(types); i++)
        if (strcmp(field->type->name, types[i]) == 0)
            return true;
    return false;
}

/* How narrow a column may get: at first it keeps its pieces whole. */
static size_t narrowest(const struct cs_output *output, size_t column, bool hard)
{
    struct csi_table_state *table = output->state;
    if (hard)
        return NARROWEST;
    if (is_one_word(&output->command->result.at[column]))
        return table->widths[column];
    return table->least[column] > NARROWEST ? table->least[column] : NARROWEST;
}

/* Take columns from the widest until all fit, or none may give more; returns what is left. */
static size_t narrow(struct cs_output *output, size_t excess, bool hard)
{
    struct csi_table_state *table = output->state;
    for (; excess; excess--) {
        size_t widest = columns(output);
        for (size_t i = 0; i < columns(output); i++)
            if (table->widths[i] > narrowest(output, i, hard) &&
                (widest == columns(output) || table->widths[i] > table->widths[widest]))
                widest = i;
        if (widest == columns(output))
            return excess;
        table->widths[widest]--;
    }
    return 0;
}

static void fit_widths(struct cs_output *output)
{
    struct csi_table_state *table = output->state;
    size_t total = columns(output) ? (columns(output) - 1) * GAP : 0;
    for (size_t i = 0; i < columns(output); i++)
        total += table->widths[i];
    if (!output->width || total <= output->width)
        return;
    size_t excess = narrow(output, total - output->width, false);
    narrow(output, excess, true);
}

static cs_status print_kept(struct cs_output *output, struct cs_error *err)
{
    struct csi_table_state *table = output->state;
    learn_widths(output);
    fit_widths(output);
    cs_status status = print_header(output, err);
    for (size_t i = 0; status == CS_OK && i < table->kept_count; i++)
        status = print_row(output, table->kept[i], err);
    table->kept_count = 0;
    table->opened = true;
    return status;
}

/* ------------------------------------------------------------------ format */

cs_status csi_table_begin(struct cs_output *output, struct cs_error *err)
{
    struct csi_table_state *table = output->state;
    size_t count = columns(output);
    (void)err;
    table->kept = cs_arena_alloc(output->arena, KEPT * sizeof *table->kept);
    table->widths = cs_arena_alloc(output->arena, (count + 1) * sizeof *table->widths);
    table->least = cs_arena_alloc(output->arena, (count + 1) * sizeof *table->least);
    return CS_OK;
}

cs_status csi_table_row(struct cs_output *output, const struct cs_value *values,
                        struct cs_error *err)
{
    struct csi_table_state *table = output->state;
    if (!columns(output))
        return CS_OK;
    if (table->opened)
        return print_row(output, values, err);
    struct cs_value *copy = cs_arena_alloc(output->arena, columns(output) * sizeof *copy);
    for (size_t i = 0; i < columns(output); i++)
        copy[i] = cs_value_copy(output->arena, &values[i]);
    table->kept[table->kept_count++] = copy;
    return table->kept_count == KEPT ? print_kept(output, err) : CS_OK;
}

/* A command that went well without rows is a header alone, so that one sees there are none. */
cs_status csi_table_finish(struct cs_output *output, struct cs_error *err)
{
    const struct csi_table_state *table = output->state;
    if (output->said || table->opened || !columns(output))
        return CS_OK;
    return table->kept_count || !output->failed ? print_kept(output, err) : CS_OK;
}
