# shellcheck shell=bash disable=SC2154
# What undoes the steps of a plan, one function each. It must not know: how a plan is made.

# from_bin image|snapshot LIST: restores $id from the Recycle Bin. False if it is not there.
from_bin() {
	call ec2 "list-$1s-in-recycle-bin" "--$1-ids" "$id" --query "$2[0].RecycleBinExitTime"
	if [[ -n $code ]] && ! is_missing; then
		say "$region $id: the Recycle Bin cannot be read: $code"
	fi
	[[ -z $code && -n $answer && $answer != None ]] || return 1
	say "$region $id: recoverable until $answer"
	act ec2 "restore-$1-from-recycle-bin" "--$1-id" "$id"
	[[ -z $code ]] || surprise "$id: $error"
	acted 'restored from the Recycle Bin'
}

final() { # WHY
	say "$region $id: final: $1"
	lost=$((lost + 1))
}

there() {
	say "$region $id: still there"
	already=$((already + 1))
}

# again WORDS…: one more call for the AMI that was made.
again() {
	call ec2 "$@" --image-id "$new"
	[[ -z $code ]] || surprise "$new was made from the definition of $id, but $1 failed: $error"
}

# What register-image does not take: $new gets it afterwards. Who disables an AMI takes its
# permissions away, so that comes last.
complete() {
	[[ -z $permissions ]] || again modify-image-attribute --launch-permission "$permissions"
	[[ ! $deprecation > $(date -u +%Y-%m-%dT%H:%M:%SZ) ]] ||
		again enable-image-deprecation --deprecate-at "$deprecation"
	case $protection in
	enabled-with-cooldown) again enable-image-deregistration-protection --with-cooldown ;;
	enabled*) again enable-image-deregistration-protection ;;
	esac
	[[ $state != disabled ]] || again disable-image
}

restore_image() { # REGION ID NAME=VALUE…
	local each image new names='' register='' snapshots='' permissions='' deprecation='' protection='' state=''
	phase 'AMIs'
	target "$1" "$2"
	image=$id
	shift 2
	for each; do
		local "$each"
	done
	if describe ec2 describe-images --image-ids "$id" --include-disabled --query 'Images[].State' &&
		[[ $answer != deregistered ]]; then
		there
		return
	fi
	! from_bin image Images || return 0
	if describe ec2 describe-images --owners self --include-disabled --filters "$names" \
		--query 'Images[].ImageId'; then
		say "$region $id: not made again, its name is taken: ${answer//$'\t'/ }"
		already=$((already + 1))
		return
	fi
	for id in ${snapshots//,/ }; do
		if ! describe ec2 describe-snapshots --snapshot-ids "$id" --query 'Snapshots[].State' &&
			! from_bin snapshot Snapshots; then
			each=$id id=$image
			final "its snapshot $each is gone"
			return
		fi
	done
	id=$image
	act ec2 register-image --cli-input-json "$register" --query ImageId
	[[ -z $code ]] || surprise "$id: $error"
	if [[ $mode == execute ]]; then
		new=$answer
		acted "made again as $new: change whatever names $id"
		complete
	else
		acted 'made again, under another id'
	fi
}

restore_snapshot() { # REGION ID
	phase 'Snapshots'
	target "$1" "$2"
	if describe ec2 describe-snapshots --snapshot-ids "$id" --query 'Snapshots[].State'; then
		there
	elif ! from_bin snapshot Snapshots; then
		final 'it is in no Recycle Bin'
	fi
}

restore_instance() { # REGION ID
	phase 'Instances'
	target "$1" "$2"
	if describe ec2 describe-instances --instance-ids "$id" --query 'Reservations[].Instances[].State.Name' &&
		[[ $answer != shutting-down && $answer != terminated ]]; then
		there
	else
		final 'a terminated instance cannot be restored'
	fi
}
