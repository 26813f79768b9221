/*
 * registry.c - the registry of hosts: keys, values, and which keys are given.
 *
 * Keys are stored with short roots (HKLM, HKU) and CurrentControlSet; names are compared
 * without case.  That a key exists without any value is a record of its own (CS_REG_KEY).
 *
 * Room: lab.
 */
#include <certsh/host.h>

#include <string.h>

#include "lab_internal.h"

/* --------------------------------------------------------------------- keys */

static const struct {
    const char *from, *to;
} roots[] = {
    {"HKEY_LOCAL_MACHINE", "HKLM"},      {"HKEY_CLASSES_ROOT", "HKLM\\SOFTWARE\\Classes"},
    {"HKCR", "HKLM\\SOFTWARE\\Classes"}, {"HKEY_USERS", "HKU"},
    {"HKEY_CURRENT_USER", "HKCU"},       {"HKEY_CURRENT_CONFIG", "HKCC"},
};

/* Does `key` begin with `part` as a whole step? */
static bool begins(struct cs_str key, struct cs_str part)
{
    return cs_str_same_start(key, part) &&
           (key.length == part.length || key.at[part.length] == '\\');
}

static struct cs_str short_root(struct cs_arena *arena, struct cs_str key)
{
    for (size_t i = 0; i < CS_COUNT(roots); i++) {
        struct cs_str from = cs_str_of(roots[i].from);
        if (begins(key, from))
            return cs_str_printf(arena, "%s%.*s", roots[i].to,
                                 CS_STR_ARG(cs_str_from(key, from.length)));
    }
    return cs_str_copy(arena, key);
}

/* ControlSet001 is what CurrentControlSet stands for unless a hive says otherwise. */
static struct cs_str current_set(struct cs_arena *arena, struct cs_str key)
{
    struct cs_str set = CS_STR("HKLM\\SYSTEM\\ControlSet00");
    if (!cs_str_same_start(key, set) || key.length <= set.length)
        return key;
    struct cs_str rest = cs_str_from(key, set.length + 1);
    if (rest.length && rest.at[0] != '\\')
        return key;
    return cs_str_printf(arena, "HKLM\\SYSTEM\\CurrentControlSet%.*s", CS_STR_ARG(rest));
}

struct cs_str cs_registry_key(struct cs_arena *arena, struct cs_str key)
{
    while (key.length && key.at[key.length - 1] == '\\')
        key.length--;
    while (key.length && key.at[0] == '\\')
        key = cs_str_from(key, 1);
    return current_set(arena, short_root(arena, key));
}

const char *cs_reg_type_name(uint32_t type)
{
    static const char *const names[] = {"REG_NONE",
                                        "REG_SZ",
                                        "REG_EXPAND_SZ",
                                        "REG_BINARY",
                                        "REG_DWORD",
                                        "REG_DWORD_BIG_ENDIAN",
                                        "REG_LINK",
                                        "REG_MULTI_SZ",
                                        "REG_RESOURCE_LIST",
                                        "REG_FULL_RESOURCE_DESCRIPTOR",
                                        "REG_RESOURCE_REQUIREMENTS_LIST",
                                        "REG_QWORD"};
    return type < CS_COUNT(names) ? names[type] : "REG_UNKNOWN";
}

/* ------------------------------------------------------------------ reading */

static const struct cs_reg_value *find(const struct cs_lab *lab, cs_id host, struct cs_str key,
                                       struct cs_str name, bool as_key)
{
    size_t cursor = 0;
    const struct cs_record *record;
    uint64_t hash = csi_registry_hash(host, key, name);
    while ((record = csi_record_next(lab, CS_NOUN_REGISTRY, hash, &cursor))) {
        const struct cs_reg_value *value = (const struct cs_reg_value *)record;
        if (value->host == host && (value->type == CS_REG_KEY) == as_key &&
            cs_str_same(value->key, key) && cs_str_same(value->name, name))
            return value;
    }
    return NULL;
}

const struct cs_reg_value *cs_registry_get(const struct cs_lab *lab, cs_id host, struct cs_str key,
                                           struct cs_str name)
{
    return find(lab, host, key, name, false);
}

bool cs_registry_known(const struct cs_lab *lab, cs_id host, struct cs_str key)
{
    const struct cs_host *machine = cs_host_get(lab, host);
    if (machine && machine->complete)
        return true;
    for (cs_id id = 1; id < lab->tables[CS_NOUN_COVERAGE].end; id++) {
        const struct csi_coverage *coverage =
            (const struct csi_coverage *)cs_record_get(lab, CS_NOUN_COVERAGE, id);
        if (coverage && coverage->host == host && begins(key, coverage->key))
            return true;
    }
    return false;
}

struct has_key {
    bool found;
};

static bool found_key(void *context, const struct cs_reg_value *value)
{
    (void)value;
    ((struct has_key *)context)->found = true;
    return false;
}

bool cs_registry_has_key(const struct cs_lab *lab, cs_id host, struct cs_str key)
{
    struct has_key has = {0};
    cs_registry_each(lab, host, key, true, found_key, &has);
    return has.found;
}

void cs_registry_each(const struct cs_lab *lab, cs_id host, struct cs_str key, bool below,
                      cs_registry_fn *fn, void *context)
{
    for (cs_id id = 1; id < lab->tables[CS_NOUN_REGISTRY].end; id++) {
        const struct cs_reg_value *value =
            (const struct cs_reg_value *)cs_record_get(lab, CS_NOUN_REGISTRY, id);
        if (!value || value->host != host)
            continue;
        if (!(below ? begins(value->key, key) : cs_str_same(value->key, key)))
            continue;
        if (!fn(context, value))
            return;
    }
}

