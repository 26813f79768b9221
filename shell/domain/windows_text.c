/*
 * windows_text.c - Windows' own words for its error numbers.
 *
 * Two tables: Win32 errors and the HRESULTs that are no Win32 errors.  English texts are those
 * of the open specifications (MS-ERREF as Samba has it) and of netmsg.dll; Japanese ones are
 * given where they are known, and NULL falls back to English.  A Japanese text behind
 * UNSURE() was written from general knowledge of the product and has no source in FACTS.
 *
 * Floor: domain.
 */
#include <certsh/windows.h>

#include <stdlib.h>

#define UNSURE(text) text /* no source: likely, not confirmed */

struct message {
    uint32_t number;
    const char *name;  /* "ERROR_ACCESS_DENIED" */
    const char *shown; /* as certutil prints it: "WIN32: 5 ERROR_ACCESS_DENIED" */
    const char *text, *text_ja;
};

#define WIN32(number, name, text, text_ja)                                                         \
    {                                                                                              \
        number, name, "WIN32: " #number " " name, text, text_ja                                    \
    }
#define HRESULT(number, name, text, text_ja)                                                       \
    {                                                                                              \
        number, name, name, text, text_ja                                                          \
    }

/* Ascending. */
static const struct message win32[] = {
    WIN32(0, "ERROR_SUCCESS", "The operation completed successfully.",
          "この操作を正しく終了しました。"),
    WIN32(2, "ERROR_FILE_NOT_FOUND", "The system cannot find the file specified.",
          UNSURE("指定されたファイルが見つかりません。")),
    WIN32(3, "ERROR_PATH_NOT_FOUND", "The system cannot find the path specified.",
          UNSURE("指定されたパスが見つかりません。")),
    WIN32(5, "ERROR_ACCESS_DENIED", "Access is denied.", "アクセスが拒否されました。"),
    WIN32(13, "ERROR_INVALID_DATA", "The data is invalid.", UNSURE("データが無効です。")),
    WIN32(32, "ERROR_SHARING_VIOLATION",
          "The process cannot access the file because it is being used by another process.",
          UNSURE("プロセスはファイルにアクセスできません。別のプロセスが使用中です。")),
    WIN32(53, "ERROR_BAD_NETPATH", "The network path was not found.",
          UNSURE("ネットワーク パスが見つかりません。")),
    WIN32(87, "ERROR_INVALID_PARAMETER", "The parameter is incorrect.",
          UNSURE("パラメータが間違っています。")),
    WIN32(183, "ERROR_ALREADY_EXISTS", "Cannot create a file when that file already exists.",
          UNSURE("既に存在するファイルを作成することはできません。")),
    WIN32(259, "ERROR_NO_MORE_ITEMS", "No more data is available.",
          UNSURE("データはこれ以上ありません。")),
    WIN32(1051, "ERROR_DEPENDENT_SERVICES_RUNNING",
          "A stop control has been sent to a service that other running services are dependent on.",
          NULL),
    WIN32(1053, "ERROR_SERVICE_REQUEST_TIMEOUT",
          "The service did not respond to the start or control request in a timely fashion.",
          UNSURE("そのサービスは指定時間内に開始要求または制御要求に応答しませんでした。")),
    WIN32(1056, "ERROR_SERVICE_ALREADY_RUNNING", "An instance of the service is already running.",
          UNSURE("サービスのインスタンスは既に実行中です。")),
    WIN32(1058, "ERROR_SERVICE_DISABLED",
          "The service cannot be started, either because it is disabled or because it has no "
          "enabled devices associated with it.",
          UNSURE("指定されたサービスは無効であるか、または有効なデバイスが関連付けられていないた"
                 "め、開始できません。")),
    WIN32(1060, "ERROR_SERVICE_DOES_NOT_EXIST",
          "The specified service does not exist as an installed service.",
          UNSURE("指定されたサービスはインストールされたサービスとして存在しません。")),
    WIN32(1061, "ERROR_SERVICE_CANNOT_ACCEPT_CTRL",
          "The service cannot accept control messages at this time.",
          UNSURE("サービスは、この時点では制御メッセージを受け付けることができません。")),
    WIN32(1062, "ERROR_SERVICE_NOT_ACTIVE", "The service has not been started.",
          UNSURE("サービスは開始されていません。")),
    WIN32(1066, "ERROR_SERVICE_SPECIFIC_ERROR",
          "The service has returned a service-specific error code.",
          UNSURE("サービスから、サービスに固有のエラー コードが返されました。")),
    WIN32(1067, "ERROR_PROCESS_ABORTED", "The process terminated unexpectedly.",
          UNSURE("プロセスを途中で強制終了しました。")),
    WIN32(1069, "ERROR_SERVICE_LOGON_FAILED", "The service did not start due to a logon failure.",
          UNSURE("ログオンに失敗したため、サービスを開始できませんでした。")),
    WIN32(1168, "ERROR_NOT_FOUND", "Element not found.", UNSURE("要素が見つかりません。")),
    WIN32(1203, "ERROR_NO_NET_OR_BAD_PATH", "No network provider accepted the given network path.",
          NULL),
    WIN32(1210, "ERROR_INVALID_COMPUTERNAME",
          "The format of the specified computer name is invalid.", NULL),
    WIN32(1313, "ERROR_NO_SUCH_PRIVILEGE", "A specified privilege does not exist.",
          UNSURE("指定された特権は存在しません。")),
    WIN32(1314, "ERROR_PRIVILEGE_NOT_HELD", "A required privilege is not held by the client.",
          UNSURE("クライアントは要求された特権を保有していません。")),
    WIN32(1316, "ERROR_USER_EXISTS", "The specified account already exists.", NULL),
    WIN32(1317, "ERROR_NO_SUCH_USER", "The specified account does not exist.",
          UNSURE("指定されたアカウントは存在しません。")),
    WIN32(1318, "ERROR_GROUP_EXISTS", "The specified group already exists.", NULL),
    WIN32(1319, "ERROR_NO_SUCH_GROUP", "The specified group does not exist.",
          UNSURE("指定されたグループは存在しません。")),
    WIN32(1320, "ERROR_MEMBER_IN_GROUP",
          "Either the specified user account is already a member of the specified group, or the "
          "specified group cannot be deleted because it contains a member.",
          NULL),
    WIN32(1321, "ERROR_MEMBER_NOT_IN_GROUP",
          "The specified user account is not a member of the specified group account.", NULL),
    WIN32(1326, "ERROR_LOGON_FAILURE", "Logon failure: unknown user name or bad password.",
          UNSURE("ログオン失敗: ユーザー名を認識できないか、またはパスワードが間違っています。")),
    WIN32(1332, "ERROR_NONE_MAPPED", "No mapping between account names and security IDs was done.",
          UNSURE("アカウント名とセキュリティ ID の間のマッピングは実行されませんでした。")),
    WIN32(1336, "ERROR_INVALID_ACL", "The access control list (ACL) structure is invalid.", NULL),
    WIN32(1337, "ERROR_INVALID_SID", "The security ID structure is invalid.",
          UNSURE("セキュリティ ID の構造が無効です。")),
    WIN32(1338, "ERROR_INVALID_SECURITY_DESCR", "The security descriptor structure is invalid.",
          UNSURE("セキュリティ記述子の構造が無効です。")),
    WIN32(1355, "ERROR_NO_SUCH_DOMAIN",
          "The specified domain either does not exist or could not be contacted.",
          UNSURE("指定されたドメインがないか、またはアクセスできません。")),
    WIN32(1356, "ERROR_DOMAIN_EXISTS", "The specified domain already exists.", NULL),
    WIN32(1371, "ERROR_SPECIAL_ACCOUNT", "Cannot perform this operation on built-in accounts.",
          UNSURE("この操作は、ビルトイン アカウントには実行できません。")),
    WIN32(1374, "ERROR_MEMBERS_PRIMARY_GROUP",
          "The user cannot be removed from a group because the group is currently the user's "
          "primary group.",
          NULL),
    WIN32(1376, "ERROR_NO_SUCH_ALIAS", "The specified local group does not exist.",
          UNSURE("指定されたローカル グループは存在しません。")),
    WIN32(1377, "ERROR_MEMBER_NOT_IN_ALIAS",
          "The specified account name is not a member of the group.",
          UNSURE("指定されたアカウント名は、グループのメンバではありません。")),
    WIN32(1378, "ERROR_MEMBER_IN_ALIAS",
          "The specified account name is already a member of the group.",
          UNSURE("指定されたアカウント名は、既にグループのメンバです。")),
    WIN32(1379, "ERROR_ALIAS_EXISTS", "The specified local group already exists.",
          UNSURE("指定されたローカル グループは既に存在します。")),
    WIN32(1385, "ERROR_LOGON_TYPE_NOT_GRANTED",
          "Logon failure: the user has not been granted the requested logon type at this computer.",
          UNSURE("ログオン失敗: "
                 "要求された種類のログオンは、このコンピュータではユーザーに許可されていません。")),
    WIN32(1387, "ERROR_NO_SUCH_MEMBER",
          "A member could not be added to or removed from the local group because the member does "
          "not exist.",
          UNSURE("メンバが存在しないため、ローカル "
                 "グループに追加、またはローカル グループから削除できませんでした。")),
    WIN32(
        1388, "ERROR_INVALID_MEMBER",
        "A new member could not be added to a local group because the member has the wrong account "
        "type.",
        UNSURE("メンバのアカウントの種類が間違っているため、新しいメンバをローカル "
               "グループに追加できませんでした。")),
    WIN32(1722, "RPC_S_SERVER_UNAVAILABLE", "The RPC server is unavailable.",
          UNSURE("RPC サーバーを利用できません。")),
    WIN32(1753, "EPT_S_NOT_REGISTERED",
          "There are no more endpoints available from the endpoint mapper.",
          UNSURE("エンドポイント マッパーから使用できるエンドポイントはこれ以上ありません。")),
    WIN32(1789, "ERROR_TRUSTED_RELATIONSHIP_FAILURE",
          "The trust relationship between this workstation and the primary domain failed.", NULL),
    WIN32(8333, "ERROR_DS_OBJ_NOT_FOUND", "Directory object not found.",
          UNSURE("ディレクトリ オブジェクトが見つかりません。")),
    WIN32(8513, "ERROR_DS_INVALID_GROUP_TYPE", "The specified group type is invalid.", NULL),
    WIN32(8514, "ERROR_DS_NO_NEST_GLOBALGROUP_IN_MIXEDDOMAIN",
          "You cannot nest global groups in a mixed domain if the group is security-enabled.",
          NULL),
    WIN32(8515, "ERROR_DS_NO_NEST_LOCALGROUP_IN_MIXEDDOMAIN",
          "You cannot nest local groups in a mixed domain if the group is security-enabled.", NULL),
    WIN32(8516, "ERROR_DS_GLOBAL_CANT_HAVE_LOCAL_MEMBER",
          "A global group cannot have a local group as a member.", NULL),
    WIN32(8517, "ERROR_DS_GLOBAL_CANT_HAVE_UNIVERSAL_MEMBER",
          "A global group cannot have a universal group as a member.", NULL),
    WIN32(8518, "ERROR_DS_UNIVERSAL_CANT_HAVE_LOCAL_MEMBER",
          "A universal group cannot have a local group as a member.", NULL),
    WIN32(8519, "ERROR_DS_GLOBAL_CANT_HAVE_CROSSDOMAIN_MEMBER",
          "A global group cannot have a cross-domain member.", NULL),
    WIN32(8520, "ERROR_DS_LOCAL_CANT_HAVE_CROSSDOMAIN_LOCAL_MEMBER",
          "A local group cannot have another cross domain local group as a member.", NULL),
    WIN32(8521, "ERROR_DS_HAVE_PRIMARY_MEMBERS",
          "A group with primary members cannot change to a security-disabled group.", NULL),
    WIN32(8548, "ERROR_DS_LOCAL_MEMBER_OF_LOCAL_ONLY",
          "A local group can only be a member of other local groups in the same domain.", NULL),
};

