/* cell.c - records to cells, rows and images, and back (see cell.h).  Room: lab. */
#include "cell.h"

#include <string.h>

#include <certsh/arena.h>

struct csi_cell csi_cell_number(int64_t number)
{
    return (struct csi_cell){.kind = CSI_CELL_NUMBER, .number = number};
}

struct csi_cell csi_cell_text(struct cs_str text)
{
    return (struct csi_cell){.kind = CSI_CELL_TEXT, .text = text};
}

struct csi_cell csi_cell_bytes(struct cs_str bytes)
{
    return (struct csi_cell){.kind = CSI_CELL_BYTES, .text = bytes};
}

struct csi_cell csi_cell_null(void)
{
    return (struct csi_cell){.kind = CSI_CELL_NULL};
}

/* ------------------------------------------------------------------ columns */

static const struct csi_column head[CSI_HEAD] = {
    {"id", CSI_COLUMN_NUMBER, offsetof(struct cs_record, id), CS_NOUN_NONE},
    {"birth", CSI_COLUMN_NUMBER, offsetof(struct cs_record, birth), CS_NOUN_NONE},
    {"origin", CSI_COLUMN_NUMBER, offsetof(struct cs_record, source.origin), CS_NOUN_NONE},
    {"line", CSI_COLUMN_NUMBER, offsetof(struct cs_record, source.line), CS_NOUN_NONE},
};

size_t csi_cell_count(const struct csi_noun *noun)
{
    return CSI_HEAD + noun->column_count;
}

const struct csi_column *csi_cell_column(const struct csi_noun *noun, size_t i)
{
    return i < CSI_HEAD ? &head[i] : &noun->columns[i - CSI_HEAD];
}

/* ------------------------------------------------------------ lists of texts */

