/*
 * certutil - certutil.exe, as far as it looks at DCOM, the CA's settings and its templates.
 *
 *     certutil -setreg SetupStatus -SETUP_DCOM_SECURITY_UPDATED_FLAG
 *     certutil -getreg CA\InterfaceFlags
 *     certutil -config DC01\CORP-CA -ping
 *     certutil -CATemplates
 *     certutil -SetCATemplates +User
 *
 * The first of these is the first line of the article's cure (K17): it clears the flag that
 * certsvc looks at when it starts.  The article prints it with EN DASHES; the shell's line
 * grammar turns a leading dash of that kind into '-', so the pasted line arrives here right.
 *
 * A value is named from the configuration key ("SetupStatus"), from the active CA ("CA\Name",
 * "policy\Name", "exit\Name"), or with the keys between written out.  Numbers take + and -
 * with a flag's name or a number, which sets and clears bits; lists of texts take + and - with
 * an entry.  Names of bits come from certsrv.h (flags.c).
 *
 * Files: certutil.c  declarations, options, and certutil's way to succeed and to fail
 *        name.c      from a name to a registry value
 *        flags.c     the names of bits
 *        show.c      a value as certutil prints it
 *        setreg.c getreg.c ping.c templates.c publish.c   one verb each
 *
 * Layouts and texts: FACTS 2.2 to 2.4.
 */
#include "certutil.h"

struct verb {
    const char *name;
    certutil_fn *run;
    struct cs_fields fields;
};

/* ------------------------------------------------------------------ its words */

const char *certutil_word(const struct certutil *run, enum certutil_word word)
{
    static const char *const words[][2] = {
        [CERTUTIL_DONE] = {"CertUtil: %s command completed successfully.",
                           "CertUtil: %s コマンドは正常に完了しました。"},
        [CERTUTIL_FAILED] = {"CertUtil: %s command FAILED: %s",
                             "CertUtil: %s コマンド エラーです: %s"},
        /* The Japanese of the next three is unconfirmed. */
        [CERTUTIL_OLD] = {"Old Value:", "以前の値:"},
        [CERTUTIL_NEW] = {"New Value:", "新しい値:"},
        [CERTUTIL_RESTART] =
            {"The CertSvc service may need to be restarted for changes to take effect.",
             "変更を有効にするには、CertSvc サービスを再起動する必要がある場合があります。"},
    };
    return words[word][cs_language_is_japanese(run->here->language)];
}

/* `pattern` with its %s replaced in order. */
static struct cs_str fill(struct cs_arena *arena, const char *pattern, struct cs_str first,
                          struct cs_str second)
{
    struct cs_str numbered = cs_str_of(pattern), out = CS_STR("");
    struct cs_str args[] = {first, second};
    for (size_t next = 0; numbered.length;) {
        ptrdiff_t percent = cs_str_find(numbered, '%');
        size_t plain = percent < 0 ? numbered.length : (size_t)percent;
        struct cs_str arg = percent < 0 ? CS_STR("") : args[next++];
        out = cs_str_printf(arena, "%.*s%.*s%.*s", CS_STR_ARG(out),
                            CS_STR_ARG(cs_str_span(numbered.at, plain)), CS_STR_ARG(arg));
        numbered = cs_str_from(numbered, percent < 0 ? plain : plain + 2);
    }
    return out;
}

void certutil_say_done(struct certutil *run)
{
    struct cs_str text =
        fill(run->arena, certutil_word(run, CERTUTIL_DONE), cs_str_of(run->verb), CS_STR(""));
    cs_call_say(run->call, "%.*s\n", CS_STR_ARG(text));
}

struct cs_str certutil_code(const struct certutil *run, uint32_t code)
{
    bool win32 = code >> 16 == 0x8007;
    uint32_t number = code & 0xffff;
    const char *name = win32 ? cs_win32_name(number) : cs_hresult_name(code);
    if (!win32)
        return cs_str_printf(run->arena, "0x%08x (%d%s%s)", (unsigned)code, (int)code,
                             name ? " " : "", name ? name : "");
    /* Builds of the 2000 and 2003 era write no symbolic name (KB 842210, 931354). */
    if ((run->here->windows && run->here->windows < CS_WINDOWS_VISTA) || !name)
        return cs_str_printf(run->arena, "0x%08x (WIN32: %u)", (unsigned)code, (unsigned)number);
    return cs_str_printf(run->arena, "0x%08x (%s: %u %s)", (unsigned)code,
                         number == 259 ? "WIN32/HTTP" : "WIN32", (unsigned)number, name);
}

