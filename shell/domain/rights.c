/* rights.c - access masks in words, short names and SDDL letters (see rights.h).  Room: domain. */
#include <certsh/rights.h>

#include <string.h>

/* ------------------------------------------------------------ vocabularies */

static const struct cs_right launch_rights[] = {
    {CS_COM_LOCAL, "ll", "local launch"},
    {CS_COM_REMOTE, "rl", "remote launch"},
    {CS_COM_ACTIVATE_LOCAL, "la", "local activation"},
    {CS_COM_ACTIVATE_REMOTE, "ra", "remote activation"},
};

static const struct cs_right access_rights[] = {
    {CS_COM_LOCAL, "l", "local access"},
    {CS_COM_REMOTE, "r", "remote access"},
};

static const struct cs_right ca_rights[] = {
    {CS_CA_ADMIN, "admin", "manage CA"}, {CS_CA_OFFICER, "officer", "manage certificates"},
    {CS_CA_AUDITOR, "auditor", "audit"}, {CS_CA_OPERATOR, "operator", "back up"},
    {CS_CA_READ, "read", "read"},        {CS_CA_ENROLL, "enroll", "enroll"},
};

static const struct cs_right ds_rights[] = {
    {CS_DS_CREATE_CHILD, "cc", "create child"},
    {CS_DS_DELETE_CHILD, "dc", "delete child"},
    {CS_DS_LIST, "lc", "list children"},
    {CS_DS_SELF, "sw", "write self"},
    {CS_DS_READ_PROP, "rp", "read property"},
    {CS_DS_WRITE_PROP, "wp", "write property"},
    {0x40, "dt", "delete tree"},
    {0x80, "lo", "list object"},
    {CS_DS_CONTROL_ACCESS, "cr", "extended right"},
    {CS_RIGHT_DELETE, "sd", "delete"},
    {CS_RIGHT_READ_CONTROL, "rc", "read permissions"},
    {CS_RIGHT_WRITE_DAC, "wd", "write permissions"},
    {CS_RIGHT_WRITE_OWNER, "wo", "write owner"},
    {CS_RIGHT_GENERIC_ALL, "ga", "generic all"},
    {CS_RIGHT_GENERIC_EXECUTE, "gx", "generic execute"},
    {CS_RIGHT_GENERIC_WRITE, "gw", "generic write"},
    {CS_RIGHT_GENERIC_READ, "gr", "generic read"},
};

#define VOCAB(word, marker, table)                                                                 \
    {                                                                                              \
        .name = (word), .implied = (marker), .rights = (table), .count = CS_COUNT(table)           \
    }
const struct cs_rights_vocab cs_rights_launch = VOCAB("launch", CS_COM_EXECUTE, launch_rights);
const struct cs_rights_vocab cs_rights_access = VOCAB("access", CS_COM_EXECUTE, access_rights);
const struct cs_rights_vocab cs_rights_ca = VOCAB("ca", 0, ca_rights);
const struct cs_rights_vocab cs_rights_ds = VOCAB("ds", 0, ds_rights);

/*
 * Several rights in one phrase, longest first; what they leave over is named one by one.
 * They are no rights of the vocabulary, so nobody can type them.
 */
static const struct phrase {
    const struct cs_rights_vocab *vocab;
    struct cs_right right;
} phrases[] = {
    {&cs_rights_launch, {0x1e, NULL, "local+remote launch+activation"}},
    {&cs_rights_launch, {0x06, NULL, "local+remote launch"}},
    {&cs_rights_launch, {0x18, NULL, "local+remote activation"}},
    {&cs_rights_launch, {0x0a, NULL, "local launch+activation"}},
    {&cs_rights_launch, {0x14, NULL, "remote launch+activation"}},
    {&cs_rights_access, {0x06, NULL, "local+remote access"}},
    {&cs_rights_ds, {0xf01ff, NULL, "full control"}},
};

/* ------------------------------------------------------------- SDDL letters */

struct letters {
    char text[3];
    uint32_t bits;
};

/* In the order Windows prints them. */
static const struct letters bit_letters[] = {
    {"CC", 0x1},        {"DC", 0x2},        {"LC", 0x4},     {"SW", 0x8},        {"RP", 0x10},
    {"WP", 0x20},       {"DT", 0x40},       {"LO", 0x80},    {"CR", 0x100},      {"SD", 0x10000},
    {"RC", 0x20000},    {"WD", 0x40000},    {"WO", 0x80000}, {"GA", 0x10000000}, {"GX", 0x20000000},
    {"GW", 0x40000000}, {"GR", 0x80000000},
};

/*
 * Printed only when the whole mask is exactly that.  KW and KX are read but never printed:
 * KX is the same as KR, and Windows prints KW's mask as letters.
 */
static const struct letters exact_letters[] = {
    {"FA", 0x1f01ff}, {"FR", 0x120089}, {"FW", 0x120116},
    {"FX", 0x1200a0}, {"KA", 0xf003f},  {"KR", 0x20019},
};

