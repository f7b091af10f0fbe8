#!/usr/bin/env bash
# run.sh BINARY [NAME…]: the golden tests, byte for byte; ends with "golden: N passed, N failed".
#
# A case is a directory beside this file:
#   cmd               what follows `amiplan`, one shell line; runs in the case's directory, where
#                     $AMIPLAN is the binary and $OUT an empty directory that goes away afterwards
#   expected.out      standard output
#   expected.err      standard error; absent: nothing
#   expected.status   exit status; absent: 0
# UPDATE=1 rewrites the expectations. WRAPPER (such as "valgrind -q …") is put before the binary.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
AMIPLAN=$(realpath "$1")
shift
export AMIPLAN LC_ALL=C TZ=UTC COLUMNS=100
unset NO_COLOR
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

run_case() { # DIR → $work/{out,err,status}
    local line
    line=$(cat "$1/cmd")
    export OUT="$work/files"
    rm -rf "$OUT"
    mkdir "$OUT"
    (cd "$1" && exec bash -c "${WRAPPER:-} \"\$AMIPLAN\" $line") \
        >"$work/out" 2>"$work/err" </dev/null
    echo $? >"$work/status"
}

update_case() { # DIR
    cp "$work/out" "$1/expected.out"
    rm -f "$1/expected.err" "$1/expected.status"
    [ ! -s "$work/err" ] || cp "$work/err" "$1/expected.err"
    [ "$(cat "$work/status")" -eq 0 ] || cp "$work/status" "$1/expected.status"
}

expected() { # FILE DEFAULT → path
    if [ -e "$1" ]; then
        echo "$1"
    else
        printf '%s' "$2" >"$work/default"
        echo "$work/default"
    fi
}

check_case() { # DIR: prints the differences; true if there are none
    local same=0
    diff -u --label expected.out --label actual.out "$1/expected.out" "$work/out" || same=1
    diff -u --label expected.err --label actual.err \
        "$(expected "$1/expected.err" '')" "$work/err" || same=1
    diff -u --label expected.status --label actual.status \
        "$(expected "$1/expected.status" $'0\n')" "$work/status" || same=1
    return $same
}

passed=0 failed=0
cases=()
if [ $# -gt 0 ]; then
    for name in "$@"; do
        cases+=("$here/$name")
    done
else
    for cmd in "$here"/*/cmd; do
        [ ! -e "$cmd" ] || cases+=("$(dirname "$cmd")")
    done
fi
for dir in ${cases[@]+"${cases[@]}"}; do
    run_case "$dir"
    [ -z "${UPDATE:-}" ] || update_case "$dir"
    if check_case "$dir" >"$work/diff" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "-- golden $(basename "$dir"): differs"
        head -n 200 "$work/diff"
    fi
done
echo "golden: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
