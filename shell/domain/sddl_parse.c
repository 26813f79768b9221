/*
 * sddl_parse.c - SDDL to a descriptor (MS-DTYP 2.5.1; see sd.h).
 *
 * The grammar is read the way Windows reads it: blanks between things, lower case inside ACEs
 * and parts too large are accepted and come out normalised; section letters are upper case.
 * Room: domain.
 */
#include <string.h>

#include "sd_in.h"

struct parser {
    struct cs_arena *arena;
    struct cs_str text;
    size_t at;
    const struct cs_sddl_scope *scope;
    struct cs_error *err;
};

/* ACEs of one list as they come; the room doubles in the arena. */
struct aces {
    struct cs_ace *items;
    size_t count, room;
};

struct flag {
    const char *letters;
    uint16_t bit;
};

static const struct flag ace_flags[] = {
    {"OI", CS_ACE_OBJECT_INHERIT}, {"CI", CS_ACE_CONTAINER_INHERIT}, {"NP", CS_ACE_NO_PROPAGATE},
    {"IO", CS_ACE_INHERIT_ONLY},   {"ID", CS_ACE_INHERITED},         {"SA", CS_ACE_AUDIT_SUCCESS},
    {"FA", CS_ACE_AUDIT_FAILURE},
};

static const char no_access_control[] = "NO_ACCESS_CONTROL";

static char char_at(const struct parser *in, size_t at)
{
    return at < in->text.length ? in->text.at[at] : '\0';
}

static struct cs_str rest(const struct parser *in)
{
    return cs_str_from(in->text, in->at);
}

/* Blanks only: Windows refuses tabs and line ends. */
static void skip_blanks(struct parser *in)
{
    while (char_at(in, in->at) == ' ')
        in->at++;
}

static cs_status expected(const struct parser *in, const char *what)
{
    if (in->at >= in->text.length)
        return cs_fail_at(in->err, CS_SYNTAX, in->at, "sddl ends early: expected %s", what);
    unsigned char c = (unsigned char)in->text.at[in->at];
    if (c < ' ' || c > '~')
        return cs_fail_at(in->err, CS_SYNTAX, in->at, "unexpected byte 0x%02x: expected %s", c,
                          what);
    return cs_fail_at(in->err, CS_SYNTAX, in->at, "unexpected '%c': expected %s", c, what);
}

/* A failure of a part that was read on its own: count its offset from the whole text's start. */
static cs_status moved(const struct parser *in, cs_status status, size_t start)
{
    if (in->err && in->err->at >= 0)
        in->err->at += (int)start;
    return status;
}

static cs_status read_sid(struct parser *in, struct cs_sid *sid)
{
    size_t used = 0;
    skip_blanks(in);
    cs_status status = csi_sid_parse_sddl(rest(in), in->scope, sid, &used, in->err);
    if (status != CS_OK)
        return moved(in, status, in->at);
    in->at += used;
    skip_blanks(in);
    return CS_OK;
}

/* -------------------------------------------------------------------- aces */

/* The text up to the next semicolon, which is skipped; blanks around belong to nobody. */
static cs_status read_field(struct parser *in, struct cs_str *field)
{
    size_t start = in->at;
    while (char_at(in, in->at) && !strchr(";()", char_at(in, in->at)))
        in->at++;
    if (char_at(in, in->at) != ';')
        return expected(in, "';'");
    *field = cs_str_span(in->text.at + start, in->at - start);
    in->at++;
    return CS_OK;
}

static struct cs_str without_blanks(struct cs_str s)
{
    while (s.length && s.at[0] == ' ')
        s = cs_str_from(s, 1);
    while (s.length && s.at[s.length - 1] == ' ')
        s.length--;
    return s;
}

static cs_status read_type(struct parser *in, bool sacl, struct cs_ace *ace)
{
    struct cs_str field = {0};
    size_t start = in->at;
    cs_status status = read_field(in, &field);
    if (status != CS_OK)
        return status;
    field = without_blanks(field);
    int type = csi_ace_type_named(field);
    if (type < 0)
        return cs_fail_at(in->err, CS_SYNTAX, start, "unknown ace type '%.*s'",
                          field.length < 20 ? (int)field.length : 20, field.at);
    ace->type = (uint8_t)type;
    /* Windows refuses auditing in a DACL, and it has no way to grant in a SACL */
    if (csi_ace_type(ace->type)->in_sacl != sacl)
        return cs_fail_at(in->err, CS_SYNTAX, start, "ace type '%.*s' does not belong in a %s",
                          CS_STR_ARG(field), sacl ? "sacl" : "dacl");
    return CS_OK;
}

