/*
 * import_dialect_test.c - one directory in the dialects of its exports: its tokens stay the same.
 *
 * The sample is taken apart into names and values and written again as other tools, versions and
 * switches write it; the tokens of its accounts are then what the directory itself computed.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <certsh/json.h>

#include "import_case.h"

Suite *import_dialect_suite(void);

static cs_id named(const char *name)
{
    cs_id id = 0;
    ck_assert_msg(cs_principal_resolve(lab, cs_str_of(name), 0, &id, &err) == CS_OK, "%s: %s", name,
                  err.text);
    return id;
}

/* --------------------------------------------------------------------- tokens */

struct sids {
    char at[400][192];
    size_t count;
};

static bool take_sid(void *context, cs_id id)
{
    struct sids *sids = context;
    struct cs_principal p;
    struct cs_sid_text text;
    ck_assert(cs_principal_get(lab, id, &p) && sids->count < 400);
    strcpy(sids->at[sids->count++], cs_sid_format(&p.sid, &text));
    return true;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void sort(struct sids *sids)
{
    qsort(sids->at, sids->count, sizeof sids->at[0], by_text);
}

static bool has(const struct sids *sids, const char *sid)
{
    return bsearch(sid, sids->at, sids->count, sizeof sids->at[0], by_text) != NULL;
}

/*
 * One line of the oracle: what the directory itself computed for a principal.  Accounts have
 * tokenGroups; for groups and foreign principals there is the walk of
 * 1.2.840.113556.1.4.1941, which also leads through groups that are no security groups, so it
 * holds all of ours and perhaps more.
 */
static bool compare_token(const struct cs_value *line)
{
    static struct sids ours, theirs;
    const struct cs_value *sid = cs_value_get(line, "sid");
    const struct cs_value *groups = cs_value_get(line, "tokenGroups");
    bool account = groups->kind != CS_NULL;
    if (!account)
        groups = cs_value_get(line, "in_chain_security");
    cs_id id = named(cs_str_c(arena, sid->text));
    ours.count = theirs.count = 0;
    cs_principal_groups(lab, id, CS_NOW, take_sid, &ours);
    for (size_t i = 0; i < groups->list.count; i++)
        strcpy(theirs.at[theirs.count++], cs_str_c(arena, groups->list.at[i].text));
    sort(&ours);
    sort(&theirs);
    ck_assert_msg(!account || ours.count == theirs.count, "%.*s has %zu groups, not %zu",
                  CS_STR_ARG(sid->text), ours.count, theirs.count);
    for (size_t i = 0; i < ours.count; i++)
        ck_assert_msg(has(&theirs, ours.at[i]), "%.*s is not in %s", CS_STR_ARG(sid->text),
                      ours.at[i]);
    return account;
}

static void compare_tokens(void)
{
    struct cs_str all = sample(arena, "corp.tokens.jsonl.gz");
    size_t lines = 0, accounts = 0;
    while (all.length) {
        ptrdiff_t end = cs_str_find(all, '\n');
        struct cs_str text = cs_str_span(all.at, end < 0 ? all.length : (size_t)end);
        struct cs_value line;
        ck_assert_msg(cs_json_read(arena, text, &line, &err) == CS_OK, "%s", err.text);
        accounts += compare_token(&line);
        all = cs_str_from(all, text.length + 1);
        lines++;
    }
    ck_assert_uint_eq(lines, 440);
    ck_assert_uint_eq(accounts, 440 - 24 - 50);
}

/* ------------------------------------------------------------------- dialects */

/* A line of the sample, taken apart. */
struct pair {
    struct cs_str name, value;
    bool base64;
};
typedef void write_fn(struct cs_buf *out, const struct pair *pair);

static bool is_named(const struct pair *pair, const char *name)
{
    return cs_str_is(pair->name, name);
}

static bool is_membership(const struct pair *pair)
{
    return is_named(pair, "member") || is_named(pair, "memberOf");
}

static const char *colons(const struct pair *pair)
{
    return pair->base64 ? "::" : ":";
}

static void write_plain(struct cs_buf *out, const struct pair *pair)
{
    cs_buf_addf(out, "%.*s%s %.*s\n", CS_STR_ARG(pair->name), colons(pair),
                CS_STR_ARG(pair->value));
}

static void write_tight(struct cs_buf *out, const struct pair *pair)
{
    cs_buf_addf(out, "%.*s%s%.*s\n", CS_STR_ARG(pair->name), colons(pair), CS_STR_ARG(pair->value));
}

static void write_cased(struct cs_buf *out, const struct pair *pair, bool upper)
{
    for (size_t i = 0; i < pair->name.length; i++) {
        char c = pair->name.at[i];
        bool small = c >= 'a' && c <= 'z', large = c >= 'A' && c <= 'Z';
        cs_buf_addc(out, (char)((upper && small) || (!upper && large) ? c ^ 0x20 : c));
    }
    cs_buf_addf(out, "%s %.*s\n", colons(pair), CS_STR_ARG(pair->value));
}

static void write_lower(struct cs_buf *out, const struct pair *pair)
{
    write_cased(out, pair, false);
}

static void write_upper(struct cs_buf *out, const struct pair *pair)
{
    write_cased(out, pair, true);
}

static void write_binary(struct cs_buf *out, const struct pair *pair)
{
    bool bytes = is_named(pair, "objectSid") || is_named(pair, "objectGUID");
    cs_buf_addf(out, "%.*s%s%s %.*s\n", CS_STR_ARG(pair->name), bytes ? ";binary" : "",
                colons(pair), CS_STR_ARG(pair->value));
}

static void write_base64(struct cs_buf *out, const struct pair *pair)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (pair->base64) {
        write_plain(out, pair);
        return;
    }
    cs_buf_addf(out, "%.*s:: ", CS_STR_ARG(pair->name));
    for (size_t i = 0; i < pair->value.length; i += 3) {
        size_t left = pair->value.length - i;
        const unsigned char *at = (const unsigned char *)pair->value.at + i;
        unsigned bits = at[0] << 16 | (left > 1 ? at[1] << 8 : 0) | (left > 2 ? at[2] : 0);
        cs_buf_addc(out, digits[bits >> 18]);
        cs_buf_addc(out, digits[bits >> 12 & 63]);
        cs_buf_addc(out, left > 1 ? digits[bits >> 6 & 63] : '=');
        cs_buf_addc(out, left > 2 ? digits[bits & 63] : '=');
    }
    cs_buf_addc(out, '\n');
}

