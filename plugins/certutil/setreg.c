/*
 * setreg.c - certutil -setreg: a new value from an old one and a word.
 *
 * What the word means depends on what is there: on a number, + and - set and clear the bits of
 * a flag's name or of a number; on a list of texts they add and take away an entry; else the
 * word is the value.  Where nothing is there, a number or a flag makes a REG_DWORD, a text
 * with "\n" in it a list, any other text a REG_SZ.
 *
 * An unknown flag's name is 0x80070057 (unconfirmed; FACTS 2.3), and nothing is changed.
 */
#include "certutil.h"

struct change {
    struct certutil_name name;
    const struct cs_reg_value *old; /* NULL: there is none */
    struct cs_str word;             /* without its sign */
    char sign;                      /* '+', '-' or 0 */
    uint32_t type;
    struct cs_str data;
};

static cs_status invalid(struct certutil *run)
{
    return certutil_fail(run, CS_INVALID, CS_HR_INVALID_ARG, CS_STR(""));
}

/* ------------------------------------------------------------------- numbers */

static cs_status no_number(struct certutil *run, const struct change *change)
{
    struct certutil_flags flags;
    invalid(run);
    if (!certutil_flags_of(change->name.value, &flags))
        return cs_error_hint(run->err, "'%.*s' is no number", CS_STR_ARG(change->word));
    const struct cs_flag *near = certutil_flag_near(&flags, change->word);
    return cs_error_hint(run->err, "'%.*s' is no flag of %s%s%s", CS_STR_ARG(change->word),
                         flags.value, near ? "; one like " : "", near ? near->name : "");
}

static bool read_bits(const struct change *change, uint32_t *bits)
{
    struct certutil_flags flags;
    uint64_t number;
    if (cs_str_number(change->word, UINT32_MAX, &number)) {
        *bits = (uint32_t)number;
        return true;
    }
    if (!certutil_flags_of(change->name.value, &flags))
        return false;
    const struct cs_flag *flag = certutil_flag_named(&flags, change->word);
    if (flag)
        *bits = flag->bits;
    return flag != NULL;
}