/* NW, NR, NX belong to mandatory labels, where they are bits 1, 2, 4. */
static const struct letters read_letters[] = {
    {"KW", 0x20006}, {"KX", 0x20019}, {"NW", 0x1}, {"NR", 0x2}, {"NX", 0x4},
};

static const struct {
    const struct letters *rows;
    size_t count;
} letter_tables[] = {
    {bit_letters, CS_COUNT(bit_letters)},
    {exact_letters, CS_COUNT(exact_letters)},
    {read_letters, CS_COUNT(read_letters)},
};

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* The bits of two letters; 0 for unknown ones. */
static uint32_t bits_of(const char *at)
{
    char first = upper(at[0]), second = upper(at[1]);
    for (size_t t = 0; t < CS_COUNT(letter_tables); t++)
        for (size_t i = 0; i < letter_tables[t].count; i++) {
            const struct letters *row = &letter_tables[t].rows[i];
            if (row->text[0] == first && row->text[1] == second)
                return row->bits;
        }
    return 0;
}

static uint64_t digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return (uint64_t)(c - '0');
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (uint64_t)((c | 0x20) - 'a' + 10);
    return 99;
}

/*
 * A number as Windows' own strtoul reads it: 0x hex, 0 octal, decimal; too large ones are
 * 2^32-1, and a minus sign wraps around after that.
 */
static bool number_of(struct cs_str text, uint32_t *mask)
{
    bool minus = text.length && text.at[0] == '-';
    if (minus || (text.length && text.at[0] == '+'))
        text = cs_str_from(text, 1);
    uint64_t base = 10, value = 0;
    if (text.length > 2 && text.at[0] == '0' && (text.at[1] | 0x20) == 'x') {
        base = 16;
        text = cs_str_from(text, 2);
    } else if (text.length > 1 && text.at[0] == '0') {
        base = 8;
    }
    for (size_t i = 0; i < text.length; i++) {
        uint64_t digit = digit_of(text.at[i]);
        if (digit >= base)
            return false;
        value = value * base + digit;
        value = value > UINT32_MAX ? UINT32_MAX : value;
    }
    *mask = minus ? 0u - (uint32_t)value : (uint32_t)value;
    return text.length > 0;
}

static bool is_number(struct cs_str text)
{
    char c = text.length ? text.at[0] : '\0';
    return (c >= '0' && c <= '9') || c == '-' || c == '+';
}

static const struct letters *exact_of(uint32_t mask)
{
    for (size_t i = 0; i < CS_COUNT(exact_letters); i++)
        if (exact_letters[i].bits == mask)
            return &exact_letters[i];
    return NULL;
}

static uint32_t all_letter_bits(void)
{
    uint32_t all = 0;
    for (size_t i = 0; i < CS_COUNT(bit_letters); i++)
        all |= bit_letters[i].bits;
    return all;
}

static void put_hex(char *at, uint32_t mask)
{
    int shift = 28;
    while (shift && mask >> shift == 0)
        shift -= 4;
    *at++ = '0';
    *at++ = 'x';
    for (; shift >= 0; shift -= 4)
        *at++ = "0123456789abcdef"[mask >> shift & 15];
    *at = '\0';
}

/* -------------------------------------------------------------------- words */

/* Text of bounded length on the stack: every vocabulary's words together fit. */
struct line {
    char text[400];
    size_t length;
};

static void add(struct line *line, const char *separator, const char *text)
{
    const char *parts[] = {line->length ? separator : "", text};
    for (size_t i = 0; i < CS_COUNT(parts); i++) {
        size_t length = strlen(parts[i]);
        if (length > sizeof line->text - line->length)
            return;
        memcpy(line->text + line->length, parts[i], length);
        line->length += length;
    }
}

static void add_hex(struct line *line, const char *separator, uint32_t mask)
{
    char hex[16];
    put_hex(hex, mask);
    add(line, separator, hex);
}

static struct cs_str line_in(struct cs_arena *arena, const struct line *line)
{
    return cs_str_copy(arena, cs_str_span(line->text, line->length));
}

static uint32_t add_phrases(struct line *line, const struct cs_rights_vocab *vocab, uint32_t left)
{
    for (size_t i = 0; i < CS_COUNT(phrases); i++) {
        const struct cs_right *right = &phrases[i].right;
        if (phrases[i].vocab != vocab || (left & right->bits) != right->bits)
            continue;
        add(line, ", ", right->words);
        left &= ~right->bits;
    }
    return left;
}

static bool is_right(const struct cs_right *right, struct cs_str text)
{
    return cs_str_same(text, cs_str_of(right->name)) || cs_str_same(text, cs_str_of(right->words));
}

static uint32_t all_rights(const struct cs_rights_vocab *vocab)
{
    uint32_t all = 0;
    for (size_t i = 0; i < vocab->count; i++)
        all |= vocab->rights[i].bits;
    return all;
}