/* Ascending. */
static const struct message hresults[] = {
    HRESULT(0x80004015u, "CO_E_WRONG_SERVER_IDENTITY",
            "The class is configured to run as a security ID different from the caller.", NULL),
    HRESULT(0x80040154u, "REGDB_E_CLASSNOTREG", "Class not registered.",
            UNSURE("クラスが登録されていません。")),
    HRESULT(0x8001011bu, "RPC_E_ACCESS_DENIED", "Access is denied.", "アクセスが拒否されました。"),
    HRESULT(0x8001011cu, "RPC_E_REMOTE_DISABLED", "Remote calls are not allowed for this process.",
            NULL),
    HRESULT(0x80080005u, "CO_E_SERVER_EXEC_FAILURE", "Server execution failed.",
            UNSURE("サーバーの実行に失敗しました。")),
    HRESULT(0x80094002u, "CERTSRV_E_NO_REQUEST", "The request does not exist.", NULL),
    HRESULT(0x80094003u, "CERTSRV_E_BAD_REQUESTSTATUS",
            "The request's current status does not allow this operation.", NULL),
    HRESULT(0x80094004u, "CERTSRV_E_PROPERTY_EMPTY", "The requested property value is empty.",
            NULL),
    HRESULT(0x80094006u, "CERTSRV_E_SERVER_SUSPENDED",
            "Certificate service has been suspended for a database restore operation.", NULL),
    HRESULT(0x80094009u, "CERTSRV_E_RESTRICTEDOFFICER",
            "The operation is denied. It can only be performed by a certificate manager that is "
            "allowed to manage certificates for the current requester.",
            NULL),
    HRESULT(0x80094011u, "CERTSRV_E_ENROLL_DENIED",
            "The permissions on this CA do not allow the current user to enroll for certificates.",
            UNSURE("この CA "
                   "のアクセス許可では、現在のユーザーが証明書を登録することはできません。")),
    HRESULT(
        0x80094012u, "CERTSRV_E_TEMPLATE_DENIED",
        "The permissions on the certificate template do not allow the current user to enroll for "
        "this type of certificate.",
        UNSURE("証明書テンプレートのアクセス許可では、現在のユーザーがこの種類の証明書を登録"
               "することはできません。")),
    HRESULT(0x80094800u, "CERTSRV_E_UNSUPPORTED_CERT_TYPE",
            "The requested certificate template is not supported by this CA.",
            UNSURE("要求された証明書テンプレートはこの CA でサポートされていません。")),
    HRESULT(0x80094801u, "CERTSRV_E_NO_CERT_TYPE",
            "The request contains no certificate template information.",
            UNSURE("要求には証明書テンプレートの情報が含まれていません。")),
    HRESULT(0x80094802u, "CERTSRV_E_TEMPLATE_CONFLICT",
            "The request contains conflicting template information.", NULL),
    HRESULT(0x80094807u, "CERTSRV_E_BAD_TEMPLATE_VERSION",
            "The request template version is newer than the supported template version.", NULL),
    HRESULT(0x8009480au, "CERTSRV_E_SIGNATURE_COUNT",
            "The request is missing one or more required signatures.", NULL),
    HRESULT(0x8009480bu, "CERTSRV_E_SIGNATURE_REJECTED",
            "One or more signatures did not include the required application or issuance policies. "
            "The request is missing one or more required valid signatures.",
            NULL),
    HRESULT(0x8009480du, "CERTSRV_E_SUBJECT_UPN_REQUIRED",
            "The UPN is unavailable and cannot be added to the Subject Alternate name.",
            UNSURE("UPN を利用できないため、サブジェクト代替名に追加できません。")),
    HRESULT(0x8009480fu, "CERTSRV_E_SUBJECT_DNS_REQUIRED",
            "The DNS name is unavailable and cannot be added to the Subject Alternate name.",
            UNSURE("DNS 名を利用できないため、サブジェクト代替名に追加できません。")),
    HRESULT(0x80094811u, "CERTSRV_E_KEY_LENGTH",
            "The public key does not meet the minimum size required by the specified certificate "
            "template.",
            NULL),
    HRESULT(0x80094812u, "CERTSRV_E_SUBJECT_EMAIL_REQUIRED",
            "The email name is unavailable and cannot be added to the Subject or Subject Alternate "
            "name.",
            UNSURE("電子メール名を利用できないため、サブジェクトまたはサブジェクト代替名に追加"
                   "できません。")),
};

