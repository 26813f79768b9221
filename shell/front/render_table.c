/*
 * render_table.c - rows for people: columns as wide as their cells, fitted to the terminal.
 *
 * The first rows are kept to learn the widths; later ones stream through with what was
 * learnt.  Where the terminal is narrower, the widest columns shrink and their cells go on in
 * the next line: nothing is cut off.  Words said by the command take the table's place.
 * Control characters are never printed: names come from exports, and exports from strangers.
 * Room: front.
 */
#include "front.h"

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

static struct cs_str cell(struct csi_renderer *renderer, const struct cs_value *value)
{
    return clean(renderer->arena, cs_value_show(renderer->arena, value));
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

static const char *colour_of(const struct csi_renderer *renderer, size_t column, struct cs_str text)
{
    static const struct {
        const char *word, *colour;
    } verdicts[] = {{"allowed", "\033[32m"},
                    {"denied", "\033[31m"},
                    {"not-granted", "\033[31m"},
                    {"unknown", "\033[33m"}};
    const struct cs_field *field = &renderer->command->result.at[column];
    if (!renderer->look.colour || strcmp(field->type->name, "verdict") != 0)
        return NULL;
    for (size_t i = 0; i < CS_COUNT(verdicts); i++)
        if (cs_str_is(text, verdicts[i].word))
            return verdicts[i].colour;
    return NULL;
}

/* ------------------------------------------------------------------- lines */

static size_t columns(const struct csi_renderer *renderer)
{
    return renderer->command->result.count;
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
static cs_status print_parts(struct csi_renderer *renderer, struct line_part *parts,
                             struct cs_error *err)
{
    struct cs_buf buf;
    cs_buf_init(&buf, SIZE_MAX / 4);
    bool more = true;
    while (more) {
        size_t start = buf.length;
        more = false;
        for (size_t i = 0; i < columns(renderer); i++) {
            if (i)
                pad(&buf, GAP);
            add_part(&buf, &parts[i], renderer->widths[i], i + 1 == columns(renderer));
            more = more || parts[i].rest.length;
        }
        while (buf.length > start && buf.at[buf.length - 1] == ' ')
            cs_buf_cut(&buf, buf.length - 1);
        cs_buf_addc(&buf, '\n');
    }
    cs_status status = csi_put(renderer, cs_buf_str(&buf), err);
    cs_buf_clear(&buf);
    return status;
}

static cs_status print_header(struct csi_renderer *renderer, struct cs_error *err)
{
    struct cs_arena_mark mark = cs_arena_mark(renderer->arena);
    struct line_part *parts = cs_arena_alloc(renderer->arena, columns(renderer) * sizeof *parts);
    for (size_t i = 0; i < columns(renderer); i++) {
        const struct cs_field *field = &renderer->command->result.at[i];
        parts[i].rest = cs_str_of(field->name);
        parts[i].right = strcmp(field->type->json, "integer") == 0;
        parts[i].colour = renderer->look.colour ? "\033[1m" : NULL;
    }
    cs_status status = print_parts(renderer, parts, err);
    cs_arena_rewind(renderer->arena, mark);
    return status;
}

static cs_status print_row(struct csi_renderer *renderer, const struct cs_value *values,
                           struct cs_error *err)
{
    struct cs_arena_mark mark = cs_arena_mark(renderer->arena);
    struct line_part *parts = cs_arena_alloc(renderer->arena, columns(renderer) * sizeof *parts);
    for (size_t i = 0; i < columns(renderer); i++) {
        parts[i].rest = cell(renderer, &values[i]);
        parts[i].right = values[i].kind == CS_INT;
        parts[i].colour = colour_of(renderer, i, parts[i].rest);
    }
    cs_status status = print_parts(renderer, parts, err);
    cs_arena_rewind(renderer->arena, mark);
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

static void learn_cell(struct csi_renderer *renderer, size_t column, struct cs_str text)
{
    size_t width = cell_width(text), piece = longest_piece(text);
    if (width > renderer->widths[column])
        renderer->widths[column] = width;
    if (piece > renderer->least[column])
        renderer->least[column] = piece;
}

static void learn_widths(struct csi_renderer *renderer)
{
    for (size_t i = 0; i < columns(renderer); i++)
        renderer->widths[i] = renderer->least[i] = strlen(renderer->command->result.at[i].name);
    for (size_t row = 0; row < renderer->kept_count; row++) {
        struct cs_arena_mark mark = cs_arena_mark(renderer->arena);
        for (size_t i = 0; i < columns(renderer); i++)
            learn_cell(renderer, i, cell(renderer, &renderer->kept[row][i]));
        cs_arena_rewind(renderer->arena, mark);
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
static size_t narrowest(const struct csi_renderer *renderer, size_t column, bool hard)
{
    if (hard)
        return NARROWEST;
    if (is_one_word(&renderer->command->result.at[column]))
        return renderer->widths[column];
    return renderer->least[column] > NARROWEST ? renderer->least[column] : NARROWEST;
}

/* Take columns from the widest until all fit, or none may give more; returns what is left. */
static size_t narrow(struct csi_renderer *renderer, size_t excess, bool hard)
{
    for (; excess; excess--) {
        size_t widest = columns(renderer);
        for (size_t i = 0; i < columns(renderer); i++)
            if (renderer->widths[i] > narrowest(renderer, i, hard) &&
                (widest == columns(renderer) || renderer->widths[i] > renderer->widths[widest]))
                widest = i;
        if (widest == columns(renderer))
            return excess;
        renderer->widths[widest]--;
    }
    return 0;
}

static void fit_widths(struct csi_renderer *renderer)
{
    size_t total = columns(renderer) ? (columns(renderer) - 1) * GAP : 0;
    for (size_t i = 0; i < columns(renderer); i++)
        total += renderer->widths[i];
    if (!renderer->look.width || total <= renderer->look.width)
        return;
    size_t excess = narrow(renderer, total - renderer->look.width, false);
    narrow(renderer, excess, true);
}

static cs_status print_kept(struct csi_renderer *renderer, struct cs_error *err)
{
    learn_widths(renderer);
    fit_widths(renderer);
    cs_status status = print_header(renderer, err);
    for (size_t i = 0; status == CS_OK && i < renderer->kept_count; i++)
        status = print_row(renderer, renderer->kept[i], err);
    renderer->kept_count = 0;
    renderer->opened = true;
    return status;
}

/* -------------------------------------------------------------------- sink */

static cs_status begin(struct cs_sink *sink, const struct cs_command *command, struct cs_error *err)
{
    struct csi_renderer *renderer = (struct csi_renderer *)sink;
    (void)err;
    renderer->command = command;
    renderer->said = renderer->opened = false;
    renderer->rows = renderer->kept_count = 0;
    renderer->kept = cs_arena_alloc(renderer->arena, KEPT * sizeof(void *));
    renderer->widths =
        cs_arena_alloc(renderer->arena, (command->result.count + 1) * sizeof *renderer->widths);
    renderer->least =
        cs_arena_alloc(renderer->arena, (command->result.count + 1) * sizeof *renderer->least);
    return CS_OK;
}

static cs_status row(struct cs_sink *sink, const struct cs_value *values, struct cs_error *err)
{
    struct csi_renderer *renderer = (struct csi_renderer *)sink;
    renderer->rows++;
    if (renderer->said || !columns(renderer))
        return CS_OK;
    if (renderer->opened)
        return print_row(renderer, values, err);
    struct cs_value *copy = cs_arena_alloc(renderer->arena, columns(renderer) * sizeof *copy);
    for (size_t i = 0; i < columns(renderer); i++)
        copy[i] = cs_value_copy(renderer->arena, &values[i]);
    renderer->kept[renderer->kept_count++] = copy;
    return renderer->kept_count == KEPT ? print_kept(renderer, err) : CS_OK;
}

static void words(struct cs_sink *sink, struct cs_str text)
{
    struct csi_renderer *renderer = (struct csi_renderer *)sink;
    struct cs_error ignored;
    renderer->said = true;
    if (text.length)
        renderer->in_line = text.at[text.length - 1] != '\n';
    (void)!csi_put(renderer, text, &ignored);
}

static void end(struct cs_sink *sink)
{
    struct csi_renderer *renderer = (struct csi_renderer *)sink;
    struct cs_error ignored;
    if (!renderer->said && renderer->kept_count)
        (void)!print_kept(renderer, &ignored);
    if (renderer->in_line)
        (void)!csi_put(renderer, CS_STR("\n"), &ignored);
    renderer->in_line = false;
    fflush(renderer->look.out);
}

void csi_table_empty(struct csi_renderer *renderer)
{
    struct cs_error ignored;
    if (renderer->look.format != CSI_TABLE || renderer->said || renderer->rows ||
        !renderer->command || !columns(renderer))
        return;
    (void)!print_kept(renderer, &ignored);
    fflush(renderer->look.out);
}

void csi_table_init(struct csi_renderer *renderer)
{
    renderer->sink.begin = begin;
    renderer->sink.row = row;
    renderer->sink.words = words;
    renderer->sink.end = end;
    renderer->sink.wants_words = true;
}
