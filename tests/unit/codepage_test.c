/* codepage_test.c - texts of consoles in many languages are read as they were written. */
#include <check.h>

#include "import_files.h"

Suite *codepage_suite(void);

static const struct {
    const char *page, *text;
} written[] = {
    {"CP850", "Der Befehl wurde erfolgreich ausgeführt.\r\n"},
    {"CP1252", "Der Befehl wurde erfolgreich ausgeführt.\r\n"},
    {"CP850", "NT-AUTORITÄT\\Authentifizierte Benutzer\r\nCORP\\Domänen-Benutzer\r\n"},
    {"CP1252", "NT-AUTORITÄT\\Authentifizierte Benutzer\r\nCORP\\Domänen-Benutzer\r\n"},
    {"CP850", "CORP\\Größe über Öl\r\nCORP\\Jürgen Müller\r\n"},
    {"CP850", "La commande s'est terminée correctement.\r\n"},
    {"CP1252", "La commande s\u2019est terminée correctement.\r\n"},
    {"CP850", "Accès DCOM service de certificats\r\nUtilisateurs authentifiés, Système\r\n"},
    {"CP1252", "Accès DCOM service de certificats\r\nUtilisateurs authentifiés, Système\r\n"},
    {"CP850", "Se ha completado el comando correctamente. José Muñoz, Administración\r\n"},
    {"CP1252", "Se ha completado el comando correctamente. José Muñoz, Administración\r\n"},
    {"CP866", "Имя псевдонима     Администраторы\r\nКоманда выполнена успешно.\r\n"},
    {"CP1251", "Имя псевдонима     Администраторы\r\nКоманда выполнена успешно.\r\n"},
    {"CP866", "Прошедшие проверку\r\n"},
    {"CP1251", "Прошедшие проверку\r\n"},
    {"CP932", "エイリアス名     Administrators\r\nコマンドは正常に終了しました。\r\n"},
    {"CP932", "CORP\\証明書の管理者\r\n表\r\n"},
    {"CP936", "别名     Administrators\r\n命令成功完成。\r\n"},
    {"CP936", "CORP\\证书管理员\r\nCORP\\張三\r\n"},
    {"CP936", "服务名称: certsvc\r\n        状态\r\n"},
    {"CP950", "別名     Administrators\r\n命令已經成功完成。\r\n"},
    {"CP950", "CORP\\許功蓋\r\nCORP\\憑證管理員\r\n"},
    {"CP949", "별칭     Administrators\r\n명령을 잘 실행했습니다.\r\n"},
    {"CP949", "CORP\\인증서 관리자\r\n"},
    {"CP852", "Użytkownicy uwierzytelnieni\r\n"},
    {"CP1250", "Użytkownicy uwierzytelnieni, Święty Łukasz\r\n"},
    {"CP852", "Hitelesített felhasználók\r\n"},
    {"CP1252", "K\u00f6ln"},
};

START_TEST(words_tell_the_code_page)
{
    struct cs_arena *arena = cs_arena_new();
    struct cs_str bytes = written_in(arena, written[_i].page, written[_i].text);
    ck_assert(!cs_str_is_utf8(bytes));
    struct cs_str text = cs_str_from_file(arena, bytes);
    ck_assert_msg(cs_str_is(text, written[_i].text), "%s: %.*s", written[_i].page,
                  CS_STR_ARG(text));
    cs_arena_free(arena);
}
END_TEST

/* Bytes of no language stand for themselves, and none is lost. */
START_TEST(what_is_no_text_is_kept)
{
    struct cs_arena *arena = cs_arena_new();
    struct cs_str text = cs_str_from_file(arena, CS_STR("\x81\x90\xff\xb2\n"));
    ck_assert(cs_str_is_utf8(text));
    ck_assert(cs_str_ends(text, CS_STR("\n")));
    cs_arena_free(arena);
}
END_TEST

/* The sample is cut at lines: nothing is read wrong because a letter of two bytes was halved. */
START_TEST(a_long_text_is_read_to_its_end)
{
    struct cs_arena *arena = cs_arena_new();
    struct cs_buf text;
    cs_buf_init(&text, 1 << 20);
    for (int i = 0; i < 2000; i++)
        cs_buf_addf(&text, "%d: コマンドは正常に終了しました。\r\n", i);
    struct cs_str bytes = written_in(arena, "CP932", cs_str_c(arena, cs_buf_str(&text)));
    ck_assert(cs_str_equal(cs_str_from_file(arena, bytes), cs_buf_str(&text)));
    cs_buf_clear(&text);
    cs_arena_free(arena);
}
END_TEST

static const struct {
    const char *bytes, *text;
} ends[] = {
    {"one\rtwo\r", "one\ntwo\n"},
    {"one\r\ntwo\r\n", "one\r\ntwo\r\n"},
    {"one\ntwo\rstill two\n", "one\ntwo\rstill two\n"},
    {"K\xf6ln\rBonn", "K\u00f6ln\nBonn"},
};

START_TEST(a_carriage_return_alone_ends_a_line)
{
    struct cs_arena *arena = cs_arena_new();
    struct cs_str text = cs_str_from_file(arena, cs_str_of(ends[_i].bytes));
    ck_assert_msg(cs_str_is(text, ends[_i].text), "%.*s", CS_STR_ARG(text));
    cs_arena_free(arena);
}
END_TEST

Suite *codepage_suite(void)
{
    Suite *suite = suite_create("codepage");
    TCase *tests = tcase_create("codepage");
    tcase_add_loop_test(tests, words_tell_the_code_page, 0, CS_COUNT(written));
    tcase_add_test(tests, what_is_no_text_is_kept);
    tcase_add_test(tests, a_long_text_is_read_to_its_end);
    tcase_add_loop_test(tests, a_carriage_return_alone_ends_a_line, 0, CS_COUNT(ends));
    suite_add_tcase(suite, tests);
    return suite;
}
