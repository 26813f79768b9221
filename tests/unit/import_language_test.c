/*
 * import_language_test.c - what Windows of many languages prints, in the encodings it prints it in.
 *
 * Each output is saved under a name that says nothing, is taken for what it is, and says the same
 * facts as the English one.  Closing lines and labels are as public texts have them.
 */
#include <check.h>
#include <string.h>

#include <certsh/ca.h>

#include "import_case.h"

Suite *import_language_suite(void);

static const char *const anything = "saved/from-a-console";

/* In the lab, at host ca1: the host is asked for, so that no file name says it. */
static void import_at_ca1(const char *kind, struct cs_str bytes)
{
    const struct cs_importer *importer = surest_reader(anything, bytes);
    ck_assert_msg(importer && strcmp(importer->name, kind) == 0, "taken for %s, not %s",
                  importer ? importer->name : "nothing", kind);
    cs_lab_begin(lab, CS_STR("import"));
    struct cs_import *import = cs_import_new(lab, arena, 0);
    cs_import_set_host(import, CS_STR("ca1"));
    ck_assert_msg(cs_import_file(import, importer, cs_str_of(anything), bytes, &err) == CS_OK,
                  "%s: %s", err.where, err.text);
    ck_assert_msg(cs_import_finish(import, NULL, &err) == CS_OK, "%s", err.text);
    cs_lab_commit(lab, NULL);
}

static cs_id by_sid(const char *text)
{
    struct cs_sid sid;
    ck_assert(cs_sid_parse(cs_str_of(text), &sid, &err) == CS_OK);
    return cs_principal_by_sid(lab, &sid, cs_host_find(lab, CS_STR("ca1")));
}

/* ---------------------------------------------------------------- local groups */

struct language {
    const char *pages[6];
    const char *alias, *group, *comment, *comment_text, *members, *everyone, *users, *own, *domain,
        *closing;
};

static const struct language languages[] = {
    {{"CP437", "CP850", "CP1252", "UTF-8", "UTF-16LE"},
     "Alias name     ",
     "Distributed COM Users",
     "Comment        ",
     "Members are allowed to launch, activate and use Distributed COM objects on this machine.",
     "Members",
     "Everyone",
     "NT AUTHORITY\\Authenticated Users",
     "Guest",
     "CORP\\Domain Users",
     "The command completed successfully."},
    {{"CP850", "CP1252", "UTF-8", "UTF-16LE"},
     "Aliasname        ",
     "Distributed COM-Benutzer",
     "Beschreibung     ",
     "Mitglieder dürfen Distributed COM-Objekte auf diesem Computer starten.",
     "Mitglieder",
     "Jeder",
     "NT-AUTORITÄT\\Authentifizierte Benutzer",
     "Gästekonto",
     "CORP\\Domänen-Benutzer",
     "Der Befehl wurde erfolgreich ausgeführt."},
    {{"CP850", "CP1252", "UTF-8", "UTF-16LE"},
     "Nom alias     ",
     "Utilisateurs du modèle COM distribué",
     "Commentaire   ",
     "Les membres sont autorisés à lancer, activer et utiliser des objets COM distribués.",
     "Membres",
     "Tout le monde",
     "AUTORITE NT\\Utilisateurs authentifiés",
     "Invité",
     "CORP\\Utilisateurs du domaine (Élèves)",
     "La commande s'est terminée correctement."},
    {{"CP850", "CP1252", "UTF-8", "UTF-16LE"},
     "Nombre de alias     ",
     "Usuarios COM distribuidos",
     "Comentario          ",
     "Los miembros pueden iniciar, activar y usar objetos de COM distribuido en este equipo.",
     "Miembros",
     "Todos",
     "NT AUTHORITY\\Usuarios autentificados",
     "Señor",
     "CORP\\Usuarios de administración",
     "Se ha completado el comando correctamente."},
    {{"CP866", "CP1251", "UTF-8", "UTF-16LE"},
     "Имя псевдонима     ",
     "Пользователи DCOM",
     "Комментарий        ",
     "Члены этой группы могут запускать, активизировать и использовать объекты DCOM.",
     "Члены",
     "Все",
     "NT AUTHORITY\\Прошедшие проверку",
     "Гость",
     "CORP\\Пользователи домена",
     "Команда выполнена успешно."},
    {{"CP932", "UTF-8", "UTF-16LE"},
     "エイリアス名     ",
     "Distributed COM Users",
     "コメント         ",
     "メンバーはこのコンピューターで分散 COM オブジェクトを起動できます。",
     "メンバー",
     "Everyone",
     "NT AUTHORITY\\Authenticated Users",
     "表示",
     "CORP\\証明書の管理者",
     "コマンドは正常に終了しました。"},
    {{"CP936", "UTF-8", "UTF-16LE"},
     "别名     ",
     "Distributed COM Users",
     "注释     ",
     "成员允许启动、激活和使用此计算机上的分布式 COM 对象。",
     "成员",
     "Everyone",
     "NT AUTHORITY\\Authenticated Users",
     "张伟",
     "CORP\\证书管理员",
     "命令成功完成。"},
    {{"CP950", "UTF-8", "UTF-16LE"},
     "別名     ",
     "Distributed COM Users",
     "註解     ",
     "成員可以在這台電腦上啟動、啟用及使用分散式 COM 物件。",
     "成員",
     "Everyone",
     "NT AUTHORITY\\Authenticated Users",
     "陳怡君",
     "CORP\\許功蓋",
     "命令執行成功。"},
    {{"CP949", "UTF-8", "UTF-16LE"},
     "별칭     ",
     "Distributed COM Users",
     "설명     ",
     "구성원이 이 컴퓨터에서 분산 COM 개체를 시작, 활성화 및 사용할 수 있습니다.",
     "구성원",
     "Everyone",
     "NT AUTHORITY\\Authenticated Users",
     "김철수",
     "CORP\\인증서 관리자",
     "명령을 잘 실행했습니다."},
};

