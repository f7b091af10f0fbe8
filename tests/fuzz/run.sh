#!/usr/bin/env bash
# run.sh SECONDS PROGRAM…: lets each fuzz_NAME search for SECONDS. Starts from corpus/NAME, keeps
# what it finds under build/fuzz/NAME; a finding that crashes is an error and is named.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
seconds=$1
shift
failed=0
for program in "$@"; do
    name=$(basename "$program")
    name=${name#fuzz_}
    found=build/fuzz/$name
    mkdir -p "$found"
    echo "== $name, $seconds s"
    "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
        -print_final_stats=1 -artifact_prefix="$found-" "$found" "$here/corpus/$name" || failed=1
done
exit $failed
