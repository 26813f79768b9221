net localgroup CERTSVC_DCOM_ACCESS "Domain Controllers" /add
net localgroup CERTSVC_DCOM_ACCESS Nobody /add
