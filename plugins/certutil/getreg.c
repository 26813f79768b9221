/*
 * getreg.c - certutil -getreg: one value, all whose names begin alike, or a whole key.
 *
 * A key is shown with its keys and its values, in the layout certutil has for it.  The path
 * is printed before it is known whether anything is there, as certutil does.
 */
#include "certutil.h"

struct page {
    struct certutil *run;
    struct cs_str key;
    struct cs_str prefix;       /* only values whose names begin so */
    struct cs_list_maker named; /* the subkeys told so far */
    bool keys;                  /* this pass tells keys, else values */
    size_t found;
    cs_status status;
};

static cs_status give(struct certutil *run, const struct cs_reg_value *value)
{
    certutil_say_value(run, value);
    const struct cs_member row[] = {
        {CS_STR("config"),
         run->ca ? cs_value_str(cs_ca_config(run->lab, run->arena, run->ca)) : cs_value_null()},
        {CS_STR("key"), cs_value_str(certutil_long_key(run->arena, value->key))},
        {CS_STR("name"), cs_value_str(value->name)},
        {CS_STR("type"), cs_value_text(cs_reg_type_name(value->type))},
        {CS_STR("value"), certutil_value_text(run, value)},
        {CS_STR("flags"), certutil_value_flags(run, value)},
    };
    return certutil_row(run, row, CS_COUNT(row));
}

/* The name of the key directly below `key` that `value` lies in; "" when in `key` itself. */
static struct cs_str subkey(struct cs_str key, struct cs_str inner)
{
    struct cs_str rest = cs_str_from(inner, key.length + 1);
    ptrdiff_t cut = cs_str_find(rest, '\\');
    return cut < 0 ? rest : cs_str_span(rest.at, (size_t)cut);
}

static void list_key(struct page *page, struct cs_str name)
{
    for (size_t i = 0; i < page->named.count; i++)
        if (cs_str_same(page->named.at[i].text, name))
            return;
    cs_call_say(page->run->call, "%s  %.*s\n", page->named.count ? "" : "Keys:\n",
                CS_STR_ARG(name));
    cs_list_add(&page->named, cs_value_str(name));
}

static bool list_one(void *context, const struct cs_reg_value *value)
{
    struct page *page = context;
    struct cs_str below = subkey(page->key, value->key);
    if (page->keys && below.length)
        list_key(page, below);
    if (page->keys || below.length || value->type == CS_REG_KEY ||
        !cs_str_same_start(value->name, page->prefix))
        return true;
    page->found++;
    page->status = give(page->run, value);
    return page->status == CS_OK;
}

static cs_status missing(struct certutil *run, struct cs_str key, struct cs_str name)
{
    certutil_fail(run, CS_NOT_FOUND, CS_HR_FILE_NOT_FOUND, CS_STR(""));
    if (cs_registry_known(run->lab, run->host->record.id, key))
        return cs_error_hint(run->err, "%.*s has no %.*s there", CS_STR_ARG(run->host->name),
                             CS_STR_ARG(name.length ? name : CS_STR("such key")));
    return cs_error_hint(run->err, "nobody gave this key of %.*s: import a reg export of it",
                         CS_STR_ARG(run->host->name));
}

static cs_status show_key(struct certutil *run, struct cs_str key, struct cs_str prefix)
{
    cs_id host = run->host->record.id;
    struct page page = {.run = run,
                        .key = key,
                        .prefix = prefix,
                        .keys = prefix.length == 0,
                        .named = {.arena = run->arena}};
    cs_call_say(run->call, "%.*s:\n\n", CS_STR_ARG(certutil_long_key(run->arena, key)));
    if (!cs_registry_has_key(run->lab, host, key))
        return missing(run, key, CS_STR(""));
    if (page.keys)
        cs_registry_each(run->lab, host, key, true, list_one, &page);
    cs_call_say(run->call, "%sValues:\n", page.named.count ? "\n" : "");
    page.keys = false;
    cs_registry_each(run->lab, host, key, false, list_one, &page);
    if (page.status != CS_OK)
        return page.status;
    if (prefix.length && !page.found)
        return missing(run, key, prefix);
    certutil_say_done(run);
    return CS_OK;
}

static cs_status show_value(struct certutil *run, const struct certutil_name *name)
{
    const struct cs_reg_value *value =
        cs_registry_get(run->lab, run->host->record.id, name->key, name->value);
    cs_call_say(run->call, "%.*s\\%.*s:\n\n", CS_STR_ARG(certutil_long_key(run->arena, name->key)),
                CS_STR_ARG(value ? value->name : name->value));
    if (!value)
        return missing(run, name->key, name->value);
    cs_status status = give(run, value);
    if (status == CS_OK)
        certutil_say_done(run);
    return status;
}

cs_status certutil_getreg(struct certutil *run)
{
    struct certutil_name name = {.key = CS_KEY_CERTSVC, .value = CS_STR("")};
    if (run->count > 1)
        return cs_fail(run->err, CS_USAGE, "certutil -getreg takes one name");
    cs_status status = run->count ? certutil_resolve(run, run->words[0], &name) : CS_OK;
    if (status != CS_OK)
        return status;
    if (name.value.length == 0)
        return show_key(run, name.key, name.value);
    if (cs_str_ends(name.value, CS_STR("*")))
        return show_key(run, name.key, cs_str_span(name.value.at, name.value.length - 1));
    cs_id host = run->host->record.id;
    struct cs_str key =
        cs_str_printf(run->arena, "%.*s\\%.*s", CS_STR_ARG(name.key), CS_STR_ARG(name.value));
    if (!cs_registry_get(run->lab, host, name.key, name.value) &&
        cs_registry_has_key(run->lab, host, key))
        return show_key(run, key, CS_STR(""));
    return show_value(run, &name);
}
