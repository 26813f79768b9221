/*
 * words.c - a step in words, as the command that does it and the one that takes it back.
 *
 * One table: the texts are patterns in which %1 ... stand for what the step is about.
 *
 *     %1 who, for people          %2 where, for people (group, host, template, CA, service)
 *     %3 who, as typed            %4 where, as typed
 *     %5 scope, right, template or registry value
 *     %6 rights as typed, or the new data      %7 registry key as typed
 *     %8 rights for people, or the old data    %9 the tool: "localgroup" or "group"
 */
#include "enroll.h"

#include <string.h>

static const struct pattern {
    const char *words, *command, *undo;
    unsigned loss; /* how much its undo leaves behind */
    bool restarts;
} patterns[] = {
    [EDIT_ADD_MEMBER] = {"add %1 to %2", "net %9 %4 %3 /add%6", "net %9 %4 %3 /delete%6", 0, false},
    [EDIT_REMOVE_MEMBER] = {"remove %1 from %2", "net %9 %4 %3 /delete%6", "net %9 %4 %3 /add%6", 0,
                            false},
    [EDIT_RESTART] = {"restart %2", "shutdown /r /m \\\\%2", "", 0, false},
    [EDIT_RELOGON] = {"log %1 off and on", "logoff", "", 0, false},
    [EDIT_ALLOW] = {"allow %1 %8 in %5 of %2", "dcom allow %5 %3 %6 --host %2",
                    "dcom revoke %5 %3 %6 --host %2", 0, false},
    [EDIT_REVOKE] = {"take %1's entry out of %5 of %2", "dcom revoke %5 %3 --host %2",
                     "dcom deny %5 %3 %6 --host %2", 0, false},
    [EDIT_RESET] = {"reset %5 of %2", "dcom reset %5 --host %2", "", 1, false},
    [EDIT_DROP_VALUE] = {"no longer set %5 by group policy on %2", "reg delete %7 /v %5 /f",
                         "reg add %7 /v %5 %8 /f", 1, false},
    [EDIT_SET_NUMBER] = {"set %5 to %6 on %2", "reg add %7 /v %5 /t REG_DWORD /d %6 /f",
                         "reg add %7 /v %5 %8 /f", 0, false},
    [EDIT_SET_TEXT] = {"set %5 to %6 on %2", "reg add %7 /v %5 /t REG_SZ /d %6 /f",
                       "reg add %7 /v %5 %8 /f", 0, true},
    [EDIT_CLEAR_FLAG] = {"clear SETUP_DCOM_SECURITY_UPDATED_FLAG",
                         "certutil -setreg SetupStatus -SETUP_DCOM_SECURITY_UPDATED_FLAG", "", 1,
                         false},
    [EDIT_STOP] = {"stop %2", "net stop %2", "net start %2", 0, false},
    [EDIT_START] = {"start %2", "net start %2", "net stop %2", 0, false},
    [EDIT_ENABLE] = {"enable %2", "sc config %2 start= auto", "sc config %2 start= disabled", 0,
                     false},
    [EDIT_GRANT_RIGHT] = {"grant %1 %5 on %2", "right grant %5 %3 --host %2",
                          "right revoke %5 %3 --host %2", 0, false},
    [EDIT_TAKE_RIGHT] = {"revoke %5 from %1 on %2", "right revoke %5 %3 --host %2",
                         "right grant %5 %3 --host %2", 0, false},
    [EDIT_PUBLISH] = {"publish %5 at %2", "certutil -SetCATemplates +%5",
                      "certutil -SetCATemplates -%5", 0, false},
    [EDIT_CA_ALLOW] = {"allow %1 Enroll on %2", "reg add %7 /v Security /t REG_BINARY /d %6 /f",
                       "reg add %7 /v Security /t REG_BINARY /d %8 /f", 0, false},
    [EDIT_CA_REVOKE] = {"take %1's entries out of the security of %2",
                        "reg add %7 /v Security /t REG_BINARY /d %6 /f",
                        "reg add %7 /v Security /t REG_BINARY /d %8 /f", 0, false},
    [EDIT_TEMPLATE_ALLOW] = {"allow %1 Enroll on template %2", "dsacls %4 /G \"%1:CA;Enroll\"",
                             "dsacls %4 /R %3", 1, false},
    [EDIT_TEMPLATE_REVOKE] = {"take what denies %1 out of template %2", "dsacls %4 /R %3", "", 1,
                              false},
};

/* ---------------------------------------------------------------- the arguments */

