/*
 * windows_net.c - the messages of net.exe by number (NET HELPMSG).
 *
 * English texts and numbers are those of netmsg.dll 5.2.3790; 3522 and 3527 end without a full
 * stop because net.exe adds one dot a poll.  Japanese texts marked UNSURE() have no source in
 * FACTS; NULL falls back to English.
 *
 * Floor: domain.
 */
#include <certsh/windows.h>

#define UNSURE(text) text /* no source: likely, not confirmed */

static const struct {
    uint32_t number;
    const char *text, *text_ja;
} messages[] = {
    {2182, "The requested service has already been started.",
     UNSURE("要求したサービスは既に開始されています。")},
    {2184, "The service has not been started.", UNSURE("サービスは開始されていません。")},
    {2185, "The service name is invalid.", UNSURE("サービス名が無効です。")},
    {2186, "The service is not responding to the control function.",
     UNSURE("サービスは制御機能に応答していません。")},
    {2191, "The requested pause, continue, or stop is not valid for this service.",
     UNSURE("要求された一時停止、続行、または停止は、このサービスに対して有効ではありません。")},
    {2220, "The group name could not be found.", UNSURE("グループ名が見つかりません。")},
    {2221, "The user name could not be found.", UNSURE("ユーザー名が見つかりません。")},
    {2223, "The group already exists.", UNSURE("グループは既に存在します。")},
    {2224, "The account already exists.", UNSURE("アカウントは既に存在します。")},
    {2236, "The user already belongs to this group.",
     UNSURE("このユーザーは既にこのグループに所属しています。")},
    {2237, "The user does not belong to this group.",
     UNSURE("このユーザーはこのグループに所属していません。")},
    {3500, "The command completed successfully.", "コマンドは正常に完了しました。"},
    {3502, "System error %1 has occurred.", "システム エラー %1 が発生しました。"},
    {3514, "More help is available by typing NET HELPMSG %1.",
     "NET HELPMSG %1 と入力すると、より詳しい説明が得られます。"},
    {3515, "This command can be used only on a Windows Domain Controller.",
     UNSURE("このコマンドは Windows ドメイン コントローラでのみ使用できます。")},
    {3521, "The %1 service is not started.", UNSURE("%1 サービスは開始されていません。")},
    {3522, "The %1 service is starting", "%1 サービスを開始します"},
    {3523, "The %1 service could not be started.", UNSURE("%1 サービスを開始できませんでした。")},
    {3524, "The %1 service was started successfully.", "%1 サービスは正常に開始されました。"},
    {3527, "The %1 service is stopping", "%1 サービスを停止中です"},
    {3528, "The %1 service could not be stopped.", UNSURE("%1 サービスを停止できませんでした。")},
    {3529, "The %1 service was stopped successfully.", "%1 サービスは正常に停止されました。"},
    {3533, "The service is starting or stopping.  Please try again later.", NULL},
    {3534, "The service did not report an error.",
     UNSURE("サービスはエラーを報告しませんでした。")},
    {3547, "A service specific error occurred: %1.",
     UNSURE("サービス固有のエラーが発生しました: %1。")},
    {3779, "User or group %1 is already a member of local group %2.",
     UNSURE("ユーザーまたはグループ %1 は既にローカル グループ %2 のメンバです。")},
    {3783, "There is no such global user or group: %1.",
     UNSURE("グローバル ユーザーまたはグループ %1 は存在しません。")},
    {4340, "(Y/N) [Y]", "(Y/N) [Y]"},
    {4341, "(Y/N) [N]", "(Y/N) [N]"},
    {4400, "Group Accounts for %1", UNSURE("%1 のグループ アカウント")},
    {4401, "Group name", UNSURE("グループ名")},
    {4402, "Comment", UNSURE("コメント")},
    {4403, "Members", UNSURE("メンバ")},
    {4405, "Aliases for %1", UNSURE("%1 のエイリアス")},
    {4406, "Alias name", UNSURE("エイリアス名")},
    {4407, "Comment", UNSURE("コメント")},
    {4408, "Members", UNSURE("メンバ")},
    {5284, "Do you want to continue this operation? %1: ", UNSURE("この操作を続行しますか? %1: ")},
};

const char *cs_net_message(uint32_t number, struct cs_str language)
{
    for (size_t i = 0; i < CS_COUNT(messages); i++) {
        if (messages[i].number != number)
            continue;
        bool japanese = messages[i].text_ja && cs_language_is_japanese(language);
        return japanese ? messages[i].text_ja : messages[i].text;
    }
    return NULL;
}
