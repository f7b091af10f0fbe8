#!/usr/bin/env bash
# cached.sh BINARY ARGUMENT…: as WRAPPER of run.sh it runs each command through a cache: once to fill
# it, and once more to be judged, which must be the same to the byte.
set -uo pipefail
binary=$1
shift
case ${1:-} in
plan | explain | graph | cost | verify | diff) ;;
*) exec "$binary" "$@" ;;
esac
verb=$1
shift
cache=$(mktemp -d)
trap 'rm -rf "$cache"' EXIT
"$binary" "$verb" --cache "$cache" "$@" </dev/null >/dev/null 2>&1
"$binary" "$verb" --cache "$cache" "$@"
