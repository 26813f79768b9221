/* enroll_test.c - requests: dispositions, events in both languages, the message of K23. */
#include "house.h"

#include <string.h>

Suite *enroll_suite(void);

static struct house h;
static struct cs_error err;

static void dc(void)
{
    h = house_make(CS_WINDOWS_2003_SP1, false);
}

static void done(void)
{
    house_free(&h);
}

static struct cs_enrollment request(cs_id principal, cs_id template_)
{
    struct cs_question *ask = cs_arena_alloc(h.arena, sizeof(*ask));
    *ask = (struct cs_question){.principal = principal, .template_ = template_, .ca = h.ca};
    return house_request(&h, ask);
}

static void speak_japanese(cs_id id)
{
    struct cs_host host = *cs_host_get(h.lab, id);
    host.language = CS_STR("ja");
    ck_assert(cs_host_put(h.lab, &host, NULL, &err) == CS_OK);
}

static void change_template(cs_id id, struct cs_str japanese, uint32_t enroll_flags,
                            uint32_t signatures)
{
    struct cs_template changed = *cs_template_get(h.lab, id);
    changed.display_ja = japanese;
    changed.enroll_flags = enroll_flags;
    changed.signatures = signatures;
    ck_assert(cs_template_put(h.lab, &changed, NULL, &err) == CS_OK);
}

START_TEST(an_allowed_request_is_issued_and_serials_differ)
{
    struct cs_enrollment first = request(h.alice, h.user), second = request(h.alice, h.user);
    ck_assert_str_eq(first.disposition, "issued");
    ck_assert_uint_eq(first.code, 0);
    ck_assert_uint_eq(first.serial.length, 20);
    ck_assert(!cs_str_equal(first.serial, second.serial));
    size_t undone;
    ck_assert(cs_lab_undo(h.lab, 1, &undone, &err) == CS_OK);
    struct cs_enrollment again = request(h.alice, h.user);
    ck_assert(cs_str_equal(second.serial, again.serial)); /* deterministic */
}
END_TEST

START_TEST(a_refused_machine_logs_event_13)
{
    struct cs_enrollment e = request(h.dc02_account, h.der);
    ck_assert_str_eq(e.disposition, "failed");
    ck_assert_uint_eq(e.code, CS_HR_ACCESS_DENIED);
    const struct cs_event *event = house_event(&h, h.dc02, 13);
    ck_assert_ptr_nonnull(event);
    ck_assert_str_eq(event->text.at,
                     "Automatic certificate enrollment for local system failed to enroll for one "
                     "Directory Email Replication certificate (0x80070005).  Access is denied.");
    ck_assert_str_eq(event->source.at, "AutoEnrollment");
    ck_assert_str_eq(event->log.at, "Application");
    ck_assert_str_eq(event->type.at, "error");
    ck_assert_str_eq(event->category.at, "None");
    ck_assert_str_eq(event->user.at, "N/A");
    ck_assert_ptr_null(house_event(&h, h.dc01, 53)); /* it never reached the CA */
    const struct cs_event *dcom = house_event(&h, h.dc01, 10014);
    ck_str_has(dcom->text, "do not grant Remote Activation permission");
    ck_str_has(dcom->text, "CORP\\DC02$ SID (S-1-5-21-1-2-3-");
}
END_TEST

START_TEST(in_japanese_it_is_the_articles_text)
{
    speak_japanese(h.dc02);
    change_template(h.der, CS_STR("ディレクトリ サービス電子メール レプリケーション"), 0, 0);
    request(h.dc02_account, h.der);
    const struct cs_event *event = house_event(&h, h.dc02, 13);
    ck_str_has(event->text, "ローカルシステムの証明書の自動登録で、ディレクトリ サービス電子メール "
                            "レプリケーション 証明書 (0x80070005) "
                            "を登録できませんでした。アクセスが拒否されました。");
    ck_str_has(event->text, "詳細な情報は、http://support.microsoft.com の [ヘルプとサポート "
                            "センター] を参照してください。");
    ck_assert_str_eq(event->type.at, "エラー");
    ck_assert_str_eq(event->category.at, "なし");
    change_template(h.der, CS_STR("ワークステーション認証"), 0, 0);
    request(h.dc02_account, h.der);
    ck_str_has(house_event(&h, h.dc02, 13)->text,
               "自動登録で、ワークステーション認証証明書 (0x80070005) を登録できませんでした。");
}
END_TEST

