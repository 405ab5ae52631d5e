#requires -Version 5.1
#requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }
<#
.SYNOPSIS
    apply.ps1 on a real IIS with a real ARR. Changes the machine that it runs on: for machines that are thrown away.
#>

BeforeDiscovery {
    $table = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText((Join-Path $PSScriptRoot 'constraints.json')))
    $attributes = @($table.attributes | ForEach-Object { @{ rule = $_; name = $_.attribute } })
    $methods = @($table.methods | ForEach-Object { @{ rule = $_; name = $_.method } })
}

BeforeAll {
    $script:apply = Join-Path $PSScriptRoot 'apply.ps1'
    $script:work = Join-Path $env:TEMP ('adaptive-deploy-' + [guid]::NewGuid().ToString('n'))
    $script:state = Join-Path $script:work 'state'
    [void] (New-Item -ItemType Directory -Path $script:work)
    Add-Type -Path (Join-Path $env:windir 'system32\inetsrv\Microsoft.Web.Administration.dll')
    Add-Type -AssemblyName System.IO.Compression.FileSystem

    function Invoke-Script {
        param([string] $Verb, $Value)
        $path = Join-Path $script:work 'document.json'
        [System.IO.File]::WriteAllText($path, (ConvertTo-Json -InputObject $Value -Depth 12))
        $text = & powershell.exe -NoProfile -NonInteractive -File $script:apply -Verb $Verb -Document $path
        $LASTEXITCODE | Should -Be 0
        return ConvertFrom-Json -InputObject ($text -join '')
    }

    function Invoke-Change {
        param([object[]] $Operations, $Fencing = $null)
        return Invoke-Script 'apply' @{
            schema_version = 1; state_folder = $script:state; fencing = $Fencing; operations = @($Operations)
        }
    }

    function Get-Seen {
        return Invoke-Script 'observe' @{
            schema_version = 1; state_folder = $script:state; event_minutes = 60; event_ids = @(5002, 5009, 5010, 5127)
            farms = @('shop'); sites = @('shop-blue', 'shop-green'); pools = @('shop-blue', 'shop-green')
            folders = @((Join-Path $script:work 'v2'))
        }
    }

    # As kept.ts writes it.
    function Get-Mark {
        param([int] $Fencing, [string] $State)
        return '{"mark":{"rollout":"ro_0123456789ab","fencing":' + $Fencing + ',"number":2},"state":"' + $State + '"}'
    }

    function Get-Keep {
        param([string] $Name, [string] $Text, $Over = $null)
        return @{ operation = 'keep'; name = $Name; text = $Text; over = $Over }
    }

    function Get-Await {
        param([string] $Is, [string] $Of, [int] $Seconds = 30, [string] $Late = 'fail')
        return @{ operation = 'await'; is = $Is; of = $Of; farm = 'shop'; seconds = $Seconds; late = $Late }
    }

    function Get-PoolState {
        param([string] $State)
        return @{ operation = 'pool'; of = 'shop-green'; state = $State; seconds = 120; late = 'fail' }
    }

    # Two sites with a page each, and a farm of two servers that are these sites.
    foreach ($name in @('shop-blue', 'shop-green')) {
        $folder = Join-Path $script:work $name
        [void] (New-Item -ItemType Directory -Path $folder)
        [System.IO.File]::WriteAllText((Join-Path $folder 'index.html'), $name)
    }
    $manager = New-Object Microsoft.Web.Administration.ServerManager
    $port = 8081
    foreach ($name in @('shop-blue', 'shop-green')) {
        [void] $manager.ApplicationPools.Add($name)
        $site = $manager.Sites.Add($name, 'http', "*:${port}:", (Join-Path $script:work $name))
        $site.Applications['/'].ApplicationPoolName = $name
        $port += 1
    }
    $farms = $manager.GetApplicationHostConfiguration().GetSection('webFarms').GetCollection()
    $farm = $farms.CreateElement('webFarm')
    $farm.SetAttributeValue('name', 'shop')
    foreach ($address in @('127.0.0.1', 'localhost')) {
        $server = $farm.GetCollection().CreateElement('server')
        $server.SetAttributeValue('address', $address)
        [void] $farm.GetCollection().Add($server)
    }
    [void] $farms.Add($farm)
    $manager.CommitChanges()
    $manager.Dispose()
    Start-Sleep -Seconds 2
}

