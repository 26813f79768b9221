/*
 * reg_file.c - registry values as the text of a .reg file, as reg.exe and regedit write it.
 *
 *     Windows Registry Editor Version 5.00
 *
 *     [HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Ole]
 *     "EnableDCOM"="Y"
 *     "MachineLaunchRestriction"=hex:01,00,04,80,...,\
 *       00,00,05,20
 *
 * UTF-16LE with a byte order mark, CR LF.  A line of hex goes on while fewer than 77 columns
 * are taken and is then folded; so a file read and written again is the same bytes.
 *
 * Room: lab.
 */
#include <stdlib.h>

#include <certsh/import.h>

enum { FOLD_COLUMN = 76, FILE_MAX = 1 << 28 };

/* A value and its place in the caller's list, which is the order within a key. */
struct item {
    const struct cs_reg_value *value;
    size_t index;
};

/* A key comes before those below it, those before its next sibling. */
static int compare_keys(struct cs_str a, struct cs_str b)
{
    for (size_t i = 0; i < a.length && i < b.length; i++) {
        int x = a.at[i] == '\\' ? 0 : (unsigned char)a.at[i];
        int y = b.at[i] == '\\' ? 0 : (unsigned char)b.at[i];
        x = x >= 'a' && x <= 'z' ? x - 32 : x;
        y = y >= 'a' && y <= 'z' ? y - 32 : y;
        if (x != y)
            return x - y;
    }
    return (a.length > b.length) - (a.length < b.length);
}

static int compare(const void *left, const void *right)
{
    const struct item *a = left, *b = right;
    int order = compare_keys(a->value->key, b->value->key);
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

/* --------------------------------------------------------------------- parts */

static void write_escaped(struct cs_buf *out, struct cs_str text)
{
    cs_buf_addc(out, '"');
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] == '"' || text.at[i] == '\\')
            cs_buf_addc(out, '\\');
        cs_buf_addc(out, text.at[i]);
    }
    cs_buf_addc(out, '"');
}

static void write_key(struct cs_buf *out, struct cs_str key)
{
    static const struct {
        const char *from, *to;
    } roots[] = {
        {"HKLM", "HKEY_LOCAL_MACHINE"}, {"HKU", "HKEY_USERS"}, {"HKCU", "HKEY_CURRENT_USER"}};
    cs_buf_adds(out, "\r\n[");
    for (size_t i = 0; i < CS_COUNT(roots); i++) {
        struct cs_str from = cs_str_of(roots[i].from), rest = cs_str_from(key, from.length);
        if (cs_str_same_start(key, from) && (!rest.length || rest.at[0] == '\\')) {
            cs_buf_adds(out, roots[i].to);
            key = rest;
            break;
        }
    }
    cs_buf_add_str(out, key);
    cs_buf_adds(out, "]\r\n");
}

/* Columns a name takes: UTF-16 units, as regedit counts them. */
static size_t columns(struct cs_str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.at[i];
        count += (c & 0xc0) != 0x80;
        count += c >= 0xf0;
    }
    return count;
}

static void write_hex(struct cs_buf *out, size_t line_start, struct cs_str data)
{
    struct cs_str line = cs_str_from(cs_buf_str(out), line_start);
    size_t column = columns(line);
    for (size_t i = 0; i < data.length; i++) {
        bool last = i + 1 == data.length;
        cs_buf_addf(out, last ? "%02x" : "%02x,", (unsigned char)data.at[i]);
        column += 3;
        if (last || column <= FOLD_COLUMN)
            continue;
        cs_buf_adds(out, "\\\r\n  ");
        column = 2;
    }
}

/* A text that ends with its NUL and has none within; anything else is written as bytes. */
static bool is_text(const struct cs_reg_value *value)
{
    struct cs_str data = value->data;
    if (value->type != CS_REG_SZ || data.length < 2 || data.length % 2)
        return false;
    for (size_t i = 0; i + 2 < data.length; i += 2)
        if (!data.at[i] && !data.at[i + 1])
            return false;
    return !data.at[data.length - 2] && !data.at[data.length - 1];
}

static void write_value(struct cs_arena *arena, struct cs_buf *out,
                        const struct cs_reg_value *value)
{
    size_t line_start = out->length;
    uint32_t number;
    if (value->name.length)
        write_escaped(out, value->name);
    else
        cs_buf_addc(out, '@');
    if (is_text(value)) {
        cs_buf_addc(out, '=');
        write_escaped(out, cs_reg_text(arena, value));
    } else if (cs_reg_number(value, &number)) {
        cs_buf_addf(out, "=dword:%08x", number);
    } else {
        if (value->type == CS_REG_BINARY)
            cs_buf_adds(out, "=hex:");
        else
            cs_buf_addf(out, "=hex(%x):", value->type);
        write_hex(out, line_start, value->data);
    }
    cs_buf_adds(out, "\r\n");
}

/* ---------------------------------------------------------------------- file */

static struct cs_str with_mark(struct cs_arena *arena, struct cs_str text)
{
    struct cs_str marked = cs_str_printf(arena, "\xef\xbb\xbf%.*s", CS_STR_ARG(text));
    return cs_str_to_utf16(arena, marked);
}

struct cs_str cs_reg_file_write(struct cs_arena *arena, const struct cs_reg_value *const *values,
                                size_t count)
{
    struct item *items = cs_arena_alloc(arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = (struct item){values[i], i};
    qsort(items, count, sizeof *items, compare);
    struct cs_buf out;
    cs_buf_init(&out, FILE_MAX);
    cs_buf_adds(&out, "Windows Registry Editor Version 5.00\r\n");
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || compare_keys(items[i].value->key, items[i - 1].value->key))
            write_key(&out, items[i].value->key);
        if (items[i].value->type != CS_REG_KEY)
            write_value(arena, &out, items[i].value);
    }
    cs_buf_adds(&out, "\r\n");
    struct cs_str file = with_mark(arena, cs_buf_str(&out));
    cs_buf_clear(&out);
    return file;
}
