/*
 * import_certutil.c - a plugin that reads what certutil prints.
 *
 *   -v -getreg CA\SetupStatus, ...   registry values of the CA             (getreg.c)
 *   -v -template                     every template of the forest          (templates.c)
 *   -CATemplates                     the published templates of the CA at hand
 *   -ping, -dump                     which host a CA is on
 *
 * certutil speaks the language of Windows, and no specification tells its output.  What is read
 * is structure that does not change: registry types, hex numbers, SDDL, names of properties,
 * the shape of a line.  Words are not read.  (MS-CRTD, FACTS 2.3; public examples.)
 *
 * -CATemplates does not say of which CA: it is the one on the machine the file belongs to.  What
 * it says about "Auto-Enroll" and "Access is denied" is about who ran it, and is not read.
 */
#include <string.h>

#include "certutil_text.h"

struct published {
    struct cs_str *at;
    size_t count, room;
    size_t run; /* of them, how many stood before the lines that follow one another now */
    bool sure;  /* these lines are templates */
    uint32_t number;
};

/* -------------------------------------------------------------- -CATemplates */

static bool is_word(struct cs_str text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.at[i] == ' ' || text.at[i] == '\t' || text.at[i] == '\\' || text.at[i] == '"')
            return false;
    return text.length > 0;
}

static void add_published(struct published *published, const struct text *text, struct cs_str name)
{
    published->at = cs_arena_more(text->arena, published->at, published->count, &published->room,
                                  sizeof *published->at);
    if (!published->count)
        published->number = text->number;
    published->at[published->count++] = name;
}

/* Lines of that form are templates if one of them has the dashes, or the last line says so. */
static void end_run(struct published *published, const struct text *text)
{
    struct cs_str closing = CS_STR("CertUtil: -CATemplates");
    if (!published->sure && !cs_str_same_start(text->line, closing))
        published->count = published->run;
    for (; published->run < published->count; published->run++)
        cs_import_record(text->import);
    published->sure = false;
}

/*
 * "Machine: Computer -- Auto-Enroll: Access is denied.": cn, display name, the caller's rights;
 * of old versions without the rights that are not refused.
 */
static bool take_published(struct published *published, const struct text *text)
{
    struct cs_str line = text->line;
    ptrdiff_t colon = cs_str_find(line, ':');
    size_t length = colon > 0 ? (size_t)colon : 0;
    struct cs_str name = cs_str_span(line.at, length);
    if (!is_word(name) || cs_str_same(name, CS_STR("CertUtil")) ||
        !cs_str_trim(cs_str_from(line, length + 1)).length) {
        end_run(published, text);
        return false;
    }
    published->sure = published->sure || text_has(line, " -- ") > colon;
    add_published(published, text, name);
    return published->sure;
}

/* ------------------------------------------------------------- -ping, -dump */

static void give_ca(const struct text *text, uint32_t line, struct cs_str host, struct cs_str name)
{
    struct cs_ca ca = {.name = cs_str_trim(name), .dns = host};
    cs_import_record(text->import);
    cs_import_ca(text->import, &ca, line);
}

/*
 * "Connecting to dc01.corp.example\CORP-CA ...": the word before the backslash is the host, and
 * where the name ends behind it each language says otherwise.  The answer below has it in quotes,
 * in a line with the name of the interface; without an answer, only a plain end is believed.
 */
struct ping {
    struct cs_str host, rest; /* "CORP-CA ..." */
    uint32_t number;          /* of the line */
};

static void end_ping(struct ping *ping, const struct text *text, struct cs_str name)
{
    if (ping->host.length && name.length)
        give_ca(text, ping->number, ping->host, name);
    *ping = (struct ping){0};
}

static struct cs_str plain_end(struct cs_str rest)
{
    struct cs_str end = CS_STR(" ...");
    return cs_str_ends(rest, end) ? cs_str_span(rest.at, rest.length - end.length) : CS_STR("");
}

static bool take_ping(struct ping *ping, const struct text *text)
{
    struct cs_str line = cs_str_trim(text->line);
    ptrdiff_t slash = cs_str_find(line, '\\');
    if (slash <= 0 || !cs_str_ends(line, CS_STR("...")))
        return false;
    size_t from = (size_t)slash;
    while (from > 0 && line.at[from - 1] != ' ')
        from--;
    end_ping(ping, text, plain_end(ping->rest));
    ping->host = cs_str_span(line.at + from, (size_t)slash - from);
    ping->rest = cs_str_from(line, (size_t)slash + 1);
    ping->number = text->number;
    return true;
}

/* `Server "CORP-CA" ICertRequest2 interface is alive (0ms)` */
static bool take_answer(struct ping *ping, const struct text *text)
{
    struct cs_str line = cs_str_trim(text->line);
    ptrdiff_t open = cs_str_find(line, '"');
    if (!ping->host.length || text_has(line, "ICertRequest") < 0 || open < 0)
        return false;
    struct cs_str name = cs_str_from(line, (size_t)open + 1);
    ptrdiff_t close = cs_str_find(name, '"');
    name.length = close < 0 ? 0 : (size_t)close;
    if (!name.length || !cs_str_starts(ping->rest, name))
        return false;
    end_ping(ping, text, name);
    return true;
}