Describe 'the table of constraints, against the schema that is installed' {
    BeforeAll {
        function Find-Element {
            param($Rule)
            $files = Get-ChildItem -LiteralPath (Join-Path $env:windir 'system32\inetsrv\config\schema') -Filter '*.xml'
            foreach ($file in $files) {
                $xml = [xml] [System.IO.File]::ReadAllText($file.FullName)
                $node = $xml.SelectSingleNode("//sectionSchema[@name='$($Rule.section)']")
                if ($null -eq $node) {
                    continue
                }
                foreach ($step in $Rule.path) {
                    $next = $node.SelectSingleNode("./collection[@addElement='$step'] | ./element[@name='$step']")
                    if ($null -eq $next) {
                        break
                    }
                    $node = $next
                }
                if ($null -ne $next) {
                    return $node
                }
            }
        }
    }

    It 'has the attribute <name>' -ForEach $attributes {
        $attribute = (Find-Element $rule).SelectSingleNode("./attribute[@name='$name']")
        $attribute | Should -Not -BeNullOrEmpty
        if ($null -ne $rule.PSObject.Properties['type']) {
            $attribute.type | Should -Be $rule.type
        }
        if ($null -ne $rule.PSObject.Properties['minimum']) {
            $attribute.validationType | Should -Be 'integerRange'
            ($attribute.validationParameter -split ',')[0] | Should -Be ([string] $rule.minimum)
        }
        if ($null -ne $rule.PSObject.Properties['includes']) {
            $values = @($attribute.SelectNodes('./enum') | ForEach-Object { $_.name })
            foreach ($value in $rule.includes) {
                $values | Should -Contain $value
            }
        }
    }

    It 'has the method <name>' -ForEach $methods {
        $method = (Find-Element $rule).SelectSingleNode("./method[@name='$name']")
        $method | Should -Not -BeNullOrEmpty
        $enums = $method.SelectNodes(".//attribute[@name='$($rule.input)']/enum")
        foreach ($value in $rule.values.PSObject.Properties) {
            $enum = @($enums | Where-Object { $_.name -eq $value.Name })
            $enum.Count | Should -Be 1
            [int] $enum[0].value | Should -Be $value.Value
        }
    }
}

Describe 'observe' {
    It 'says what there is' {
        $seen = Get-Seen
        $seen.ok | Should -BeTrue
        @($seen.sites.name) | Should -Be @('shop-blue', 'shop-green')
        $seen.sites[0].bindings[0].information | Should -Be '*:8081:'
        @($seen.pools.state) | Should -Be @('Started', 'Started')
        @($seen.pools.requests) | Should -Be @(0, 0)
        @($seen.farms[0].servers.address) | Should -Be @('127.0.0.1', 'localhost')
        @($seen.farms[0].servers.weight) | Should -Be @(100, 100)
        @($seen.farms[0].servers.enabled) | Should -Be @($true, $true)
        @($seen.farms[0].servers.counters.state) | Should -Be @('Active', 'Active')
        @($seen.farms[0].servers.counters.requests) | Should -Be @(0, 0)
        $seen.mark | Should -BeNullOrEmpty
        $seen.hands_off | Should -BeNullOrEmpty
    }

    It 'answers for a site that is not there' {
        $answer = Invoke-Script 'observe' @{
            schema_version = 1; state_folder = $script:state; event_minutes = 1; event_ids = @()
            farms = @(); sites = @('none'); pools = @(); folders = @()
        }
        $answer.ok | Should -BeFalse
        $answer.code | Should -Be 'absent'
    }
}

