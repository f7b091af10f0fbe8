#!/usr/bin/env bash
# run.sh PROGRAM…: runs cmocka programs, shows what failed, ends with "unit: N passed, N failed".
# WRAPPER (such as "valgrind -q …") is put before each program.
set -uo pipefail
export CMOCKA_MESSAGE_OUTPUT=TAP LC_ALL=C TZ=UTC
read -r -a wrapper <<<"${WRAPPER:-}"
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for program in "$@"; do
    "${wrapper[@]}" "$program" >"$log" 2>&1 </dev/null
    status=$?
    p=$(grep -c '^ok ' "$log")
    # cmocka prints a skipped test as one that is "not ok # SKIP": it is said, and counts as neither.
    f=$(grep '^not ok ' "$log" | grep -vc '^not ok [0-9]* # SKIP')
    grep '^not ok [0-9]* # SKIP' "$log" | sed "s/^not ok [0-9]* # SKIP/skipped: $(basename "$program"):/"
    # A crash, a sanitizer's or valgrind's complaint, or a program that ran no test.
    if { [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; } || [ $((p + f)) -eq 0 ]; then
        f=$((f + 1))
    fi
    if [ "$f" -gt 0 ]; then
        echo "-- $(basename "$program"): exit status $status"
        grep -v '^ok ' "$log"
    fi
    passed=$((passed + p)) failed=$((failed + f))
done
echo "unit: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
