/*
 * name.c - from certutil's name of a setting to a registry value.
 *
 * "SetupStatus" stands in the configuration key, "CA\Name" in the key of the active CA,
 * "policy\Name" and "exit\Name" in that of its active module, "chain\Name" in the settings of
 * the chain engine.  Any other beginning is a key below the configuration key.  Windows'
 * further beginnings (restore, template, enroll, PolicyServers) name things no lab holds.
 */
#include "certutil.h"

static struct cs_str join(struct cs_arena *arena, struct cs_str key, struct cs_str below)
{
    if (below.length == 0)
        return key;
    return cs_str_printf(arena, "%.*s\\%.*s", CS_STR_ARG(key), CS_STR_ARG(below));
}

/* The text of value "Active" in `key`, or `other`. */
static struct cs_str active(struct certutil *run, struct cs_str key, struct cs_str other)
{
    const struct cs_reg_value *value =
        cs_registry_get(run->lab, run->host->record.id, key, CS_STR("Active"));
    struct cs_str text = value ? cs_reg_text(run->arena, value) : CS_STR("");
    return text.length ? text : other;
}

/* The CA's key; "" when this host has no CA. */
static struct cs_str key_of_ca(struct certutil *run)
{
    const struct cs_ca *ca = cs_ca_get(run->lab, run->ca);
    if (ca)
        return cs_ca_key(run->arena, ca);
    struct cs_str name = active(run, CS_KEY_CERTSVC, CS_STR(""));
    return name.length ? join(run->arena, CS_KEY_CERTSVC, name) : CS_STR("");
}

static struct cs_str key_of_module(struct certutil *run, const char *kind, const char *standard)
{
    struct cs_str ca = key_of_ca(run);
    if (ca.length == 0)
        return ca;
    struct cs_str modules = join(run->arena, ca, cs_str_of(kind));
    return join(run->arena, modules, active(run, modules, cs_str_of(standard)));
}

static struct cs_str key_of_policy(struct certutil *run)
{
    return key_of_module(run, "PolicyModules", "CertificateAuthority_MicrosoftDefault.Policy");
}

static struct cs_str key_of_exit(struct certutil *run)
{
    return key_of_module(run, "ExitModules", "CertificateAuthority_MicrosoftDefault.Exit");
}

static struct cs_str key_of_chain(struct certutil *run)
{
    (void)run;
    return CS_STR("HKLM\\SOFTWARE\\Microsoft\\Cryptography\\OID\\EncodingType 0\\"
                  "CertDllCreateCertificateChainEngine\\Config");
}

static const struct {
    const char *word;
    struct cs_str (*key)(struct certutil *run);
} beginnings[] = {
    {"ca", key_of_ca}, {"policy", key_of_policy}, {"exit", key_of_exit}, {"chain", key_of_chain}};

static ptrdiff_t last_backslash(struct cs_str text)
{
    for (size_t i = text.length; i > 0; i--)
        if (text.at[i - 1] == '\\')
            return (ptrdiff_t)i - 1;
    return -1;
}

/* Put `text`, which may go through keys, below `key`. */
static struct certutil_name below(struct cs_arena *arena, struct cs_str key, struct cs_str text)
{
    ptrdiff_t cut = last_backslash(text);
    if (cut < 0)
        return (struct certutil_name){key, text};
    struct cs_str keys = cs_str_span(text.at, (size_t)cut);
    return (struct certutil_name){join(arena, key, keys), cs_str_from(text, (size_t)cut + 1)};
}

cs_status certutil_resolve(struct certutil *run, struct cs_str text, struct certutil_name *name)
{
    ptrdiff_t cut = cs_str_find(text, '\\');
    struct cs_str first = cut < 0 ? text : cs_str_span(text.at, (size_t)cut);
    for (size_t i = 0; i < CS_COUNT(beginnings); i++) {
        if (!cs_str_same(first, cs_str_of(beginnings[i].word)))
            continue;
        struct cs_str key = beginnings[i].key(run);
        if (key.length == 0) {
            certutil_fail(run, CS_NOT_FOUND, CS_HR_FILE_NOT_FOUND, CS_STR(""));
            return cs_error_hint(run->err, "%.*s has no CA; name one with -config HOST\\CA",
                                 CS_STR_ARG(run->host->name));
        }
        *name = below(run->arena, key, cut < 0 ? CS_STR("") : cs_str_from(text, (size_t)cut + 1));
        return CS_OK;
    }
    *name = below(run->arena, CS_KEY_CERTSVC, text);
    return CS_OK;
}

struct cs_str certutil_long_key(struct cs_arena *arena, struct cs_str key)
{
    if (!cs_str_same_start(key, CS_STR("HKLM\\")))
        return key;
    return cs_str_printf(arena, "HKEY_LOCAL_MACHINE%.*s", CS_STR_ARG(cs_str_from(key, 4)));
}
