-- Adds a member, then fails: the member must be gone.
certsh.run [[net localgroup CERTSVC_DCOM_ACCESS "Domain Controllers" /add]]
error "halfway"
