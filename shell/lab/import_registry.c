/*
 * import_registry.c - registry values and keys as they are read.
 *
 * Values that Windows reads as security descriptors are decoded while the file is read, so that
 * one that lies about its offsets or was cut is refused with its line, and never reaches a gate.
 *
 * Room: lab.
 */
#include <certsh/sd.h>

#include "import_in.h"

bool csi_key_child(struct cs_str key, struct cs_str parent, struct cs_str *step)
{
    if (!cs_str_same_start(key, parent) || key.length <= parent.length + 1 ||
        key.at[parent.length] != '\\')
        return false;
    *step = cs_str_from(key, parent.length + 1);
    return cs_str_find(*step, '\\') < 0;
}

/* ------------------------------------------------------------- descriptors */

bool csi_name_among(struct cs_str name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cs_str_same(name, cs_str_of(names[i])))
            return true;
    return false;
}

/* Is this value read as a descriptor by COM or by certsvc? */
static bool is_descriptor(struct cs_str key, struct cs_str name)
{
    static const char *const machine[] = {"MachineLaunchRestriction", "MachineAccessRestriction",
                                          "DefaultLaunchPermission", "DefaultAccessPermission"};
    static const char *const application[] = {"LaunchPermission", "AccessPermission"};
    struct cs_str step;
    if (cs_str_same(key, CS_KEY_OLE))
        return csi_name_among(name, machine, CS_COUNT(machine));
    if (csi_key_child(key, CS_KEY_APPID, &step))
        return csi_name_among(name, application, CS_COUNT(application));
    return csi_key_child(key, CS_KEY_CERTSVC, &step) && cs_str_same(name, CS_STR("Security"));
}

static cs_status check_descriptor(struct cs_import *import, struct cs_str name, struct cs_str data,
                                  uint32_t line, struct cs_error *err)
{
    struct cs_arena_mark mark = cs_arena_mark(import->arena);
    struct cs_error inner;
    struct cs_sd sd;
    cs_status status = cs_sd_decode(import->arena, data, &sd, &inner);
    cs_arena_rewind(import->arena, mark);
    if (status == CS_OK)
        return CS_OK;
    cs_import_bad(import, line, err, "value '%.*s' is no security descriptor: %.160s",
                  CS_STR_ARG(name), inner.text);
    return cs_error_hint(err, "nothing was imported.  Was the file cut?");
}

/* ------------------------------------------------------------------ reading */

/* The short form of a key; values of one key follow one another. */
static struct cs_str plain_key(struct cs_import *import, struct cs_str key)
{
    if (key.at != import->last_key.at || key.length != import->last_key.length)
        import->last_key_plain = cs_registry_key(import->arena, key);
    import->last_key = key;
    return import->last_key_plain;
}

/* Only the machine's own part matters; users' keys are left out. */
static bool of_machine(struct cs_str key)
{
    return cs_str_same_start(key, CS_STR("HKLM")) && (key.length == 4 || key.at[4] == '\\');
}

static void add(struct cs_import *import, const struct csi_import_value *value)
{
    struct csi_import_value *at = csi_pile_add(import->arena, &import->values, sizeof *at);
    *at = *value;
}

cs_status cs_import_registry(struct cs_import *import, struct cs_str key, struct cs_str name,
                             uint32_t type, struct cs_str data, uint32_t line, struct cs_error *err)
{
    csi_import_count(import);
    struct csi_import_value value = {.key = plain_key(import, key),
                                     .name = name,
                                     .data = data,
                                     .type = type,
                                     .spot = csi_import_spot(import, line)};
    if (!of_machine(value.key)) {
        cs_import_skip(import, "value of a user's key", name, line);
        return CS_OK;
    }
    if (type == CS_REG_BINARY && is_descriptor(value.key, name)) {
        cs_status status = check_descriptor(import, name, data, line, err);
        if (status != CS_OK)
            return status;
    }
    add(import, &value);
    return CS_OK;
}

cs_status cs_import_key(struct cs_import *import, struct cs_str key, uint32_t line,
                        struct cs_error *err)
{
    (void)err;
    struct csi_import_value value = {
        .key = plain_key(import, key), .type = CS_REG_KEY, .spot = csi_import_spot(import, line)};
    if (of_machine(value.key))
        add(import, &value);
    return CS_OK;
}

void cs_import_no_key(struct cs_import *import, struct cs_str key, uint32_t line)
{
    struct csi_import_value value = {.key = plain_key(import, key),
                                     .type = CS_REG_KEY,
                                     .absent = true,
                                     .spot = csi_import_spot(import, line)};
    if (of_machine(value.key))
        add(import, &value);
}

cs_status cs_import_registry_remove(struct cs_import *import, struct cs_str key, struct cs_str name,
                                    bool whole_key, uint32_t line, struct cs_error *err)
{
    (void)err;
    csi_import_file_now(import)->changes = true;
    struct csi_import_value value = {.key = plain_key(import, key),
                                     .name = name,
                                     .type = whole_key ? CS_REG_KEY : CS_REG_NONE,
                                     .remove = true,
                                     .spot = csi_import_spot(import, line)};
    if (of_machine(value.key))
        add(import, &value);
    return CS_OK;
}
