@echo off
rem collect.cmd - everything certsh needs to know of a certification authority's host.
rem
rem     collect.cmd [FOLDER]            as an administrator, on the CA's host
rem
rem It reads and changes nothing: registry, user rights, local groups, the state of
rem the service and what certutil tells go into one folder (certsh-COMPUTERNAME).
rem Take the folder to where certsh is, and:
rem
rem     certsh> lab import certsh-CA01
rem
rem No private key, password or hash is in it.  It runs on Windows Server 2003 and
rem all later ones; collect.ps1 does the same for those who prefer PowerShell.
rem What is missing is told; then, and without rights, its exit code is 1.
setlocal enableextensions
set MISSING=

rem A 32-bit prompt would be shown another registry: the rest runs in a 64-bit one.
if not defined PROCESSOR_ARCHITEW6432 goto native
if not exist "%SystemRoot%\Sysnative\cmd.exe" (
    echo collect: this is a 32-bit prompt: run it in %SystemRoot%\System32\cmd.exe of 64 bits
    exit /b 1
)
"%SystemRoot%\Sysnative\cmd.exe" /c ""%~f0" %*"
exit /b

:native
rem The service's own key can be read by administrators only.
reg query HKU\S-1-5-19 >nul 2>&1 || (
    echo collect: these are not the rights of an administrator: user rights and more will be missing.
    echo collect: run it again from a prompt that was opened with "Run as administrator"
    set MISSING=1
)
rem "Run as administrator" begins in System32: nothing is to be left there.
if "%~1"=="" if /i "%CD%"=="%SystemRoot%\System32" cd /d "%~dp0"
set "OUT=%~1"
if not defined OUT set "OUT=certsh-%COMPUTERNAME%"
if not exist "%OUT%" mkdir "%OUT%"
if not exist "%OUT%" (
    echo collect: cannot make the folder "%OUT%"
    exit /b 1
)
for %%f in ("%OUT%") do set "OUT=%%~ff"

rem --- registry: the machine, its limits of DCOM, the CA
call :export computer.reg "HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName"
call :export role.reg "HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions"
call :export lsa.reg "HKLM\SYSTEM\CurrentControlSet\Control\Lsa"
call :export ole.reg "HKLM\SOFTWARE\Microsoft\Ole"
call :export appid.reg "HKLM\SOFTWARE\Classes\AppID\{D99E6E74-FC88-11D0-B498-00A0C90312F3}"
call :export certsvc.reg "HKLM\SYSTEM\CurrentControlSet\Services\CertSvc"
rem The parent, which is always there: a missing policy is a fact, too.
call :export policy.reg "HKLM\SOFTWARE\Policies\Microsoft"

rem --- version: a few values of a key that is too large to export
set KEY=HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion
> "%OUT%\windows.reg" echo Windows Registry Editor Version 5.00
>> "%OUT%\windows.reg" echo.
>> "%OUT%\windows.reg" echo [HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion]
for %%v in (ProductName CSDVersion CurrentBuildNumber) do (
    for /f "skip=1 tokens=2,*" %%a in ('reg query "%KEY%" /v %%v 2^>nul') do (
        if "%%a"=="REG_SZ" >> "%OUT%\windows.reg" echo "%%v"="%%b"
    )
)

rem --- who may log on from the network; an old file would be added to
if exist "%OUT%\rights.inf" del "%OUT%\rights.inf"
secedit /export /areas USER_RIGHTS /cfg "%OUT%\rights.inf" >nul 2>&1
if not exist "%OUT%\rights.inf" call :missing rights.inf "secedit /export failed: is this an administrator?"

rem --- local groups, by SID since their names are the language's
call :group 544 "Administrators"
call :group 545 "Users"
call :group 562 "Distributed COM Users"
call :group 574 "Certificate Service DCOM Access"
call :certsvc

rem --- the service
call :run sc-query.txt sc query certsvc
call :run sc-qc.txt sc qc certsvc

rem --- the CA: where it is, what it publishes, the templates of the forest
call :run certutil-ping.txt certutil -ping
call :run certutil-catemplates.txt certutil -CATemplates
call :run certutil-templates.txt certutil -v -template

echo collected into "%OUT%":  certsh, then: lab import FOLDER
if defined MISSING exit /b 1
exit /b 0

:missing
echo collect: %1 is missing: %~2
set MISSING=1
exit /b 0

rem reg.exe of 2003 knows no /y and asks nothing.  What an earlier run left is no fact of today.
:export
if exist "%OUT%\%1" del "%OUT%\%1"
reg export %2 "%OUT%\%1" /y >nul 2>&1 && exit /b 0
reg export %2 "%OUT%\%1" >nul 2>&1 || call :missing %1 "%~2 cannot be exported"
exit /b 0

:run
set FILE=%1
for /f "tokens=1,*" %%a in ("%*") do set COMMAND=%%b
%COMMAND% > "%OUT%\%FILE%" 2>nul && exit /b 0
del "%OUT%\%FILE%"
call :missing %FILE% "%COMMAND% failed"
exit /b 0

rem Its name: PowerShell tells it, on 2003 wmic, else it is the English one.  (No group of
rem 2003 has 574, and a domain controller shows those of its domain: neither is an error.)
:group
set NAME=
for /f "delims=" %%n in ('powershell -NoProfile -Command "(New-Object Security.Principal.SecurityIdentifier 'S-1-5-32-%1').Translate([Security.Principal.NTAccount]).Value.Split('\')[-1]" 2^>nul ^<nul') do set NAME=%%n
if not defined NAME for /f "tokens=1,* delims==" %%a in ('wmic group where "sid='S-1-5-32-%1' and localaccount=true" get name /value 2^>nul ^<nul ^| find "="') do for /f "delims=" %%n in ("%%b") do set NAME=%%n
if not defined NAME set NAME=%~2
net localgroup "%NAME%" > "%OUT%\localgroup-%1.txt" 2>nul || del "%OUT%\localgroup-%1.txt"
exit /b 0

rem The group that 2003 SP1 made.  A member server's own has a SID that nothing else tells.
:certsvc
set SID=certsvc
for /f "tokens=1,* delims==" %%a in ('wmic group where "name='CERTSVC_DCOM_ACCESS' and localaccount=true" get sid /value 2^>nul ^<nul ^| find "="') do for /f "delims=" %%n in ("%%b") do set SID=%%n
if "%SID%"=="certsvc" for /f "delims=" %%n in ('powershell -NoProfile -Command "(New-Object Security.Principal.NTAccount 'CERTSVC_DCOM_ACCESS').Translate([Security.Principal.SecurityIdentifier]).Value" 2^>nul ^<nul') do set SID=%%n
if exist "%OUT%\localgroup-certsvc.txt" del "%OUT%\localgroup-certsvc.txt"
net localgroup CERTSVC_DCOM_ACCESS > "%OUT%\localgroup-%SID%.txt" 2>nul || del "%OUT%\localgroup-%SID%.txt"
exit /b 0
