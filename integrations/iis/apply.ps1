#requires -Version 5.1
<#
.SYNOPSIS
    Says how sites, application pools and ARR's web farms of this machine are, or brings them to where a change set
    says they are to be.
.DESCRIPTION
    The documents are described in adapters/targets/iis-arr/change-set.ts and host.ts. Every operation may be done
    again. What cannot be done is an answer on standard output ("ok": false, with a code and a sentence) and no crash.
    Nothing here asks for elevation: rights come from the endpoint that runs it (docs/targets/iis-arr.md).
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

function Stop-Change {
    param([string] $Code, [string] $Sentence)
    $failure = New-Object System.InvalidOperationException $Sentence
    $failure.Data['code'] = $Code
    throw $failure
}

# Only ASCII is printed: a console of Windows PowerShell 5.1 would turn the rest into its own code page.
function ConvertTo-Answer {
    param($Value)
    $text = ConvertTo-Json -InputObject $Value -Depth 12 -Compress
    $builder = New-Object System.Text.StringBuilder
    foreach ($character in $text.ToCharArray()) {
        $code = [int] $character
        if ($code -gt 126) {
            [void] $builder.Append(('\u{0:x4}' -f $code))
        }
        else {
            [void] $builder.Append($character)
        }
    }
    return $builder.ToString()
}

function Get-Instant {
    param([datetime] $Time)
    return $Time.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss.fffZ')
}

function Get-StatePath {
    param([string] $Folder)
    return Join-Path $Folder 'state.json'
}

function Read-State {
    param([string] $Folder)
    $path = Get-StatePath $Folder
    if (-not (Test-Path -LiteralPath $path)) {
        return [pscustomobject] @{ schema_version = 1; mark = $null; hands_off = $null }
    }
    try {
        $state = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($path))
        [void] $state.mark
        [void] $state.hands_off
        return $state
    }
    catch {
        Stop-Change 'state' "$path cannot be read: $($_.Exception.Message) Mend or remove it."
    }
}

function Write-Text {
    param([string] $Path, [string] $Text)
    $new = $Path + '.' + [guid]::NewGuid().ToString('n')
    [System.IO.File]::WriteAllText($new, $Text)
    Move-Item -LiteralPath $new -Destination $Path -Force
}

# Read, changed and written by one writer at a time.
function Edit-State {
    param([string] $Folder, [scriptblock] $Change)
    [void] (New-Item -ItemType Directory -Path $Folder -Force)
    $lock = $null
    $deadline = (Get-Date).AddSeconds(10)
    while ($null -eq $lock) {
        try {
            $lock = [System.IO.File]::Open((Join-Path $Folder 'lock'), 'OpenOrCreate', 'ReadWrite', 'None')
        }
        catch {
            if ((Get-Date) -gt $deadline) {
                Stop-Change 'busy' "The state in $Folder is held by somebody else: $($_.Exception.Message)"
            }
            Start-Sleep -Milliseconds 200
        }
    }
    try {
        $state = Read-State $Folder
        & $Change $state
        Write-Text (Get-StatePath $Folder) (ConvertTo-Json -InputObject $state -Depth 12)
    }
    finally {
        $lock.Dispose()
    }
}

# A later holder of the lease stops an earlier one in the middle of its change set, also where that only waits.
function Assert-Lease {
    param($Set)
    if ($null -eq $Set.fencing) {
        return
    }
    $state = Read-State $Set.state_folder
    if ($null -ne $state.mark -and $state.mark.mark.fencing -gt $Set.fencing) {
        Stop-Change 'overtaken' "Number $($state.mark.mark.fencing) of the lease stands on this machine already."
    }
}

function New-Manager {
    $library = Join-Path $env:windir 'system32\inetsrv\Microsoft.Web.Administration.dll'
    if (-not (Test-Path -LiteralPath $library)) {
        Stop-Change 'absent' "$library is not there: install the Web Server role with its management tools."
    }
    Add-Type -Path $library
    return New-Object Microsoft.Web.Administration.ServerManager
}

function Use-Manager {
    param([scriptblock] $Work)
    $manager = New-Manager
    try {
        & $Work $manager
    }
    finally {
        $manager.Dispose()
    }
}

function Get-Site {
    param($Manager, [string] $Name)
    $site = $Manager.Sites[$Name]
    if ($null -eq $site) {
        Stop-Change 'absent' "There is no site $Name."
    }
    return $site
}