static struct cs_str localgroup(const struct language *l)
{
    struct cs_str dashes = CS_STR("-----------------------------------------------------------"
                                  "--------------------");
    return cs_str_printf(arena,
                         "%s%s\r\n%s%s\r\n\r\n%s\r\n\r\n%.*s\r\n%s\r\n%s\r\n%s\r\n%s\r\n%s"
                         "\r\n\r\n",
                         l->alias, l->group, l->comment, l->comment_text, l->members,
                         CS_STR_ARG(dashes), l->own, l->domain, l->everyone, l->users, l->closing);
}

/* A directory that has the domain's group of that name, and others. */
static void import_directory(const char *domain_group)
{
    const char *name = strchr(domain_group, '\\') + 1;
    struct cs_str text = cs_str_printf(
        arena,
        "dn: DC=corp,DC=example\nobjectClass: domainDNS\nobjectSid: S-1-5-21-1-2-3\n\n"
        "dn: CN=CORP,CN=Partitions,CN=Configuration,DC=corp,DC=example\nobjectClass: crossRef\n"
        "nETBIOSName: CORP\nnCName: DC=corp,DC=example\n\n"
        "dn: CN=g,DC=corp,DC=example\nobjectClass: group\ngroupType: -2147483646\n"
        "objectSid: S-1-5-21-1-2-3-1104\nsAMAccountName: %s\n\n",
        name);
    ck_assert_msg(import_text(lab, arena, "import_ldif", "corp.ldif", text, &err) == CS_OK, "%s",
                  err.text);
}

/* In UTF-16 with its mark, as PowerShell's > writes it. */
static struct cs_str printed_in(const char *page, struct cs_str text)
{
    bool wide = strcmp(page, "UTF-16LE") == 0;
    text = cs_str_printf(arena, "%s%.*s", wide ? "\xef\xbb\xbf" : "", CS_STR_ARG(text));
    return written_in(arena, page, text.at);
}

static void check_localgroup(const struct language *language, const char *page)
{
    static const char *const members[] = {"S-1-1-0", "S-1-5-11", "S-1-5-21-1-2-3-1104"};
    struct cs_principal p;
    set_up_import();
    import_directory(language->domain);
    import_at_ca1("net", printed_in(page, localgroup(language)));
    cs_id group = by_sid("S-1-5-32-562");
    ck_assert_msg(cs_principal_get(lab, group, &p), "%s in %s", language->closing, page);
    ck_assert(!p.members_open);
    for (size_t i = 0; i < CS_COUNT(members); i++)
        ck_assert_msg(cs_member_has(lab, group, by_sid(members[i]), CS_NOW), "%s: %s in %s",
                      members[i], language->closing, page);
    tear_down_import();
}

START_TEST(a_local_group_in_its_language_and_code_pages)
{
    for (size_t i = 0; languages[_i].pages[i]; i++)
        check_localgroup(&languages[_i], languages[_i].pages[i]);
}
END_TEST

/* -------------------------------------------------------------------- services */