/* "CN=Smith\2C John" for "CN=Smith\, John". */
static void write_hex(struct cs_buf *out, const struct pair *pair)
{
    if (pair->base64 || !is_membership(pair)) {
        write_plain(out, pair);
        return;
    }
    cs_buf_addf(out, "%.*s: ", CS_STR_ARG(pair->name));
    for (size_t i = 0; i < pair->value.length; i++)
        if (pair->value.at[i] == '\\')
            cs_buf_addf(out, "\\%02X", pair->value.at[++i]);
        else
            cs_buf_addc(out, pair->value.at[i]);
    cs_buf_addc(out, '\n');
}

/* "cn=Users, dc=corp": blanks behind commas that are not escaped. */
static void write_blanks(struct cs_buf *out, const struct pair *pair)
{
    if (pair->base64 || !is_membership(pair)) {
        write_plain(out, pair);
        return;
    }
    cs_buf_addf(out, "%.*s: ", CS_STR_ARG(pair->name));
    for (size_t i = 0; i < pair->value.length; i++) {
        cs_buf_addc(out, pair->value.at[i]);
        if (pair->value.at[i] == ',' && pair->value.at[i - 1] != '\\')
            cs_buf_addc(out, ' ');
    }
    cs_buf_addc(out, '\n');
}

/* ldifde: what does not fit begins on the next line, and each record is one to add. */
static void write_ldifde(struct cs_buf *out, const struct pair *pair)
{
    enum { COLUMNS = 78 };
    struct cs_str rest = pair->value;
    cs_buf_addf(out, "%.*s%s ", CS_STR_ARG(pair->name), colons(pair));
    if (rest.length < COLUMNS - 30)
        cs_buf_add_str(out, rest);
    else
        for (; rest.length; rest = cs_str_from(rest, rest.length < 77 ? rest.length : 77))
            cs_buf_addf(out, "\r\n %.*s", rest.length < 77 ? (int)rest.length : 77, rest.at);
    cs_buf_adds(out, "\r\n");
    if (is_named(pair, "dn"))
        cs_buf_adds(out, "changetype: add\r\n");
}

static void write_without_member(struct cs_buf *out, const struct pair *pair)
{
    if (!is_named(pair, "member"))
        write_plain(out, pair);
}

