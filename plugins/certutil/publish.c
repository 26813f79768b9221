/*
 * publish.c - certutil -SetCATemplates: which templates the CA issues.
 *
 *     certutil -SetCATemplates +User,Machine      publish these as well
 *     certutil -SetCATemplates -User              no longer publish that one
 *     certutil -SetCATemplates User               publish this one and no other
 *
 * The list is the CA's object in the directory, so it counts at once.  A template is named as
 * in the directory, not as people see it.  What the tool prints besides its last line is
 * unconfirmed, so nothing is.
 */
#include "certutil.h"

struct list {
    struct cs_str *at;
    size_t count;
};

static bool has(const struct list *list, struct cs_str name)
{
    for (size_t i = 0; i < list->count; i++)
        if (cs_str_same(list->at[i], name))
            return true;
    return false;
}

static void leave_out(struct list *list, struct cs_str name)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (!cs_str_same(list->at[i], name))
            list->at[kept++] = list->at[i];
    list->count = kept;
}

/* The name as the directory writes it; a template that is not published need not exist. */
static cs_status template_named(struct certutil *run, struct cs_str typed, struct cs_str *name)
{
    const struct cs_domain *domain = cs_domain_get(run->lab, run->host->domain);
    const struct cs_template *found = cs_template_get(
        run->lab, cs_template_find(run->lab, domain ? domain->forest : CS_STR(""), typed));
    if (!found)
        return certutil_fail(run, CS_NOT_FOUND, 0x80070490u, CS_STR(""));
    *name = found->name;
    return CS_OK;
}

/* The comma-separated names of `text`, done to the list one by one. */
static cs_status change(struct certutil *run, struct cs_str text, bool add, struct list *list)
{
    while (text.length) {
        size_t end = 0;
        while (end < text.length && text.at[end] != ',')
            end++;
        struct cs_str name = {text.at, end};
        text = cs_str_from(text, end < text.length ? end + 1 : end);
        if (!add && !has(list, name))
            return certutil_fail(run, CS_NOT_FOUND, 0x80070490u, CS_STR(""));
        if (!add) {
            leave_out(list, name);
            continue;
        }
        cs_status status = template_named(run, name, &name);
        if (status != CS_OK)
            return status;
        if (!has(list, name))
            list->at[list->count++] = name;
    }
    return CS_OK;
}

static cs_status give(struct certutil *run, const struct list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct cs_member row[] = {
            {CS_STR("config"), cs_value_str(cs_ca_config(run->lab, run->arena, run->ca))},
            {CS_STR("template"), cs_value_str(list->at[i])},
        };
        cs_status status = certutil_row(run, row, CS_COUNT(row));
        if (status != CS_OK)
            return status;
    }
    certutil_say_done(run);
    return CS_OK;
}

cs_status certutil_publish(struct certutil *run)
{
    const struct cs_ca *old = run->ca ? cs_ca_get(run->lab, run->ca) : NULL;
    if (run->count != 1 || !run->words[0].length)
        return cs_fail(run->err, CS_USAGE, "certutil -SetCATemplates takes [+|-]TEMPLATE,...");
    if (!old)
        return cs_fail(run->err, CS_NOT_FOUND, "there is no CA on '%.*s'",
                       CS_STR_ARG(run->host->name));
    if (!old->templates_known)
        return cs_fail(run->err, CS_UNKNOWN, "nobody gave the templates that '%.*s' publishes",
                       CS_STR_ARG(old->name));
    struct cs_str words = run->words[0];
    bool add = words.at[0] != '-', fresh = add && words.at[0] != '+';
    size_t room = old->templates.count + words.length;
    struct list list = {cs_arena_alloc(run->arena, (room + 1) * sizeof *list.at), 0};
    for (size_t i = 0; !fresh && i < old->templates.count; i++)
        list.at[list.count++] = old->templates.at[i];
    cs_status status = change(run, fresh ? words : cs_str_from(words, 1), add, &list);
    if (status != CS_OK)
        return status;
    struct cs_ca new = *old;
    new.templates = (struct cs_strs){list.at, list.count};
    status = cs_ca_put(run->lab, &new, NULL, run->err);
    return status == CS_OK ? give(run, &list) : status;
}