Describe 'apply' {
    It 'swaps bindings in one commit, twice as once' {
        $edits = @(
            @{ edit = 'bindings'; site = 'shop-blue'; bindings = @(@{ protocol = 'http'; information = '*:8082:'; ssl_flags = 0 }) },
            @{ edit = 'bindings'; site = 'shop-green'; bindings = @(@{ protocol = 'http'; information = '*:8081:'; ssl_flags = 0 }) }
        )
        foreach ($time in @(1, 2)) {
            (Invoke-Change @(@{ operation = 'commit'; edits = $edits })).ok | Should -BeTrue
            $seen = Get-Seen
            $seen.sites[0].bindings[0].information | Should -Be '*:8082:'
            $seen.sites[1].bindings[0].information | Should -Be '*:8081:'
        }
        Start-Sleep -Seconds 2
        (Invoke-WebRequest -Uri 'http://localhost:8081/' -UseBasicParsing).Content | Should -Be 'shop-green'
    }

    It 'sets weights, and is refused a weight of 0 by IIS itself' {
        $weight = @{ edit = 'weight'; farm = 'shop'; server = 'localhost'; weight = 7 }
        (Invoke-Change @(@{ operation = 'commit'; edits = @($weight) })).ok | Should -BeTrue
        (Get-Seen).farms[0].servers[1].weight | Should -Be 7
        $weight.weight = 0
        (Invoke-Change @(@{ operation = 'commit'; edits = @($weight) })).ok | Should -BeFalse
        (Get-Seen).farms[0].servers[1].weight | Should -Be 7
    }

    It 'drains, stops gracefully and starts, and a commit leaves that as it is: <state>' -ForEach @(
        @{ state = 'Drain'; seen = 'Draining' }
        @{ state = 'GracefulStop'; seen = 'Inactive' }
        @{ state = 'Start'; seen = 'Active' }
    ) {
        $operation = @{ operation = 'server-state'; farm = 'shop'; server = 'localhost'; state = $state }
        (Invoke-Change @($operation, (Get-Await 'server-idle' 'localhost'))).ok | Should -BeTrue
        (Get-Seen).farms[0].servers[1].counters.state | Should -Be $seen
        $weight = @{ edit = 'weight'; farm = 'shop'; server = '127.0.0.1'; weight = (Get-Random -Minimum 2 -Maximum 90) }
        (Invoke-Change @(@{ operation = 'commit'; edits = @($weight) })).ok | Should -BeTrue
        (Get-Seen).farms[0].servers[1].counters.state | Should -Be $seen
    }

    It 'stops and starts an application pool' {
        foreach ($wanted in @('stopped', 'stopped', 'started', 'started')) {
            (Invoke-Change @(Get-PoolState $wanted)).ok | Should -BeTrue
            (Get-Seen).pools[1].state | Should -Be $wanted
        }
    }

    It 'waits for what ARR and the pools say, and fails or goes on where that is late' {
        $fine = @((Get-Await 'server-healthy' 'localhost'), (Get-Await 'pool-idle' 'shop-green'))
        (Invoke-Change $fine).ok | Should -BeTrue
        (Invoke-Change @(Get-Await 'answering' 'http://localhost:8081/')).ok | Should -BeTrue
        (Invoke-Change @(Get-Await 'answering' 'http://localhost:8081/none' 1)).code | Should -Be 'not-answering'
        (Invoke-Change @(Get-Await 'answering' 'http://localhost:8081/none' 1 'go-on')).ok | Should -BeTrue
        (Invoke-Change @(Get-Await 'sober' 'localhost')).code | Should -Be 'unknown'
    }

    It 'unpacks what has the digest, and nothing else' {
        $package = Join-Path $script:work 'v2.zip'
        [System.IO.Compression.ZipFile]::CreateFromDirectory((Join-Path $script:work 'shop-green'), $package)
        $folder = Join-Path $script:work 'v2'
        $unpack = @{ operation = 'unpack'; package = $package; folder = $folder; sha256 = '0' * 64 }
        (Invoke-Change @($unpack)).code | Should -Be 'digest'
        Test-Path -LiteralPath $folder | Should -BeFalse
        $unpack.sha256 = (Get-FileHash -LiteralPath $package -Algorithm SHA256).Hash.ToLowerInvariant()
        (Invoke-Change @($unpack)).ok | Should -BeTrue
        @((Get-Seen).folders.path) | Should -Be @($folder)
        Get-Content -LiteralPath (Join-Path $folder 'index.html') | Should -Be 'shop-green'
    }

    It 'refuses drivers that nobody signed' {
        $folder = Join-Path $script:work 'drivers'
        [void] (New-Item -ItemType Directory -Path $folder)
        $operation = @{ operation = 'verify-drivers'; folder = $folder; signers = @('0' * 40) }
        (Invoke-Change @($operation)).code | Should -Be 'signature'
        [System.IO.File]::WriteAllText((Join-Path $folder 'shop.sys'), 'no driver')
        (Invoke-Change @($operation)).code | Should -Be 'signature'
    }

    It 'keeps the mark, and takes no lower number of the lease' {
        $applying = Get-Mark 5 'applying'
        (Invoke-Change @(Get-Keep 'mark' $applying) 5).ok | Should -BeTrue
        (Get-Seen).mark | Should -Be $applying
        # Done is said over the mark that it is said of, and over no other.
        (Invoke-Change @(Get-Keep 'mark' 'another' (Get-Mark 4 'applying')) 5).ok | Should -BeTrue
        (Get-Seen).mark | Should -Be $applying
        (Invoke-Change @(Get-Keep 'mark' (Get-Mark 5 'done') $applying) 5).ok | Should -BeTrue
        (Get-Seen).mark | Should -Be (Get-Mark 5 'done')
        (Invoke-Change @(Get-Keep 'mark' (Get-Mark 4 'applying')) 4).code | Should -Be 'overtaken'
        (Invoke-Change @(Get-PoolState 'stopped') 4).code | Should -Be 'overtaken'
        (Get-Seen).pools[1].state | Should -Be 'Started'
        (Get-Seen).mark | Should -Be (Get-Mark 5 'done')
    }

    It 'says that the state folder is held by somebody else' {
        $lock = [System.IO.File]::Open((Join-Path $script:state 'lock'), 'OpenOrCreate', 'ReadWrite', 'None')
        try {
            (Invoke-Change @(Get-Keep 'hands-off' '{}')).code | Should -Be 'not-free'
        }
        finally {
            $lock.Dispose()
        }
        (Get-Seen).hands_off | Should -BeNullOrEmpty
    }

    It 'keeps hands-off, also while somebody reads it' {
        $off = '{"by":"ada","reason":"looking into it","until":null}'
        (Invoke-Change @(Get-Keep 'hands-off' $off)).ok | Should -BeTrue
        (Get-Seen).hands_off | Should -Be $off
        $path = Join-Path $script:state 'hands-off.json'
        $reader = [System.IO.File]::Open($path, 'Open', 'Read', 'ReadWrite, Delete')
        try {
            (Invoke-Change @(Get-Keep 'hands-off' 'null')).ok | Should -BeTrue
        }
        finally {
            $reader.Dispose()
        }
        (Get-Seen).hands_off | Should -Be 'null'
    }

    It 'keeps an undo set as it came, once, and can apply it' {
        $weight = @{ edit = 'weight'; farm = 'shop'; server = 'localhost'; weight = 100 }
        $document = ConvertTo-Json -Depth 12 -Compress -InputObject @{
            schema_version = 1; state_folder = $script:state; fencing = $null
            operations = @(@{ operation = 'commit'; edits = @($weight) })
        }
        foreach ($text in @($document, '{}')) {
            (Invoke-Change @(Get-Keep 'undo\ro_0123456789ab-2-web1' $text '')).ok | Should -BeTrue
        }
        $path = Join-Path $script:state 'undo\ro_0123456789ab-2-web1.json'
        [System.IO.File]::ReadAllText($path) | Should -Be $document
        $text = & powershell.exe -NoProfile -NonInteractive -File $script:apply -Verb apply -Document $path
        (ConvertFrom-Json -InputObject ($text -join '')).ok | Should -BeTrue
        (Get-Seen).farms[0].servers[1].weight | Should -Be 100
    }

    It 'sees a pool whose worker processes die' {
        (Invoke-WebRequest -Uri 'http://localhost:8081/' -UseBasicParsing).StatusCode | Should -Be 200
        $workers = @(Get-CimInstance -ClassName Win32_Process -Filter "Name = 'w3wp.exe'" |
                Where-Object { $_.CommandLine -match '-ap "shop-green"' })
        $workers.Count | Should -BeGreaterThan 0
        foreach ($worker in $workers) {
            Stop-Process -Id $worker.ProcessId -Force
        }
        Start-Sleep -Seconds 5
        $ids = @((Get-Seen).events | Where-Object { @($_.about) -contains 'shop-green' } | ForEach-Object { $_.id })
        $ids | Should -Contain 5009
    }

    It 'knows no operation but its own' {
        (Invoke-Change @(@{ operation = 'format-disk' })).code | Should -Be 'unknown'
    }
}

AfterAll {
    $manager = New-Object Microsoft.Web.Administration.ServerManager
    foreach ($name in @('shop-blue', 'shop-green')) {
        $manager.Sites.Remove($manager.Sites[$name])
        $manager.ApplicationPools.Remove($manager.ApplicationPools[$name])
    }
    $farms = $manager.GetApplicationHostConfiguration().GetSection('webFarms').GetCollection()
    foreach ($farm in @($farms)) {
        if ($farm.GetAttributeValue('name') -eq 'shop') {
            $farms.Remove($farm)
        }
    }
    $manager.CommitChanges()
    $manager.Dispose()
}
