#requires -Version 5.1
<#
.SYNOPSIS
    Says how sites, application pools and ARR's web farms of this machine are, or brings them to where a change set
    says they are to be.
.DESCRIPTION
    It decides nothing: what is done, in which order, and how long is waited stands in the documents, which are
    described in adapters/targets/iis-arr/change-set.ts and host.ts. Every operation may be done again. What cannot be
    done is an answer on standard output ("ok": false, with a code and a sentence) and no crash. Nothing here asks for
    elevation: rights come from the endpoint that runs it (docs/targets/iis-arr.md).
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidateSet('observe', 'apply')]
    [string] $Verb,
    # A file with the document, or the document itself, which is how an endpoint is handed it.
    [string] $Document = '',
    [string] $Json = '',
    # Another machine, and its JEA endpoint.
    [string] $ComputerName = '',
    [string] $Endpoint = ''
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

function Stop-Change([string] $Code, [string] $Sentence) {
    $failure = New-Object System.InvalidOperationException $Sentence
    $failure.Data['code'] = $Code
    throw $failure
}

# What was kept under a name, as text. A reader stands in nobody's way: what it has open can be replaced meanwhile.
function Read-Kept([string] $Folder, [string] $Name) {
    $path = Join-Path $Folder "$Name.json"
    if (-not (Test-Path -LiteralPath $path)) { return $null }
    $file = [System.IO.File]::Open($path, 'Open', 'Read', 'ReadWrite, Delete')
    try { return (New-Object System.IO.StreamReader $file).ReadToEnd() }
    finally { $file.Dispose() }
}

# A later holder of the lease stops an earlier one in the middle of its change set, also where that only waits.
function Assert-Lease($Set) {
    $text = Read-Kept $Set.state_folder 'mark'
    if ($null -eq $Set.fencing -or $null -eq $text) { return }
    $known = (ConvertFrom-Json -InputObject $text).mark.fencing
    if ($known -gt $Set.fencing) {
        Stop-Change 'overtaken' "Number $known of the lease stands on this machine already."
    }
}

# Asks for it again and again; being late is a failure, or none, as the operation says.
function Wait-Operation($Set, $Operation, [string] $Wanted, [scriptblock] $Test) {
    $deadline = (Get-Date).AddSeconds($Operation.seconds)
    while (-not (& $Test)) {
        if ((Get-Date) -ge $deadline) {
            if ($Operation.late -eq 'go-on') { return }
            Stop-Change "not-$Wanted" "$($Operation.of) is not $Wanted after $($Operation.seconds) s, or cannot tell."
        }
        Assert-Lease $Set
        Start-Sleep -Milliseconds 200
    }
}

# By one writer at a time, and by nobody whose lease was overtaken; whole or not at all, and at no moment gone.
function Save-Kept($Set, $Operation) {
    $folder = $Set.state_folder
    $path = Join-Path $folder "$($Operation.name).json"
    [void] (New-Item -ItemType Directory -Path (Split-Path -Parent $path) -Force)
    $held = @{ lock = $null }
    Wait-Operation $Set @{ of = $folder; seconds = 10; late = 'fail' } 'free' {
        try { $held.lock = [System.IO.File]::Open((Join-Path $folder 'lock'), 'OpenOrCreate', 'ReadWrite', 'None') }
        catch { $held.lock = $null }
        $null -ne $held.lock
    }
    try {
        Assert-Lease $Set
        $before = [string] (Read-Kept $folder $Operation.name)
        if ($null -ne $Operation.over -and $before -cne $Operation.over) { return }
        $new = $path + '.' + [guid]::NewGuid().ToString('n')
        [System.IO.File]::WriteAllText($new, $Operation.text)
        if (Test-Path -LiteralPath $path) { [System.IO.File]::Replace($new, $path, [NullString]::Value) }
        else { [System.IO.File]::Move($new, $path) }
    }
    finally { $held.lock.Dispose() }
}

function Use-Manager([scriptblock] $Work) {
    $library = Join-Path $env:windir 'system32\inetsrv\Microsoft.Web.Administration.dll'
    if (-not (Test-Path -LiteralPath $library)) {
        Stop-Change 'absent' "$library is not there: install the Web Server role with its management tools."
    }
    Add-Type -Path $library
    $manager = New-Object Microsoft.Web.Administration.ServerManager
    try { & $Work $manager }
    finally { $manager.Dispose() }
}

function Get-Named($Collection, [string] $What, [string] $Name) {
    $found = $Collection[$Name]
    if ($null -eq $found) { Stop-Change 'absent' "There is no $What $Name." }
    return $found
}

