/*
 * import_pol.c - a plugin that reads registry.pol, the registry part of a group policy.
 *
 * The format (MS-GPREG 2.2.1): "PReg", the number 1, and entries in UTF-16LE,
 *
 *     [key NUL;value NUL;type;size;data]
 *
 * where type and size are numbers of 32 bits.  Keys have no root: a file below Machine is of
 * HKEY_LOCAL_MACHINE, one below User of the users, which do not matter here.  Names that begin
 * with ** are orders: **del.NAME takes a value away; **delvals. empties a key that a list policy
 * fills; **soft.NAME sets a value only where none is.
 *
 * Which policy wins is in none of these files: import them in the order of precedence, the
 * winner last.  The number behind the file's name is the offset in the file.
 */
#include <certsh/plugin.h>

struct pol {
    struct cs_import *import;
    struct cs_arena *arena;
    struct cs_error *err;
    const unsigned char *bytes;
    size_t at, length;
};

struct item {
    struct cs_str key, name, data;
    uint32_t type, offset;
};

static cs_status bad(const struct pol *pol, const char *what)
{
    cs_import_bad(pol->import, (uint32_t)pol->at, pol->err, "byte %zu: %s", pol->at, what);
    return cs_error_hint(pol->err, "nothing was imported.  Was the file cut?  Copy it again");
}

/* -------------------------------------------------------------------- parts */

static bool take_mark(struct pol *pol, char mark)
{
    if (pol->length - pol->at < 2 || pol->bytes[pol->at] != (unsigned char)mark ||
        pol->bytes[pol->at + 1])
        return false;
    pol->at += 2;
    return true;
}

static bool take_text(struct pol *pol, struct cs_str *text)
{
    size_t from = pol->at;
    for (size_t i = from; i + 1 < pol->length; i += 2) {
        if (pol->bytes[i] || pol->bytes[i + 1])
            continue;
        *text = cs_str_from_utf16(pol->arena, pol->bytes + from, i - from);
        pol->at = i + 2;
        return true;
    }
    return false;
}

static bool take_number(struct pol *pol, uint32_t *number)
{
    if (pol->length - pol->at < 4)
        return false;
    *number = 0;
    for (size_t i = 4; i-- > 0;)
        *number = *number << 8 | pol->bytes[pol->at + i];
    pol->at += 4;
    return true;
}

static bool take_data(struct pol *pol, struct cs_str *data)
{
    uint32_t size;
    if (!take_number(pol, &size) || !take_mark(pol, ';') || size > pol->length - pol->at)
        return false;
    *data = cs_str_span((const char *)pol->bytes + pol->at, size);
    pol->at += size;
    return true;
}

static cs_status take_item(struct pol *pol, struct item *item)
{
    item->offset = (uint32_t)pol->at;
    if (!take_mark(pol, '['))
        return bad(pol, "an entry does not begin with '['");
    if (!take_text(pol, &item->key) || !take_mark(pol, ';'))
        return bad(pol, "a key without its end");
    if (!take_text(pol, &item->name) || !take_mark(pol, ';'))
        return bad(pol, "a value's name without its end");
    if (!take_number(pol, &item->type) || !take_mark(pol, ';'))
        return bad(pol, "a value without its type");
    if (!take_data(pol, &item->data))
        return bad(pol, "a value's data goes beyond the file");
    return take_mark(pol, ']') ? CS_OK : bad(pol, "an entry does not end with ']'");
}

/* ------------------------------------------------------------------ entries */

static cs_status put_item(const struct pol *pol, const struct item *item)
{
    struct cs_str key = cs_str_printf(pol->arena, "HKLM\\%.*s", CS_STR_ARG(item->key));
    struct cs_str name = item->name;
    if (cs_str_same_start(name, CS_STR("**del.")))
        return cs_import_registry_remove(pol->import, key, cs_str_from(name, 6), false,
                                         item->offset, pol->err);
    if (cs_str_same_start(name, CS_STR("**soft.")))
        name = cs_str_from(name, 7);
    const char *why = NULL;
    if (cs_str_starts(name, CS_STR("**")))
        why = "order for a list of values";
    if (!name.length && item->type == CS_REG_NONE)
        why = "key without a value";
    if (why) {
        cs_import_record(pol->import);
        cs_import_skip(pol->import, why, item->key, item->offset);
        return CS_OK;
    }
    return cs_import_registry(pol->import, key, name, item->type, item->data, item->offset,
                              pol->err);
}

/* A policy of users: "{GUID}/User/Registry.pol". */
static bool of_users(struct cs_str file)
{
    for (size_t i = 0; i + 6 < file.length; i++) {
        struct cs_str rest = cs_str_from(file, i);
        if (cs_str_same_start(rest, CS_STR("/User/")) ||
            cs_str_same_start(rest, CS_STR("\\User\\")))
            return true;
    }
    return false;
}

static cs_status read_pol(struct cs_import *import, struct cs_str bytes, struct cs_error *err)
{
    struct pol pol = {import,      cs_import_arena(import), err, (const unsigned char *)bytes.at, 8,
                      bytes.length};
    bool users = of_users(cs_import_file_name(import));
    cs_status status = CS_OK;
    if (!cs_str_starts(bytes, cs_str_span("PReg\1\0\0", 8))) {
        pol.at = 0;
        return bad(&pol, "this is no registry.pol of version 1");
    }
    while (status == CS_OK && pol.at < pol.length) {
        struct item item = {0};
        status = take_item(&pol, &item);
        if (status != CS_OK)
            return status;
        if (!users) {
            status = put_item(&pol, &item);
            continue;
        }
        cs_import_record(import);
        cs_import_skip(import, "value of a user's key", item.name, item.offset);
    }
    return status;
}

static int probe_pol(struct cs_str name, struct cs_str head)
{
    (void)name;
    return cs_str_starts(head, CS_STR("PReg")) ? 100 : 0;
}

static const struct cs_importer importers[] = {{
    .name = "pol",
    .brief = "registry.pol of a group policy",
    .probe = probe_pol,
    .read = read_pol,
}};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "import_pol",
    .version = "1.0",
    .brief = "reads registry.pol of group policies",
    .needs = "file.read",
    .importers = importers,
    .importer_count = CS_COUNT(importers),
};
