rem What KB 903220 advises for domain controllers, restart included.
net localgroup CERTSVC_DCOM_ACCESS "Domain Controllers" /add
shutdown /r /m \\DC02
