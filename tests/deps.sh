#!/usr/bin/env bash
# Installs the Debian packages named as arguments, those that are missing; silent if none is.
set -euo pipefail

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "deps: no Debian package manager here; what the build and its tests need: $*" >&2
    exit 0
fi
missing=()
for package in "$@"; do
    # A virtual package (pkg-config on newer systems) counts as there when its command is.
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || command -v "$package" >/dev/null 2>&1 || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "deps: as root, run: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi
echo "deps: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