function Get-Pool {
    param($Manager, [string] $Name)
    $pool = $Manager.ApplicationPools[$Name]
    if ($null -eq $pool) {
        Stop-Change 'absent' "There is no application pool $Name."
    }
    return $pool
}

function Get-FarmServer {
    param($Manager, [string] $Farm, [string] $Address)
    $section = $Manager.GetApplicationHostConfiguration().GetSection('webFarms')
    foreach ($element in $section.GetCollection()) {
        if ($element.GetAttributeValue('name') -ne $Farm) {
            continue
        }
        foreach ($server in $element.GetCollection()) {
            if ($Address -eq '' -or $server.GetAttributeValue('address') -eq $Address) {
                Write-Output $server -NoEnumerate
            }
        }
    }
}

function Get-Routing {
    param($Manager, [string] $Farm, [string] $Address)
    $found = @(Get-FarmServer $Manager $Farm $Address)
    if ($found.Count -ne 1) {
        Stop-Change 'absent' "The web farm $Farm has no server $Address."
    }
    return $found[0].GetChildElement('applicationRequestRouting')
}

function Get-CounterState {
    param($Counters)
    $attribute = $Counters.GetAttribute('state')
    $name = $attribute.Schema.GetEnumValues().GetName([long] $attribute.Value)
    switch ($name) {
        'Active' { return 'active' }
        'Draining' { return 'draining' }
        'Inactive' { return 'inactive' }
    }
    return $null
}

function Get-PoolRequests {
    param($Pool)
    try {
        $count = 0
        foreach ($process in $Pool.WorkerProcesses) {
            $count += @($process.GetRequests(0)).Count
        }
        return $count
    }
    catch {
        # Without the feature Request Monitor nobody knows.
        return $null
    }
}

function Wait-Until {
    param($Set, [int] $Seconds, [scriptblock] $Test)
    $deadline = (Get-Date).AddSeconds($Seconds)
    while ($true) {
        if (& $Test) {
            return $true
        }
        if ((Get-Date) -ge $deadline) {
            return $false
        }
        Assert-Lease $Set
        Start-Sleep -Milliseconds 500
    }
}

function Assert-InTime {
    param([bool] $Reached, [string] $Late, [string] $Code, [string] $Sentence)
    if (-not $Reached -and $Late -ne 'go-on') {
        Stop-Change $Code $Sentence
    }
}

function Invoke-Edit {
    param($Manager, $Edit)
    switch ($Edit.edit) {
        'weight' {
            $routing = Get-Routing $Manager $Edit.farm $Edit.server
            $routing.SetAttributeValue('weight', [int] $Edit.weight)
        }
        'path' {
            if (-not (Test-Path -LiteralPath $Edit.path -PathType Container)) {
                Stop-Change 'absent' "There is no folder $($Edit.path)."
            }
            $site = Get-Site $Manager $Edit.site
            $site.Applications['/'].VirtualDirectories['/'].PhysicalPath = $Edit.path
        }
        'bindings' {
            # As elements of the configuration: certificates belong to address and port, and stay where they are.
            $bindings = (Get-Site $Manager $Edit.site).GetCollection('bindings')
            $bindings.Clear()
            foreach ($wanted in $Edit.bindings) {
                $binding = $bindings.CreateElement('binding')
                $binding.SetAttributeValue('protocol', $wanted.protocol)
                $binding.SetAttributeValue('bindingInformation', $wanted.information)
                $binding.SetAttributeValue('sslFlags', [int] $wanted.ssl_flags)
                [void] $bindings.Add($binding)
            }
        }
        default {
            Stop-Change 'unknown' "This apply.ps1 knows no edit $($Edit.edit)."
        }
    }
}

function Set-ServerState {
    param($Operation)
    $names = @{ 'start' = 'Start'; 'drain' = 'Drain'; 'graceful-stop' = 'GracefulStop' }
    $name = $names[$Operation.state]
    if ($null -eq $name) {
        Stop-Change 'unknown' "This apply.ps1 knows no state $($Operation.state)."
    }
    Use-Manager {
        param($manager)
        $routing = Get-Routing $manager $Operation.farm $Operation.server
        $call = $routing.Methods['SetState'].CreateInstance()
        $call.Input.SetAttributeValue('newState', $name)
        [void] $call.Execute()
    }
}

function Test-ServerIdle {
    param($Operation)
    Use-Manager {
        param($manager)
        $counters = (Get-Routing $manager $Operation.farm $Operation.server).GetChildElement('counters')
        [int] $counters.GetAttributeValue('currentRequests') -eq 0
    }
}