static int by_number(const void *key, const void *row)
{
    uint32_t a = *(const uint32_t *)key, b = ((const struct message *)row)->number;
    return (a > b) - (a < b);
}

static const struct message *find(const struct message *table, size_t count, uint32_t number)
{
    return bsearch(&number, table, count, sizeof(*table), by_number);
}

static const struct message *find_hresult(uint32_t code)
{
    if ((code & 0xffff0000u) == 0x80070000u)
        return find(win32, CS_COUNT(win32), code & 0xffffu);
    return find(hresults, CS_COUNT(hresults), code);
}

static const char *in_language(const struct message *message, struct cs_str language)
{
    if (!message)
        return NULL;
    bool japanese = message->text_ja && cs_language_is_japanese(language);
    return japanese ? message->text_ja : message->text;
}

const char *cs_win32_text(uint32_t number, struct cs_str language)
{
    return in_language(find(win32, CS_COUNT(win32), number), language);
}

const char *cs_win32_name(uint32_t number)
{
    const struct message *message = find(win32, CS_COUNT(win32), number);
    return message ? message->name : NULL;
}

const char *cs_hresult_text(uint32_t code, struct cs_str language)
{
    return in_language(find_hresult(code), language);
}

const char *cs_hresult_name(uint32_t code)
{
    const struct message *message = find_hresult(code);
    return message ? message->shown : NULL;
}

/* %n is a line end in message tables; the shell's texts stay on one line. */
struct cs_str cs_message_format(struct cs_arena *arena, const char *text, const struct cs_str *args,
                                size_t count)
{
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 16);
    for (const char *p = text; *p; p++) {
        bool place = p[0] == '%' && p[1] >= '1' && p[1] <= '9';
        if (!place) {
            cs_buf_addc(&buf, *p);
            continue;
        }
        size_t number = (size_t)(*++p - '0');
        if (number <= count)
            cs_buf_add_str(&buf, args[number - 1]);
    }
    struct cs_str out = cs_str_copy(arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return out;
}
