/*
 * import_reg.c - a plugin that reads .reg files: reg export, regedit, and their imitators; and
 * what reg query prints (reg_query.c).
 *
 * The format is a text of keys in brackets and values below them:
 *
 *     Windows Registry Editor Version 5.00
 *
 *     [HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Ole]
 *     "EnableDCOM"="Y"
 *     "LegacyAuthenticationLevel"=dword:00000002
 *     "MachineLaunchRestriction"=hex:01,00,04,80,\
 *       48,00
 *
 * Windows writes UTF-16LE with a byte order mark and CR LF; found in the wild are UTF-8, ASCII
 * with line feeds, Latin-1, blanks behind the backslash of a folded line, lines that are not
 * folded at all, and hex(1) for texts.  REGEDIT4 is the ANSI form of NT 4: there the texts
 * inside hex(2) and hex(7) are ANSI, too, and are widened.  "[-key]" and "name"=- take away.
 *
 * What is no line of such a file is an error with its place: half an export is worse than
 * none.  (regedit itself skips such lines in silence.)
 *
 * The reader knows nothing of what keys mean; see lab/import_registry.c.
 */
#include <string.h>

#include <certsh/plugin.h>

#include "reg_query.h"
#include "reg_text.h"

#define CUT_HINT "nothing was imported.  Was the file cut?  Export it again: reg export KEY FILE"

struct reg_file {
    struct cs_import *import;
    struct cs_error *err;
    struct reg_text text;
    struct cs_str key; /* "" before the first one */
    bool removed;      /* the key is one that the file takes away */
    bool ansi;         /* REGEDIT4 */
};

static cs_status bad(struct reg_file *file, uint32_t line, const char *what, struct cs_str subject)
{
    int shown = subject.length > 40 ? 40 : (int)subject.length;
    cs_import_bad(file->import, line, file->err, "%s: '%.*s'", what, shown, subject.at);
    return cs_error_hint(file->err, CUT_HINT);
}

/* -------------------------------------------------------------------- keys */

/* "[key]" or "[-key]"; a key may hold brackets, so the last one of the line counts. */
static cs_status take_key(struct reg_file *file)
{
    uint32_t line = file->text.line;
    struct cs_str text = reg_take_line(&file->text);
    if (!cs_str_ends(text, CS_STR("]")))
        return bad(file, line, "a key without its closing bracket", text);
    struct cs_str key = cs_str_span(text.at + 1, text.length - 2);
    file->removed = cs_str_starts(key, CS_STR("-"));
    if (file->removed)
        key = cs_str_from(key, 1);
    while (cs_str_ends(key, CS_STR("\\")))
        key.length--;
    if (!cs_str_same_start(key, CS_STR("HK")))
        return bad(file, line, "no key of a registry", key);
    file->key = key;
    if (file->removed)
        return cs_import_registry_remove(file->import, key, CS_STR(""), true, line, file->err);
    return cs_import_key(file->import, key, line, file->err);
}

/* ------------------------------------------------------------------ values */

struct value {
    struct cs_str name;
    uint32_t type, line;
    struct cs_str data;
};

/* ANSI bytes as UTF-16LE. */
static struct cs_str widen(struct cs_arena *arena, struct cs_str bytes)
{
    char *out = cs_arena_alloc(arena, bytes.length * 2 + 1);
    for (size_t i = 0; i < bytes.length; i++)
        out[i * 2] = bytes.at[i];
    return cs_str_span(out, bytes.length * 2);
}

static bool is_text_type(uint32_t type)
{
    return type == CS_REG_SZ || type == CS_REG_EXPAND_SZ || type == CS_REG_MULTI_SZ;
}

/* "hex:" or "hex(b):" and bytes. */
static bool take_hex(struct reg_file *file, struct value *value)
{
    struct reg_text *text = &file->text;
    value->type = CS_REG_BINARY;
    if (reg_take_word(text, "(") &&
        (!reg_take_number(text, &value->type) || !reg_take_word(text, ")")))
        return false;
    text->why = "hex needs a colon";
    if (!reg_take_word(text, ":") || !reg_take_bytes(text, &value->data))
        return false;
    if (file->ansi && is_text_type(value->type))
        value->data = widen(text->arena, value->data);
    return true;
}

