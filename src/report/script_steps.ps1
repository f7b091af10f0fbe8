# The steps of a plan, one function each. Before it acts, each looks at its resource again and compares
# it with what the plan saw. It must not know: what else is in the plan.

$script:Removed = New-Object 'System.Collections.Generic.HashSet[string]' # AMIs whose step came already
$script:Phase = ''
$script:Changed = 0
$script:Already = 0
$script:Finished = $false
$Mode = if ($Execute) { 'execute' } else { 'dry-run' }

# On the screen and, with the time, in the log.
function Write-Line([string] $Text) {
	$time = [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [Globalization.CultureInfo]::InvariantCulture)
	$Text = $Text -replace '[^\x20-\x7e]', ' '
	Write-Output $Text
	Add-Content -LiteralPath $Log -Value "$time $Mode $Text" -Encoding UTF8
}

# The world is not as the plan says. Nothing is done after that.
function Stop-Plan([string] $Text) {
	throw "STOP: $Text"
}

function Write-Phase([string] $Title) {
	if ($script:Phase -cne $Title) { Write-Line $Title }
	$script:Phase = $Title
}

function Write-Acted([string] $Region, [string] $Id, [string] $Verb) {
	$script:Changed++
	if ($Execute) { Write-Line "${Region} ${Id}: $Verb" } else { Write-Line "${Region} ${Id}: would be $Verb" }
}

function Write-Gone([string] $Region, [string] $Id) {
	$script:Already++
	Write-Line "${Region} ${Id}: already gone"
}

# AWS's code of an error, however deep it lies.
function Get-ErrorCode($Record) {
	for ($each = $Record.Exception; $null -ne $each; $each = $each.InnerException) {
		if ($each.PSObject.Properties['ErrorCode']) { return [string] $each.ErrorCode }
	}
	return ''
}

$GoneCodes = 'InvalidAMIID.NotFound', 'InvalidAMIID.Unavailable', 'InvalidSnapshot.NotFound', 'InvalidInstanceID.NotFound'

# What the call answers; nothing if there is no such resource. Any other error ends the script.
function Read-Resource([scriptblock] $Call) {
	try {
		return & $Call
	} catch {
		if ($GoneCodes -ccontains (Get-ErrorCode $_)) { return $null }
		throw
	}
}

# The call that changes something, or its dry run: '' if that went well, else AWS's code.
function Invoke-Change([string] $Name, [hashtable] $Arguments) {
	$Arguments = $Arguments.Clone()
	$Arguments['Force'] = $true # no question, the steps were approved
	if (-not $Execute) {
		# Older modules have no dry run: then the checks are all there is.
		if (-not (Get-Command $Name).Parameters.ContainsKey('DryRun')) { return '' }
		$Arguments['DryRun'] = $true
	}
	try {
		$null = & $Name @Arguments
	} catch {
		$code = Get-ErrorCode $_
		if (-not $Execute -and $code -ceq 'DryRunOperation') { return '' }
		if ($GoneCodes -ccontains $code) { return $code }
		if ($code -ceq 'InvalidSnapshot.InUse') { return "$code $($_.Exception.Message)" }
		throw
	}
	if (-not $Execute) { Stop-Plan "${Name}: the dry run was not answered as one" }
	return ''
}

function Assert-Same([string] $Id, [string] $Name, $Was, $Is) {
	if ([string] $Was -cne [string] $Is) { Stop-Plan "${Id}: the plan saw $Name=$Was, now it is $Name=$Is" }
}

# Each of $Now must be one of $Known.
function Assert-Known([string] $Id, [string] $What, $Known, $Now) {
	foreach ($each in @($Now | Where-Object { $null -ne $_ })) {
		if (@($Known) -cnotcontains $each) { Stop-Plan "${Id}: $What since the plan: $each" }
	}
}

# Keys and values, one after the other, of the tags that rules look at.
function Get-WatchedTag($Tags) {
	$found = New-Object 'System.Collections.Generic.SortedDictionary[string,string]' ([StringComparer]::Ordinal)
	foreach ($tag in @($Tags | Where-Object { $null -ne $_ })) {
		$watched = $WatchedKeys -ccontains $tag.Key
		foreach ($prefix in $WatchedPrefixes) {
			$watched = $watched -or $tag.Key.StartsWith($prefix, [StringComparison]::Ordinal)
		}
		if ($watched) { $found[$tag.Key] = $tag.Value }
	}
	foreach ($pair in $found.GetEnumerator()) { $pair.Key; $pair.Value }
}

