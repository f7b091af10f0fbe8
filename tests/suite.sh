#!/usr/bin/env bash
# suite.sh LOGS NAME COMMAND…: runs one suite, shows and keeps its output, and its exit status in
# LOGS/NAME.status. Never fails itself: tests/summary.sh judges all suites together.
set -uo pipefail
logs=$1
name=$2
shift 2
mkdir -p "$logs"
echo "== $name"
"$@" 2>&1 | tee "$logs/$name.log"
echo "${PIPESTATUS[0]}" >"$logs/$name.status"