static void write_without_member_of(struct cs_buf *out, const struct pair *pair)
{
    if (!is_named(pair, "memberOf"))
        write_plain(out, pair);
}

/* A search for what tokens need, and no more. */
static void write_few(struct cs_buf *out, const struct pair *pair)
{
    static const char *const asked[] = {"dn",        "objectSid",      "sAMAccountName",
                                        "groupType", "primaryGroupID", "sAMAccountType",
                                        "member"};
    for (size_t i = 0; i < CS_COUNT(asked); i++)
        if (is_named(pair, asked[i]))
            write_plain(out, pair);
}

static bool is_of_search(const struct pair *pair)
{
    return is_named(pair, "ref") || is_named(pair, "search") || is_named(pair, "result") ||
           is_named(pair, "pagedresults");
}

/* Lines of an old Mac. */
static void write_returns(struct cs_buf *out, const struct pair *pair)
{
    write_plain(out, pair);
    out->at[out->length - 1] = '\r';
}

/* Without its remarks, which promise a search of these attributes and this end. */
static struct cs_str written_anew(struct cs_str text, write_fn *write)
{
    struct cs_buf out;
    struct cs_arena *scratch = cs_arena_new();
    char *plain = cs_arena_alloc(scratch, text.length + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++)
        if (cs_str_starts(cs_str_from(text, i), CS_STR("\n ")))
            i++;
        else
            plain[length++] = text.at[i];
    cs_buf_init(&out, text.length * 3);
    for (struct cs_str rest = cs_str_span(plain, length), line; rest.length;
         rest = cs_str_from(rest, line.length + 1)) {
        ptrdiff_t end = cs_str_find(rest, '\n');
        line = cs_str_span(rest.at, end < 0 ? rest.length : (size_t)end);
        ptrdiff_t colon = cs_str_find(line, ':');
        if (!line.length)
            cs_buf_addc(&out, write == write_returns ? '\r' : '\n');
        if (colon <= 0 || line.at[0] == '#')
            continue;
        struct pair pair = {.name = cs_str_span(line.at, (size_t)colon)};
        if (is_of_search(&pair))
            continue;
        pair.value = cs_str_from(line, (size_t)colon + 1);
        pair.base64 = cs_str_starts(pair.value, CS_STR(":"));
        pair.value = cs_str_trim(cs_str_from(pair.value, pair.base64));
        write(&out, &pair);
    }
    struct cs_str anew = cs_str_copy(arena, cs_buf_str(&out));
    cs_buf_clear(&out);
    cs_arena_free(scratch);
    return anew;
}

static const struct {
    const char *name;
    write_fn *write;
    const char *page;
} dialects[] = {
    {"as it is", NULL, NULL},
    {"not folded", write_plain, NULL},
    {"no blank behind colons", write_tight, NULL},
    {"names in small letters", write_lower, NULL},
    {"names in capitals", write_upper, NULL},
    {"the option of binary values", write_binary, NULL},
    {"all in base64", write_base64, NULL},
    {"escapes in hex", write_hex, NULL},
    {"blanks in names", write_blanks, NULL},
    {"ldifde", write_ldifde, NULL},
    {"ldifde -u", write_ldifde, "UTF-16"},
    {"ldifde, the other byte order", write_ldifde, "UTF-16BE"},
    {"carriage returns alone", write_returns, NULL},
    {"no member", write_without_member, NULL},
    {"no memberOf", write_without_member_of, NULL},
    {"few attributes", write_few, NULL},
};

START_TEST(tokens_are_those_of_the_directory)
{
    struct cs_str text = sample(arena, "corp.ldapsearch.ldif.gz");
    if (dialects[_i].write)
        text = written_anew(text, dialects[_i].write);
    if (dialects[_i].page)
        text = written_in(arena, dialects[_i].page, cs_str_c(arena, text));
    ck_assert_msg(import_text(lab, arena, "import_ldif", dialects[_i].name, text, &err) == CS_OK,
                  "%s: %s", err.where, err.text);
    compare_tokens();
}
END_TEST

Suite *import_dialect_suite(void)
{
    Suite *suite = suite_create("import_dialect");
    TCase *tests = tcase_create("import_dialect");
    tcase_add_checked_fixture(tests, set_up_import, tear_down_import);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, tokens_are_those_of_the_directory, 0, CS_COUNT(dialects));
    suite_add_tcase(suite, tests);
    return suite;
}