static const struct {
    const char *page, *text;
} services[] = {
    {"CP850", "\r\nSERVICE_NAME: certsvc \r\n        TYPE               : 110  WIN32_OWN_PROCESS  "
              "(interactive)\r\n        STATE              : 4  RUNNING \r\n"
              "                                (STOPPABLE, PAUSABLE, ACCEPTS_SHUTDOWN)\r\n"
              "        WIN32_EXIT_CODE    : 0  (0x0)\r\n        SERVICE_EXIT_CODE  : 0  (0x0)\r\n"
              "        CHECKPOINT         : 0x0\r\n        WAIT_HINT          : 0x0\r\n"},
    {"CP866", "\r\nИмя_службы: certsvc \r\n        Тип                : 10  WIN32_OWN_PROCESS  \r\n"
              "        Состояние          : 4  RUNNING \r\n"
              "                                (STOPPABLE, PAUSABLE, ACCEPTS_SHUTDOWN)\r\n"
              "        Код_выхода_Win32   : 0  (0x0)\r\n        Код_выхода_службы  : 0  (0x0)\r\n"
              "        Контрольная_точка  : 0x0\r\n        Ожидание           : 0x0\r\n"},
    {"CP850", "\r\nNOMBRE_SERVICIO: certsvc\r\n        TIPO               : 10  WIN32_OWN_PROCESS"
              "\r\n        ESTADO             : 4  RUNNING\r\n        CÓD_SALIDA_WIN32   : 0  (0x0)"
              "\r\n"},
    {"CP850", "\r\nNOM_SERVICE : certsvc\r\n        TYPE               : 10  WIN32_OWN_PROCESS\r\n"
              "        ÉTAT               : 4  RUNNING\r\n"},
    {"CP932", "\r\nSERVICE_NAME: certsvc\r\nDISPLAY_NAME: Active Directory 証明書サービス\r\n"
              "        TYPE               : 10  WIN32_OWN_PROCESS\r\n"
              "        STATE              : 4  RUNNING\r\n"},
};

START_TEST(a_service_in_its_language)
{
    import_at_ca1("net", written_in(arena, services[_i].page, services[_i].text));
    const struct cs_service *service =
        cs_service_find(lab, cs_host_find(lab, CS_STR("ca1")), CS_STR("certsvc"));
    ck_assert(service != NULL && service->state == CS_SERVICE_RUNNING);
    ck_assert_uint_eq(cs_record_count(lab, CS_NOUN_SERVICE), 1);
}
END_TEST

/* -------------------------------------------------------------------- certutil */

#define CONFIG "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\CertSvc\\Configuration\\"

static const struct {
    const char *page, *host, *ca, *ping, *published, *registry;
} consoles[] = {
    {"CP1252", "ca1.corp.example", "CORP-CA",
     "Connecting to ca1.corp.example\\CORP-CA ...\r\n"
     "Server \"CORP-CA\" ICertRequest2 interface is alive (16ms)\r\n"
     "CertUtil: -ping command completed successfully.\r\n",
     "Machine: Computer -- Auto-Enroll: Access is denied.\r\nUser: User -- Auto-Enroll\r\n"
     "CertUtil: -CATemplates command completed successfully.\r\n",
     CONFIG "CORP-CA\\InterfaceFlags:\r\n\r\n  InterfaceFlags REG_DWORD = 641 (1601)\r\n"
            "CertUtil: -getreg command completed successfully.\r\n"},
    {"CP850", "ca1.corp.example", "Zertifizierungsstelle Süd",
     "Verbindung mit ca1.corp.example\\Zertifizierungsstelle Süd wird hergestellt...\r\n"
     "Server \"Zertifizierungsstelle Süd\" ICertRequest2-Schnittstelle ist aktiv (0ms)\r\n",
     "Machine: Computer -- Automatische Registrierung: Zugriff verweigert\r\n"
     "User: Benutzer -- Automatische Registrierung\r\n",
     CONFIG "Zertifizierungsstelle Süd\\InterfaceFlags:\r\n\r\n"
            "  InterfaceFlags REG_DWORD = 641 (1601)\r\n"
            "CertUtil: -getreg-Befehl wurde erfolgreich ausgeführt.\r\n"},
    {"CP1252", "ca1.corp.example", "AC Entité",
     "Connexion à ca1.corp.example\\AC Entité en cours...\r\n"
     "L'interface ICertRequest2 du serveur \"AC Entité\" est active (0ms)\r\n"
     "CertUtil: -ping La commande s'est terminée correctement.\r\n",
     "Machine: Ordinateur -- Inscription automatique : accès refusé.\r\n"
     "User: Utilisateur -- Inscription automatique\r\n",
     CONFIG "AC Entité\\InterfaceFlags:\r\n\r\n  InterfaceFlags REG_DWORD = 641 (1601)\r\n"
            "CertUtil: -getreg La commande s'est terminée correctement.\r\n"},
    {"CP866", "ca1.corp.example", "Корневой ЦС",
     "Подключение к ca1.corp.example\\Корневой ЦС ...\r\n"
     "Интерфейс ICertRequest2 сервера \"Корневой ЦС\" работает (0мс)\r\n"
     "CertUtil: -ping - команда успешно выполнена.\r\n",
     "Machine: Компьютер -- Автоматическая подача заявки: Отказано в доступе.\r\n"
     "User: Пользователь -- Автоматическая подача заявки\r\n",
     CONFIG "Корневой ЦС\\InterfaceFlags:\r\n\r\n  InterfaceFlags REG_DWORD = 641 (1601)\r\n"
            "CertUtil: -getreg - команда успешно выполнена.\r\n"},
    {"CP932", "ca1.corp.example", "CORP-CA",
     "ca1.corp.example\\CORP-CA に接続しています...\r\n"
     "サーバー \"CORP-CA\" ICertRequest2 インターフェイスは利用可能です (0ms)\r\n"
     "CertUtil: -ping コマンドは正常に完了しました。\r\n",
     "Machine: コンピューター -- 自動登録: アクセスが拒否されました。\r\nUser: ユーザー -- "
     "自動登録\r\n"
     "CertUtil: -CATemplates コマンドは正常に完了しました。\r\n",
     CONFIG "CORP-CA\\InterfaceFlags:\r\n\r\n  InterfaceFlags REG_DWORD = 641 (1601)\r\n"
            "CertUtil: -getreg コマンドは正常に完了しました。\r\n"},
    {"CP850", "ca1.corp.example", "CA Muñoz",
     "Conectando con ca1.corp.example\\CA Muñoz ...\r\n"
     "La interfaz ICertRequest2 del servidor \"CA Muñoz\" está activa (0ms)\r\n"
     "CertUtil: -ping comando completado correctamente.\r\n",
     "Machine: Equipo -- Inscripción automática: Acceso denegado.\r\n"
     "User: Usuario -- Inscripción automática\r\n",
     CONFIG "CA Muñoz\\InterfaceFlags:\r\n\r\n  InterfaceFlags REG_DWORD = 641 (1601)\r\n"
            "CertUtil: -getreg comando completado correctamente.\r\n"},
};

