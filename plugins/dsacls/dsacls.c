/*
 * dsacls - the list of a certificate template, by the tool that edits lists of the directory.
 *
 *     dsacls "CN=User,CN=Certificate Templates,..."                       show it
 *     dsacls "CN=User,CN=Certificate Templates,..." /G "CORP\bob:CA;Enroll"
 *     dsacls "CN=User,CN=Certificate Templates,..." /R CORP\bob
 *
 * /G grants, /D denies, /R takes away all that names somebody; each may name several.  Rights
 * are the two letters of dsacls (GR, GA, CA, RP, ...), and behind ';' the extended right that CA
 * is about: Enroll or AutoEnrollment.  Of all objects of the directory a lab has the lists of
 * templates only, so only these can be named.
 *
 * Sources: dsacls /?; MS-CRTD 2.5 for the two extended rights.
 */
#include <certsh/plugin.h>

#include <string.h>

struct run {
    struct cs_call *call;
    struct cs_lab *lab;
    struct cs_arena *arena;
    struct cs_error *err;
    const struct cs_template *template_;
    struct cs_sd sd;
    struct cs_ace *aces; /* the list, with room for one more a word */
    size_t count;
    bool changed;
};

/* ------------------------------------------------------------------------ rights */

static const struct {
    const char *letters;
    uint32_t bits;
} rights[] = {
    {"GA", 0xf01ffu}, {"GR", 0x20094u}, {"GE", 0x20004u}, {"GW", 0x20028u}, {"SD", 0x10000u},
    {"DT", 0x40u},    {"RC", 0x20000u}, {"WD", 0x40000u}, {"WO", 0x80000u}, {"LC", 0x4u},
    {"CC", 0x1u},     {"DC", 0x2u},     {"WS", 0x8u},     {"WP", 0x20u},    {"RP", 0x10u},
    {"CA", 0x100u},   {"LO", 0x80u},
};

static bool read_rights(struct cs_str text, uint32_t *mask)
{
    *mask = 0;
    for (; text.length >= 2; text = cs_str_from(text, 2)) {
        uint32_t before = *mask;
        for (size_t i = 0; i < CS_COUNT(rights); i++)
            if (cs_str_same(cs_str_span(text.at, 2), cs_str_of(rights[i].letters)))
                *mask |= rights[i].bits;
        if (*mask == before)
            return false;
    }
    return *mask && !text.length;
}