enum { WHO, WHERE, WHO_TYPED, WHERE_TYPED, WHAT, NEW, KEY, OLD, TOOL, ARGS };

struct words {
    const struct enroll_case *one;
    const struct enroll_edit *edit;
    struct cs_str args[ARGS];
};

static void name_host(struct words *w)
{
    const struct cs_host *host = cs_host_get(w->one->lab, w->edit->id);
    w->args[WHERE] = w->args[WHERE_TYPED] = host ? host->name : CS_STR("?");
}

static void name_who(struct words *w, struct cs_str name)
{
    w->args[WHO] = name;
    w->args[WHO_TYPED] = enroll_quote(w->one->arena, name);
}

static void name_sid(struct words *w)
{
    cs_id host = w->one->host ? w->one->host->record.id : 0;
    name_who(w, cs_sid_name(w->one->lab, w->one->arena, &w->edit->sid, host));
}

static void of_member(struct words *w)
{
    struct cs_principal group;
    if (!cs_principal_get(w->one->lab, w->edit->id, &group))
        return;
    bool in_domain = group.scope == CS_SCOPE_GLOBAL || group.scope == CS_SCOPE_UNIVERSAL;
    bool on_dc = w->one->host && w->one->host->role == CS_ROLE_DC;
    w->args[NEW] = group.domain && !on_dc ? CS_STR(" /domain") : CS_STR("");
    w->args[WHERE] = group.name;
    w->args[WHERE_TYPED] = enroll_quote(w->one->arena, group.name);
    w->args[TOOL] = in_domain ? CS_STR("group") : CS_STR("localgroup");
    name_who(w, cs_principal_name(w->one->lab, w->one->arena, w->edit->other));
}

static void of_session(struct words *w)
{
    name_who(w, w->one->name);
}

static void of_dcom(struct words *w)
{
    bool launch = cs_dcom_scope_kind(w->edit->scope) == CS_SCOPE_IS_LAUNCH;
    const struct cs_rights_vocab *vocab = launch ? &cs_rights_launch : &cs_rights_access;
    name_host(w);
    name_sid(w);
    w->args[WHAT] = cs_str_of(cs_dcom_scope_name(w->edit->scope));
    w->args[NEW] = cs_rights_short(w->one->arena, vocab, w->edit->mask);
    w->args[OLD] = cs_rights_format(w->one->arena, vocab, w->edit->mask);
}

static struct cs_str hex_of(struct cs_arena *arena, struct cs_str bytes)
{
    char *hex = cs_arena_alloc(arena, bytes.length * 2 + 1);
    for (size_t i = 0; i < bytes.length; i++) {
        unsigned byte = (unsigned char)bytes.at[i];
        hex[i * 2] = "0123456789abcdef"[byte >> 4];
        hex[i * 2 + 1] = "0123456789abcdef"[byte & 15];
    }
    return cs_str_span(hex, bytes.length * 2);
}

/* "/t REG_DWORD /d 2": a value as reg add takes it. */
static struct cs_str data_of(struct cs_arena *arena, const struct cs_reg_value *value)
{
    uint32_t number;
    if (!value)
        return CS_STR("/d \"\"");
    if (cs_reg_number(value, &number))
        return cs_str_printf(arena, "/t REG_DWORD /d %u", (unsigned)number);
    if (value->type == CS_REG_SZ || value->type == CS_REG_EXPAND_SZ)
        return cs_str_printf(arena, "/t REG_SZ /d \"%.*s\"", CS_STR_ARG(cs_reg_text(arena, value)));
    return cs_str_printf(arena, "/t REG_BINARY /d %.*s", CS_STR_ARG(hex_of(arena, value->data)));
}