START_TEST(a_refused_person_sees_the_articles_message)
{
    cs_id group = cs_certsvc_group(h.lab, h.dc01);
    ck_assert(cs_member_remove(h.lab, group, h.users, &err) == CS_OK);
    struct cs_enrollment e = request(h.alice, h.user);
    ck_str_has(e.message, "Certification Authority (CA) that is not started");
    ck_assert_ptr_null(house_event(&h, h.ws01, 13));
    speak_japanese(h.ws01);
    e = request(h.alice, h.user);
    ck_str_has(e.message, "以下のうちどれかの理由が原因で、証明書要求に失敗しました:");
    ck_str_has(e.message, "- 利用可能な CA から証明書を要求するためのアクセス許可がない。");
    struct cs_question automatic = {
        .principal = h.alice, .template_ = h.user, .ca = h.ca, .kind = CS_REQUEST_AUTO};
    house_request(&h, &automatic);
    ck_assert_ptr_nonnull(house_event(&h, h.ws01, 13));
}
END_TEST

START_TEST(the_policy_module_decides_after_the_gates)
{
    cs_id id;
    struct cs_principal dave = {
        .kind = CS_USER, .domain = h.corp, .primary = 513, .name = CS_STR("dave")};
    ck_assert(cs_principal_put(h.lab, &dave, &id, &err) == CS_OK);
    struct cs_enrollment e = request(id, h.user);
    ck_assert_int_eq(e.decision.verdict, CS_ALLOWED);
    ck_assert_str_eq(e.disposition, "denied");
    ck_assert_uint_eq(e.code, CS_HR_SUBJECT_EMAIL_REQUIRED);
    ck_str_has(house_event(&h, h.dc01, 53)->text, "CORP\\dave");
    ck_str_has(house_event(&h, h.dc01, 53)->text,
               "0x80094812 (-2146875374 CERTSRV_E_SUBJECT_EMAIL_REQUIRED)");
    change_template(h.machine, CS_STR(""), CS_ENROLL_PEND_ALL_REQUESTS, 0);
    e = request(h.ws01_account, h.machine);
    ck_assert_str_eq(e.disposition, "pending");
    ck_assert_uint_eq(e.serial.length, 0);
    change_template(h.machine, CS_STR(""), 0, 1);
    e = request(h.ws01_account, h.machine);
    ck_assert_uint_eq(e.code, 0x8009480au);
}
END_TEST

START_TEST(standard_edition_issues_version_1_only)
{
    struct cs_host host = *cs_host_get(h.lab, h.dc01);
    host.edition = CS_STR("Standard Edition");
    ck_assert(cs_host_put(h.lab, &host, NULL, &err) == CS_OK);
    struct cs_enrollment e = request(h.dc01_account, h.der);
    ck_assert_int_eq(e.decision.verdict, CS_ALLOWED);
    ck_assert_uint_eq(e.code, CS_HR_UNSUPPORTED_CERT_TYPE);
    e = request(h.ws01_account, h.machine);
    ck_assert_str_eq(e.disposition, "issued");
    ck_assert_ptr_nonnull(house_event(&h, h.ws01, 19));
}
END_TEST

START_TEST(a_refusal_by_the_ca_is_its_event_53)
{
    struct cs_enrollment e = request(h.ws01_account, h.user);
    ck_assert_str_eq(e.disposition, "denied");
    ck_assert_uint_eq(e.code, CS_HR_TEMPLATE_DENIED);
    ck_str_has(house_event(&h, h.dc01, 53)->text, "CERTSRV_E_TEMPLATE_DENIED");
    ck_assert_ptr_null(house_event(&h, h.dc01, 10014));
}
END_TEST