static uint16_t flag_of(struct cs_str letters)
{
    for (size_t i = 0; i < CS_COUNT(ace_flags); i++)
        if (cs_str_same(letters, cs_str_of(ace_flags[i].letters)))
            return ace_flags[i].bit;
    return 0;
}

static cs_status read_flags(struct parser *in, struct cs_ace *ace)
{
    struct cs_str field = {0};
    size_t start = in->at;
    cs_status status = read_field(in, &field);
    if (status != CS_OK)
        return status;
    for (size_t i = 0; i < field.length;) {
        if (field.at[i] == ' ') {
            i++;
            continue;
        }
        uint16_t bit = field.length - i < 2 ? 0 : flag_of(cs_str_span(field.at + i, 2));
        if (!bit)
            return cs_fail_at(in->err, CS_SYNTAX, start + i,
                              "unknown ace flag: expected OI CI NP IO ID SA FA");
        ace->flags = (uint8_t)(ace->flags | bit);
        i += 2;
    }
    return CS_OK;
}

static cs_status read_rights(struct parser *in, struct cs_ace *ace)
{
    struct cs_str field = {0};
    size_t start = in->at;
    cs_status status = read_field(in, &field);
    if (status != CS_OK)
        return status;
    status = cs_rights_parse_sddl(field, &ace->mask, in->err);
    return status == CS_OK ? CS_OK : moved(in, status, start);
}

/* A GUID field; a blank one is none, but no blanks may stand beside a GUID. */
static cs_status read_guid(struct parser *in, struct cs_ace *ace, uint32_t flag,
                           struct cs_guid *guid)
{
    struct cs_str field = {0};
    size_t start = in->at;
    cs_status status = read_field(in, &field);
    if (status != CS_OK || without_blanks(field).length == 0)
        return status;
    if (csi_ace_type(ace->type)->shape != CSI_ACE_OBJECT)
        return cs_fail_at(in->err, CS_SYNTAX, start,
                          "guid in an ace that is not of an object type");
    if (field.at[0] == '{')
        return cs_fail_at(in->err, CS_SYNTAX, start, "bad guid: sddl has it without braces");
    status = cs_guid_parse(field, guid, in->err);
    ace->object_flags |= flag;
    return status == CS_OK ? CS_OK : moved(in, status, start);
}

/* What follows the SID after one more semicolon: a condition or a resource attribute. */
static cs_status read_tail(struct parser *in, struct cs_ace *ace)
{
    enum csi_ace_tail tail = csi_ace_type(ace->type)->tail;
    size_t used = 0;
    if (char_at(in, in->at) != ';')
        return tail == CSI_TAIL_NONE ? CS_OK : expected(in, "';' and an expression");
    if (tail == CSI_TAIL_NONE)
        return expected(in, "')': this ace type takes no expression");
    in->at++;
    skip_blanks(in);
    cs_status status =
        tail == CSI_TAIL_CONDITION
            ? csi_condition_parse(in->arena, rest(in), in->scope, &ace->data, &used, in->err)
            : csi_claim_parse(in->arena, rest(in), in->scope, &ace->data, &used, in->err);
    if (status != CS_OK)
        return moved(in, status, in->at);
    in->at += used;
    skip_blanks(in);
    return CS_OK;
}

static cs_status read_ace(struct parser *in, bool sacl, struct cs_ace *ace)
{
    in->at++; /* the bracket */
    cs_status status = read_type(in, sacl, ace);
    if (status == CS_OK)
        status = read_flags(in, ace);
    if (status == CS_OK)
        status = read_rights(in, ace);
    if (status == CS_OK)
        status = read_guid(in, ace, CS_ACE_HAS_TYPE, &ace->object_type);
    if (status == CS_OK)
        status = read_guid(in, ace, CS_ACE_HAS_INHERITED_TYPE, &ace->inherited_type);
    if (status == CS_OK)
        status = read_sid(in, &ace->sid);
    if (status == CS_OK)
        status = read_tail(in, ace);
    if (status != CS_OK)
        return status;
    if (char_at(in, in->at) != ')')
        return expected(in, "')'");
    in->at++;
    return CS_OK;
}