/* `  Config:    "dc01.corp.example\CORP-CA"`, in two kinds of quotes; no path has its form. */
static bool take_config(const struct text *text)
{
    struct cs_str line = cs_str_trim(text->line);
    ptrdiff_t open = cs_str_find(line, '"');
    if (open < 0)
        open = cs_str_find(line, '`');
    if (open < 0 || cs_str_find(line, ':') < 0 || cs_str_find(line, ':') > open)
        return false;
    struct cs_str value = cs_str_from(line, (size_t)open + 1);
    bool closed = cs_str_ends(value, CS_STR("\"")) || cs_str_ends(value, CS_STR("'"));
    ptrdiff_t slash = cs_str_find(value, '\\');
    if (!closed || slash <= 0)
        return false;
    struct cs_str host = cs_str_span(value.at, (size_t)slash);
    struct cs_str name = cs_str_from(value, (size_t)slash + 1);
    name.length--;
    if (!is_word(host) || cs_str_find(host, ':') >= 0 || cs_str_find(name, '\\') >= 0)
        return false;
    give_ca(text, text->number, host, name);
    return true;
}

/* --------------------------------------------------------------------- read */

struct reading {
    struct text text;
    struct getreg getreg;
    struct templates templates;
    struct published published;
    struct ping ping;
    bool any;
};

/* "CertUtil: -ping command FAILED: 0x800706ba (WIN32: 1722 RPC_S_SERVER_UNAVAILABLE)": the number
 * is the same in every language. */
static void tell_failure(const struct text *text)
{
    struct cs_str line = cs_str_trim(text->line);
    if (cs_str_starts(line, CS_STR("CertUtil: -")) && text_has(line, ": 0x") > 0)
        cs_import_warn(text->import, text->number, "certutil failed: %.*s",
                       CS_STR_ARG(cs_str_from(line, strlen("CertUtil: "))));
}

static cs_status take_line(struct reading *reading)
{
    struct text *text = &reading->text;
    bool taken;
    templates_line(&reading->templates, text, &taken);
    cs_status status = taken ? CS_OK : getreg_line(&reading->getreg, text, &taken);
    if (!taken && !reading->templates.open)
        taken = take_published(&reading->published, text) || take_ping(&reading->ping, text) ||
                take_answer(&reading->ping, text) || take_config(text);
    tell_failure(text);
    reading->any = reading->any || taken || cs_str_starts(text->line, CS_STR("CertUtil:"));
    return status;
}

static cs_status read_certutil(struct cs_import *import, struct cs_str bytes, struct cs_error *err)
{
    struct reading reading = {.text = {.import = import, .err = err}};
    struct text *text = &reading.text;
    text->arena = cs_import_arena(import);
    text->rest = cs_str_from_file(text->arena, bytes);
    cs_status status = CS_OK;
    while (status == CS_OK && text_next(text))
        status = take_line(&reading);
    if (status == CS_OK)
        status = getreg_end(&reading.getreg, text);
    if (status != CS_OK)
        return status;
    templates_end(&reading.templates, text);
    end_ping(&reading.ping, text, plain_end(reading.ping.rest));
    text->line = CS_STR("");
    end_run(&reading.published, text);
    if (reading.published.count)
        cs_import_published(import, (struct cs_strs){reading.published.at, reading.published.count},
                            reading.published.number);
    if (reading.any)
        return CS_OK;
    cs_import_bad(import, 0, err, "nothing in it is known to be of certutil");
    return cs_error_hint(err, "certutil -v -getreg CA, -v -template, -CATemplates and -ping are "
                              "read");
}

/* -------------------------------------------------------------------- probe */

/* "Machine: Computer -- ...", line for line: the words behind the dashes are of a language. */
static bool lists_templates(struct cs_str head)
{
    struct text text = {.rest = head};
    size_t count = 0;
    while (count < 2 && text_next(&text)) {
        ptrdiff_t colon = cs_str_find(text.line, ':');
        if (!cs_str_trim(text.line).length)
            continue;
        if (colon <= 0 || !is_word(cs_str_span(text.line.at, (size_t)colon)) ||
            text_has(text.line, " -- ") < colon)
            return false;
        count++;
    }
    return count > 0;
}

/* "  SetupStatus REG_DWORD = 6001": nobody else writes values so. */
static bool shows_values(struct cs_str head)
{
    static const char *const marks[] = {
        " REG_DWORD = ", " REG_SZ = ", " REG_BINARY =", " REG_MULTI_SZ =", " REG_EXPAND_SZ = "};
    for (size_t i = 0; i < CS_COUNT(marks); i++)
        if (text_has(head, marks[i]) >= 0)
            return true;
    return false;
}

static int probe_certutil(struct cs_str name, struct cs_str head)
{
    static const char *const marks[] = {"CertUtil: -", "TemplatePropCommonName"};
    for (size_t i = 0; i < CS_COUNT(marks); i++)
        if (text_has(head, marks[i]) >= 0)
            return 90;
    if (text_has(head, "HKEY_LOCAL_MACHINE\\") >= 0 && shows_values(head))
        return 80;
    if (text_has(name, "certutil") >= 0 || text_has(name, "catemplates") >= 0)
        return 50;
    if (text_has(head, "ICertRequest") >= 0 || text_has(head, "ICertAdmin") >= 0)
        return 60; /* -ping */
    return lists_templates(head) || text_has(head, " -- Auto-Enroll") >= 0 ? 50 : 0;
}

static const struct cs_importer importers[] = {{
    .name = "certutil",
    .brief = "what certutil -getreg, -template, -CATemplates and -ping print",
    .probe = probe_certutil,
    .read = read_certutil,
}};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "import_certutil",
    .version = "1.0",
    .brief = "reads what certutil prints",
    .needs = "file.read",
    .importers = importers,
    .importer_count = CS_COUNT(importers),
};
