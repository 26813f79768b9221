:: The same without the restart: the token is still the old one.
net localgroup CERTSVC_DCOM_ACCESS "Domain Controllers" /add
