/* certutil_text.c - lines, numbers and properties (see certutil_text.h). */
#include "certutil_text.h"

bool text_next(struct text *text)
{
    if (!text->rest.length)
        return false;
    ptrdiff_t end = cs_str_find(text->rest, '\n');
    text->line = cs_str_span(text->rest.at, end < 0 ? text->rest.length : (size_t)end);
    text->rest = cs_str_from(text->rest, end < 0 ? text->rest.length : text->line.length + 1);
    if (cs_str_ends(text->line, CS_STR("\r")))
        text->line.length--;
    text->number++;
    return true;
}

ptrdiff_t text_has(struct cs_str line, const char *word)
{
    struct cs_str wanted = cs_str_of(word);
    for (size_t i = 0; i + wanted.length <= line.length; i++)
        if (cs_str_starts(cs_str_from(line, i), wanted))
            return (ptrdiff_t)i;
    return -1;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 32);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool text_number(struct cs_str text, uint32_t *number)
{
    uint64_t value = 0;
    size_t i = 0;
    for (; i < text.length && digit(text.at[i]) >= 0 && value <= UINT32_MAX; i++)
        value = value * 16 + (unsigned)digit(text.at[i]);
    bool ended = i == text.length || text.at[i] == ' ' || text.at[i] == '\t';
    if (!i || !ended || value > UINT32_MAX)
        return false;
    *number = (uint32_t)value;
    return true;
}

bool text_property(struct cs_str line, const char *key, struct cs_str *value)
{
    struct cs_str rest = cs_str_trim(line), wanted = cs_str_of(key);
    if (!cs_str_starts(rest, wanted))
        return false;
    rest = cs_str_trim(cs_str_from(rest, wanted.length));
    if (!cs_str_starts(rest, CS_STR("=")))
        return false;
    *value = cs_str_trim(cs_str_from(rest, 1));
    return true;
}
