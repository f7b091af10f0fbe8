#!/usr/bin/env bash
# replay.sh PROGRAM…: feeds each replay_NAME its corpus, corpus/NAME; ends with
# "replay: N passed, N failed" where each corpus file is one test.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
passed=0 failed=0
for program in "$@"; do
    name=$(basename "$program")
    for file in "$here/corpus/${name#replay_}"/*; do
        [ -e "$file" ] || continue
        if output=$("$program" "$file" 2>&1); then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "-- $name: $file"
            echo "$output"
        fi
    done
done
echo "replay: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
