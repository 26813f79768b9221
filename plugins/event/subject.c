/*
 * subject.c - whom and what a pasted text is about.
 *
 * The machine is the one the event names ("Computer: DC02"), else --host, else the current host.
 * The caller is an account of the lab that the text has as DOMAIN\name, name@domain or SID; "local
 * system" is the machine's own account.  The template is one of the lab, by its name or display
 * name in English or Japanese; a short one ("User") only where the text speaks of a certificate,
 * since every DCOM event says "to the user".
 */
#include <string.h>

#include "event.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* ------------------------------------------------------------------ the machine */

cs_id event_find_host(const struct cs_lab *lab, const struct event_paste *paste)
{
    static const char *const labels[] = {
        "computer:",       "computer :",     "computername:",   "computername :", "computername =",
        "machinename:",    "machinename :",  "<computer>",      "コンピュータ:",  "コンピュータ名:",
        "コンピューター:", "コンピュータ :", "コンピューター :"};
    for (size_t i = 0; i < CS_COUNT(labels); i++) {
        struct cs_str name = event_after(paste->text, cs_str_of(labels[i]));
        cs_id host = name.length ? cs_host_find(lab, name) : 0;
        if (host)
            return host;
    }
    return 0;
}

/* ------------------------------------------------------------------- the caller */

static bool is_account(const struct cs_lab *lab, cs_id id)
{
    struct cs_principal p;
    return id && cs_principal_get(lab, id, &p) && (p.kind == CS_USER || p.kind == CS_COMPUTER);
}

static cs_id resolve(const struct cs_lab *lab, struct cs_str name, cs_id host)
{
    struct cs_error ignored;
    cs_id id = 0;
    if (!name.length || cs_principal_resolve(lab, name, host, &id, &ignored) != CS_OK)
        return 0;
    return is_account(lab, id) ? id : 0;
}

static bool in_name(char c)
{
    return !is_space(c) && !strchr("()<>\"',;:", c);
}

/* The word around `at`; names may hold blanks, so its end is tried farther on, too. */
static cs_id name_around(const struct cs_lab *lab, struct cs_str text, size_t at, cs_id host)
{
    size_t from = at, to = at;
    cs_id found = 0;
    while (from > 0 && in_name(text.at[from - 1]))
        from--;
    for (int words = 0; words < 4 && !found; words++) {
        while (to < text.length && in_name(text.at[to]))
            to++;
        struct cs_str name = cs_str_span(text.at + from, to - from);
        while (name.length && strchr(".,", name.at[name.length - 1]))
            name.length--;
        found = resolve(lab, name, host);
        if (to >= text.length || !is_space(text.at[to]))
            break;
        to++;
    }
    return found;
}

static cs_id find_account(const struct cs_lab *lab, struct cs_str text, cs_id host)
{
    for (size_t i = 0; i < text.length; i++) {
        bool name = text.at[i] == '\\' || text.at[i] == '@';
        bool sid = i + 4 < text.length && memcmp(text.at + i, "s-1-", 4) == 0;
        cs_id id = name || sid ? name_around(lab, text, i, host) : 0;
        if (id)
            return id;
    }
    return 0;
}

static bool is_system(struct cs_str text)
{
    return event_holds(text, CS_STR("local system")) ||
           event_holds(text, CS_STR("ローカルシステム")) ||
           event_holds(text, CS_STR("ローカル システム"));
}

/* ----------------------------------------------------------------- the template */

struct search {
    const struct event_paste *paste;
    cs_id found;
    size_t length; /* of the longest name found */
};

static bool starts(struct cs_str text, size_t at, const char *word)
{
    struct cs_str part = cs_str_of(word);
    return at + part.length <= text.length && memcmp(text.at + at, part.at, part.length) == 0;
}

static bool ends(struct cs_str text, size_t at, const char *word)
{
    struct cs_str part = cs_str_of(word);
    return at >= part.length && memcmp(text.at + at - part.length, part.at, part.length) == 0;
}

/* "for one User certificate", "template: User", "CertificateTemplate = User" */
static bool speaks_of_template(struct cs_str text, size_t at, size_t length)
{
    static const char *const before[] = {
        "template: ",  "template ",      "template:", "templatename: ",
        "template = ", "テンプレート: ", "template="};
    static const char *const after[] = {" certificate", " 証明書", "証明書", " テンプレート",
                                        " template"};
    for (size_t i = 0; i < CS_COUNT(before); i++)
        if (ends(text, at, before[i]))
            return true;
    for (size_t i = 0; i < CS_COUNT(after); i++)
        if (starts(text, at + length, after[i]))
            return true;
    return false;
}

static void consider(struct search *search, struct cs_str name, cs_id id)
{
    enum { SHORT = 12 };
    struct cs_str text = search->paste->text, word = cs_str_fold(search->paste->arena, name);
    if (name.length <= search->length)
        return;
    for (size_t i = 0; i + word.length <= text.length; i++) {
        if (memcmp(text.at + i, word.at, word.length) != 0)
            continue;
        if (word.length >= SHORT || speaks_of_template(text, i, word.length)) {
            search->found = id;
            search->length = name.length;
            return;
        }
    }
}

static bool look_at_template(void *context, const struct cs_record *record)
{
    struct search *search = context;
    const struct cs_template *t = (const struct cs_template *)record;
    consider(search, t->name, record->id);
    consider(search, t->display, record->id);
    consider(search, t->display_ja, record->id);
    return true;
}

/* ----------------------------------------------------------------------- public */

void event_find_subject(struct cs_call *call, const struct event_paste *paste, cs_id host,
                        struct event_subject *subject)
{
    const struct cs_lab *lab = cs_call_lab(call);
    const struct cs_host *machine = cs_host_get(lab, host);
    struct search what = {.paste = paste};
    cs_record_each(lab, CS_NOUN_TEMPLATE, look_at_template, &what);
    cs_id who = find_account(lab, paste->text, host);
    if (!who && machine && is_system(paste->text))
        who = machine->account;
    *subject = (struct event_subject){.principal = who, .template_ = what.found, .host = host};
    machine = cs_host_get(lab, cs_host_of_account(lab, who));
    subject->controller = machine && machine->role == CS_ROLE_DC;
    struct cs_error ignored; /* no CA to ask is an answer, too */
    const struct cs_template *t = cs_template_get(lab, what.found);
    struct cs_str name = t ? t->name : CS_STR("");
    if (cs_enroll_ca(lab, 0, host, name, &subject->ca, &ignored) != CS_OK)
        subject->ca = 0;
}