function Assert-Tags([string] $Id, $Was, $Tags) {
	Assert-Same $Id 'tags' (@($Was) -join [char] 0) (@(Get-WatchedTag $Tags) -join [char] 0)
}

function Get-Grantee($Permissions) {
	foreach ($each in @($Permissions | Where-Object { $null -ne $_ })) {
		foreach ($name in 'UserId', 'Group', 'OrganizationArn', 'OrganizationalUnitArn') {
			$property = $each.PSObject.Properties[$name]
			if ($property -and $property.Value) { [string] $property.Value }
		}
	}
}

function Assert-Shared([string] $Id, $Was, $Permissions) {
	$now = @(Get-Grantee $Permissions)
	Assert-Known $Id 'also shared with' $Was $now
	Assert-Known $Id 'no longer shared with' $now $Was
}

function Unregister-PlannedImage([string] $Region, [string] $Id, [hashtable] $Was) {
	Write-Phase '1 Deregister AMI'
	$null = $script:Removed.Add($Id)
	$image = Read-Resource { Get-EC2Image -Region $Region -ImageId $Id -IncludeDisabled $true }
	if ($null -eq $image -or [string] $image.State -ceq 'deregistered') { return Write-Gone $Region $Id }
	$protection = if ($image.DeregistrationProtection) { $image.DeregistrationProtection } else { 'disabled' }
	$launched = if ($image.LastLaunchedTime) { ([string] $image.LastLaunchedTime).Substring(0, 19) + 'Z' } else { 'never' }
	Assert-Same $Id 'owner' $Was.Owner $image.OwnerId
	Assert-Same $Id 'state' $Was.State $image.State
	if ($null -ne $Was.Public) { Assert-Same $Id 'public' $Was.Public $image.Public }
	Assert-Same $Id 'protection' $Was.Protection $protection
	Assert-Same $Id 'launched' $Was.Launched $launched
	Assert-Tags $Id $Was.Tags $image.Tags
	$mapped = @($image.BlockDeviceMappings | Where-Object { $_ -and $_.Ebs -and $_.Ebs.SnapshotId } | ForEach-Object { $_.Ebs.SnapshotId })
	Assert-Known $Id 'other snapshots' $Was.Snapshots $mapped
	Assert-Known $Id 'fewer snapshots' $mapped $Was.Snapshots
	if ($null -ne $Was.Shared) {
		$attribute = Get-EC2ImageAttribute -Region $Region -ImageId $Id -Attribute launchPermission
		Assert-Shared $Id $Was.Shared $attribute.LaunchPermissions
	}
	$live = @{ Name = 'instance-state-name'; Values = 'pending', 'running', 'stopping', 'stopped' }
	$users = @(Get-EC2Instance -Region $Region -Filter @(@{ Name = 'image-id'; Values = $Id }, $live) | Where-Object { $_ } | ForEach-Object { $_.Instances })
	Assert-Known $Id 'other instances' $Was.Instances @($users | ForEach-Object { $_.InstanceId })
	$code = Invoke-Change 'Unregister-EC2Image' @{ Region = $Region; ImageId = $Id }
	if ($code) { Write-Gone $Region $Id } else { Write-Acted $Region $Id 'deregistered' }
}