static bool take_dword(struct reg_file *file, struct value *value)
{
    uint32_t number;
    if (!reg_take_number(&file->text, &number))
        return false;
    unsigned char bytes[4];
    for (int i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(number >> 8 * i);
    value->type = CS_REG_DWORD;
    value->data = cs_str_copy(file->text.arena, cs_str_span((const char *)bytes, sizeof bytes));
    return true;
}

static bool take_text(struct reg_file *file, struct value *value)
{
    struct cs_str string;
    if (!reg_take_string(&file->text, &string))
        return false;
    value->type = CS_REG_SZ;
    value->data = cs_reg_text_data(file->text.arena, string);
    return true;
}

static bool take_data(struct reg_file *file, struct value *value)
{
    struct reg_text *text = &file->text;
    text->why = "neither a text in quotes nor dword nor hex";
    if (reg_take_word(text, "dword:"))
        return take_dword(file, value);
    if (reg_take_word(text, "hex"))
        return take_hex(file, value);
    return take_text(file, value);
}

static bool take_name(struct reg_file *file, struct cs_str *name)
{
    struct reg_text *text = &file->text;
    text->why = "no line of a registry export";
    bool named = reg_take_word(text, "@") || reg_take_string(text, name);
    reg_skip_blanks(text);
    return named && reg_take_word(text, "=");
}

static bool take_removal(struct reg_text *text)
{
    struct reg_text ahead = *text;
    if (!reg_take_word(&ahead, "-") || !reg_take_line_end(&ahead))
        return false;
    *text = ahead;
    return true;
}

static cs_status give_value(struct reg_file *file, const struct value *value)
{
    return cs_import_registry(file->import, file->key, value->name, value->type, value->data,
                              value->line, file->err);
}

static cs_status take_value(struct reg_file *file)
{
    struct reg_text *text = &file->text, start = *text;
    struct value value = {.name = CS_STR(""), .line = text->line};
    bool good = take_name(file, &value.name);
    reg_skip_blanks(text);
    if (good && file->key.length && take_removal(text))
        return cs_import_registry_remove(file->import, file->key, value.name, false, value.line,
                                         file->err);
    if (!good || !take_data(file, &value) || !reg_take_line_end(text))
        return bad(file, text->line, text->why, reg_take_line(&start));
    if (!file->key.length || file->removed)
        return bad(file, value.line, "a value outside of a key", reg_take_line(&start));
    return give_value(file, &value);
}

/* -------------------------------------------------------------------- file */

static cs_status take_header(struct reg_file *file)
{
    reg_skip_lines(&file->text);
    uint32_t line = file->text.line;
    struct cs_str header = reg_take_line(&file->text);
    file->ansi = cs_str_is(header, "REGEDIT4");
    if (file->ansi || cs_str_is(header, "Windows Registry Editor Version 5.00"))
        return CS_OK;
    cs_import_bad(file->import, line, file->err, "this is no registry export: no header");
    return cs_error_hint(file->err, "it begins with 'Windows Registry Editor Version 5.00'; "
                                    "reg export KEY FILE writes one");
}

static cs_status read_reg(struct cs_import *import, struct cs_str bytes, struct cs_error *err)
{
    struct cs_arena *arena = cs_import_arena(import);
    struct cs_str plain = cs_str_from_file(arena, bytes);
    if (reg_query_begins(plain))
        return reg_query_read(import, plain, err);
    struct reg_file file = {.import = import, .err = err};
    file.text = (struct reg_text){arena, plain.at, plain.at + plain.length, 1, ""};
    cs_status status = take_header(&file);
    for (reg_skip_lines(&file.text); status == CS_OK && file.text.at < file.text.end;
         reg_skip_lines(&file.text))
        status = *file.text.at == '[' ? take_key(&file) : take_value(&file);
    return status;
}

/* ------------------------------------------------------------------- probe */

static int probe_reg(struct cs_str name, struct cs_str head)
{
    struct cs_str text = cs_str_trim(head);
    if (cs_str_starts(text, CS_STR("Windows Registry Editor")) ||
        cs_str_starts(text, CS_STR("REGEDIT4")))
        return 100;
    if (reg_query_begins(head))
        return 85;
    return cs_str_ends(name, CS_STR(".reg")) ? 60 : 0;
}

static const struct cs_importer importers[] = {{
    .name = "reg",
    .brief = "registry exports of reg.exe and regedit, and output of reg query",
    .probe = probe_reg,
    .read = read_reg,
}};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "import_reg",
    .version = "1.0",
    .brief = "reads registry exports",
    .needs = "file.read",
    .importers = importers,
    .importer_count = CS_COUNT(importers),
};