START_TEST(certutil_in_its_language)
{
    const char *page = consoles[_i].page;
    import_at_ca1("certutil", written_in(arena, page, consoles[_i].ping));
    import_at_ca1("certutil", written_in(arena, page, consoles[_i].published));
    import_at_ca1("certutil", written_in(arena, page, consoles[_i].registry));
    ck_assert_uint_eq(cs_record_count(lab, CS_NOUN_CA), 1);
    ck_assert_uint_eq(cs_record_count(lab, CS_NOUN_HOST), 1);
    cs_id host = cs_host_find(lab, cs_str_of(consoles[_i].host));
    const struct cs_ca *ca = cs_ca_get(lab, cs_ca_find(lab, cs_str_of(consoles[_i].ca)));
    ck_assert_msg(ca != NULL, "no CA '%s'", consoles[_i].ca);
    ck_assert(ca->host == host && ca->templates_known);
    ck_assert_uint_eq(ca->templates.count, 2);
    const struct cs_reg_value *flags =
        cs_registry_get(lab, host, cs_ca_key(arena, ca), CS_STR("InterfaceFlags"));
    uint32_t number = 0;
    ck_assert(flags != NULL && cs_reg_number(flags, &number) && number == 0x641);
}
END_TEST

/* --------------------------------------------------------------------- secedit */

/* Windows 2003 wrote names where later ones write SIDs. */
static const char *const everyones[] = {"Everyone", "Jeder", "Tout le monde", "Todos", "Все"};

START_TEST(user_rights_by_names_of_a_language)
{
    struct cs_str text = cs_str_printf(
        arena,
        "\xef\xbb\xbf[Unicode]\r\nUnicode=yes\r\n[Privilege Rights]\r\n"
        "SeNetworkLogonRight = %s,*S-1-5-32-544,Gast\r\n[Version]\r\nsignature=\"$CHICAGO$\"\r\n"
        "Revision=1\r\n",
        everyones[_i]);
    import_at_ca1("inf", written_in(arena, "UTF-16LE", text.at));
    const struct cs_right_grant *right =
        cs_right_find(lab, cs_host_find(lab, CS_STR("ca1")), CS_STR("SeNetworkLogonRight"));
    ck_assert(right != NULL);
    ck_assert_uint_eq(right->sids.count, 2);
    ck_assert(cs_str_is(right->sids.at[0], "S-1-1-0"));
}
END_TEST

Suite *import_language_suite(void)
{
    Suite *suite = suite_create("import_language");
    TCase *groups = tcase_create("local groups"), *tests = tcase_create("others");
    tcase_add_loop_test(groups, a_local_group_in_its_language_and_code_pages, 0,
                        CS_COUNT(languages));
    tcase_add_checked_fixture(tests, set_up_import, tear_down_import);
    tcase_add_loop_test(tests, a_service_in_its_language, 0, CS_COUNT(services));
    tcase_add_loop_test(tests, certutil_in_its_language, 0, CS_COUNT(consoles));
    tcase_add_loop_test(tests, user_rights_by_names_of_a_language, 0, CS_COUNT(everyones));
    suite_add_tcase(suite, groups);
    suite_add_tcase(suite, tests);
    return suite;
}
