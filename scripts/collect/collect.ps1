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
# No private key, password or hash is in it.  collect.cmd does the same without PowerShell; this
# one runs on PowerShell 2 and all later ones.  What is missing is told; then, and without rights,
# its exit code is 1.
[CmdletBinding()]
param([string]$Folder = "certsh-$env:COMPUTERNAME")

Set-StrictMode -Version 2
$script:Complete = $true

# A 32-bit PowerShell would be shown another registry: the rest runs in a 64-bit one.
if ($env:PROCESSOR_ARCHITEW6432) {
    $native = "$env:SystemRoot\Sysnative\WindowsPowerShell\v1.0\powershell.exe"
    if (-not (Test-Path -LiteralPath $native)) {
        Write-Warning 'this is a 32-bit PowerShell: run it in the one of 64 bits'
        exit 1
    }
    & $native -NoProfile -ExecutionPolicy Bypass -File $MyInvocation.MyCommand.Path -Folder $Folder.TrimEnd('\')
    exit $LASTEXITCODE
}

$me = New-Object Security.Principal.WindowsPrincipal ([Security.Principal.WindowsIdentity]::GetCurrent())
if (-not $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
    Write-Warning 'these are not the rights of an administrator: user rights and more will be missing.'
    Write-Warning 'Run it again from a PowerShell that was opened with "Run as administrator"'
    $script:Complete = $false
}

# "Run as administrator" begins in System32: nothing is to be left there.
if (-not $PSBoundParameters.ContainsKey('Folder') -and "$PWD" -eq "$env:SystemRoot\System32") {
    $Folder = Join-Path (Split-Path -Parent $MyInvocation.MyCommand.Path) $Folder
}
$null = New-Item -ItemType Directory -Force -Path $Folder -ErrorAction Stop
$Folder = (Resolve-Path -LiteralPath $Folder).ProviderPath

function Missing([string]$File, [string]$Why) {
    Write-Warning "$File is missing: $Why"
    $script:Complete = $false
}

# What a command prints; nothing where it fails, or where there is no such program.
function Ask([string]$Program, [string[]]$Arguments) {
    $global:LASTEXITCODE = 1
    try { $lines = & $Program @Arguments 2>$null } catch { return $null }
    if ($LASTEXITCODE -ne 0 -or -not $lines) { return $null }
    return ,@($lines)
}

# As UTF-8, whatever the console's code page is.
function Write-Lines([string]$File, $Lines) {
    $utf8 = New-Object Text.UTF8Encoding $false
    [IO.File]::WriteAllLines((Join-Path $Folder $File), [string[]]$Lines, $utf8)
}

function Save([string]$File, [string]$Program, [string[]]$Arguments) {
    $lines = Ask $Program $Arguments
    if ($lines) { Write-Lines $File $lines }
    else { Missing $File "$Program $Arguments failed" }
}

# What an earlier run left is no fact of today.
function Export([string]$File, [string]$Key) {
    $path = Join-Path $Folder $File
    if (Test-Path -LiteralPath $path) { Remove-Item -LiteralPath $path }
    $null = & reg.exe export $Key $path /y 2>$null
    if ($LASTEXITCODE -ne 0) { $null = & reg.exe export $Key $path 2>$null }
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

# --- who may log on from the network; an old file would be added to
$rights = Join-Path $Folder 'rights.inf'
if (Test-Path -LiteralPath $rights) { Remove-Item -LiteralPath $rights }
$null = & secedit.exe /export /areas USER_RIGHTS /cfg $rights 2>$null
if (-not (Test-Path -LiteralPath $rights)) {
    Missing 'rights.inf' 'secedit /export failed: is this an administrator?'
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

# The group that 2003 SP1 made.  A member server's own has a SID that nothing else tells.
$lines = Ask 'net.exe' @('localgroup', 'CERTSVC_DCOM_ACCESS')
if ($lines) {
    $file = 'localgroup-certsvc.txt'
    try {
        $account = New-Object Security.Principal.NTAccount 'CERTSVC_DCOM_ACCESS'
        $sid = $account.Translate([Security.Principal.SecurityIdentifier]).Value
        $file = "localgroup-$sid.txt"
    } catch {
        $null = $_ # its name has to do
    }
    Write-Lines $file $lines
}

# --- the service
Save 'sc-query.txt' 'sc.exe' @('query', 'certsvc')
Save 'sc-qc.txt' 'sc.exe' @('qc', 'certsvc')

# --- the CA: where it is, what it publishes, the templates of the forest
Save 'certutil-ping.txt' 'certutil.exe' @('-ping')
Save 'certutil-catemplates.txt' 'certutil.exe' @('-CATemplates')
Save 'certutil-templates.txt' 'certutil.exe' @('-v', '-template')

Write-Output "collected into ${Folder}:  certsh, then: lab import FOLDER"
if (-not $script:Complete) { exit 1 }