static bool widen(struct parser *in, struct aces *aces)
{
    size_t room = aces->room ? aces->room * 2 : 8;
    struct cs_ace *items = cs_arena_try(in->arena, room * sizeof *items);
    if (!items)
        return false;
    if (aces->count)
        memcpy(items, aces->items, aces->count * sizeof *items);
    aces->items = items;
    aces->room = room;
    return true;
}

static cs_status read_aces(struct parser *in, bool sacl, struct aces *aces)
{
    for (skip_blanks(in); char_at(in, in->at) == '('; skip_blanks(in)) {
        if (aces->count == aces->room && !widen(in, aces))
            return csi_no_memory(in->err);
        struct cs_ace *ace = &aces->items[aces->count++];
        *ace = (struct cs_ace){0};
        cs_status status = read_ace(in, sacl, ace);
        if (status != CS_OK)
            return status;
    }
    return CS_OK;
}

/* ---------------------------------------------------------------- sections */

/* P, AR and AI in any order and number; S's bits are the D's, one to the left. */
static uint16_t read_control(struct parser *in, bool sacl)
{
    static const struct flag flags[] = {
        {"AR", CS_SD_DACL_AUTO_INHERIT_REQUIRED},
        {"AI", CS_SD_DACL_AUTO_INHERITED},
        {"P", CS_SD_DACL_PROTECTED},
    };
    uint16_t control = 0;
    for (size_t i = 0; i < CS_COUNT(flags);) {
        struct cs_str letters = cs_str_of(flags[i].letters);
        skip_blanks(in);
        if (!cs_str_same_start(rest(in), letters)) {
            i++;
            continue;
        }
        control = (uint16_t)(control | flags[i].bit << (sacl ? 1 : 0));
        in->at += letters.length;
        i = 0;
    }
    return control;
}

static cs_status read_list(struct parser *in, bool sacl, struct cs_sd *sd)
{
    struct aces aces = {0};
    uint16_t control = read_control(in, sacl);
    sd->control |= (uint16_t)(control | (sacl ? CS_SD_SACL_PRESENT : CS_SD_DACL_PRESENT));
    if (cs_str_same_start(rest(in), cs_str_of(no_access_control))) {
        in->at += sizeof no_access_control - 1;
        return CS_OK;
    }
    cs_status status = read_aces(in, sacl, &aces);
    if (status != CS_OK)
        return status;
    struct cs_acl *acl = cs_arena_try(in->arena, sizeof *acl);
    if (!acl)
        return csi_no_memory(in->err);
    *acl = (struct cs_acl){.revision = 2, .count = aces.count, .aces = aces.items};
    *(sacl ? &sd->sacl : &sd->dacl) = acl;
    return CS_OK;
}

static cs_status read_section(struct parser *in, char letter, struct cs_sd *sd)
{
    if (letter == 'D' || letter == 'S')
        return read_list(in, letter == 'S', sd);
    bool owner = letter == 'O';
    *(owner ? &sd->has_owner : &sd->has_group) = true;
    return read_sid(in, owner ? &sd->owner : &sd->group);
}

cs_status cs_sddl_parse(struct cs_arena *arena, struct cs_str text,
                        const struct cs_sddl_scope *scope, struct cs_sd *sd, struct cs_error *err)
{
    static const char letters[] = "OGDS";
    struct parser in = {arena, text, 0, scope, err};
    struct cs_sd found = {.control = CS_SD_SELF_RELATIVE};
    unsigned seen = 0;
    for (skip_blanks(&in); in.at < text.length; skip_blanks(&in)) {
        char letter = char_at(&in, in.at);
        const char *place = letter ? strchr(letters, letter) : NULL;
        if (!place || char_at(&in, in.at + 1) != ':')
            return expected(&in, "'O:', 'G:', 'D:' or 'S:'");
        unsigned bit = 1u << (place - letters);
        if (seen & bit)
            return cs_fail_at(err, CS_SYNTAX, in.at, "'%c:' is there twice", letter);
        seen |= bit;
        in.at += 2;
        cs_status status = read_section(&in, letter, &found);
        if (status != CS_OK)
            return status;
    }
    *sd = found;
    return CS_OK;
}