/* What an entry grants, in letters: whole generic rights first. */
static struct cs_str show_rights(struct cs_arena *arena, uint32_t mask)
{
    struct cs_buf buf;
    cs_buf_init(&buf, 128);
    for (size_t i = 0; i < CS_COUNT(rights); i++)
        if ((mask & rights[i].bits) == rights[i].bits && mask) {
            cs_buf_adds(&buf, rights[i].letters);
            mask &= ~rights[i].bits;
        }
    if (mask)
        cs_buf_addf(&buf, "%s0x%x", buf.length ? "+" : "", (unsigned)mask);
    struct cs_str text = cs_str_copy(arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return text;
}

static const struct {
    const char *name;
    const char *const *guid;
} extended[] = {{"Enroll", &cs_guid_enroll}, {"AutoEnrollment", &cs_guid_autoenroll}};

static const char *extended_of(const struct cs_ace *ace)
{
    struct cs_guid guid;
    if (!(ace->object_flags & CS_ACE_HAS_TYPE))
        return NULL;
    for (size_t i = 0; i < CS_COUNT(extended); i++)
        if (cs_guid_parse(cs_str_of(*extended[i].guid), &guid, NULL) == CS_OK &&
            cs_guid_equal(&guid, &ace->object_type))
            return extended[i].name;
    return "?";
}

static bool read_extended(struct cs_str name, struct cs_ace *ace)
{
    for (size_t i = 0; i < CS_COUNT(extended); i++)
        if (cs_str_same(name, cs_str_of(extended[i].name))) {
            ace->object_flags = CS_ACE_HAS_TYPE;
            return cs_guid_parse(cs_str_of(*extended[i].guid), &ace->object_type, NULL) == CS_OK;
        }
    return false;
}

/* ----------------------------------------------------------------------- entries */

static cs_status find_sid(struct run *run, struct cs_str name, struct cs_sid *sid)
{
    struct cs_principal p;
    cs_id id, host = cs_shell_host(cs_call_shell(run->call));
    if (cs_sid_parse(name, sid, NULL) == CS_OK)
        return CS_OK;
    if (cs_principal_resolve(run->lab, name, host, &id, run->err) != CS_OK)
        return run->err->status;
    if (!cs_principal_get(run->lab, id, &p))
        return cs_fail(run->err, CS_NOT_FOUND, "no principal '%.*s'", CS_STR_ARG(name));
    *sid = p.sid;
    return CS_OK;
}

/* "CORP\bob:CA;Enroll": who, rights, and what they are about. */
static cs_status read_entry(struct run *run, struct cs_str word, bool deny, struct cs_ace *ace)
{
    ptrdiff_t colon = cs_str_find(word, ':');
    struct cs_str who = cs_str_span(word.at, colon < 0 ? 0 : (size_t)colon);
    struct cs_str what = cs_str_from(word, who.length + 1);
    ptrdiff_t semicolon = cs_str_find(what, ';');
    struct cs_str letters = semicolon < 0 ? what : cs_str_span(what.at, (size_t)semicolon);
    *ace = (struct cs_ace){.type = deny ? CS_ACE_DENY : CS_ACE_ALLOW};
    bool fits = colon > 0 && read_rights(letters, &ace->mask);
    if (fits && semicolon >= 0) {
        ace->type = deny ? CS_ACE_OBJECT_DENY : CS_ACE_OBJECT_ALLOW;
        fits = read_extended(cs_str_from(what, (size_t)semicolon + 1), ace);
    }
    if (fits)
        return find_sid(run, who, &ace->sid);
    cs_fail(run->err, CS_INVALID, "'%.*s' is no permission", CS_STR_ARG(word));
    return cs_error_hint(run->err, "\"CORP\\bob:GR\" or \"CORP\\bob:CA;Enroll\"");
}

static bool is_there(const struct run *run, const struct cs_ace *ace)
{
    for (size_t i = 0; i < run->count; i++) {
        const struct cs_ace *old = &run->aces[i];
        if (old->type == ace->type && old->mask == ace->mask && !old->opaque && !old->flags &&
            cs_sid_equal(&old->sid, &ace->sid) &&
            cs_guid_equal(&old->object_type, &ace->object_type))
            return true;
    }
    return false;
}

/* Denials stand in front, grants behind. */
static cs_status add_entry(struct run *run, struct cs_str word, bool deny)
{
    struct cs_ace ace;
    if (read_entry(run, word, deny, &ace) != CS_OK)
        return run->err->status;
    if (is_there(run, &ace))
        return CS_OK;
    if (deny)
        memmove(run->aces + 1, run->aces, run->count * sizeof ace);
    run->aces[deny ? 0 : run->count] = ace;
    run->count++;
    run->changed = true;
    return CS_OK;
}

static cs_status drop_entries(struct run *run, struct cs_str who)
{
    struct cs_sid sid;
    size_t kept = 0;
    if (find_sid(run, who, &sid) != CS_OK)
        return run->err->status;
    for (size_t i = 0; i < run->count; i++)
        if (run->aces[i].opaque || !cs_sid_equal(&run->aces[i].sid, &sid))
            run->aces[kept++] = run->aces[i];
    run->changed = run->changed || kept < run->count;
    run->count = kept;
    return CS_OK;
}

/* ------------------------------------------------------------------ the template */

/* The first CN of a name that lies in Certificate Templates. */
static cs_status find_template(struct run *run, struct cs_str dn)
{
    static const char below[] = ",CN=Certificate Templates,";
    ptrdiff_t comma = cs_str_find(dn, ',');
    bool named = comma > 3 && cs_str_same_start(dn, CS_STR("CN=")) &&
                 cs_str_same_start(cs_str_from(dn, (size_t)comma), cs_str_of(below));
    struct cs_str name = cs_str_span(dn.at + 3, named ? (size_t)comma - 3 : 0);
    run->template_ =
        named ? cs_template_get(run->lab, cs_template_find(run->lab, CS_STR(""), name)) : NULL;
    if (run->template_)
        return CS_OK;
    cs_fail(run->err, CS_NOT_FOUND, "no template '%.*s'", CS_STR_ARG(dn));
    return cs_error_hint(run->err,
                         "CN=NAME,CN=Certificate Templates,CN=Public Key Services,CN=Services,...");
}

static cs_status open_list(struct run *run, size_t words)
{
    const struct cs_acl *dacl;
    if (!run->template_->sd.length)
        return cs_fail(run->err, CS_UNKNOWN, "the security of '%.*s' is not known",
                       CS_STR_ARG(run->template_->name));
    if (cs_sd_decode(run->arena, run->template_->sd, &run->sd, run->err) != CS_OK)
        return run->err->status;
    dacl = run->sd.dacl;
    run->count = dacl ? dacl->count : 0;
    run->aces = cs_arena_alloc(run->arena, (run->count + words + 1) * sizeof *run->aces);
    for (size_t i = 0; i < run->count; i++)
        run->aces[i] = dacl->aces[i];
    return CS_OK;
}

static cs_status save_list(struct run *run)
{
    struct cs_template new = *run->template_;
    struct cs_acl acl = {.revision = 4, .count = run->count, .aces = run->aces};
    struct cs_sd sd = run->sd;
    sd.dacl = &acl;
    sd.control |= CS_SD_DACL_PRESENT;
    sd.bytes = (struct cs_str){0};
    new.record.source = (struct cs_source){.origin = CS_ORIGIN_COMMAND};
    if (cs_sd_encode(run->arena, &sd, &new.sd, run->err) != CS_OK)
        return run->err->status;
    return cs_template_put(run->lab, &new, NULL, run->err);
}

/* ----------------------------------------------------------------------- command */

static cs_status change(struct run *run, const struct cs_str *words, size_t count)
{
    cs_status status = CS_OK;
    char what = 0;
    for (size_t i = 0; status == CS_OK && i < count; i++) {
        bool is_switch = words[i].length == 2 && words[i].at[0] == '/';
        if (is_switch)
            what = (char)(words[i].at[1] & ~0x20);
        else if (what == 'G' || what == 'D')
            status = add_entry(run, words[i], what == 'D');
        else if (what == 'R')
            status = drop_entries(run, words[i]);
        if (!what || (is_switch && !strchr("GDR", what)))
            return cs_fail(run->err, CS_USAGE, "'%.*s' is not understood", CS_STR_ARG(words[i]));
    }
    return status == CS_OK && run->changed ? save_list(run) : status;
}

static cs_status tell(struct run *run, const struct cs_ace *ace)
{
    cs_id host = cs_shell_host(cs_call_shell(run->call));
    bool denies = ace->type == CS_ACE_DENY || ace->type == CS_ACE_OBJECT_DENY;
    return CS_ROW(run->call, run->err, cs_value_str(run->template_->name),
                  cs_value_text(denies ? "deny" : "allow"),
                  cs_value_str(cs_sid_name(run->lab, run->arena, &ace->sid, host)),
                  cs_value_str(show_rights(run->arena, ace->mask)),
                  cs_value_text(extended_of(ace)));
}

static cs_status dsacls(struct cs_call *call, struct cs_error *err)
{
    struct run run = {
        .call = call, .lab = cs_call_lab(call), .arena = cs_call_arena(call), .err = err};
    size_t count;
    const struct cs_str *words = cs_call_words(call, &count);
    if (!count) {
        cs_fail(err, CS_USAGE, "dsacls needs the name of a template in the directory");
        return cs_error_hint(err, "usage: dsacls DN [/G WHO:RIGHTS] [/D WHO:RIGHTS] [/R WHO]");
    }
    if (find_template(&run, words[0]) != CS_OK || open_list(&run, count) != CS_OK ||
        change(&run, words + 1, count - 1) != CS_OK)
        return err->status;
    if (count > 1)
        cs_call_say(call, "The command completed successfully\n");
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < run.count; i++)
        if (!run.aces[i].opaque)
            status = tell(&run, &run.aces[i]);
    return status;
}

