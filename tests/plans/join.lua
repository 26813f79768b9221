-- CONTOSO's users, at both gates that refuse them.
certsh.run 'net localgroup CERTSVC_DCOM_ACCESS "CONTOSO\\Domain Users" /add'
for who in certsh.lab:principals { kind = "user" } do
    if who.domain == "CONTOSO" then
        certsh.run("enroll fix", who.sid, "User", "--apply")
    end
end
