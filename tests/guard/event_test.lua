-- `event explain`: every event and code that the model knows of, in the forms in which people have them.

lab "kb903220-dc"

-- What was recognised: "AutoEnrollment 13", "0x80070005", in order; and the gates of all of it.
local function explain(text, ...)
    local found, gates = {}, {}
    for _, row in ipairs((run("event explain", text, ...))) do
        if row.source or row.code then
            found[#found + 1] = row.id and ("%s %d"):format(row.source, row.id) or row.code or row.source
        end
        for _, gate in ipairs(row.gates or {}) do
            gates[gate] = true
        end
    end
    return table.concat(found, ", "), gates
end

local function finds(text, wanted, gate)
    local found, gates = explain(text)
    expect((", " .. found .. ","):find(", " .. wanted .. ",", 1, true),
        ("'%s' gives '%s', not %s"):format(text, found, wanted))
    expect(not gate or gates[gate], ("'%s' does not name %s"):format(text, gate or ""))
end

local DCOM, CERT = "Microsoft-Windows-DistributedCOM", "Microsoft-Windows-CertificateServicesClient-CertEnroll"
local AUTO = "Microsoft-Windows-CertificateServicesClient-AutoEnrollment"
local LIMIT = "The machine wide limit settings do not grant %s permission for COM Server applications to the user "
    .. "CORP\\alice SID (S-1-5-21-1-2-3-1104)"
local FOR_ONE = "Automatic certificate enrollment for local system "

-- The words of each event, as Windows writes them (FACTS 1.9, 2.6, 4.1, 4.2, 4.3).
case("words [%s]", {
    { FOR_ONE .. "failed to download certificates for NTAuth store from ldap (0x80070005). Access is denied.", "AutoEnrollment 1" },
    { FOR_ONE .. "started.", "AutoEnrollment 2" },
    { FOR_ONE .. "completed.", "AutoEnrollment 3" },
    { FOR_ONE .. "could not access local resources or retrieve certificate template information (0x8007054b).", "AutoEnrollment 4" },
    { FOR_ONE .. "could not find any valid certificate templates.  Enrollment will not be performed.", "AutoEnrollment 5", "template-security" },
    { FOR_ONE .. "could not find a valid certificate template to match X as specified", "AutoEnrollment 6" },
    { FOR_ONE .. "could not enroll for Computer certificate template due to one of the following:", "AutoEnrollment 7", "template-published" },
    { FOR_ONE .. "was denied by CORP-CA when retrieving pending request for one Computer certificate (0x80094012).", "AutoEnrollment 9" },
    { FOR_ONE .. "could not find any certificate authorities in the enterprise.  Enrollment will not be performed.", "AutoEnrollment 11" },
    { FOR_ONE .. "encountered errors while retrieving certificate authority information from the active directory", "AutoEnrollment 12" },
    { FOR_ONE .. "failed to enroll for one Computer certificate (0x80070005).  Access is denied.", "AutoEnrollment 13", "launch-limit" },
    { FOR_ONE .. "failed to contact the active directory (0x8007054b).", "AutoEnrollment 15" },
    { FOR_ONE .. "failed to renew one Computer certificate (0x80070005).  Access is denied.", "AutoEnrollment 16" },
    { FOR_ONE .. "failed to enroll for one Computer certificate from certificate authority CORP-CA on DC01 (0x80070005).  "
        .. "Access is denied.  Another certificate authority will be contacted.", "AutoEnrollment 17" },
    { FOR_ONE .. "failed to renew one Computer certificate from certificate authority CORP-CA on DC01 (0x80070005).  "
        .. "Another certificate authority will be contacted.", "AutoEnrollment 18" },
    { FOR_ONE .. "successfully received one Computer certificate from certificate authority CORP-CA on DC01.", "AutoEnrollment 19" },
    { FOR_ONE .. "successfully renewed one Computer certificate from certificate authority CORP-CA on DC01.", "AutoEnrollment 20" },
    { FOR_ONE .. "attempted to enroll for one Computer certificate from CORP-CA.  The request is pending.", "AutoEnrollment 21" },
    { FOR_ONE .. "attempted to renew one Computer certificate from CORP-CA.  The request is pending.", "AutoEnrollment 22" },
    { FOR_ONE .. "failed to renew one Computer certificate because it can not find a certificate authority", "AutoEnrollment 23" },
    { FOR_ONE .. "failed to enroll for one Computer certificate because it can not find a certificate authority", "AutoEnrollment 24" },
    { FOR_ONE .. "failed (0x800706ba) The RPC server is unavailable.", AUTO .. " 6" },
    { "Certificate for local system with Thumbprint ab cd is about to expire or already expired.", AUTO .. " 64" },
    { "Certificate enrollment for Local system failed to enroll for a Machine certificate with request ID N/A from "
        .. "SRV01.corp.example\\CORP-CA (The RPC server is unavailable. 0x800706ba (WIN32: 1722 RPC_S_SERVER_UNAVAILABLE)).", CERT .. " 13", "logon" },
    { "Certificate enrollment for CORP\\alice failed to enroll for a User certificate from certification authority X (0x1). "
        .. "Another certification authority will be contacted.", CERT .. " 17" },
    { "Certificate enrollment for Local system could not enroll for a Machine certificate.  Read or enrollment access is not "
        .. "allowed for this template.", CERT .. " 46", "template-security" },
    { "Certificate enrollment for Local system could not enroll for a Machine certificate.  A valid certification authority "
        .. "cannot be found to issue this template.", CERT .. " 47", "template-published" },
    { "Certificate enrollment for Local system failed in authentication to all urls for enrollment server associated with "
        .. "policy id: {A} (The RPC server is unavailable. 0x800706ba). Failed to enroll for template: Machine", CERT .. " 82" },
    { "Access denied attempting to launch a DCOM Server. The server is:", "DCOM 10002", "launch-permission" },
    { "Access denied attempting to launch a DCOM Server using DefaultLaunchPermssion. The server is:", "DCOM 10003" },
    { 'DCOM got error "1058" attempting to start the service CertSvc with arguments "" in order to run the server:', "DCOM 10005", "service" },
    { 'DCOM got error "5" from the computer DC01 when attempting to activate the server:', "DCOM 10006" },
    { "DCOM was unable to communicate with the computer DC01 using any of the configured protocols.", "DCOM 10009" },
    { LIMIT:format "Remote Activation" .. ".  This security permission can be modified", "DCOM 10014", "launch-limit" },
    { LIMIT:format "Remote Activation" .. " from address 10.0.0.7. This security permission", DCOM .. " 10027", "launch-limit" },
    { "The machine wide limit settings do not grant Remote Activation permission for the COM Server application with CLSID "
        .. "{D99E6E74-FC88-11D0-B498-00A0C90312F3} to the user CORP\\alice", "DCOM 10015" },
    { "The application-specific permission settings do not grant Remote Launch permission for the COM Server application "
        .. "with CLSID {D99E6E74-FC88-11D0-B498-00A0C90312F3} to the user CORP\\alice", "DCOM 10016", "launch-permission" },
    { "The machine-default permission settings do not grant Local Activation permission for the COM Server application "
        .. "with CLSID {D99E6E74-FC88-11D0-B498-00A0C90312F3} to the user CORP\\alice", "DCOM 10016" },
    { "アプリケーション固有のアクセス許可の設定では、CLSID {D99E6E74-FC88-11D0-B498-00A0C90312F3} の COM サーバー", "DCOM 10016" },
    { "The application-specific permission settings do not grant Remote access permission to the COM Server application "
        .. "certsrv to the user CORP\\alice SID (S-1-5-21-1).This security permission", "DCOM 10017", "access-permission" },
    { "settings do not grant Remote access permission. The application set this security permission programmatically; "
        .. "to modify this security permission contact the application vendor.", "DCOM 10018" },
    { "The machine wide limit settings do not grant Remote access permission to the COM Server application certsrv", "DCOM 10019", "access-limit" },
    { "The machine wide Default Launch and Activation security descriptor is invalid. It contains Access Control Entries", "DCOM 10020" },
    { "The launch and activation security descriptor for the COM Server application with CLSID {A} is invalid.", "DCOM 10021" },
    { "The application-specific access security descriptor for the COM Server application X is invalid.", "DCOM 10022" },
    { "The access security descriptor for the COM Server application X is invalid. Set programmatically.", "DCOM 10023" },
    { "The machine wide group policy Launch and Activation Limits security descriptor is invalid.", "DCOM 10024", "launch-limit" },
    { "DCOM  started the service CertSvc with arguments", DCOM .. " 10029" },
    { "The server-side authentication level policy does not allow the user CORP\\alice SID (S-1-5-21-1) from address "
        .. "10.0.0.1 to activate DCOM server.", DCOM .. " 10036", "authentication" },
    { "The Certificate Services service failed to start due to the following error:", "Service Control Manager 7000", "service" },
    { "The Certificate Services service was successfully sent a stop control.", "Service Control Manager 7035" },
    { "The Certificate Services service entered the stopped state.", "Service Control Manager 7036" },
    { "Certificate Services did not start: Unable to initialize the database connection for CORP-CA.", "CertSvc 17" },
    { "Active Directory Certificate Services could not process request 7 due to an error: x. The request was for y.", "CertSvc 21" },
    { "Certificate Services for CORP-CA was started.  DC=dc01", "CertSvc 26" },
    { "Active Directory Certificate Services for CORP-CA was stopped.", "CertSvc 38" },
    { "did not start: The Certification Authority DCOM class for CORP-CA could not be registered.", "CertSvc 39" },
    { "Active Directory Certificate Services denied request 12 because x. The request was for CORP\\DC02$.", "CertSvc 53", "template-security" },
    { "Certificate Services could not update security permissions. Access is denied.", "CertSvc 92" },
    { "did not start: Could not load or verify the current CA certificate. CORP-CA", "CertSvc 100" },
    { "現在の CA 証明書の読み込みまたは確認に失敗しました。", "CertSvc 100" },
    { "The requester's Active Directory object is not in the current forest.  Cross forest enrollment is not enabled.",
        "certification authority's policy module" },
    { "証明機関サービスは開始されていません。", "certsrv web pages", "service" },
    { "The certificate request could not be submitted to the certification authority.", "Certificates snap-in" },
    { "Server could not be reached: The RPC server is unavailable. 0x800706ba -- (15ms)", "certutil" },
}, finds)

-- Every number by itself, and with its source, which then is the only one meant.
case("number [%s]", {
    "1", "2", "3", "4", "5", "6", "7", "9", "11", "12", "13", "15", "16", "17", "18", "19", "20", "21", "22", "23", "24",
    "26", "27", "38", "39", "46", "47", "53", "64", "65", "77", "82", "92", "100", "7000", "7001", "7009", "7023", "7024",
    "7031", "7035", "7036", "10002", "10003", "10005", "10006", "10009", "10014", "10015", "10016", "10017", "10018",
    "10019", "10020", "10021", "10022", "10023", "10024", "10026", "10027", "10028", "10029", "10036", "10037", "10038",
    "18207", "18214", "18221",
}, function(number)
    local found = explain(number)
    expect(found:find(" " .. number .. "$") or found:find(" " .. number .. ","), number .. ": " .. found)
end)

case("with its source [%s]", {
    { "CertEnroll 17", CERT .. " 17" },
    { "AutoEnrollment 17", "AutoEnrollment 17" },
    { "CertSvc 17", "CertSvc 17" },
    { "CertificationAuthority event 21", "CertSvc 21" },
    { "Event ID: 13, Source: AutoEnrollment", "AutoEnrollment 13" },
    { "イベント ID: 13 ソース: AutoEnrollment", "AutoEnrollment 13" },
    { "イベント ID：10016 ソース：DCOM", "DCOM 10016" },
    { "<Provider Name='Microsoft-Windows-DistributedCOM'/><EventID Qualifiers='0'>10036</EventID>", DCOM .. " 10036" },
    { "ProviderName : Microsoft-Windows-CertificateServicesClient-CertEnroll Id : 82", CERT .. " 82" },
}, function(text, wanted)
    expect_equal((explain(text)), wanted)
end)

case("CertEnroll 13/82 are two", function()
    expect_equal((explain "CertEnroll 13/82"), CERT .. " 13, " .. CERT .. " 82")
end)

-- Codes in all their forms.
case("code [%s]", {
    { "0x80070005", "0x80070005", "launch-limit" }, { "0X80070005", "0x80070005" }, { "80070005", "0x80070005" },
    { "-2147024891", "0x80070005" }, { "2147942405", "0x80070005" }, { "WIN32: 5", "0x80070005" },
    { "E_ACCESSDENIED", "0x80070005" }, { "System error 5 has occurred.", "0x80070005" },
    { "システム エラー 5 が発生しました。", "0x80070005" }, { "アクセスが拒否されました。", "0x80070005" },
    { "error 0x5", "0x80070005" },
    { "0x800706BA", "0x800706ba", "logon" }, { "(WIN32: 1722 RPC_S_SERVER_UNAVAILABLE)", "0x800706ba" },
    { "-2147023174", "0x800706ba" }, { "RPC サーバーを利用できません。", "0x800706ba" },
    { "0x80094011", "0x80094011", "ca-security" }, { "-2146877423", "0x80094011" },
    { "0x80094012 (-2146877422 CERTSRV_E_TEMPLATE_DENIED)", "0x80094012", "template-security" },
    { "Certificate not issued (Denied) Denied by Policy Module  The email name is unavailable 0x80094812 (-2146875374)",
        "0x80094812" },
    { "0x800706D9", "0x800706d9" }, { "0x8001011B", "0x8001011b" }, { "0x8001011C", "0x8001011c", "enable-dcom" },
    { "0x80040154", "0x80040154" }, { "0x80080005", "0x80080005", "service" }, { "0x80004015", "0x80004015" },
    { "0x80070057", "0x80070057" }, { "0x80070002", "0x80070002" }, { "0x80070103", "0x80070103" },
    { "0x80070490", "0x80070490" }, { "0xC000015B", "0xc000015b", "logon" }, { "KDC_ERR_POLICY", "Kerberos", "logon" },
    { "0x80094002", "0x80094002" }, { "0x80094003", "0x80094003" }, { "0x80094004", "0x80094004" },
    { "0x80094006", "0x80094006" }, { "0x80094009", "0x80094009" }, { "0x80094800", "0x80094800" },
    { "0x80094801", "0x80094801" }, { "0x80094802", "0x80094802" }, { "0x80094807", "0x80094807" },
    { "0x8009480A", "0x8009480a" }, { "0x8009480B", "0x8009480b" }, { "0x8009480D", "0x8009480d" },
    { "0x8009480F", "0x8009480f" }, { "0x80094811", "0x80094811" }, { "0x80070020", "0x80070020" },
    { "CertUtil: -setreg コマンド エラーです: 0x80070020 (WIN32: 32 ERROR_SHARING_VIOLATION)", "0x80070020" },
    { "System error 1378 has occurred.", "0x80070562" }, { "The specified local group does not exist.", "0x80070560" },
}, finds)

case("no code [%s]", {
    "S-1-5-21-2903220117-1406820452-3125437890-9999 is a SID 13", "{80070005-0000-0000-0000-000000000000} 13",
    "0x80070005abc 13", "13 80070005ff",
}, function(text)
    expect(not explain("event 13 " .. text):find "0x8007")
end)

case("NET HELPMSG and the words of net.exe", function()
    expect_equal(run("event explain", "More help is available by typing NET HELPMSG 2182.")[1].text,
        "The requested service has already been started.")
    expect_equal(run("event explain", "The Certificate Services service is not started.")[1].text,
        "The %1 service is not started.")
end)

-- Against the lab: which it is.
case("the computer, the caller and the template are read from a whole event", function()
    local rows = run("event explain", table.concat({
        "Log Name:      System", "Source:        DCOM", "Event ID:      10014", "Computer:      DC01.corp.example",
        LIMIT:format("Remote Activation"):gsub("alice SID %(.-%)", "DC02$ SID (S-1-5-21-1-2-3-1001)"),
    }, "\n"))
    expect_equal(rows[1].host, "DC01")
    expect_equal(rows[2].gates[1], "launch-limit")
    expect(rows[2].text:find "no entry grants it")
end)

case("a machine's own event is about that machine", function()
    local rows = run("event explain", "イベント ID: 13\nソース: AutoEnrollment\nコンピュータ: DC02\n"
        .. "ローカルシステムの証明書の自動登録で、ディレクトリ サービス電子メール レプリケーション 証明書 (0x80070005) を"
        .. "登録できませんでした。アクセスが拒否されました。")
    expect_equal(rows[1].host, "DC02")
    expect_equal(rows[3].gates[1], "launch-limit")
    expect(rows[4].next:find "Domain Controllers")
end)

case("what is mended is said to be", function()
    run 'net localgroup CERTSVC_DCOM_ACCESS "Domain Controllers" /add'
    run "shutdown /r /m \\\\DC02"
    local rows = run("event explain", "local system, Directory Email Replication certificate, 0x80070005", "--host", "DC02")
    expect(rows[#rows].text:find "nothing refuses CORP\\DC02%$")
end)

case("\"Remote Launch\" for CertSrv Request is a stopped service", function()
    run "net stop certsvc"
    local rows = run("event explain", "The application-specific permission settings do not grant Remote Launch permission for "
        .. "the COM Server application with CLSID {D99E6E74-FC88-11D0-B498-00A0C90312F3} to the user CORP\\alice SID (S-1-5-21-1)")
    expect(rows[2].text:find "did not run")
    expect_equal(rows[3].gates[1], "service")
end)

case("another class is not about enrolment", function()
    local rows = run("event explain", "The application-specific permission settings do not grant Local Activation permission for "
        .. "the COM Server application with CLSID {8BC3F05E-D86B-11D0-A075-00C04FB68820} to the user CORP\\alice")
    expect_equal(#rows, 2)
    expect(rows[2].text:find "another class")
end)

case("without a caller everybody is asked", function()
    local rows = run("event explain", "0x80070005")
    expect_equal(rows[2].gates[1], "launch-limit")
    expect(rows[2].text:find "refuses 1 of 6: CORP\\DC02%$")
end)