#define USER_DN                                                                                    \
    "\"CN=User,CN=Certificate Templates,CN=Public Key Services,CN=Services,CN=Configuration,"      \
    "DC=corp,DC=example\""

static const struct cs_command commands[] = {{
    .name = "dsacls",
    .brief = "show and change the list of a certificate template",
    .detail = "/G grants and /D denies WHO:RIGHTS, /R takes away all entries of WHO; each takes "
              "several.  RIGHTS are letters as dsacls has them, with ;Enroll or ;AutoEnrollment "
              "behind CA.  Without a switch the list is shown.",
    .usage = "DN [/G WHO:RIGHTS...] [/D WHO:RIGHTS...] [/R WHO...]",
    .result = CS_FIELDS({"template", &cs_type_text, "whose list"},
                        {"kind", &cs_type_text, "allow or deny"},
                        {"principal", &cs_type_text, "whom the entry names"},
                        {"rights", &cs_type_text, "letters of dsacls"},
                        {"right", &cs_type_text, "the extended right it is about, or null"}),
    .examples = CS_EXAMPLES(
        {"dsacls " USER_DN, "who may enrol for it?"},
        {"dsacls " USER_DN " /G \"CORP\\Domain Computers:CA;Enroll\"", "computers may, too"}),
    .see = "sd show,enroll who",
    .flags = CS_COMMAND_RAW | CS_COMMAND_WRITES,
    .run = dsacls,
}};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "dsacls",
    .version = "1.0",
    .brief = "dsacls.exe: the lists of templates",
    .needs = "lab.read lab.write",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