static void of_value(struct words *w)
{
    const struct enroll_edit *edit = w->edit;
    struct cs_arena *arena = w->one->arena;
    name_host(w);
    w->args[WHAT] = edit->value;
    w->args[KEY] = enroll_quote(arena, edit->key);
    w->args[NEW] = edit->kind == EDIT_SET_TEXT ? enroll_quote(arena, edit->text)
                                               : cs_str_printf(arena, "%u", (unsigned)edit->mask);
    w->args[OLD] = data_of(arena, cs_registry_get(w->one->lab, edit->id, edit->key, edit->value));
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

static void of_publish(struct words *w)
{
    w->args[WHERE] = cs_ca_config(w->one->lab, w->one->arena, w->edit->id);
    w->args[WHAT] = w->edit->value;
}

/* The CA's security before and after: the command that writes it needs the bytes. */
static void of_ca(struct words *w)
{
    struct cs_lab *lab = w->one->lab;
    struct cs_arena *arena = w->one->arena;
    const struct cs_ca *ca = cs_ca_get(lab, w->edit->id);
    struct cs_error ignored;
    name_sid(w);
    w->args[WHERE] = cs_ca_config(lab, arena, w->edit->id);
    if (!ca)
        return;
    struct cs_str key = cs_ca_key(arena, ca);
    w->args[KEY] = enroll_quote(arena, key);
    const struct cs_reg_value *value = cs_registry_get(lab, ca->host, key, CS_STR("Security"));
    if (value)
        w->args[OLD] = hex_of(arena, value->data);
    cs_lab_begin(lab, CS_STR("what if"));
    if (enroll_edit_apply(lab, arena, w->edit, &ignored) == CS_OK) {
        value = cs_registry_get(lab, ca->host, key, CS_STR("Security"));
        if (value)
            w->args[NEW] = hex_of(arena, value->data);
    }
    cs_lab_rollback(lab);
}

static void of_template(struct words *w)
{
    const struct cs_template *template_ = cs_template_get(w->one->lab, w->edit->id);
    struct cs_arena *arena = w->one->arena;
    struct cs_buf dn;
    name_sid(w);
    if (!template_)
        return;
    w->args[WHERE] = template_->name;
    cs_buf_init(&dn, 4096);
    cs_buf_addf(&dn,
                "\"CN=%.*s,CN=Certificate Templates,CN=Public Key Services,CN=Services,"
                "CN=Configuration",
                CS_STR_ARG(template_->name));
    struct cs_str rest = template_->forest;
    while (rest.length) {
        ptrdiff_t dot = cs_str_find(rest, '.');
        size_t length = dot < 0 ? rest.length : (size_t)dot;
        cs_buf_addf(&dn, ",DC=%.*s", (int)length, rest.at);
        rest = cs_str_from(rest, length + 1);
    }
    cs_buf_addc(&dn, '"');
    w->args[WHERE_TYPED] = cs_str_copy(arena, cs_buf_str(&dn));
    cs_buf_clear(&dn);
}

static void (*const namers[])(struct words *) = {
    [EDIT_ADD_MEMBER] = of_member,
    [EDIT_REMOVE_MEMBER] = of_member,
    [EDIT_RESTART] = name_host,
    [EDIT_RELOGON] = of_session,
    [EDIT_ALLOW] = of_dcom,
    [EDIT_REVOKE] = of_dcom,
    [EDIT_RESET] = of_dcom,
    [EDIT_DROP_VALUE] = of_value,
    [EDIT_SET_NUMBER] = of_value,
    [EDIT_SET_TEXT] = of_value,
    [EDIT_CLEAR_FLAG] = name_host,
    [EDIT_STOP] = of_service,
    [EDIT_START] = of_service,
    [EDIT_ENABLE] = of_service,
    [EDIT_GRANT_RIGHT] = of_right,
    [EDIT_TAKE_RIGHT] = of_right,
    [EDIT_PUBLISH] = of_publish,
    [EDIT_CA_ALLOW] = of_ca,
    [EDIT_CA_REVOKE] = of_ca,
    [EDIT_TEMPLATE_ALLOW] = of_template,
    [EDIT_TEMPLATE_REVOKE] = of_template,
};

unsigned enroll_edit_loss(enum enroll_edit_kind kind)
{
    return patterns[kind].loss;
}

bool enroll_edit_restarts(const struct enroll_edit *edit)
{
    return patterns[edit->kind].restarts ||
           (edit->kind == EDIT_DROP_VALUE && cs_str_same(edit->key, CS_KEY_RPC_POLICY));
}

struct enroll_edit_words enroll_edit_words_of(const struct enroll_case *one,
                                              const struct enroll_edit *edit)
{
    const struct pattern *pattern = &patterns[edit->kind];
    struct words w = {.one = one, .edit = edit};
    for (size_t i = 0; i < ARGS; i++)
        w.args[i] = CS_STR("");
    namers[edit->kind](&w);
    return (struct enroll_edit_words){
        .words = cs_message_format(one->arena, pattern->words, w.args, ARGS),
        .command = cs_message_format(one->arena, pattern->command, w.args, ARGS),
        .undo = cs_message_format(one->arena, pattern->undo, w.args, ARGS),
    };
}
