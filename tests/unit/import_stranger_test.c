/*
 * import_stranger_test.c - members whom a later import brings: nothing that a file says is lost
 * because another one had to come first.
 */
#include <check.h>

#include "import_case.h"

Suite *import_stranger_suite(void);

#define SID_OF(rid) "S-1-5-21-1-2-3-" rid
#define USER(dn, name, rid)                                                                        \
    "dn: " dn "\nobjectClass: user\nobjectSid: " SID_OF(rid) "\nsAMAccountName: " name             \
                                                             "\nprimaryGroupID: 513\n"
#define GROUP(name, rid)                                                                           \
    "dn: CN=" name ",DC=x,DC=y\nobjectClass: group\ngroupType: -2147483646\nobjectSid: " SID_OF(   \
        rid) "\nsAMAccountName: " name "\n"
#define ANN USER("CN=Ann,DC=x,DC=y", "ann", "1104")
#define G   GROUP("G", "1105")

static void import_as(const char *plugin, const char *text)
{
    ck_assert_msg(import_text(lab, arena, plugin, "t", cs_str_of(text), &err) == CS_OK, "%s: %s",
                  err.where, err.text);
}

static void import(const char *text)
{
    import_as("import_ldif", text);
}

static cs_id named(const char *name)
{
    cs_id id = 0;
    ck_assert_msg(cs_principal_resolve(lab, cs_str_of(name), 0, &id, &err) == CS_OK, "%s", name);
    return id;
}

static bool is_member(const char *group, const char *member)
{
    return cs_member_has(lab, named(group), named(member), CS_NOW);
}

static bool count_stranger(void *context, const struct cs_principal *p)
{
    *(size_t *)context += cs_principal_is_stranger(p);
    return true;
}

static size_t strangers(void)
{
    size_t count = 0;
    cs_principal_each(lab, 0, count_stranger, &count);
    return count;
}

static bool count_member(void *context, cs_id id)
{
    (void)id;
    ++*(size_t *)context;
    return true;
}

static size_t members(const char *group)
{
    size_t count = 0;
    cs_member_each(lab, named(group), CS_NOW, count_member, &count);
    return count;
}

START_TEST(a_member_may_come_later)
{
    import(G "member: CN=Ann,DC=x,DC=y\n");
    ck_assert_uint_eq(members("X\\G"), 1);
    ck_assert_uint_eq(strangers(), 1);
    import(ANN);
    ck_assert(is_member("X\\G", "X\\ann"));
    ck_assert_uint_eq(members("X\\G"), 1);
    ck_assert_uint_eq(strangers(), 0);
    struct cs_principal ann, g;
    ck_assert(cs_principal_get(lab, named("X\\ann"), &ann) && ann.kind == CS_USER);
    ck_assert(cs_str_is(ann.name, "ann") && ann.primary == 513);
    ck_assert(cs_principal_get(lab, named("X\\G"), &g) && !g.members_open);
}
END_TEST

START_TEST(the_name_may_be_spelt_otherwise)
{
    import(G "member: CN=Smith\\, Ann,DC=x,DC=y\nmember: cn=smith\\2C ANN, dc=X, dc=Y\n");
    ck_assert_uint_eq(strangers(), 1);
    import(USER("cn=Smith\\2C Ann,DC=X,DC=Y", "ann", "1104"));
    ck_assert(is_member("X\\G", "X\\ann"));
    ck_assert_uint_eq(members("X\\G"), 1);
}
END_TEST

START_TEST(a_group_may_come_later)
{
    import(ANN "memberOf: CN=G,DC=x,DC=y\n");
    import(G);
    ck_assert(is_member("X\\G", "X\\ann"));
    ck_assert_uint_eq(strangers(), 0);
}
END_TEST

START_TEST(groups_wait_for_each_other)
{
    import(GROUP("H", "1106") "member: CN=G,DC=x,DC=y\n\n" ANN "memberOf: CN=G,DC=x,DC=y\n");
    ck_assert_uint_eq(strangers(), 1);
    import(G "member: CN=H,DC=x,DC=y\n");
    ck_assert(is_member("X\\H", "X\\G") && is_member("X\\G", "X\\H"));
    ck_assert(is_member("X\\G", "X\\ann"));
}
END_TEST

/* The account was there, known by SID alone; which DN it has is told later. */
START_TEST(the_sid_decides_who_it_is)
{
    import_as("import_sharphound",
              "{\"data\":[{\"ObjectIdentifier\":\"" SID_OF(
                  "1104") "\",\"Properties\":{\"name\":\"ANN@X.Y\",\"samaccountname\":\"ann\","
                          "\"domain\":\"X.Y\"}}],"
                          "\"meta\":{\"type\":\"users\",\"count\":1,\"version\":5}}");
    import(G "member: CN=Ann,DC=x,DC=y\n");
    import(GROUP("H", "1106") "member: CN=Ann,DC=x,DC=y\n");
    ck_assert_uint_eq(strangers(), 1);
    import(ANN);
    ck_assert_uint_eq(strangers(), 0);
    ck_assert(is_member("X\\G", "X\\ann") && is_member("X\\H", "X\\ann"));
    ck_assert_uint_eq(members("X\\G"), 1);
    import(GROUP("I", "1107") "member: CN=Ann,DC=x,DC=y\n");
    ck_assert(is_member("X\\I", "X\\ann"));
}
END_TEST