function Test-ServerHealthy {
    param($Operation)
    Use-Manager {
        param($manager)
        $counters = (Get-Routing $manager $Operation.farm $Operation.server).GetChildElement('counters')
        [bool] $counters.GetAttributeValue('isHealthy')
    }
}

function Test-PoolIdle {
    param([string] $Name)
    Use-Manager {
        param($manager)
        $pool = Get-Pool $manager $Name
        $requests = Get-PoolRequests $pool
        # A pool that is stopped has none; where they cannot be counted, the time is waited for.
        $pool.State -eq 'Stopped' -or $requests -eq 0
    }
}

function Set-PoolState {
    param($Set, $Operation)
    $started = $Operation.state -eq 'started'
    Use-Manager {
        param($manager)
        $pool = Get-Pool $manager $Operation.pool
        # A machine that starts anew has to come up as it was left.
        if ($pool.AutoStart -ne $started) {
            $pool.AutoStart = $started
            $manager.CommitChanges()
        }
    }
    $reached = Wait-Until $Set 120 {
        Use-Manager {
            param($manager)
            $pool = Get-Pool $manager $Operation.pool
            if ($started -and $pool.State -eq 'Stopped') {
                [void] $pool.Start()
            }
            if (-not $started -and $pool.State -eq 'Started') {
                [void] $pool.Stop()
            }
            $pool.State -eq $Operation.state
        }
    }
    Assert-InTime $reached 'fail' 'pool-state' "$($Operation.pool) is not $($Operation.state) after 120 s."
}

function Expand-Version {
    param($Operation)
    if (Test-Path -LiteralPath $Operation.folder) {
        return
    }
    if (-not (Test-Path -LiteralPath $Operation.package -PathType Leaf)) {
        Stop-Change 'absent' "$($Operation.package) is not there, or may not be read."
    }
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
    finally {
        foreach ($left in @($copy, $partial)) {
            if (Test-Path -LiteralPath $left) {
                Remove-Item -LiteralPath $left -Recurse -Force
            }
        }
    }
}

function Assert-Drivers {
    param($Operation)
    $drivers = @(Get-ChildItem -LiteralPath $Operation.folder -Recurse -File |
            Where-Object { @('.sys', '.cat') -contains $_.Extension.ToLowerInvariant() })
    if ($drivers.Count -eq 0) {
        Stop-Change 'signature' "$($Operation.folder) holds no driver, though drivers are to be checked."
    }
    $signtool = Get-Command -Name 'signtool.exe' -ErrorAction SilentlyContinue
    foreach ($driver in $drivers) {
        $signature = Get-AuthenticodeSignature -FilePath $driver.FullName
        if ($signature.Status -ne 'Valid') {
            Stop-Change 'signature' "$($driver.FullName): $($signature.Status), $($signature.StatusMessage)"
        }
        if (@($Operation.signers) -notcontains $signature.SignerCertificate.Thumbprint) {
            Stop-Change 'signature' "$($driver.FullName) is signed by $($signature.SignerCertificate.Subject)."
        }
        if ($null -ne $signtool -and $driver.Extension -eq '.sys') {
            # Policy of the kernel, which Authenticode alone does not say.
            [void] (& $signtool.Source verify /v /kp $driver.FullName)
            if ($LASTEXITCODE -ne 0) {
                Stop-Change 'signature' "signtool verify /kp refuses $($driver.FullName)."
            }
        }
    }
}

function Test-Answer {
    param([string] $Url)
    try {
        $answer = Invoke-WebRequest -Uri $Url -UseBasicParsing -TimeoutSec 10
        return $answer.StatusCode -eq 200
    }
    catch {
        return $false
    }
}

function Save-Undo {
    param($Set, $Operation)
    if ($Operation.name -notmatch '^[\w.-]+$') {
        Stop-Change 'unknown' "$($Operation.name) is no name for a file."
    }
    $folder = Join-Path $Set.state_folder 'undo'
    [void] (New-Item -ItemType Directory -Path $folder -Force)
    $path = Join-Path $folder ($Operation.name + '.json')
    if (Test-Path -LiteralPath $path) {
        return
    }
    # It comes as text, so that nothing is lost between two ways of writing JSON.
    Write-Text $path $Operation.document
}

function Write-Mark {
    param($Set, $Operation)
    Edit-State $Set.state_folder {
        param($state)
        if ($null -ne $state.mark -and $state.mark.mark.fencing -gt $Operation.mark.fencing) {
            Stop-Change 'overtaken' "Number $($state.mark.mark.fencing) of the lease stands on this machine already."
        }
        $state.mark = [pscustomobject] @{ mark = $Operation.mark; state = 'applying' }
    }
}

