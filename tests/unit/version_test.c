/* version_test.c - versions of Windows by any of their names, and Windows' own words. */
#include <check.h>

#include <certsh/windows.h>

Suite *version_suite(void);

static const struct {
    const char *text;
    enum cs_windows windows;
} names[] = {
    {"2003-sp1", CS_WINDOWS_2003_SP1},
    {"2012-R2", CS_WINDOWS_2012_R2},
    {"8.1", CS_WINDOWS_8_1},
    {"Windows Server 2003", CS_WINDOWS_2003},
    {"Windows Server 2003 Service Pack 1", CS_WINDOWS_2003_SP1},
    {"Windows Server 2003 R2", CS_WINDOWS_2003_SP1},
    {"Windows Server 2003 SP2", CS_WINDOWS_2003_SP1},
    {"Windows XP Professional", CS_WINDOWS_XP},
    {"Windows XP Professional Service Pack 1", CS_WINDOWS_XP},
    {"Windows XP Professional Service Pack 3", CS_WINDOWS_XP_SP2},
    {"Windows Server\xc2\xae 2008 Standard", CS_WINDOWS_2008},
    {"Windows Server 2008 R2 Enterprise", CS_WINDOWS_2008_R2},
    {"Windows 2000 Server", CS_WINDOWS_2000},
    {"Windows Vista\xe2\x84\xa2 Business", CS_WINDOWS_VISTA},
    {"Windows 7 Ultimate", CS_WINDOWS_7},
    {"Windows 8.1 Pro", CS_WINDOWS_8_1},
    {"Windows 10 Enterprise", CS_WINDOWS_10},
    {"Windows 11 Pro", CS_WINDOWS_11},
    {"Windows Server 2012 R2 Standard", CS_WINDOWS_2012_R2},
    {"Windows Server 2016 Standard Evaluation", CS_WINDOWS_2016},
    {"Windows Server 2019 Standard", CS_WINDOWS_2019},
    {"Windows Server 2022 Datacenter", CS_WINDOWS_2022},
    {"Windows Server 2025 Standard", CS_WINDOWS_2025},
    {"Samba", CS_WINDOWS_UNKNOWN},
    {"", CS_WINDOWS_UNKNOWN},
};

START_TEST(a_version_is_found_by_its_names)
{
    ck_assert_int_eq(cs_windows_find(cs_str_of(names[_i].text)), names[_i].windows);
}
END_TEST

START_TEST(every_version_is_found_by_its_own_words)
{
    for (int i = 1; i < CS_WINDOWS_COUNT; i++) {
        const struct cs_windows_info *info = cs_windows_info((enum cs_windows)i);
        ck_assert_int_eq(info->windows, i);
        ck_assert_int_eq(cs_windows_find(cs_str_of(info->word)), i);
        ck_assert_int_eq(cs_windows_find(cs_str_of(info->name)), i);
    }
    ck_assert(!cs_windows_info(CS_WINDOWS_2003)->limits);
    ck_assert(cs_windows_info(CS_WINDOWS_2003_SP1)->limits);
    ck_assert(!cs_windows_info(CS_WINDOWS_2003_SP1)->builtin);
    ck_assert(cs_windows_info(CS_WINDOWS_2008)->builtin);
}
END_TEST

START_TEST(errors_have_texts_in_two_languages)
{
    struct cs_str en = CS_STR("en"), ja = CS_STR("ja-JP");
    ck_assert_str_eq(cs_win32_text(5, en), "Access is denied.");
    ck_assert_str_eq(cs_hresult_text(0x80070005u, ja), "アクセスが拒否されました。");
    ck_assert_str_eq(cs_hresult_text(0x800706bau, en), "The RPC server is unavailable.");
    ck_assert_str_eq(cs_hresult_name(0x80070005u), "WIN32: 5 ERROR_ACCESS_DENIED");
    ck_assert_str_eq(cs_hresult_name(0x800706bau), "WIN32: 1722 RPC_S_SERVER_UNAVAILABLE");
    ck_assert_str_eq(cs_hresult_name(0x80094012u), "CERTSRV_E_TEMPLATE_DENIED");
    ck_assert_str_eq(cs_win32_name(1060), "ERROR_SERVICE_DOES_NOT_EXIST");
    ck_assert_str_eq(cs_win32_text(8519, ja), cs_win32_text(8519, en)); /* not known: English */
    ck_assert_ptr_null(cs_win32_text(4711, en));
    ck_assert_ptr_null(cs_hresult_name(0x80004711u));
}
END_TEST

START_TEST(net_messages_take_their_arguments)
{
    struct cs_arena *arena = cs_arena_new();
    struct cs_str name = CS_STR("Certificate Services");
    struct cs_str text = cs_message_format(arena, cs_net_message(3529, CS_STR("en")), &name, 1);
    ck_assert_str_eq(text.at, "The Certificate Services service was stopped successfully.");
    text = cs_message_format(arena, cs_net_message(3529, CS_STR("ja")), &name, 1);
    ck_assert_str_eq(text.at, "Certificate Services サービスは正常に停止されました。");
    struct cs_str two[] = {CS_STR("100%1"), CS_STR("b")};
    text = cs_message_format(arena, "%2-%1-%3-%", two, 2);
    ck_assert_str_eq(text.at, "b-100%1--%");
    ck_assert_ptr_null(cs_net_message(1, CS_STR("en")));
    cs_arena_free(arena);
}
END_TEST

Suite *version_suite(void)
{
    Suite *suite = suite_create("version");
    TCase *tests = tcase_create("version");
    tcase_add_loop_test(tests, a_version_is_found_by_its_names, 0, (int)CS_COUNT(names));
    tcase_add_test(tests, every_version_is_found_by_its_own_words);
    tcase_add_test(tests, errors_have_texts_in_two_languages);
    tcase_add_test(tests, net_messages_take_their_arguments);
    suite_add_tcase(suite, tests);
    return suite;
}