cs_status certutil_fail(struct certutil *run, cs_status status, uint32_t code, struct cs_str before)
{
    const char *text = cs_hresult_text(code, run->here->language);
    struct cs_str line = fill(run->arena, certutil_word(run, CERTUTIL_FAILED), cs_str_of(run->verb),
                              certutil_code(run, code));
    cs_fail(run->err, status, "%.*s%.*s%s%s", CS_STR_ARG(before), CS_STR_ARG(line),
            text ? "\nCertUtil: " : "", text ? text : "");
    if (run->err)
        run->err->win32 = code >> 16 == 0x8007 ? code & 0xffff : code;
    return status;
}

cs_status certutil_row(struct certutil *run, const struct cs_member *members, size_t count)
{
    struct cs_value *row = cs_arena_alloc(run->arena, run->fields.count * sizeof *row);
    for (size_t i = 0; i < run->fields.count; i++) {
        row[i] = cs_value_null();
        for (size_t j = 0; j < count; j++)
            if (cs_str_is(members[j].name, run->fields.at[i].name))
                row[i] = members[j].value;
    }
    return cs_call_row(run->call, row, run->fields.count, run->err);
}

/* -------------------------------------------------------------------- options */

cs_status certutil_use_config(struct certutil *run, struct cs_str config)
{
    run->ca = cs_ca_find(run->lab, config);
    const struct cs_ca *ca = cs_ca_get(run->lab, run->ca);
    run->host = ca ? cs_host_get(run->lab, ca->host) : NULL;
    if (run->host)
        return CS_OK;
    run->host = run->here;
    certutil_fail(run, CS_NOT_FOUND, CS_HR_RPC_UNAVAILABLE, CS_STR(""));
    return cs_error_hint(
        run->err, ca ? "nothing is known of the host of '%.*s'" : "'%.*s' is no CA of this lab",
        CS_STR_ARG(config));
}

/* Options that change nothing here: force, verbose, the user's own settings. */
/* Its words may look like an option: -User is a template. */
static const char change_verb[] = "-SetCATemplates";

static bool is_ignored(struct cs_str word)
{
    static const char *const names[] = {"-f", "-v", "-user", "-GroupPolicy"};
    for (size_t i = 0; i < CS_COUNT(names); i++)
        if (cs_str_same(word, cs_str_of(names[i])))
            return true;
    return false;
}

static cs_status take_options(struct certutil *run, const struct cs_str *words, size_t count)
{
    struct cs_str *left = cs_arena_alloc(run->arena, (count + 1) * sizeof *left);
    run->words = left;
    for (size_t i = 0; i < count; i++) {
        if (cs_str_same(words[i], CS_STR("-config")) && i + 1 < count) {
            cs_status status = certutil_use_config(run, words[++i]);
            if (status != CS_OK)
                return status;
        } else if (run->verb == change_verb || !is_ignored(words[i])) {
            left[run->count++] = words[i];
        }
    }
    return CS_OK;
}

static cs_status begin(struct cs_call *call, const struct verb *verb, const struct cs_str *words,
                       size_t count, struct cs_error *err)
{
    struct certutil run = {.call = call,
                           .lab = cs_call_lab(call),
                           .arena = cs_call_arena(call),
                           .verb = verb->name,
                           .fields = ((const struct verb *)cs_call_data(call))->fields,
                           .err = err};
    run.here = cs_host_get(run.lab, cs_shell_host(cs_call_shell(call)));
    if (!run.here) {
        cs_fail(err, CS_NOT_FOUND, "there is no current host");
        return cs_error_hint(err, "host list shows them; host use NAME makes one current");
    }
    run.host = run.here;
    run.ca = cs_ca_on_host(run.lab, run.host->record.id);
    cs_status status = take_options(&run, words, count);
    return status == CS_OK ? verb->run(&run) : status;
}