# A deregistered AMI may hold its snapshots for some minutes more. Any other AMI is a surprise.
function Remove-PlannedSnapshot([string] $Region, [string] $Id, [hashtable] $Was) {
	Write-Phase '2 Delete snapshot'
	$snapshot = Read-Resource { Get-EC2Snapshot -Region $Region -SnapshotId $Id }
	if ($null -eq $snapshot) { return Write-Gone $Region $Id }
	Assert-Same $Id 'owner' $Was.Owner $snapshot.OwnerId
	Assert-Same $Id 'state' $Was.State $snapshot.State
	Assert-Tags $Id $Was.Tags $snapshot.Tags
	if ($null -ne $Was.Shared) {
		$attribute = Get-EC2SnapshotAttribute -Region $Region -SnapshotId $Id -Attribute createVolumePermission
		Assert-Shared $Id $Was.Shared $attribute.CreateVolumePermissions
	}
	$mapping = @{ Name = 'block-device-mapping.snapshot-id'; Values = $Id }
	$images = @(Get-EC2Image -Region $Region -Owner self -IncludeDisabled $true -Filter $mapping | Where-Object { $_ })
	Assert-Known $Id 'other images' $Was.Images @($images | ForEach-Object { $_.ImageId })
	foreach ($pause in 2, 5, 10, 15, 30, 30, 30, 60, 60, 60, 60, 60, 60, 60, 0) {
		$code = Invoke-Change 'Remove-EC2Snapshot' @{ Region = $Region; SnapshotId = $Id }
		if (-not $code.StartsWith('InvalidSnapshot.InUse')) { break }
		$holder = if ($code -cmatch '(ami-[0-9a-f]+)') { $Matches[1] } else { 'an AMI' }
		if (-not $script:Removed.Contains($holder)) {
			Stop-Plan "${Id}: it is in use by $holder, which this script did not deregister"
		}
		if (-not $Execute) { $code = ''; break } # its AMI would be gone by then
		if ($pause -eq 0) { Stop-Plan "${Id}: $holder was deregistered, but still holds it. Run the script again later" }
		Write-Line "${Region} ${Id}: $holder still holds it, trying again in $pause s"
		Start-Sleep -Seconds $pause
	}
	if ($code) { Write-Gone $Region $Id } else { Write-Acted $Region $Id 'deleted' }
}

function Remove-PlannedInstance([string] $Region, [string] $Id, [hashtable] $Was) {
	Write-Phase '3 Terminate instance (optional)'
	$reservation = Read-Resource { Get-EC2Instance -Region $Region -InstanceId $Id }
	$instance = $reservation | Where-Object { $_ } | ForEach-Object { $_.Instances } | Select-Object -First 1
	if ($null -eq $instance -or 'shutting-down', 'terminated' -ccontains [string] $instance.State.Name) { return Write-Gone $Region $Id }
	Assert-Same $Id 'owner' $Was.Owner $reservation.OwnerId
	Assert-Same $Id 'state' $Was.State $instance.State.Name
	if ($null -ne $Was.Image) { Assert-Same $Id 'image' $Was.Image $instance.ImageId }
	if ($null -ne $Was.Group) {
		$group = $instance.Tags | Where-Object { $_ -and $_.Key -ceq 'aws:autoscaling:groupName' } | ForEach-Object { $_.Value }
		Assert-Same $Id 'group' $Was.Group $(if ($group) { $group } else { 'none' })
	}
	Assert-Tags $Id $Was.Tags $instance.Tags
	$code = Invoke-Change 'Remove-EC2Instance' @{ Region = $Region; InstanceId = $Id }
	if ($code) { Write-Gone $Region $Id } else { Write-Acted $Region $Id 'terminated' }
}

# The caller must be of the plan's account, in each region.
function Assert-Caller {
	foreach ($name in 'AWS.Tools.EC2', 'AWS.Tools.SecurityToken') { Import-Module $name }
	foreach ($region in $Regions) {
		$caller = (Get-STSCallerIdentity -Region $region).Account
		if ($caller -cne $Account) {
			Stop-Plan "the plan is for account $Account, the credentials are of account $caller"
		}
	}
}

# All of the script has been read before this runs: of half a file nothing is carried out.
function Invoke-Plan {
	Write-Line "start: plan $Plan as of $AsOf, account $Account"
	try {
		Assert-Caller
		Invoke-Steps
		$script:Finished = $true
		$what = if ($Execute) { 'done' } else { 'would be done. Nothing was changed; -Execute acts' }
		Write-Line "finished: $script:Already already gone, $script:Changed $what"
	} catch {
		Write-Line "$_"
		throw
	} finally {
		if (-not $script:Finished) { Write-Line 'not finished: see why above, then run it again; what is done stays done' }
	}
}