static cs_status set_number(struct certutil *run, struct change *change)
{
    uint32_t bits = 0, number = 0;
    if (!read_bits(change, &bits))
        return no_number(run, change);
    if (change->old && !cs_reg_number(change->old, &number))
        return invalid(run);
    number = change->sign == '+' ? number | bits : change->sign == '-' ? number & ~bits : bits;
    unsigned char *bytes = cs_arena_alloc(run->arena, 4);
    for (int i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(number >> (8 * i));
    change->type = CS_REG_DWORD;
    change->data = cs_str_span((const char *)bytes, 4);
    return CS_OK;
}

/* --------------------------------------------------------------------- texts */

/* Texts as REG_MULTI_SZ has them: each ended by a NUL, and one more. */
static struct cs_str multi_data(struct cs_arena *arena, struct cs_list list)
{
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 20);
    for (size_t i = 0; i < list.count; i++) {
        cs_buf_add_str(&buf, list.at[i].text);
        cs_buf_addc(&buf, '\0');
    }
    cs_buf_addc(&buf, '\0');
    struct cs_str data = cs_str_to_utf16(arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return data;
}

/* Offset of the two characters \n, or the length. */
static size_t find_break(struct cs_str text)
{
    for (size_t i = 0; i + 1 < text.length; i++)
        if (text.at[i] == '\\' && text.at[i + 1] == 'n')
            return i;
    return text.length;
}

static void add_entries(struct cs_list_maker *maker, struct cs_str text)
{
    while (text.length) {
        size_t end = find_break(text);
        if (end)
            cs_list_add(maker, cs_value_str(cs_str_span(text.at, end)));
        text = cs_str_from(text, end + 2);
    }
}

static cs_status set_list(struct certutil *run, struct change *change)
{
    struct cs_list_maker maker = {.arena = run->arena};
    struct cs_list old = {0};
    if (change->old && change->sign)
        old = certutil_multi(run->arena, change->old->data);
    for (size_t i = 0; i < old.count; i++)
        if (!cs_str_same(old.at[i].text, change->word))
            cs_list_add(&maker, old.at[i]);
    if (change->sign != '-')
        add_entries(&maker, change->word);
    change->type = CS_REG_MULTI_SZ;
    change->data = multi_data(run->arena, cs_list_value(&maker).list);
    return CS_OK;
}

static cs_status set_text(struct certutil *run, struct change *change, struct cs_str whole)
{
    change->type = change->old ? change->old->type : CS_REG_SZ;
    change->data = cs_reg_text_data(run->arena, whole);
    return CS_OK;
}

/* --------------------------------------------------------------------- verb */

static cs_status make(struct certutil *run, struct change *change, struct cs_str whole)
{
    uint32_t type = change->old ? change->old->type : CS_REG_NONE, bits;
    if (type == CS_REG_DWORD || (!change->old && read_bits(change, &bits)))
        return set_number(run, change);
    if (type == CS_REG_MULTI_SZ || (!change->old && find_break(whole) < whole.length))
        return set_list(run, change);
    if (type == CS_REG_SZ || type == CS_REG_EXPAND_SZ)
        return set_text(run, change, whole);
    struct certutil_flags flags;
    if (!change->old && certutil_flags_of(change->name.value, &flags))
        return no_number(run, change);
    if (!change->old)
        return set_text(run, change, whole);
    invalid(run);
    return cs_error_hint(run->err,
                         "%.*s is %s: reg add sets it, dcom and the CA's own commands "
                         "edit security",
                         CS_STR_ARG(change->name.value), cs_reg_type_name(type));
}

/* Bits of a value nobody gave cannot be changed one by one. */
static cs_status check_known(struct certutil *run, const struct change *change)
{
    bool known = cs_registry_known(run->lab, run->host->record.id, change->name.key);
    if (change->old || !change->sign || known)
        return CS_OK;
    cs_fail(run->err, CS_UNKNOWN, "nobody gave the value of %.*s on %.*s",
            CS_STR_ARG(change->name.value), CS_STR_ARG(run->host->name));
    return cs_error_hint(run->err, "import a reg export of %.*s", CS_STR_ARG(CS_KEY_CERTSVC));
}

static cs_status say_and_row(struct certutil *run, const struct change *change,
                             const struct cs_reg_value *now)
{
    cs_call_say(run->call, "%.*s\\%.*s:\n\n", CS_STR_ARG(certutil_long_key(run->arena, now->key)),
                CS_STR_ARG(now->name));
    if (change->old) {
        cs_call_say(run->call, "%s\n", certutil_word(run, CERTUTIL_OLD));
        certutil_say_value(run, change->old);
        cs_call_say(run->call, "\n");
    }
    cs_call_say(run->call, "%s\n", certutil_word(run, CERTUTIL_NEW));
    certutil_say_value(run, now);
    certutil_say_done(run);
    cs_call_say(run->call, "%s\n", certutil_word(run, CERTUTIL_RESTART));
    const struct cs_member row[] = {
        {CS_STR("config"),
         run->ca ? cs_value_str(cs_ca_config(run->lab, run->arena, run->ca)) : cs_value_null()},
        {CS_STR("key"), cs_value_str(certutil_long_key(run->arena, now->key))},
        {CS_STR("name"), cs_value_str(now->name)},
        {CS_STR("type"), cs_value_text(cs_reg_type_name(now->type))},
        {CS_STR("old"), certutil_value_text(run, change->old)},
        {CS_STR("value"), certutil_value_text(run, now)},
        {CS_STR("flags"), certutil_value_flags(run, now)},
    };
    return certutil_row(run, row, CS_COUNT(row));
}

cs_status certutil_setreg(struct certutil *run)
{
    if (run->count != 2)
        return cs_fail(run->err, CS_USAGE, "certutil -setreg takes a name and a value");
    struct change change = {.word = run->words[1]};
    cs_id host = run->host->record.id;
    cs_status status = certutil_resolve(run, run->words[0], &change.name);
    if (status != CS_OK)
        return status;
    if (change.name.value.length == 0)
        return invalid(run);
    if (change.word.length > 1 && (change.word.at[0] == '+' || change.word.at[0] == '-')) {
        change.sign = change.word.at[0];
        change.word = cs_str_from(change.word, 1);
    }
    change.old = cs_registry_get(run->lab, host, change.name.key, change.name.value);
    status = check_known(run, &change);
    if (status == CS_OK)
        status = make(run, &change, run->words[1]);
    if (status != CS_OK)
        return status;
    struct cs_str name = change.old ? change.old->name : change.name.value;
    status = cs_registry_set(run->lab, host, change.name.key, name, change.type, change.data,
                             (struct cs_source){.origin = CS_ORIGIN_COMMAND}, run->err);
    if (status != CS_OK)
        return status;
    return say_and_row(run, &change, cs_registry_get(run->lab, host, change.name.key, name));
}