/* A JSON array of strings, so that people and SQLite's json_each can read it. */
static struct cs_str pack_texts(const struct cs_strs *texts, struct cs_arena *arena)
{
    struct cs_buf buf;
    cs_buf_init(&buf, SIZE_MAX / 2);
    cs_buf_addc(&buf, '[');
    for (size_t i = 0; i < texts->count; i++) {
        cs_buf_adds(&buf, i ? ",\"" : "\"");
        for (size_t c = 0; c < texts->at[i].length; c++) {
            unsigned char letter = (unsigned char)texts->at[i].at[c];
            if (letter < 0x20)
                cs_buf_addf(&buf, "\\u%04x", letter);
            else if (letter == '"' || letter == '\\')
                cs_buf_addf(&buf, "\\%c", letter);
            else
                cs_buf_addc(&buf, (char)letter);
        }
        cs_buf_addc(&buf, '"');
    }
    cs_buf_addc(&buf, ']');
    struct cs_str packed = cs_str_copy(arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return packed;
}

/* One character of a string we packed; false at its closing quote and at the end. */
static bool take_letter(struct cs_str packed, size_t *at, char *letter)
{
    if (*at >= packed.length || packed.at[*at] == '"')
        return false;
    *letter = packed.at[(*at)++];
    if (*letter != '\\' || *at >= packed.length)
        return true;
    *letter = packed.at[(*at)++];
    if (*letter != 'u')
        return true;
    unsigned code = 0;
    for (int i = 0; i < 4 && *at < packed.length; i++) {
        char digit = packed.at[(*at)++];
        code = code * 16 + (unsigned)(digit <= '9' ? digit - '0' : (digit | 32) - 'a' + 10);
    }
    *letter = (char)code;
    return true;
}

static bool unpack_texts(struct cs_str packed, struct cs_strs *texts, struct cs_arena *arena)
{
    struct cs_str *list = cs_arena_alloc(arena, (packed.length / 3 + 1) * sizeof *list);
    size_t count = 0, at = 1;
    if (packed.length < 2 || packed.at[0] != '[' || packed.at[packed.length - 1] != ']')
        return false;
    while (at < packed.length && packed.at[at] == '"') {
        char *text = cs_arena_alloc(arena, packed.length - at), letter;
        size_t length = 0;
        for (at++; take_letter(packed, &at, &letter);)
            text[length++] = letter;
        list[count++] = cs_str_span(text, length);
        at += at + 1 < packed.length && packed.at[at + 1] == ',' ? 2 : 1;
    }
    *texts = (struct cs_strs){list, count};
    return at + 1 == packed.length;
}

/* -------------------------------------------------------------------- cells */

static struct csi_cell sid_cell(const struct cs_sid *sid, struct cs_arena *arena)
{
    struct cs_sid_text text;
    if (!sid->count)
        return csi_cell_null();
    return csi_cell_text(cs_str_copy(arena, cs_str_of(cs_sid_format(sid, &text))));
}

static uint32_t number_at(const void *field)
{
    uint32_t number;
    memcpy(&number, field, sizeof number);
    return number;
}

struct csi_cell csi_cell_of(const struct csi_noun *noun, size_t i, const struct cs_record *record,
                            struct cs_arena *arena)
{
    const struct csi_column *column = csi_cell_column(noun, i);
    const void *field = (const char *)record + column->offset;
    switch (column->type) {
    case CSI_COLUMN_TEXT:
        return csi_cell_text(*(const struct cs_str *)field);
    case CSI_COLUMN_BYTES:
        return csi_cell_bytes(*(const struct cs_str *)field);
    case CSI_COLUMN_TEXTS:
        return csi_cell_text(pack_texts(field, arena));
    case CSI_COLUMN_ID:
        return number_at(field) ? csi_cell_number(number_at(field)) : csi_cell_null();
    case CSI_COLUMN_NUMBER:
        return csi_cell_number(number_at(field));
    case CSI_COLUMN_TICK:
        return csi_cell_number((int64_t) * (const cs_tick *)field);
    case CSI_COLUMN_TIME:
        return csi_cell_number(*(const int64_t *)field);
    case CSI_COLUMN_BOOL:
        return csi_cell_number(*(const bool *)field);
    case CSI_COLUMN_SID:
        return sid_cell(field, arena);
    }
    return csi_cell_null();
}

static bool put_text(void *field, const struct csi_cell *cell, enum csi_cell_kind kind,
                     struct cs_arena *arena)
{
    if (cell->kind != kind)
        return false;
    *(struct cs_str *)field = cs_str_copy(arena, cell->text);
    return true;
}

static bool put_number(void *field, const struct csi_cell *cell)
{
    if (cell->kind != CSI_CELL_NUMBER || cell->number < 0 || cell->number > UINT32_MAX)
        return false;
    uint32_t number = (uint32_t)cell->number;
    memcpy(field, &number, sizeof number);
    return true;
}

static bool put_sid(struct cs_sid *sid, const struct csi_cell *cell)
{
    if (cell->kind == CSI_CELL_NULL)
        return true;
    return cell->kind == CSI_CELL_TEXT && cs_sid_parse(cell->text, sid, NULL) == CS_OK;
}

/* A time or a tick, at its full width. */
static bool put_wide(void *field, const struct csi_cell *cell)
{
    memcpy(field, &cell->number, sizeof cell->number);
    return cell->kind == CSI_CELL_NUMBER;
}

bool csi_cell_to(const struct csi_noun *noun, size_t i, const struct csi_cell *cell,
                 struct cs_record *record, struct cs_arena *arena)
{
    const struct csi_column *column = csi_cell_column(noun, i);
    void *field = (char *)record + column->offset;
    switch (column->type) {
    case CSI_COLUMN_TEXT:
        return put_text(field, cell, CSI_CELL_TEXT, arena);
    case CSI_COLUMN_BYTES:
        return put_text(field, cell, CSI_CELL_BYTES, arena);
    case CSI_COLUMN_TEXTS:
        return cell->kind == CSI_CELL_TEXT && unpack_texts(cell->text, field, arena);
    case CSI_COLUMN_ID:
        return cell->kind == CSI_CELL_NULL || put_number(field, cell);
    case CSI_COLUMN_NUMBER:
        return put_number(field, cell);
    case CSI_COLUMN_TICK:
    case CSI_COLUMN_TIME:
        return put_wide(field, cell);
    case CSI_COLUMN_BOOL:
        *(bool *)field = cell->number == 1;
        return cell->kind == CSI_CELL_NUMBER && (cell->number | 1) == 1;
    case CSI_COLUMN_SID:
        return put_sid(field, cell);
    }
    return false;
}

/* ------------------------------------------------------------------- images */

void csi_put_number(struct cs_buf *out, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        cs_buf_addc(out, (char)(number | 0x80));
    cs_buf_addc(out, (char)number);
}

bool csi_take_number(struct cs_str bytes, size_t *at, uint64_t *number)
{
    *number = 0;
    for (unsigned shift = 0; shift < 64 && *at < bytes.length; shift += 7) {
        unsigned char byte = (unsigned char)bytes.at[(*at)++];
        *number |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

static void put_bytes(struct cs_buf *out, struct cs_str bytes)
{
    csi_put_number(out, bytes.length);
    cs_buf_add_str(out, bytes);
}

static bool take_bytes(struct cs_str image, size_t *at, struct cs_str *out)
{
    uint64_t length;
    if (!csi_take_number(image, at, &length) || length > image.length - *at)
        return false;
    *out = cs_str_span(image.at + *at, (size_t)length);
    *at += (size_t)length;
    return true;
}

static void put_cell(struct cs_buf *out, const struct csi_cell *cell)
{
    cs_buf_addc(out, (char)cell->kind);
    if (cell->kind == CSI_CELL_NUMBER)
        csi_put_number(out, (uint64_t)cell->number);
    else if (cell->kind != CSI_CELL_NULL)
        put_bytes(out, cell->text);
}

static void put_cells(struct cs_buf *out, const struct csi_noun *noun,
                      const struct cs_record *record, bool names, struct cs_arena *arena)
{
    struct cs_arena_mark mark = cs_arena_mark(arena);
    for (size_t i = 0; i < csi_cell_count(noun); i++) {
        struct csi_cell cell = csi_cell_of(noun, i, record, arena);
        if (names)
            put_bytes(out, cs_str_of(csi_cell_column(noun, i)->name));
        put_cell(out, &cell);
    }
    cs_arena_rewind(arena, mark);
}

void csi_image_put(struct cs_buf *out, const struct csi_noun *noun, const struct cs_record *record,
                   struct cs_arena *arena)
{
    put_cells(out, noun, record, true, arena);
}

void csi_row_put(struct cs_buf *out, const struct csi_noun *noun, const struct cs_record *record,
                 struct cs_arena *arena)
{
    put_cells(out, noun, record, false, arena);
}

static bool take_cell(struct cs_str image, size_t *at, struct csi_cell *cell)
{
    uint64_t number = 0;
    if (*at >= image.length)
        return false;
    *cell = (struct csi_cell){.kind = (enum csi_cell_kind)(unsigned char)image.at[(*at)++]};
    switch (cell->kind) {
    case CSI_CELL_NULL:
        return true;
    case CSI_CELL_NUMBER:
        if (!csi_take_number(image, at, &number))
            return false;
        cell->number = (int64_t)number;
        return true;
    case CSI_CELL_TEXT:
    case CSI_CELL_BYTES:
        return take_bytes(image, at, &cell->text);
    }
    return false;
}

/* Columns mostly come in the order they are declared in. */
static size_t find_column(const struct csi_noun *noun, struct cs_str name, size_t guess)
{
    size_t count = csi_cell_count(noun);
    for (size_t i = 0; i < count; i++)
        if (cs_str_is(name, csi_cell_column(noun, (guess + i) % count)->name))
            return (guess + i) % count;
    return count;
}

struct cs_record *csi_image_get(struct cs_arena *arena, const struct csi_noun *noun,
                                struct cs_str image)
{
    struct cs_record *record = cs_arena_alloc(arena, noun->size);
    size_t at = 0, next = 0;
    while (at < image.length) {
        struct cs_str name;
        struct csi_cell cell;
        if (!take_bytes(image, &at, &name) || !take_cell(image, &at, &cell))
            return NULL;
        size_t i = find_column(noun, name, next);
        if (i < csi_cell_count(noun) && !csi_cell_to(noun, i, &cell, record, arena))
            return NULL;
        next = i + 1;
    }
    return record;
}

struct cs_record *csi_row_get(struct cs_arena *arena, const struct csi_noun *noun,
                              struct cs_str bytes, size_t *at)
{
    struct cs_record *record = cs_arena_alloc(arena, noun->size);
    for (size_t i = 0; i < csi_cell_count(noun); i++) {
        struct csi_cell cell;
        if (!take_cell(bytes, at, &cell) || !csi_cell_to(noun, i, &cell, record, arena))
            return NULL;
    }
    return record;
}

/* ------------------------------------------------------------------- hashes */

/* Part of the file format: the same on every machine. */
static uint64_t hash_bytes(const void *bytes, size_t size, uint64_t hash)
{
    const unsigned char *at = bytes;
    hash = (hash ^ size) * 0xff51afd7ed558ccdu;
    for (; size >= 8; at += 8, size -= 8) {
        uint64_t word = 0;
        for (int i = 7; i >= 0; i--)
            word = word << 8 | at[i];
        hash = (hash ^ word) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    for (; size; at++, size--)
        hash = (hash ^ *at) * 0x100000001b3u;
    hash *= 0xc4ceb9fe1a85ec53u;
    return hash ^ hash >> 29;
}

static uint64_t hash_cell(const struct csi_cell *cell, uint64_t hash)
{
    hash = (hash ^ (uint64_t)cell->kind) * 0x9e3779b97f4a7c15u;
    if (cell->kind == CSI_CELL_NUMBER)
        hash = (hash ^ (uint64_t)cell->number) * 0xff51afd7ed558ccdu;
    else if (cell->kind != CSI_CELL_NULL)
        hash = hash_bytes(cell->text.at, cell->text.length, hash);
    return hash ^ hash >> 31;
}

uint64_t csi_cells_hash(const struct csi_cell *cells, size_t count, uint64_t seed)
{
    uint64_t hash = seed * 0x9e3779b97f4a7c15u + 1;
    for (size_t i = 0; i < count; i++)
        hash = hash_cell(&cells[i], hash);
    return hash;
}

uint64_t csi_record_hash(enum cs_noun noun, const struct cs_record *record, struct cs_arena *arena)
{
    const struct csi_noun *of = csi_noun_of(noun);
    struct cs_arena_mark mark = cs_arena_mark(arena);
    uint64_t hash = ((uint64_t)noun + 100) * 0x9e3779b97f4a7c15u + 1;
    for (size_t i = 0; i < csi_cell_count(of); i++) {
        struct csi_cell cell = csi_cell_of(of, i, record, arena);
        hash = hash_cell(&cell, hash);
    }
    cs_arena_rewind(arena, mark);
    return hash;
}