function Complete-Mark {
    param($Set, $Operation)
    Edit-State $Set.state_folder {
        param($state)
        if ($null -eq $state.mark) {
            return
        }
        $mark = $state.mark.mark
        if ($mark.rollout -eq $Operation.rollout -and $mark.number -eq $Operation.number) {
            $state.mark.state = 'done'
        }
    }
}

function Invoke-Operation {
    param($Set, $Operation)
    switch ($Operation.operation) {
        'mark' {
            Write-Mark $Set $Operation
        }
        'finish' {
            Complete-Mark $Set $Operation
        }
        'hands-off' {
            Edit-State $Set.state_folder {
                param($state)
                $state.hands_off = $Operation.hands_off
            }
        }
        'keep-undo' {
            Save-Undo $Set $Operation
        }
        'commit' {
            Use-Manager {
                param($manager)
                foreach ($edit in $Operation.edits) {
                    Invoke-Edit $manager $edit
                }
                $manager.CommitChanges()
            }
        }
        'server-state' {
            Set-ServerState $Operation
        }
        'await-idle' {
            $reached = Wait-Until $Set $Operation.seconds { Test-ServerIdle $Operation }
            Assert-InTime $reached $Operation.late 'not-idle' "$($Operation.server) still has requests in flight after $($Operation.seconds) s."
        }
        'await-pool-idle' {
            $reached = Wait-Until $Set $Operation.seconds { Test-PoolIdle $Operation.pool }
            Assert-InTime $reached $Operation.late 'not-idle' "$($Operation.pool) still has requests in flight after $($Operation.seconds) s, or they cannot be counted."
        }
        'await-healthy' {
            $reached = Wait-Until $Set $Operation.seconds { Test-ServerHealthy $Operation }
            Assert-InTime $reached 'fail' 'not-healthy' "ARR calls $($Operation.server) unhealthy after $($Operation.seconds) s."
        }
        'pool' {
            Set-PoolState $Set $Operation
        }
        'unpack' {
            Expand-Version $Operation
        }
        'verify-drivers' {
            Assert-Drivers $Operation
        }
        'warm' {
            $reached = Wait-Until $Set $Operation.seconds { Test-Answer $Operation.url }
            Assert-InTime $reached 'fail' 'not-warm' "$($Operation.url) does not answer 200 after $($Operation.seconds) s."
        }
        default {
            Stop-Change 'unknown' "This apply.ps1 knows no operation $($Operation.operation); is it of the same release?"
        }
    }
}

function Get-SeenSites {
    param($Manager, $Names)
    foreach ($name in @($Names)) {
        $site = Get-Site $Manager $name
        $bindings = foreach ($binding in $site.GetCollection('bindings')) {
            [ordered] @{
                protocol    = [string] $binding.GetAttributeValue('protocol')
                information = [string] $binding.GetAttributeValue('bindingInformation')
                ssl_flags   = [int] $binding.GetAttributeValue('sslFlags')
            }
        }
        $path = $site.Applications['/'].VirtualDirectories['/'].PhysicalPath
        [ordered] @{
            name     = $name
            path     = [System.Environment]::ExpandEnvironmentVariables($path)
            bindings = @($bindings)
        }
    }
}

function Get-SeenPools {
    param($Manager, $Names)
    foreach ($name in @($Names)) {
        $pool = Get-Pool $Manager $name
        $state = $null
        switch ([string] $pool.State) {
            'Started' { $state = 'started' }
            'Stopped' { $state = 'stopped' }
            'Starting' { $state = 'moving' }
            'Stopping' { $state = 'moving' }
        }
        [ordered] @{ name = $name; state = $state; requests = Get-PoolRequests $pool }
    }
}

function Get-SeenFarms {
    param($Manager, $Names)
    foreach ($name in @($Names)) {
        $servers = foreach ($server in @(Get-FarmServer $Manager $name '')) {
            $routing = $server.GetChildElement('applicationRequestRouting')
            $seen = [ordered] @{
                address  = [string] $server.GetAttributeValue('address')
                weight   = [long] $routing.GetAttributeValue('weight')
                state    = $null
                healthy  = $null
                requests = $null
            }
            try {
                $counters = $routing.GetChildElement('counters')
                $seen['state'] = Get-CounterState $counters
                $seen['healthy'] = [bool] $counters.GetAttributeValue('isHealthy')
                $seen['requests'] = [int] $counters.GetAttributeValue('currentRequests')
            }
            catch {
                # Counters are there once ARR has served the farm; until then they are unknown, and not zero.
                $seen['state'] = $null
            }
            # A server that is switched off in the configuration is in nobody's rotation.
            if (-not [bool] $server.GetAttributeValue('enabled')) {
                $seen['state'] = 'inactive'
            }
            $seen
        }
        if (@($servers).Count -eq 0) {
            Stop-Change 'absent' "There is no web farm $name, or it has no servers."
        }
        [ordered] @{ name = $name; servers = @($servers) }
    }
}

