#!/usr/bin/env bash
# summary.sh LOGS: adds up what tests/suite.sh kept; ends with one line "N passed, N failed".
# A suite that fails without counting a failure (a crash, a broken test file) counts as one.
set -euo pipefail
logs=$1

# The last line of FILE that counts something, as "passed failed skipped"; pytest's errors are failures.
counts() {
    awk '
        /[0-9]+ (passed|failed|error|errors|skipped)/ && !/^(ok|not ok)/ { line = $0 }
        END {
            gsub(/[=,:()]/, " ", line)
            n = split(line, word, / +/)
            for (i = 2; i <= n; i++)
                if (word[i - 1] ~ /^[0-9]+$/)
                    got[word[i]] += word[i - 1]
            print got["passed"] + got["xfailed"] + 0,
                got["failed"] + got["error"] + got["errors"] + got["xpassed"] + 0,
                got["skipped"] + 0
        }' "$1"
}

passed=0 failed=0 skipped=0
for status in "$logs"/*.status; do
    [ -e "$status" ] || continue
    read -r p f s < <(counts "${status%.status}.log")
    if [ "$(cat "$status")" -ne 0 ] && [ "$f" -eq 0 ]; then
        f=1
    fi
    printf '%-12s %6d passed %4d failed %4d skipped\n' "$(basename "${status%.status}")" "$p" "$f" "$s"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
