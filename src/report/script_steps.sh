# shellcheck shell=bash disable=SC2154
# The steps of a plan, one function each. Before it acts, each looks at its resource again: FACTs are
# what the plan saw, as NAME=VALUE. It must not know: what else is in the plan.

# One line of NAME=VALUE, separated by tabs, a resource. $watched selects the tags that rules look at.
tag_facts="join('=', ['tags', to_string(sort_by(Tags[?$watched] || \`[]\`, &Key)[].[Key, Value])])"
image_facts="Images[].[join('=', ['owner', OwnerId]), join('=', ['state', State]),
	join('=', ['public', to_string(Public)]),
	join('=', ['protection', DeregistrationProtection || 'disabled']),
	join('=', ['snapshots', join(',', sort(BlockDeviceMappings[].Ebs.SnapshotId || \`[]\`))]),
	$tag_facts, join('=', ['launched', LastLaunchedTime || 'never'])]"
snapshot_facts="Snapshots[].[join('=', ['owner', OwnerId]), join('=', ['state', State]), $tag_facts]"
instance_facts="Reservations[].[join('=', ['owner', OwnerId]), Instances[0].[
	join('=', ['state', State.Name]), join('=', ['image', ImageId]),
	join('=', ['group', (Tags[?Key=='aws:autoscaling:groupName'].Value | [0]) || 'none']),
	$tag_facts]][][]"
grants='sort([].[UserId, Group, OrganizationArn, OrganizationalUnitArn][] | [?@])'

removed=' ' # AMIs whose step came already

# is_seen FACT: as it stands in $seen; of launched=TIME the second, however it is written.
is_seen() {
	case $1 in
	launched=[0-9]*) [[ $seen == *$'\t'"${1%Z}"[.Z+]* ]] ;;
	*) [[ $seen == *$'\t'"$1"$'\t'* ]] ;;
	esac
}

# check FACT…: what was seen must be what the plan saw.
check() {
	local fact now
	for fact; do
		now=${seen#*$'\t'"${fact%%=*}"=}
		now=${now%%$'\t'*}
		case $fact in
		instances=* | images=*) check_known "other ${fact%%=*}" "${fact#*=}" "$now" ;;
		snapshots=*)
			check_known 'other snapshots' "${fact#*=}" "$now"
			check_known 'fewer snapshots' "$now" "${fact#*=}"
			;;
		*) is_seen "$fact" || surprise "$id: the plan saw $fact, now it is ${fact%%=*}=$now" ;;
		esac
	done
}

# check_known WHAT THESE THOSE: each of THOSE must be one of THESE.
check_known() {
	local each
	for each in ${3//,/ }; do
		[[ ,$2, == *,"$each",* ]] || surprise "$id: $1 since the plan: $each"
	done
}

# also NAME WORDS…: one more fact, by a call of its own.
also() {
	local name=$1
	shift
	call "$@"
	[[ -z $code ]] || surprise "$id: $error"
	[[ $answer != None ]] || answer=''
	seen+="$name=$answer"$'\t'
}

# is_asked NAME FACT…: did the plan read that fact?
is_asked() {
	local name=$1
	shift
	[[ " $*" == *" $name="* ]]
}

deregister_image() { # REGION ID FACT…
	phase '1 Deregister AMI'
	target "$1" "$2"
	shift 2
	removed+="$id "
	if ! describe ec2 describe-images --image-ids "$id" --include-disabled --query "$image_facts" ||
		[[ $answer == *state=deregistered* ]]; then
		gone
		return
	fi
	seen=$'\t'$answer$'\t'
	! is_asked shared "$@" || also shared ec2 describe-image-attribute --image-id "$id" \
		--attribute launchPermission --query "join(',', (LaunchPermissions || \`[]\`) | $grants)"
	also instances ec2 describe-instances --filters "Name=image-id,Values=$id" \
		Name=instance-state-name,Values=pending,running,stopping,stopped \
		--query "join(',', Reservations[].Instances[].InstanceId)"
	check "$@"
	act ec2 deregister-image --image-id "$id"
	if is_missing; then
		gone
	elif [[ -n $code ]]; then
		surprise "$id: $error"
	else
		acted deregistered
	fi
}

# A deregistered AMI may hold its snapshots for some minutes more. Any other AMI is a surprise.
await_release() { # PAUSE
	local holder=''
	[[ ! $error =~ (ami-[0-9a-f]+) ]] || holder=${BASH_REMATCH[1]}
	[[ $removed == *" ${holder:-?} "* ]] ||
		surprise "$id: it is in use by ${holder:-an AMI}, which this script did not deregister"
	if [[ $mode != execute ]]; then
		code='' # its AMI would be gone by then
		return
	fi
	(($1)) || surprise "$id: $holder was deregistered, but still holds it. Run the script again later"
	say "$region $id: $holder still holds it, trying again in $1 s"
	sleep "$1"
}

delete_snapshot() { # REGION ID FACT…
	local pause
	phase '2 Delete snapshot'
	target "$1" "$2"
	shift 2
	if ! describe ec2 describe-snapshots --snapshot-ids "$id" --query "$snapshot_facts"; then
		gone
		return
	fi
	seen=$'\t'$answer$'\t'
	! is_asked shared "$@" || also shared ec2 describe-snapshot-attribute --snapshot-id "$id" \
		--attribute createVolumePermission --query "join(',', (CreateVolumePermissions || \`[]\`) | $grants)"
	also images ec2 describe-images --owners self --include-disabled \
		--filters "Name=block-device-mapping.snapshot-id,Values=$id" --query "join(',', Images[].ImageId)"
	check "$@"
	for pause in 2 5 10 15 30 30 30 60 60 60 60 60 60 60 0; do
		act ec2 delete-snapshot --snapshot-id "$id"
		[[ $code == InvalidSnapshot.InUse ]] || break
		await_release "$pause"
		[[ -n $code ]] || break
	done
	if is_missing; then
		gone
	elif [[ -n $code ]]; then
		surprise "$id: $error"
	else
		acted deleted
	fi
}

terminate_instances() { # REGION ID FACT…
	phase '3 Terminate instance (optional)'
	target "$1" "$2"
	shift 2
	if ! describe ec2 describe-instances --instance-ids "$id" --query "$instance_facts" ||
		[[ $answer == *state=shutting-down* || $answer == *state=terminated* ]]; then
		gone
		return
	fi
	seen=$'\t'$answer$'\t'
	check "$@"
	act ec2 terminate-instances --instance-ids "$id"
	if is_missing; then
		gone
	elif [[ -n $code ]]; then
		surprise "$id: $error"
	else
		acted terminated
	fi
}