function Get-SeenFolders {
    param($Paths)
    foreach ($path in @($Paths)) {
        if (Test-Path -LiteralPath $path -PathType Container) {
            [ordered] @{ path = $path; at = Get-Instant (Get-Item -LiteralPath $path).CreationTime }
        }
    }
}

function Get-SeenEvents {
    param($Pools, [int] $Minutes)
    $wanted = @($Pools)
    if ($wanted.Count -eq 0) {
        return
    }
    $filter = @{
        LogName      = 'System'
        ProviderName = 'Microsoft-Windows-WAS'
        Id           = @(5002, 5009, 5010, 5127)
        StartTime    = (Get-Date).AddMinutes(-$Minutes)
    }
    try {
        $entries = @(Get-WinEvent -FilterHashtable $filter)
    }
    catch {
        # None is no fault; a log that may not be read is one, since then nobody knows of any.
        if ($_.FullyQualifiedErrorId -like 'NoMatchingEventsFound*') {
            return
        }
        Stop-Change 'events' "The log System cannot be read: $($_.Exception.Message)"
    }
    foreach ($entry in $entries) {
        foreach ($property in $entry.Properties) {
            if ($wanted -contains [string] $property.Value) {
                [ordered] @{ id = $entry.Id; at = Get-Instant $entry.TimeCreated; pool = [string] $property.Value }
                break
            }
        }
    }
}

function Get-Seen {
    param($Question)
    $state = Read-State $Question.state_folder
    $seen = [ordered] @{
        schema_version = 1
        ok             = $true
        sites          = @()
        pools          = @()
        farms          = @()
        folders        = @(Get-SeenFolders $Question.folders)
        events         = @(Get-SeenEvents $Question.pools $Question.event_minutes)
        mark           = $state.mark
        hands_off      = $state.hands_off
    }
    Use-Manager {
        param($manager)
        $seen['sites'] = @(Get-SeenSites $manager $Question.sites)
        $seen['pools'] = @(Get-SeenPools $manager $Question.pools)
        $seen['farms'] = @(Get-SeenFarms $manager $Question.farms)
    }
    return $seen
}

function Invoke-Document {
    param([string] $Text)
    $asked = ConvertFrom-Json -InputObject $Text
    if ($asked.schema_version -ne 1) {
        Stop-Change 'unknown' "This apply.ps1 knows no schema version $($asked.schema_version)."
    }
    if ($Verb -eq 'observe') {
        return Get-Seen $asked
    }
    foreach ($operation in $asked.operations) {
        Assert-Lease $asked
        Invoke-Operation $asked $operation
    }
    return [ordered] @{ schema_version = 1; ok = $true }
}

# As a command with parameters: an endpoint without a language takes no script.
function Invoke-Endpoint {
    param([string] $Text)
    $session = New-PSSession -ComputerName $ComputerName -ConfigurationName $Endpoint
    $shell = [System.Management.Automation.PowerShell]::Create()
    try {
        $shell.Runspace = $session.Runspace
        [void] $shell.AddCommand('Invoke-AdaptiveDeploy').AddParameter('Verb', $Verb).AddParameter('Json', $Text)
        $answer = $shell.Invoke()
        if ($shell.HadErrors) {
            throw $shell.Streams.Error[0]
        }
        return $answer -join ''
    }
    finally {
        $shell.Dispose()
        Remove-PSSession -Session $session
    }
}

$text = $Json
if ($Document -ne '') {
    $text = [System.IO.File]::ReadAllText($Document)
}
if ($ComputerName -ne '') {
    Invoke-Endpoint $text
    return
}
try {
    $answer = Invoke-Document $text
}
catch {
    $code = 'failed'
    if ($_.Exception.Data.Contains('code')) {
        $code = [string] $_.Exception.Data['code']
    }
    $answer = [ordered] @{ schema_version = 1; ok = $false; code = $code; sentence = $_.Exception.Message }
}
ConvertTo-Answer $answer
