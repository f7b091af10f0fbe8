# shellcheck shell=bash disable=SC2154
# What the scripts that carry out a plan, and the one that undoes it, have in common. The lines that
# amiplan writes before it set: tool plan as_of account regions. It must not know: any step.

usage() {
	cat <<EOF
Usage: bash SCRIPT [--execute] [--log FILE]

Without --execute every call that would change something is a dry run, and nothing changes.
It acts on account $account only, in: $regions.

  --execute    act
  --log FILE   append to FILE what is done; default: $log
EOF
}

# say WORDS…: on standard output and, with the time, in the log.
say() {
	printf '%s\n' "$*"
	printf '%s %s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$mode" "$*" >>"$log"
}

# surprise WORDS…: the world is not as the plan says. Nothing is done after that.
surprise() {
	say "STOP: $*" >&2
	exit 1
}

# phase TITLE: said when it changes.
phase() {
	[[ $phase == "$1" ]] || say "$1"
	phase=$1
}

# target REGION ID: what the calls below are about.
target() {
	region=$1 id=$2
	[[ " $regions " == *" $region "* ]] || surprise "$id: the script is not for region $region"
}

# call WORDS…: aws. Sets $answer; $code is '' or the error's code, and $error its text.
call() {
	code='' error=''
	if ! answer=$(aws "$@" --region "$region" --output text 2>"$errors" </dev/null); then
		error=$(LC_ALL=C tr -c '[:print:]' ' ' <"$errors")
		code=unknown
		[[ ! $error =~ \(([A-Za-z][A-Za-z0-9._]*)\)\ when\ calling ]] || code=${BASH_REMATCH[1]}
	fi
}

is_missing() {
	case $code in
	InvalidAMIID.NotFound | InvalidAMIID.Unavailable) ;;
	InvalidSnapshot.NotFound | InvalidInstanceID.NotFound) ;;
	*) return 1 ;;
	esac
}

# describe WORDS…: a call that must be answered. False if there is no such resource.
describe() {
	call "$@"
	[[ -z $code ]] || is_missing || surprise "$id: $error"
	[[ -z $code && -n $answer && $answer != None ]]
}

# act WORDS…: a call that changes something, or its dry run. $code is '' if that went well.
act() {
	if [[ $mode == execute ]]; then
		call "$@"
		return
	fi
	call "$@" --dry-run
	[[ -n $code ]] || surprise "$id: the dry run was not answered as one"
	[[ $code != DryRunOperation ]] || code=''
}

# acted VERB: counts it and says so.
acted() {
	if [[ $mode == execute ]]; then
		say "$region $id: $1"
	else
		say "$region $id: would be $1"
	fi
	changed=$((changed + 1))
}

gone() {
	say "$region $id: already gone"
	already=$((already + 1))
}

# The caller must be of the plan's account, in each region.
check_caller() {
	local caller
	for region in $regions; do
		call sts get-caller-identity --query Account
		caller=$answer
		[[ -z $code ]] || surprise "no access to region $region: $error"
		[[ $caller == "$account" ]] ||
			surprise "the plan is for account $account, the credentials are of account $caller"
	done
}

check_tools() {
	local tool
	for tool in aws cat date mktemp rm sleep tr; do
		if ! command -v "$tool" >/dev/null; then
			printf 'the command %s is not installed\n' "$tool" >&2
			exit 1
		fi
	done
	export AWS_PAGER='' AWS_CLI_AUTO_PROMPT=off AWS_RETRY_MODE=standard
	export AWS_MAX_ATTEMPTS=${AWS_MAX_ATTEMPTS:-10}
}

finish() {
	rm -f -- "$errors"
	[[ -n $finished ]] || say 'not finished: see why above, then run it again; what is done stays done' >&2
}

take_options() {
	while (($#)); do
		case $1 in
		--execute) mode=execute ;;
		--log)
			(($# > 1)) || {
				usage >&2
				exit 64
			}
			log=$2
			shift
			;;
		--help | -h)
			usage
			exit 0
			;;
		*)
			usage >&2
			exit 64
			;;
		esac
		shift
	done
}

# All of the script has been read before this runs: of half a file nothing is carried out.
main() {
	take_options "$@"
	check_tools
	errors=$(mktemp)
	trap finish EXIT
	say "start: plan $plan as of $as_of, account $account"
	check_caller
	steps
	finished=yes
	if [[ $mode == execute ]]; then
		say "finished: $changed done, $already already gone"
	else
		say "finished: $changed would be done, $already already gone. Nothing was changed; --execute acts"
	fi
	((lost == 0)) || exit 1
}

mode=dry-run log=$tool-$account.log
phase='' region='' id='' answer='' code='' error='' errors='' finished=''
changed=0 already=0 lost=0