START_TEST(a_refused_logon_goes_on_as_anonymous)
{
    struct cs_str sids[] = {CS_STR("S-1-5-21-1-2-3-513")};
    struct cs_right_grant deny = *cs_right_find(h.lab, h.dc01, CS_STR("SeDenyNetworkLogonRight"));
    deny.sids = (struct cs_strs){sids, 1};
    ck_assert(cs_right_put(h.lab, &deny, NULL, &err) == CS_OK);
    request(h.alice, h.user);
    ck_str_has(house_event(&h, h.dc01, 10014)->text, "NT AUTHORITY\\ANONYMOUS LOGON SID (S-1-5-7)");
}
END_TEST

START_TEST(a_stopped_service_logs_remote_launch)
{
    ck_assert(cs_service_stop(h.lab, h.service, &err) == CS_OK);
    request(h.alice, h.user);
    ck_str_has(house_event(&h, h.dc01, 10014)->text, "do not grant Remote Launch permission");
    ck_assert(cs_member_add(h.lab, h.admins, h.bob, &err) == CS_OK);
    request(h.bob, h.user);
    ck_str_has(house_event(&h, h.dc01, 10016)->text,
               "The application-specific permission settings do not grant Remote Launch");
    house_sd(&h, h.dc01, CS_KEY_CERTSRV_REQUEST, "LaunchPermission",
             "O:BAG:BAD:(A;;CCDCLCSWRP;;;WD)");
    struct cs_enrollment e = request(h.bob, h.user); /* COM starts it */
    ck_assert_str_eq(e.disposition, "issued");
    ck_assert_int_eq(cs_service_get(h.lab, h.service)->state, CS_SERVICE_RUNNING);
}
END_TEST

START_TEST(modern_texts_name_the_address)
{
    house_free(&h);
    h = house_make(CS_WINDOWS_2022, true);
    house_sd(&h, h.srv01, CS_KEY_OLE, "MachineLaunchRestriction", "O:BAG:BAD:(A;;CCDCLCSWRP;;;BA)");
    struct cs_enrollment e = request(h.ws01_account, h.machine);
    ck_assert_uint_eq(e.code, CS_HR_RPC_UNAVAILABLE);
    ck_str_has(house_event(&h, h.srv01, 10027)->text, "from address WS01 running in the");
    ck_str_has(house_event(&h, h.ws01, 13)->text,
               "request ID N/A from SRV01\\CORP-CA (The RPC server is unavailable. 0x800706ba "
               "(WIN32: 1722 RPC_S_SERVER_UNAVAILABLE)).");
    e = request(h.alice, h.user);
    ck_str_has(e.message, "could not be submitted to the certification authority");
}
END_TEST

START_TEST(an_undecided_request_changes_nothing)
{
    struct cs_host host = *cs_host_get(h.lab, h.dc01);
    host.complete = false;
    ck_assert(cs_host_put(h.lab, &host, NULL, &err) == CS_OK);
    ck_assert(cs_registry_remove(h.lab, h.dc01, CS_KEY_OLE, CS_STR("MachineLaunchRestriction"),
                                 &err) == CS_OK);
    size_t changes = cs_lab_change_count(h.lab);
    struct cs_enrollment e = request(h.alice, h.user);
    ck_assert_int_eq(e.decision.verdict, CS_UNKNOWN_VERDICT);
    ck_assert_uint_eq(cs_lab_change_count(h.lab), changes);
}
END_TEST

Suite *enroll_suite(void)
{
    Suite *suite = suite_create("enroll");
    TCase *tests = tcase_create("enroll");
    tcase_add_checked_fixture(tests, dc, done);
    tcase_add_test(tests, an_allowed_request_is_issued_and_serials_differ);
    tcase_add_test(tests, a_refused_machine_logs_event_13);
    tcase_add_test(tests, in_japanese_it_is_the_articles_text);
    tcase_add_test(tests, a_refused_person_sees_the_articles_message);
    tcase_add_test(tests, the_policy_module_decides_after_the_gates);
    tcase_add_test(tests, standard_edition_issues_version_1_only);
    tcase_add_test(tests, a_refusal_by_the_ca_is_its_event_53);
    tcase_add_test(tests, a_refused_logon_goes_on_as_anonymous);
    tcase_add_test(tests, a_stopped_service_logs_remote_launch);
    tcase_add_test(tests, modern_texts_name_the_address);
    tcase_add_test(tests, an_undecided_request_changes_nothing);
    suite_add_tcase(suite, tests);
    return suite;
}