/* ----------------------------------------------------------------- changing */

static cs_status put(struct cs_lab *lab, const struct cs_reg_value *facts, struct cs_error *err)
{
    struct cs_reg_value value = *facts;
    bool as_key = value.type == CS_REG_KEY;
    const struct cs_reg_value *old = find(lab, value.host, value.key, value.name, as_key);
    value.record.id = old ? old->record.id : 0;
    if (old) { /* as it was first written, whatever case it is changed with */
        value.key = old->key;
        value.name = old->name;
    }
    return csi_record_put(lab, CS_NOUN_REGISTRY, "registry.set", &value.record, NULL, err);
}

cs_status cs_registry_set(struct cs_lab *lab, cs_id host, struct cs_str key, struct cs_str name,
                          uint32_t type, struct cs_str data, struct cs_source source,
                          struct cs_error *err)
{
    struct cs_reg_value value = {.record = {.source = source},
                                 .host = host,
                                 .key = key,
                                 .name = name,
                                 .type = type,
                                 .data = data};
    return put(lab, &value, err);
}

static const struct cs_source by_command = {CS_ORIGIN_COMMAND, 0};

cs_status cs_registry_set_number(struct cs_lab *lab, cs_id host, struct cs_str key,
                                 struct cs_str name, uint32_t number, struct cs_error *err)
{
    unsigned char bytes[4];
    for (int i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(number >> 8 * i);
    return cs_registry_set(lab, host, key, name, CS_REG_DWORD, cs_str_span((const char *)bytes, 4),
                           by_command, err);
}

cs_status cs_registry_set_text(struct cs_lab *lab, cs_id host, struct cs_str key,
                               struct cs_str name, struct cs_str text, struct cs_error *err)
{
    struct cs_arena *arena = cs_arena_new();
    if (!arena)
        return cs_fail(err, CS_MEMORY, "no memory for a registry value");
    cs_status status = cs_registry_set(lab, host, key, name, CS_REG_SZ,
                                       cs_reg_text_data(arena, text), by_command, err);
    cs_arena_free(arena);
    return status;
}

static cs_status not_there(struct cs_str what, struct cs_error *err)
{
    cs_fail(err, CS_NOT_FOUND, "no registry value or key '%.*s'", CS_STR_ARG(what));
    if (err)
        err->win32 = 2;
    return CS_NOT_FOUND;
}

cs_status cs_registry_remove(struct cs_lab *lab, cs_id host, struct cs_str key, struct cs_str name,
                             struct cs_error *err)
{
    const struct cs_reg_value *value = cs_registry_get(lab, host, key, name);
    if (!value)
        return not_there(name, err);
    return csi_record_remove(lab, CS_NOUN_REGISTRY, "registry.remove", value->record.id, err);
}

cs_status cs_registry_remove_key(struct cs_lab *lab, cs_id host, struct cs_str key,
                                 struct cs_error *err)
{
    if (!cs_registry_has_key(lab, host, key))
        return not_there(key, err);
    cs_lab_begin(lab, CS_STR("registry.remove"));
    cs_status status = CS_OK;
    for (cs_id id = 1; status == CS_OK && id < lab->tables[CS_NOUN_REGISTRY].end; id++) {
        const struct cs_reg_value *value =
            (const struct cs_reg_value *)cs_record_get(lab, CS_NOUN_REGISTRY, id);
        if (value && value->host == host && begins(value->key, key))
            status = csi_record_remove(lab, CS_NOUN_REGISTRY, "registry.remove", id, err);
    }
    return cs_lab_end(lab, status, err);
}

cs_status cs_registry_cover(struct cs_lab *lab, cs_id host, struct cs_str key,
                            struct cs_source source, struct cs_error *err)
{
    if (cs_registry_known(lab, host, key))
        return CS_OK;
    struct csi_coverage coverage = {.record = {.source = source}, .host = host, .key = key};
    return csi_record_put(lab, CS_NOUN_COVERAGE, "registry.cover", &coverage.record, NULL, err);
}

/* --------------------------------------------------------------------- data */

bool cs_reg_number(const struct cs_reg_value *value, uint32_t *number)
{
    if (value->type != CS_REG_DWORD || value->data.length != 4)
        return false;
    uint32_t all = 0;
    for (int i = 3; i >= 0; i--)
        all = all << 8 | (unsigned char)value->data.at[i];
    *number = all;
    return true;
}

struct cs_str cs_reg_text(struct cs_arena *arena, const struct cs_reg_value *value)
{
    if (value->type != CS_REG_SZ && value->type != CS_REG_EXPAND_SZ)
        return (struct cs_str){0};
    struct cs_str text = cs_str_from_utf16(arena, value->data.at, value->data.length);
    ptrdiff_t nul = cs_str_find(text, '\0');
    return nul >= 0 ? cs_str_span(text.at, (size_t)nul) : text;
}

struct cs_str cs_reg_text_data(struct cs_arena *arena, struct cs_str text)
{
    struct cs_str wide = cs_str_to_utf16(arena, text);
    char *data = cs_arena_alloc(arena, wide.length + 2);
    if (wide.length)
        memcpy(data, wide.at, wide.length);
    return cs_str_span(data, wide.length + 2);
}
