# collect.ps1 - everything certsh needs to know of a certification authority's host.
#
#     powershell -ExecutionPolicy Bypass -File collect.ps1 [-Folder certsh-CA01]
#
# To be run as an administrator on the CA's host.  It reads and changes nothing: registry, user
# rights, local groups, the state of the service and what certutil tells go into one folder.
# Take the folder to where certsh is, and:
#
#     certsh> lab import certsh-CA01
#
# No private key, password or hash is in it.  collect.cmd does the same without PowerShell.
[CmdletBinding()]
param([string]$Folder = "certsh-$env:COMPUTERNAME")

Set-StrictMode -Version 2
$null = New-Item -ItemType Directory -Force -Path $Folder -ErrorAction Stop
$Folder = (Resolve-Path -LiteralPath $Folder).Path

function Missing([string]$File, [string]$Why) {
    Write-Warning "$File is missing: $Why"
}

# What a command prints, as UTF-8; nothing where it fails.
function Save([string]$File, [string]$Program, [string[]]$Arguments) {
    $lines = & $Program @Arguments 2>$null
    if ($LASTEXITCODE -ne 0) {
        Missing $File "$Program $Arguments failed"
        return
    }
    $utf8 = New-Object Text.UTF8Encoding $false
    [IO.File]::WriteAllLines((Join-Path $Folder $File), [string[]]$lines, $utf8)
}

function Export([string]$File, [string]$Key) {
    $null = & reg.exe export $Key (Join-Path $Folder $File) /y 2>$null
    if ($LASTEXITCODE -ne 0) { Missing $File "$Key cannot be exported" }
}

# --- registry: the machine, its limits of DCOM, the CA
Export 'computer.reg' 'HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName'
Export 'role.reg' 'HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions'
Export 'lsa.reg' 'HKLM\SYSTEM\CurrentControlSet\Control\Lsa'
Export 'ole.reg' 'HKLM\SOFTWARE\Microsoft\Ole'
Export 'appid.reg' 'HKLM\SOFTWARE\Classes\AppID\{D99E6E74-FC88-11D0-B498-00A0C90312F3}'
Export 'certsvc.reg' 'HKLM\SYSTEM\CurrentControlSet\Services\CertSvc'
# The parent, which is always there: a missing policy is a fact, too.
Export 'policy.reg' 'HKLM\SOFTWARE\Policies\Microsoft'

# --- version: a few values of a key that is too large to export
$windows = Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
$text = @('Windows Registry Editor Version 5.00', '',
    '[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion]')
foreach ($name in 'ProductName', 'CSDVersion', 'CurrentBuildNumber') {
    $property = $windows.PSObject.Properties[$name]
    if ($property) { $text += '"{0}"="{1}"' -f $name, $property.Value }
}
[IO.File]::WriteAllLines((Join-Path $Folder 'windows.reg'), [string[]]$text, [Text.Encoding]::Unicode)

# --- who may log on from the network
$null = & secedit.exe /export /areas USER_RIGHTS /cfg (Join-Path $Folder 'rights.inf') 2>$null
if (-not (Test-Path -LiteralPath (Join-Path $Folder 'rights.inf'))) {
    Missing 'rights.inf' 'run this as an administrator'
}

# --- local groups, by SID since their names are the language's
foreach ($rid in 544, 545, 562, 574) {
    try {
        $sid = New-Object Security.Principal.SecurityIdentifier "S-1-5-32-$rid"
        $name = $sid.Translate([Security.Principal.NTAccount]).Value.Split('\')[-1]
    } catch {
        continue # Windows Server 2003 has no 574
    }
    Save "localgroup-$rid.txt" 'net.exe' @('localgroup', $name)
}
$null = & net.exe localgroup CERTSVC_DCOM_ACCESS 2>$null
if ($LASTEXITCODE -eq 0) {
    Save 'localgroup-certsvc.txt' 'net.exe' @('localgroup', 'CERTSVC_DCOM_ACCESS')
}

# --- the service
Save 'sc-query.txt' 'sc.exe' @('query', 'certsvc')
Save 'sc-qc.txt' 'sc.exe' @('qc', 'certsvc')

# --- the CA: where it is, what it publishes, the templates of the forest
Save 'certutil-ping.txt' 'certutil.exe' @('-ping')
Save 'certutil-catemplates.txt' 'certutil.exe' @('-CATemplates')
Save 'certutil-templates.txt' 'certutil.exe' @('-v', '-template')

Write-Output "collected into $Folder"