# The server of that address, or all of the farm where there is none.
function Get-FarmServer($Manager, [string] $Farm, [string] $Address) {
    $found = foreach ($element in $Manager.GetApplicationHostConfiguration().GetSection('webFarms').GetCollection()) {
        if ($element.GetAttributeValue('name') -eq $Farm) {
            foreach ($server in $element.GetCollection()) {
                if ($Address -eq '' -or $server.GetAttributeValue('address') -eq $Address) { $server }
            }
        }
    }
    if ($null -eq $found) { Stop-Change 'absent' "There is no web farm $Farm, or no server $Address in it." }
    return $found
}

function Get-Routing($Manager, [string] $Farm, [string] $Address) {
    return (Get-FarmServer $Manager $Farm $Address).GetChildElement('applicationRequestRouting')
}

function Get-Counter($Manager, $Operation, [string] $Name) {
    $counters = (Get-Routing $Manager $Operation.farm $Operation.of).GetChildElement('counters')
    return $counters.GetAttributeValue($Name)
}

function Get-PoolRequest($Pool) {
    try {
        $count = 0
        foreach ($process in $Pool.WorkerProcesses) { $count += @($process.GetRequests(0)).Count }
        return $count
    }
    catch {
        # Without the feature Request Monitor nobody knows.
        return $null
    }
}

function Test-Condition($Operation) {
    Use-Manager {
        param($manager)
        switch ($Operation.is) {
            'answering' {
                try { (Invoke-WebRequest -Uri $Operation.of -UseBasicParsing -TimeoutSec 10).StatusCode -eq 200 }
                catch { $false }
            }
            'pool-idle' {
                $pool = Get-Named $manager.ApplicationPools 'application pool' $Operation.of
                # A pool that is stopped has none; where they cannot be counted, the time is waited for.
                $pool.State -eq 'Stopped' -or (Get-PoolRequest $pool) -eq 0
            }
            'server-idle' { [int] (Get-Counter $manager $Operation 'currentRequests') -eq 0 }
            'server-healthy' { [bool] (Get-Counter $manager $Operation 'isHealthy') }
            default { Stop-Change 'unknown' "This apply.ps1 knows no condition $($Operation.is)." }
        }
    }
}

function Step-Pool($Operation) {
    $started = $Operation.state -eq 'started'
    Use-Manager {
        param($manager)
        $pool = Get-Named $manager.ApplicationPools 'application pool' $Operation.of
        # A machine that starts anew has to come up as it was left.
        if ($pool.AutoStart -ne $started) {
            $pool.AutoStart = $started
            $manager.CommitChanges()
            return $false
        }
        if ($started -and $pool.State -eq 'Stopped') { [void] $pool.Start() }
        if (-not $started -and $pool.State -eq 'Started') { [void] $pool.Stop() }
        return $pool.State -eq $Operation.state
    }
}

function Invoke-Edit($Manager, $Edit) {
    switch ($Edit.edit) {
        'weight' { (Get-Routing $Manager $Edit.farm $Edit.server).SetAttributeValue('weight', [int] $Edit.weight) }
        'path' {
            if (-not (Test-Path -LiteralPath $Edit.path -PathType Container)) {
                Stop-Change 'absent' "There is no folder $($Edit.path)."
            }
            $site = Get-Named $Manager.Sites 'site' $Edit.site
            $site.Applications['/'].VirtualDirectories['/'].PhysicalPath = $Edit.path
        }
        'bindings' {
            # As elements of the configuration: certificates belong to address and port, and stay where they are.
            $bindings = (Get-Named $Manager.Sites 'site' $Edit.site).GetCollection('bindings')
            $bindings.Clear()
            foreach ($wanted in $Edit.bindings) {
                $binding = $bindings.CreateElement('binding')
                $binding.SetAttributeValue('protocol', $wanted.protocol)
                $binding.SetAttributeValue('bindingInformation', $wanted.information)
                $binding.SetAttributeValue('sslFlags', [int] $wanted.ssl_flags)
                [void] $bindings.Add($binding)
            }
        }
        default { Stop-Change 'unknown' "This apply.ps1 knows no edit $($Edit.edit)." }
    }
}

