/* json_write.c - values to compact JSON (see json.h).  Room: value. */
#include <certsh/json.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Bytes of the UTF-8 character at `i`, 0 when none begins there. */
static size_t character(struct cs_str text, size_t i)
{
    for (size_t size = 1; size <= 4 && i + size <= text.length; size++)
        if (cs_str_is_utf8(cs_str_span(text.at + i, size)))
            return size;
    return 0;
}

static const char *short_escape(char c)
{
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return NULL;
    }
}

/* Write the character at `i`; returns the bytes it took. */
static size_t write_character(struct cs_buf *buf, struct cs_str text, size_t i)
{
    unsigned char c = (unsigned char)text.at[i];
    const char *escape = short_escape(text.at[i]);
    size_t size = c < 0x80 ? 1 : character(text, i);
    if (escape)
        cs_buf_adds(buf, escape);
    else if (c < 0x20 || c == 0x7f)
        cs_buf_addf(buf, "\\u%04x", (unsigned)c);
    else if (size)
        cs_buf_add(buf, text.at + i, size);
    else
        cs_buf_adds(buf, "\xef\xbf\xbd");
    return size ? size : 1;
}

static bool plain(char c)
{
    unsigned char byte = (unsigned char)c;
    return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
}

void cs_json_write_text(struct cs_buf *buf, struct cs_str text)
{
    cs_buf_addc(buf, '"');
    for (size_t i = 0; i < text.length;) {
        size_t run = i;
        while (run < text.length && plain(text.at[run]))
            run++;
        cs_buf_add(buf, text.at + i, run - i);
        i = run;
        if (i < text.length)
            i += write_character(buf, text, i);
    }
    cs_buf_addc(buf, '"');
}

/* The shortest of two spellings that reads back as the same number. */
static void write_real(struct cs_buf *buf, double real)
{
    char text[40];
    if (!isfinite(real)) {
        cs_buf_adds(buf, "null");
        return;
    }
    snprintf(text, sizeof text, "%.15g", real);
    double again = strtod(text, NULL);
    if (again < real || again > real)
        snprintf(text, sizeof text, "%.17g", real);
    cs_buf_adds(buf, text);
}

static void write_list(struct cs_buf *buf, struct cs_list list)
{
    cs_buf_addc(buf, '[');
    for (size_t i = 0; i < list.count; i++) {
        if (i)
            cs_buf_addc(buf, ',');
        cs_json_write(buf, &list.at[i]);
    }
    cs_buf_addc(buf, ']');
}

static void write_object(struct cs_buf *buf, struct cs_object object)
{
    cs_buf_addc(buf, '{');
    for (size_t i = 0; i < object.count; i++) {
        if (i)
            cs_buf_addc(buf, ',');
        cs_json_write_text(buf, object.at[i].name);
        cs_buf_addc(buf, ':');
        cs_json_write(buf, &object.at[i].value);
    }
    cs_buf_addc(buf, '}');
}

static void write_time(struct cs_buf *buf, int64_t seconds)
{
    struct cs_time_text text;
    cs_buf_addf(buf, "\"%s\"", cs_time_format(seconds, &text));
}

void cs_json_write(struct cs_buf *buf, const struct cs_value *value)
{
    switch (value->kind) {
    case CS_NULL:
        cs_buf_adds(buf, "null");
        return;
    case CS_BOOL:
        cs_buf_adds(buf, value->boolean ? "true" : "false");
        return;
    case CS_INT:
        cs_buf_addf(buf, "%lld", (long long)value->integer);
        return;
    case CS_REAL:
        write_real(buf, value->real);
        return;
    case CS_CODE:
        cs_buf_addf(buf, "\"0x%08llx\"", (unsigned long long)value->integer);
        return;
    case CS_TIME:
        write_time(buf, value->integer);
        return;
    case CS_TEXT:
    case CS_REF:
        cs_json_write_text(buf, value->text);
        return;
    case CS_LIST:
        write_list(buf, value->list);
        return;
    case CS_OBJECT:
        write_object(buf, value->object);
        return;
    }
}