static cs_status run_verb(struct cs_call *call, struct cs_error *err)
{
    size_t count;
    const struct cs_str *words = cs_call_words(call, &count);
    return begin(call, cs_call_data(call), words, count, err);
}

/* --------------------------------------------------------------- declarations */

static const struct cs_field setreg_fields[] = {
    {"key", &cs_type_text, "the registry key"},
    {"name", &cs_type_text, "the value's name"},
    {"type", &cs_type_text, "REG_DWORD, ..."},
    {"old", &cs_type_text, "the value before, or null"},
    {"value", &cs_type_text, "the value now"},
    {"flags", &cs_type_list, "names of the bits that are set now"},
};
static const struct cs_field getreg_fields[] = {
    {"key", &cs_type_text, "the registry key"},
    {"name", &cs_type_text, "the value's name"},
    {"type", &cs_type_text, "REG_DWORD, ..."},
    {"value", &cs_type_text, "the value"},
    {"flags", &cs_type_list, "names of the bits that are set"},
};
static const struct cs_field ping_fields[] = {
    {"config", &cs_type_text, "HOST\\CA"},
    {"interface", &cs_type_text, "the interface that answered"},
    {"alive", &cs_type_bool, "true: what cannot be reached is an error"},
};
static const struct cs_field template_fields[] = {
    {"config", &cs_type_text, "HOST\\CA"},
    {"template", &cs_type_text, "a published template"},
    {"display", &cs_type_text, "the name people see"},
    {"enroll", &cs_type_bool, "may the current user enrol?"},
    {"autoenroll", &cs_type_bool, "may the current user auto-enrol?"},
};
static const struct cs_field config_fields[] = {
    {"config", &cs_type_text, "HOST\\CA"},
    {"key", &cs_type_text, "-setreg, -getreg: the registry key"},
    {"name", &cs_type_text, "the value's name"},
    {"type", &cs_type_text, "its type"},
    {"old", &cs_type_text, "-setreg: the value before"},
    {"value", &cs_type_text, "the value"},
    {"flags", &cs_type_list, "names of the bits that are set"},
    {"interface", &cs_type_text, "-ping: the interface that answered"},
    {"alive", &cs_type_bool, "-ping: true"},
    {"template", &cs_type_text, "-CATemplates: a published template"},
    {"display", &cs_type_text, "the name people see"},
    {"enroll", &cs_type_bool, "may the current user enrol?"},
    {"autoenroll", &cs_type_bool, "may the current user auto-enrol?"},
};

static const struct cs_field publish_fields[] = {
    {"config", &cs_type_text, "HOST\\CA"},
    {"template", &cs_type_text, "a template that is published now"},
};

#define TABLE(fields)                                                                              \
    {                                                                                              \
        fields, CS_COUNT(fields)                                                                   \
    }

static const struct verb verbs[] = {
    {"-setreg", certutil_setreg, TABLE(setreg_fields)},
    {"-getreg", certutil_getreg, TABLE(getreg_fields)},
    {"-ping", certutil_ping, TABLE(ping_fields)},
    {"-CATemplates", certutil_templates, TABLE(template_fields)},
    {change_verb, certutil_publish, TABLE(publish_fields)},
};
static const struct verb config_verb = {"-config", NULL, TABLE(config_fields)};

/* certutil -config HOST\CA VERB ...: the verb comes later, the rows are wider. */
static cs_status run_config(struct cs_call *call, struct cs_error *err)
{
    size_t count;
    const struct cs_str *words = cs_call_words(call, &count);
    if (count < 2)
        return cs_fail(err, CS_USAGE, "certutil -config takes HOST\\CA and a verb");
    struct cs_str *all = cs_arena_alloc(cs_call_arena(call), count * sizeof *all);
    all[0] = CS_STR("-config");
    all[1] = words[0];
    for (size_t i = 2; i < count; i++)
        all[i] = words[i];
    for (size_t i = 0; i < CS_COUNT(verbs); i++)
        if (cs_str_same(words[1], cs_str_of(verbs[i].name)))
            return begin(call, &verbs[i], all, count, err);
    return cs_fail(err, CS_USAGE, "unknown verb '%.*s'", CS_STR_ARG(words[1]));
}