/* One item between commas; the vocabulary's own names win over SDDL's. */
static bool item_of(const struct cs_rights_vocab *vocab, struct cs_str item, uint32_t *mask)
{
    for (size_t i = 0; i < vocab->count; i++)
        if (is_right(&vocab->rights[i], item)) {
            *mask = vocab->rights[i].bits;
            return true;
        }
    if (cs_str_same(item, CS_STR("all"))) {
        *mask = all_rights(vocab);
        return true;
    }
    return item.length && cs_rights_parse_sddl(item, mask, NULL) == CS_OK;
}

static cs_status unknown_right(struct cs_error *err, const struct cs_rights_vocab *vocab,
                               struct cs_str item, size_t at)
{
    struct line choices = {0};
    for (size_t i = 0; i < vocab->count; i++)
        add(&choices, ", ", vocab->rights[i].name);
    cs_fail_at(err, CS_INVALID, at, "unknown right '%.*s'",
               item.length < 40 ? (int)item.length : 40, item.length ? item.at : "");
    cs_error_hint(err, "%s rights: %.*s, all, or a number", vocab->name, (int)choices.length,
                  choices.text);
    return CS_INVALID;
}

struct cs_str cs_rights_format(struct cs_arena *arena, const struct cs_rights_vocab *vocab,
                               uint32_t mask)
{
    struct line line = {0};
    if (mask == 0)
        return CS_STR("nothing");
    if (mask == vocab->implied)
        return CS_STR("all (old format)");
    uint32_t left = add_phrases(&line, vocab, mask & ~vocab->implied);
    for (size_t i = 0; i < vocab->count; i++)
        if (left & vocab->rights[i].bits) {
            add(&line, ", ", vocab->rights[i].words);
            left &= ~vocab->rights[i].bits;
        }
    if (left)
        add_hex(&line, ", ", left);
    return line_in(arena, &line);
}

struct cs_str cs_rights_short(struct cs_arena *arena, const struct cs_rights_vocab *vocab,
                              uint32_t mask)
{
    struct line line = {0};
    uint32_t left = mask & ~vocab->implied;
    for (size_t i = 0; i < vocab->count; i++)
        if (left & vocab->rights[i].bits) {
            add(&line, ",", vocab->rights[i].name);
            left &= ~vocab->rights[i].bits;
        }
    if (left || !line.length)
        add_hex(&line, ",", line.length ? left : mask);
    return line_in(arena, &line);
}

cs_status cs_rights_parse(const struct cs_rights_vocab *vocab, struct cs_str text, uint32_t *mask,
                          struct cs_error *err)
{
    uint32_t found = vocab->implied;
    for (size_t at = 0; at <= text.length;) {
        struct cs_str rest = cs_str_from(text, at);
        ptrdiff_t comma = cs_str_find(rest, ',');
        size_t length = comma < 0 ? rest.length : (size_t)comma;
        struct cs_str item = cs_str_trim(cs_str_span(rest.at, length));
        uint32_t bits = 0;
        if (!item_of(vocab, item, &bits))
            return unknown_right(err, vocab, item, at);
        found |= bits;
        at += length + 1;
    }
    *mask = found;
    return CS_OK;
}

cs_status cs_rights_parse_sddl(struct cs_str text, uint32_t *mask, struct cs_error *err)
{
    uint32_t found = 0;
    size_t at = 0;
    while (at < text.length && text.at[at] == ' ')
        at++;
    if (is_number(cs_str_from(text, at))) {
        if (!number_of(cs_str_from(text, at), &found))
            return cs_fail_at(err, CS_SYNTAX, at, "bad number in rights");
        *mask = found;
        return CS_OK;
    }
    while (at < text.length) {
        uint32_t bits = text.length - at >= 2 ? bits_of(text.at + at) : 0;
        if (text.at[at] == ' ') {
            at++;
            continue;
        }
        if (!bits)
            return cs_fail_at(err, CS_SYNTAX, at, "unknown right '%.*s': expected two letters",
                              text.length - at >= 2 ? 2 : 1, text.at + at);
        found |= bits;
        at += 2;
    }
    *mask = found;
    return CS_OK;
}

const char *cs_rights_format_sddl(uint32_t mask, struct cs_rights_text *out)
{
    const struct letters *exact = exact_of(mask);
    char *at = out->text;
    if (exact)
        return memcpy(out->text, exact->text, sizeof exact->text);
    if (mask & ~all_letter_bits()) {
        put_hex(out->text, mask);
        return out->text;
    }
    for (size_t i = 0; i < CS_COUNT(bit_letters); i++)
        if (mask & bit_letters[i].bits) {
            *at++ = bit_letters[i].text[0];
            *at++ = bit_letters[i].text[1];
        }
    *at = '\0';
    return out->text;
}