function Expand-Version($Operation) {
    if (Test-Path -LiteralPath $Operation.folder) { return }
    Add-Type -AssemblyName System.IO.Compression.FileSystem
    $partial = $Operation.folder + '.' + [guid]::NewGuid().ToString('n')
    $copy = $partial + '.zip'
    try {
        [void] (New-Item -ItemType Directory -Path (Split-Path -Parent $Operation.folder) -Force)
        # What is checked is what is unpacked, whatever happens to the share in between.
        Copy-Item -LiteralPath $Operation.package -Destination $copy
        $hash = (Get-FileHash -LiteralPath $copy -Algorithm SHA256).Hash
        if ($null -ne $Operation.sha256 -and $hash -ne $Operation.sha256) {
            Stop-Change 'digest' "$($Operation.package) has the digest $hash, and not $($Operation.sha256)."
        }
        [System.IO.Compression.ZipFile]::ExtractToDirectory($copy, $partial)
        (Get-Item -LiteralPath $partial).CreationTimeUtc = [datetime]::UtcNow
        Move-Item -LiteralPath $partial -Destination $Operation.folder
    }
    finally { Remove-Item -LiteralPath @($copy, $partial) -Recurse -Force -ErrorAction SilentlyContinue }
}

function Assert-Driver($Operation) {
    $files = @(Get-ChildItem -LiteralPath $Operation.folder -Recurse -File)
    $drivers = @($files | Where-Object { @('.sys', '.cat') -contains $_.Extension })
    if ($drivers.Count -eq 0) {
        Stop-Change 'signature' "$($Operation.folder) holds no driver, though drivers are to be checked."
    }
    $signtool = Get-Command -Name 'signtool.exe' -ErrorAction SilentlyContinue
    foreach ($driver in $drivers) {
        $signature = Get-AuthenticodeSignature -LiteralPath $driver.FullName
        if ($signature.Status -ne 'Valid') {
            Stop-Change 'signature' "$($driver.FullName): $($signature.Status), $($signature.StatusMessage)"
        }
        if (@($Operation.signers) -notcontains $signature.SignerCertificate.Thumbprint) {
            Stop-Change 'signature' "$($driver.FullName) is signed by $($signature.SignerCertificate.Subject)."
        }
        if ($null -ne $signtool -and $driver.Extension -eq '.sys') {
            # Policy of the kernel, which Authenticode alone does not say.
            [void] (& $signtool.Source verify /v /kp $driver.FullName)
            if ($LASTEXITCODE -ne 0) { Stop-Change 'signature' "signtool verify /kp refuses $($driver.FullName)." }
        }
    }
}

function Invoke-Operation($Set, $Operation) {
    Assert-Lease $Set
    switch ($Operation.operation) {
        'keep' { Save-Kept $Set $Operation }
        'commit' {
            Use-Manager {
                param($manager)
                foreach ($edit in $Operation.edits) { Invoke-Edit $manager $edit }
                $manager.CommitChanges()
            }
        }
        'server-state' {
            Use-Manager {
                param($manager)
                $call = (Get-Routing $manager $Operation.farm $Operation.server).Methods['SetState'].CreateInstance()
                $call.Input.SetAttributeValue('newState', $Operation.state)
                [void] $call.Execute()
            }
        }
        'await' { Wait-Operation $Set $Operation $Operation.is { Test-Condition $Operation } }
        'pool' { Wait-Operation $Set $Operation $Operation.state { Step-Pool $Operation } }
        'unpack' { Expand-Version $Operation }
        'verify-drivers' { Assert-Driver $Operation }
        default { Stop-Change 'unknown' "This apply.ps1 knows no $($Operation.operation); is it of the same release?" }
    }
}

function Get-SeenServer($Server) {
    $routing = $Server.GetChildElement('applicationRequestRouting')
    $seen = [ordered] @{
        address  = [string] $Server.GetAttributeValue('address')
        enabled  = [bool] $Server.GetAttributeValue('enabled')
        weight   = [long] $routing.GetAttributeValue('weight')
        counters = $null
    }
    try {
        $counters = $routing.GetChildElement('counters')
        $state = $counters.GetAttribute('state')
        $seen['counters'] = [ordered] @{
            state    = $state.Schema.GetEnumValues().GetName([long] $state.Value)
            healthy  = [bool] $counters.GetAttributeValue('isHealthy')
            requests = [int] $counters.GetAttributeValue('currentRequests')
        }
    }
    catch {
        # Counters are there once ARR has served the farm; until then they are unknown, and not zero.
        $seen['counters'] = $null
    }
    return $seen
}