static const struct cs_command commands[] = {
    {
        .name = "certutil -setreg",
        .brief = "change a setting of the CA",
        .detail = "Numbers take + and - before a flag's name or a number, which sets and clears "
                  "bits; lists of texts take + and - before an entry.  Names begin with CA\\, "
                  "policy\\ or exit\\, or stand in the configuration key as SetupStatus does.",
        .usage = "[CA\\|policy\\|exit\\]NAME VALUE [-config HOST\\CA]",
        .result = TABLE(setreg_fields),
        .examples = CS_EXAMPLES({"certutil -setreg SetupStatus -SETUP_DCOM_SECURITY_UPDATED_FLAG",
                                 "let certsvc update its DCOM security at its next start"},
                                {"certutil –setreg SetupStatus –SETUP_DCOM_SECURITY_UPDATED_FLAG",
                                 "the same as the article prints it, with en dashes"}),
        .see = "certutil -getreg, net stop, net start",
        .flags = CS_COMMAND_RAW | CS_COMMAND_WRITES,
        .run = run_verb,
        .data = (void *)&verbs[0],
    },
    {
        .name = "certutil -getreg",
        .brief = "show a setting of the CA, or a key of settings",
        .usage = "[[CA\\|policy\\|exit\\]NAME[*]] [-config HOST\\CA]",
        .result = TABLE(getreg_fields),
        .examples = CS_EXAMPLES({"certutil -getreg SetupStatus", "is the DCOM flag set?"}),
        .see = "certutil -setreg, reg query",
        .flags = CS_COMMAND_RAW,
        .run = run_verb,
        .data = (void *)&verbs[1],
    },
    {
        .name = "certutil -ping",
        .brief = "does the current user reach the CA's request interface?",
        .detail = "Asks the gates before the CA's own security: a CA that answers may still "
                  "refuse to enrol.",
        .usage = "[HOST\\CA] [-config HOST\\CA]",
        .result = TABLE(ping_fields),
        .examples = CS_EXAMPLES({"certutil -ping", "does the CA here answer?"}),
        .see = "enroll check",
        .flags = CS_COMMAND_RAW,
        .run = run_verb,
        .data = (void *)&verbs[2],
    },
    {
        .name = "certutil -CATemplates",
        .brief = "list the templates the CA publishes, with the current user's access",
        .usage = "[-config HOST\\CA]",
        .result = TABLE(template_fields),
        .examples = CS_EXAMPLES({"certutil -CATemplates", "what does this CA issue?"}),
        .see = "enroll check, enroll who",
        .flags = CS_COMMAND_RAW,
        .run = run_verb,
        .data = (void *)&verbs[3],
    },
    {
        .name = "certutil -SetCATemplates",
        .brief = "publish templates at the CA, or no longer",
        .usage = "[+|-]TEMPLATE,... [-config HOST\\CA]",
        .result = TABLE(publish_fields),
        .examples = CS_EXAMPLES({"certutil -SetCATemplates -User", "what if users cannot ask?"}),
        .see = "certutil -CATemplates",
        .flags = CS_COMMAND_RAW | CS_COMMAND_WRITES,
        .run = run_verb,
        .data = (void *)&verbs[4],
    },
    {
        .name = "certutil -config",
        .brief = "do one of the others at a CA that is named first",
        .usage = "HOST\\CA -setreg|-getreg|-ping|-CATemplates|-SetCATemplates ...",
        .result = TABLE(config_fields),
        .examples = CS_EXAMPLES({"certutil -config DC01\\CORP-CA -ping", "from wherever we are"}),
        .see = "certutil -ping, certutil -setreg",
        .flags = CS_COMMAND_RAW | CS_COMMAND_WRITES,
        .run = run_config,
        .data = (void *)&config_verb,
    },
};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "certutil",
    .version = "1.0",
    .brief = "certutil.exe: the CA's settings, reach and templates",
    .needs = "lab.read lab.write",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
