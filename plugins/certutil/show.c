/*
 * show.c - a registry value as certutil prints it, and as rows carry it.
 *
 *     SetupStatus REG_DWORD = 6001 (24577)
 *       SETUP_SERVER_FLAG -- 1
 *
 * Numbers are hexadecimal without 0x, the decimal one in parentheses where it differs; the
 * CA's security is told ACE by ACE, other binary values in a hex dump.
 */
#include "certutil.h"

static const struct cs_right ca_words[] = {
    {CS_CA_ADMIN, "", "CA Administrator"},
    {CS_CA_OFFICER, "", "Certificate Manager"},
    {CS_CA_AUDITOR, "", "Auditor"},
    {CS_CA_OPERATOR, "", "Backup Operator"},
    {CS_CA_READ, "", "Read"},
    {CS_CA_ENROLL, "", "Enroll"},
};

static void say_number(struct cs_call *call, uint32_t number)
{
    cs_call_say(call, "%x", (unsigned)number);
    if (number >= 10)
        cs_call_say(call, " (%u)", (unsigned)number);
}

static void say_dword(struct certutil *run, const struct cs_reg_value *value, uint32_t number)
{
    struct certutil_flags flags;
    cs_call_say(run->call, " ");
    say_number(run->call, number);
    cs_call_say(run->call, "\n");
    if (!certutil_flags_of(value->name, &flags))
        return;
    for (size_t i = 0; i < flags.count; i++) {
        if (!certutil_flag_set(&flags, &flags.flags[i], number))
            continue;
        cs_call_say(run->call, "    %s -- ", flags.flags[i].name);
        say_number(run->call, flags.flags[i].bits);
        cs_call_say(run->call, "\n");
    }
}

static void say_ace(struct certutil *run, const struct cs_ace *ace)
{
    bool deny = ace->type == CS_ACE_DENY;
    struct cs_str name = cs_sid_name(run->lab, run->arena, &ace->sid, run->host->record.id);
    uint32_t left = ace->mask;
    cs_call_say(run->call, "    %s", deny ? "Deny" : "Allow");
    for (size_t i = 0; i < CS_COUNT(ca_words); i++) {
        if (ace->mask & ca_words[i].bits)
            cs_call_say(run->call, " %s", ca_words[i].words);
        left &= ~ca_words[i].bits;
    }
    if (left)
        cs_call_say(run->call, " %x", (unsigned)left);
    cs_call_say(run->call, "\t%.*s\n", CS_STR_ARG(name));
}

static bool say_security(struct certutil *run, const struct cs_reg_value *value)
{
    struct cs_sd sd;
    if (!cs_str_same(value->name, CS_STR("Security")) ||
        cs_sd_decode(run->arena, value->data, &sd, NULL) != CS_OK || !sd.dacl)
        return false;
    cs_call_say(run->call, "\n");
    for (size_t i = 0; i < sd.dacl->count; i++)
        if (sd.dacl->aces[i].type == CS_ACE_ALLOW || sd.dacl->aces[i].type == CS_ACE_DENY)
            say_ace(run, &sd.dacl->aces[i]);
    return true;
}

static void say_dump(struct certutil *run, struct cs_str data)
{
    cs_call_say(run->call, "\n");
    for (size_t at = 0; at < data.length; at += 16) {
        cs_call_say(run->call, "    %04x ", (unsigned)at);
        for (size_t i = at; i < at + 16 && i < data.length; i++)
            cs_call_say(run->call, " %02x", (unsigned)(unsigned char)data.at[i]);
        cs_call_say(run->call, "\n");
    }
}

struct cs_list certutil_multi(struct cs_arena *arena, struct cs_str data)
{
    struct cs_list_maker maker = {.arena = arena};
    struct cs_str text = cs_str_from_utf16(arena, data.at, data.length);
    while (text.length && text.at[0] != '\0') {
        ptrdiff_t end = cs_str_find(text, '\0');
        size_t length = end < 0 ? text.length : (size_t)end;
        cs_list_add(&maker, cs_value_str(cs_str_span(text.at, length)));
        text = cs_str_from(text, length + 1);
    }
    return cs_list_value(&maker).list;
}

static void say_multi(struct certutil *run, struct cs_str data)
{
    struct cs_list list = certutil_multi(run->arena, data);
    cs_call_say(run->call, "\n");
    for (size_t i = 0; i < list.count; i++)
        cs_call_say(run->call, "    %zu: %.*s\n", i, CS_STR_ARG(list.at[i].text));
}

void certutil_say_value(struct certutil *run, const struct cs_reg_value *value)
{
    uint32_t number;
    if (!cs_call_wants_words(run->call))
        return;
    cs_call_say(run->call, "  %.*s %s =", CS_STR_ARG(value->name), cs_reg_type_name(value->type));
    if (cs_reg_number(value, &number))
        say_dword(run, value, number);
    else if (value->type == CS_REG_MULTI_SZ)
        say_multi(run, value->data);
    else if (value->type == CS_REG_SZ || value->type == CS_REG_EXPAND_SZ)
        cs_call_say(run->call, " %.*s\n", CS_STR_ARG(cs_reg_text(run->arena, value)));
    else if (!say_security(run, value))
        say_dump(run, value->data);
}

static struct cs_value hex(struct cs_arena *arena, struct cs_str data)
{
    char *text = cs_arena_alloc(arena, data.length * 2 + 1);
    for (size_t i = 0; i < data.length; i++) {
        unsigned byte = (unsigned char)data.at[i];
        text[2 * i] = "0123456789abcdef"[byte >> 4];
        text[2 * i + 1] = "0123456789abcdef"[byte & 15];
    }
    return cs_value_str(cs_str_span(text, data.length * 2));
}

struct cs_value certutil_value_text(struct certutil *run, const struct cs_reg_value *value)
{
    uint32_t number;
    if (!value)
        return cs_value_null();
    if (cs_reg_number(value, &number))
        return cs_value_printf(run->arena, "0x%x", (unsigned)number);
    if (value->type == CS_REG_SZ || value->type == CS_REG_EXPAND_SZ)
        return cs_value_str(cs_reg_text(run->arena, value));
    if (value->type != CS_REG_MULTI_SZ)
        return hex(run->arena, value->data);
    struct cs_list list = certutil_multi(run->arena, value->data);
    struct cs_str text = CS_STR("");
    for (size_t i = 0; i < list.count; i++)
        text = cs_str_printf(run->arena, "%.*s%s%.*s", CS_STR_ARG(text), i ? "\n" : "",
                             CS_STR_ARG(list.at[i].text));
    return cs_value_str(text);
}

struct cs_value certutil_value_flags(struct certutil *run, const struct cs_reg_value *value)
{
    struct certutil_flags flags;
    struct cs_list_maker maker = {.arena = run->arena};
    uint32_t number;
    if (!value || !cs_reg_number(value, &number) || !certutil_flags_of(value->name, &flags))
        return cs_value_null();
    for (size_t i = 0; i < flags.count; i++)
        if (certutil_flag_set(&flags, &flags.flags[i], number))
            cs_list_add(&maker, cs_value_text(flags.flags[i].name));
    return cs_list_value(&maker);
}