function Get-SeenSite($Site) {
    $path = $Site.Applications['/'].VirtualDirectories['/'].PhysicalPath
    $bindings = foreach ($binding in $Site.GetCollection('bindings')) {
        [ordered] @{
            protocol    = [string] $binding.GetAttributeValue('protocol')
            information = [string] $binding.GetAttributeValue('bindingInformation')
            ssl_flags   = [int] $binding.GetAttributeValue('sslFlags')
        }
    }
    $path = [System.Environment]::ExpandEnvironmentVariables($path)
    return [ordered] @{ name = $Site.Name; path = $path; bindings = @($bindings) }
}

function Get-SeenEvent($Question) {
    $filter = @{ LogName = 'System'; ProviderName = 'Microsoft-Windows-WAS'; Id = $Question.event_ids }
    $filter['StartTime'] = (Get-Date).AddMinutes(-$Question.event_minutes)
    try {
        foreach ($entry in @(Get-WinEvent -FilterHashtable $filter)) {
            $about = @($entry.Properties | ForEach-Object { [string] $_.Value })
            [ordered] @{ id = $entry.Id; at = $entry.TimeCreated.ToUniversalTime().ToString('o'); about = $about }
        }
    }
    catch {
        # None is no fault; a log that may not be read is one, since then nobody knows of any.
        if ($_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*') {
            Stop-Change 'events' "The log System cannot be read: $($_.Exception.Message)"
        }
    }
}

# As it stands: what it means is worked out by whoever asked.
function Get-Seen($Question) {
    Use-Manager {
        param($manager)
        $seen = [ordered] @{ schema_version = 1; ok = $true }
        $seen['mark'] = Read-Kept $Question.state_folder 'mark'
        $seen['hands_off'] = Read-Kept $Question.state_folder 'hands-off'
        $seen['events'] = @(if (@($Question.event_ids).Count -gt 0) { Get-SeenEvent $Question })
        $there = @($Question.folders | Where-Object { Test-Path -LiteralPath $_ -PathType Container })
        $seen['folders'] = @(foreach ($path in $there) {
                [ordered] @{ path = $path; at = (Get-Item -LiteralPath $path).CreationTimeUtc.ToString('o') }
            })
        $seen['farms'] = @(foreach ($name in $Question.farms) {
                $servers = @(Get-FarmServer $manager $name '' | ForEach-Object { Get-SeenServer $_ })
                [ordered] @{ name = $name; servers = $servers }
            })
        $seen['pools'] = @(foreach ($name in $Question.pools) {
                $pool = Get-Named $manager.ApplicationPools 'application pool' $name
                [ordered] @{ name = $name; state = [string] $pool.State; requests = Get-PoolRequest $pool }
            })
        $seen['sites'] = @(foreach ($name in $Question.sites) { Get-SeenSite (Get-Named $manager.Sites 'site' $name) })
        return $seen
    }
}

# As a command with parameters: an endpoint without a language takes no script.
function Invoke-Endpoint([string] $Text) {
    $session = New-PSSession -ComputerName $ComputerName -ConfigurationName $Endpoint
    try {
        $shell = [System.Management.Automation.PowerShell]::Create()
        $shell.Runspace = $session.Runspace
        [void] $shell.AddCommand('Invoke-AdaptiveDeploy').AddParameter('Verb', $Verb).AddParameter('Json', $Text)
        $answer = $shell.Invoke()
        if ($shell.HadErrors) { throw $shell.Streams.Error[0] }
        return $answer -join ''
    }
    finally { Remove-PSSession -Session $session }
}

$text = $Json
if ($Document -ne '') { $text = [System.IO.File]::ReadAllText($Document) }
if ($ComputerName -ne '') {
    Invoke-Endpoint $text
    return
}
$answer = [ordered] @{ schema_version = 1; ok = $true }
try {
    $asked = ConvertFrom-Json -InputObject $text
    if ($asked.schema_version -ne 1) {
        Stop-Change 'unknown' "This apply.ps1 knows no schema version $($asked.schema_version)."
    }
    if ($Verb -eq 'observe') { $answer = Get-Seen $asked }
    else { foreach ($operation in $asked.operations) { [void] (Invoke-Operation $asked $operation) } }
}
catch {
    $code = 'failed'
    if ($_.Exception.Data.Contains('code')) { $code = [string] $_.Exception.Data['code'] }
    $answer = [ordered] @{ schema_version = 1; ok = $false; code = $code; sentence = $_.Exception.Message }
}
# Only ASCII is printed: a console of Windows PowerShell 5.1 would turn the rest into its own code page.
$printed = ConvertTo-Json -InputObject $answer -Depth 12 -Compress
[regex]::Replace($printed, '[^ -~]', { param($match) '\u{0:x4}' -f [int] [char] $match.Value })