START_TEST(sharphound_brings_whom_ldif_named)
{
    import(G "member: CN=Ann,DC=x,DC=y\n");
    import_as("import_sharphound",
              "{\"data\":[{\"ObjectIdentifier\":\"" SID_OF(
                  "1104") "\",\"PrimaryGroupSID\":\"" SID_OF("513") "\",\"Properties\":{"
                                                                    "\"name\":\"ANN@X.Y\","
                                                                    "\"samaccountname\":\"ann\","
                                                                    "\"domain\":\"X.Y\","
                                                                    "\"distinguishedname\":"
                                                                    "\"CN=ANN,DC=X,DC=Y\"}}],"
                                                                    "\"meta\":{\"type\":\"users\","
                                                                    "\"count\":1,\"version\":5}}");
    ck_assert(is_member("X\\G", "X\\ann"));
    ck_assert_uint_eq(strangers(), 0);
}
END_TEST

START_TEST(nobody_waits_for_contacts_and_deleted_ones)
{
    import(G "member: CN=c,DC=x,DC=y\nmember: CN=d,DC=x,DC=y\nmember: CN=Ann,DC=x,DC=y\n");
    ck_assert_uint_eq(strangers(), 3);
    import(ANN "\ndn: CN=C,DC=x,DC=y\nobjectClass: contact\n\n"
               "dn: CN=d,DC=x,DC=y\nobjectClass: user\nisDeleted: TRUE\nobjectSid: " SID_OF(
                   "1109") "\n");
    ck_assert_uint_eq(strangers(), 0);
    ck_assert_uint_eq(members("X\\G"), 1);
}
END_TEST

/* What was taken for a group turns out to be an account. */
START_TEST(an_account_has_no_members)
{
    import(USER("CN=Bob,DC=x,DC=y", "bob", "1108") "memberOf: CN=Ann,DC=x,DC=y\n");
    ck_assert_uint_eq(strangers(), 1);
    import(ANN);
    ck_assert(!is_member("X\\ann", "X\\bob"));
}
END_TEST

START_TEST(a_missing_range_is_not_forgotten)
{
    import("dn: CN=G,DC=x,DC=y\nmember;range=0-0: CN=Ann,DC=x,DC=y\n");
    import(ANN "\n" G);
    struct cs_principal g;
    ck_assert(is_member("X\\G", "X\\ann"));
    ck_assert(cs_principal_get(lab, named("X\\G"), &g) && g.members_open);
}
END_TEST

/* As many as make the table of names grow, while those of the lab go into it. */
START_TEST(nobody_is_lost_among_many)
{
    enum { MANY = 5000 };
    struct cs_buf users, group;
    cs_buf_init(&users, 1 << 24);
    cs_buf_init(&group, 1 << 24);
    cs_buf_adds(&group, G);
    for (int i = 0; i < MANY; i++) {
        cs_buf_addf(&users, USER("CN=u%d,DC=x,DC=y", "u%d", "%d") "\n", i, 2000 + i, i);
        if (i % 2)
            cs_buf_addf(&group, "member: CN=u%d,DC=x,DC=y\n", i);
    }
    import(cs_str_c(arena, cs_buf_str(&users)));
    import(cs_str_c(arena, cs_buf_str(&group)));
    ck_assert_uint_eq(members("X\\G"), MANY / 2);
    ck_assert_uint_eq(strangers(), 0);
    cs_buf_clear(&users);
    cs_buf_clear(&group);
}
END_TEST

START_TEST(undo_brings_the_stranger_back)
{
    import(G "member: CN=Ann,DC=x,DC=y\n");
    import(ANN);
    ck_assert(cs_lab_undo(lab, 1, NULL, &err) == CS_OK);
    ck_assert_uint_eq(strangers(), 1);
    ck_assert_uint_eq(members("X\\G"), 1);
    ck_assert(cs_lab_redo(lab, 1, NULL, &err) == CS_OK);
    ck_assert(is_member("X\\G", "X\\ann"));
}
END_TEST

START_TEST(what_waits_is_told)
{
    import(G "member: CN=Ann,DC=x,DC=y\nmember: CN=Bob,DC=x,DC=y\n");
    struct cs_value missing = cs_lab_missing(lab, arena);
    ck_assert_uint_eq(missing.list.count, 1);
    const struct cs_value *fact = cs_value_get(&missing.list.at[0], "fact");
    ck_assert(cs_str_is(fact->text, "who CN=Ann,DC=x,DC=y and 1 more are"));
    import(ANN "\n" USER("CN=Bob,DC=x,DC=y", "bob", "1108"));
    ck_assert_uint_eq(cs_lab_missing(lab, arena).list.count, 0);
}
END_TEST

Suite *import_stranger_suite(void)
{
    Suite *suite = suite_create("import_stranger");
    TCase *tests = tcase_create("strangers");
    tcase_add_checked_fixture(tests, set_up_import, tear_down_import);
    tcase_add_test(tests, a_member_may_come_later);
    tcase_add_test(tests, the_name_may_be_spelt_otherwise);
    tcase_add_test(tests, a_group_may_come_later);
    tcase_add_test(tests, groups_wait_for_each_other);
    tcase_add_test(tests, the_sid_decides_who_it_is);
    tcase_add_test(tests, sharphound_brings_whom_ldif_named);
    tcase_add_test(tests, nobody_waits_for_contacts_and_deleted_ones);
    tcase_add_test(tests, an_account_has_no_members);
    tcase_add_test(tests, a_missing_range_is_not_forgotten);
    tcase_add_test(tests, nobody_is_lost_among_many);
    tcase_add_test(tests, undo_brings_the_stranger_back);
    tcase_add_test(tests, what_waits_is_told);
    suite_add_tcase(suite, tests);
    return suite;
}
