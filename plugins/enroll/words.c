/*
 * words.c - a step in words.
 *
 * One table: the texts are patterns in which %1 ... stand for what the step is about.
 *
 *     %1 who     %2 where (group, host, template, CA, service)     %3 list, right or value
 *     %4 rights, or the new data     %5 whose list: "" or "the policy's "
 */
#include "enroll.h"

static const struct pattern {
    const char *words;
    unsigned loss; /* how much its undo leaves behind */
} patterns[] = {
    [EDIT_ADD_MEMBER] = {"add %1 to %2", 0},
    [EDIT_REMOVE_MEMBER] = {"remove %1 from %2", 0},
    [EDIT_ALLOW] = {"allow %1 %4 in %5%3 of %2", 0},
    [EDIT_REVOKE] = {"take %1's entry out of %5%3 of %2", 0},
    [EDIT_RESET] = {"reset %3 of %2", 1},
    [EDIT_DROP_VALUE] = {"no longer set %3 by group policy on %2", 0},
    [EDIT_SET_NUMBER] = {"set %3 to %4 on %2", 0},
    [EDIT_CLEAR_BITS] = {"clear %4 on %2", 0},
    [EDIT_SET_TEXT] = {"set %3 to %4 on %2", 0},
    [EDIT_START] = {"start %2", 0},
    [EDIT_BOUNCE] = {"restart %2", 0},
    [EDIT_ENABLE] = {"enable %2", 0},
    [EDIT_GRANT_RIGHT] = {"grant %1 %3 on %2", 0},
    [EDIT_TAKE_RIGHT] = {"revoke %3 from %1 on %2", 0},
    [EDIT_PUBLISH] = {"publish %3 at %2", 0},
    [EDIT_CA_ALLOW] = {"allow %1 Enroll on %2", 0},
    [EDIT_CA_REVOKE] = {"take %1's entries out of the security of %2", 0},
    [EDIT_TEMPLATE_ALLOW] = {"allow %1 Enroll on template %2", 0},
    [EDIT_TEMPLATE_READ] = {"allow %1 Read on template %2", 0},
    [EDIT_TEMPLATE_REVOKE] = {"take %1's entries out of template %2", 0},
};

/* ---------------------------------------------------------------- the arguments */

enum { WHO, WHERE, WHAT, NEW, WHOSE, ARGS };

struct words {
    const struct enroll_case *one;
    const struct enroll_edit *edit;
    struct cs_str args[ARGS];
};

static void name_host(struct words *w)
{
    const struct cs_host *host = cs_host_get(w->one->lab, w->edit->id);
    w->args[WHERE] = host ? host->name : CS_STR("?");
}

static void name_sid(struct words *w)
{
    cs_id host = w->one->host ? w->one->host->record.id : 0;
    w->args[WHO] = cs_sid_name(w->one->lab, w->one->arena, &w->edit->sid, host);
}

static void of_member(struct words *w)
{
    struct cs_principal group;
    if (cs_principal_get(w->one->lab, w->edit->id, &group))
        w->args[WHERE] = group.name;
    w->args[WHO] = cs_principal_name(w->one->lab, w->one->arena, w->edit->other);
}

static void of_dcom(struct words *w)
{
    bool launch = cs_dcom_scope_kind(w->edit->scope) == CS_SCOPE_IS_LAUNCH;
    const struct cs_rights_vocab *vocab = launch ? &cs_rights_launch : &cs_rights_access;
    name_host(w);
    name_sid(w);
    w->args[WHAT] = cs_str_of(cs_dcom_scope_name(w->edit->scope));
    w->args[NEW] = cs_rights_format(w->one->arena, vocab, w->edit->mask);
    w->args[WHOSE] = w->edit->policy ? CS_STR("the policy's ") : CS_STR("");
}

static void of_value(struct words *w)
{
    const struct enroll_edit *edit = w->edit;
    name_host(w);
    w->args[WHAT] = edit->value;
    w->args[NEW] =
        edit->text.length ? edit->text : cs_str_printf(w->one->arena, "%u", (unsigned)edit->mask);
}

static void of_service(struct words *w)
{
    const struct cs_service *service = cs_service_get(w->one->lab, w->edit->id);
    w->args[WHERE] = service ? cs_str_fold(w->one->arena, service->name) : CS_STR("certsvc");
}

static void of_right(struct words *w)
{
    name_host(w);
    name_sid(w);
    w->args[WHAT] = w->edit->value;
}

static void of_ca(struct words *w)
{
    name_sid(w);
    w->args[WHERE] = cs_ca_config(w->one->lab, w->one->arena, w->edit->id);
    w->args[WHAT] = w->edit->value;
}

static void of_publish(struct words *w)
{
    w->args[WHERE] = cs_ca_config(w->one->lab, w->one->arena, w->edit->id);
    w->args[WHAT] = w->edit->value;
}

static void of_template(struct words *w)
{
    const struct cs_template *template_ = cs_template_get(w->one->lab, w->edit->id);
    name_sid(w);
    w->args[WHERE] = template_ ? template_->name : CS_STR("?");
}

static void (*const namers[])(struct words *) = {
    [EDIT_ADD_MEMBER] = of_member,
    [EDIT_REMOVE_MEMBER] = of_member,
    [EDIT_ALLOW] = of_dcom,
    [EDIT_REVOKE] = of_dcom,
    [EDIT_RESET] = of_dcom,
    [EDIT_DROP_VALUE] = of_value,
    [EDIT_SET_NUMBER] = of_value,
    [EDIT_CLEAR_BITS] = of_value,
    [EDIT_SET_TEXT] = of_value,
    [EDIT_START] = of_service,
    [EDIT_BOUNCE] = of_service,
    [EDIT_ENABLE] = of_service,
    [EDIT_GRANT_RIGHT] = of_right,
    [EDIT_TAKE_RIGHT] = of_right,
    [EDIT_PUBLISH] = of_publish,
    [EDIT_CA_ALLOW] = of_ca,
    [EDIT_CA_REVOKE] = of_ca,
    [EDIT_TEMPLATE_ALLOW] = of_template,
    [EDIT_TEMPLATE_READ] = of_template,
    [EDIT_TEMPLATE_REVOKE] = of_template,
};

unsigned enroll_edit_loss(enum enroll_edit_kind kind)
{
    return patterns[kind].loss;
}

/* EnableDCOM, and what RPC and DCOM read when the machine starts. */
bool enroll_edit_restarts(const struct enroll_edit *edit)
{
    bool at_start =
        cs_str_same(edit->key, CS_KEY_RPC_POLICY) || cs_str_same(edit->key, CS_KEY_APPCOMPAT);
    return edit->kind == EDIT_SET_TEXT ||
           ((edit->kind == EDIT_DROP_VALUE || edit->kind == EDIT_SET_NUMBER) && at_start);
}

struct cs_str enroll_edit_words(const struct enroll_case *one, const struct enroll_edit *edit)
{
    struct words w = {.one = one, .edit = edit};
    for (size_t i = 0; i < ARGS; i++)
        w.args[i] = CS_STR("");
    namers[edit->kind](&w);
    return cs_message_format(one->arena, patterns[edit->kind].words, w.args, ARGS);
}
