#!/bin/sh
# Makes build/amiplan_VERSION_ARCH.deb from what `make install` installs.
# Arguments: the version, the directory that make installed into (as /usr), where the package goes.
set -eu
version=$1 root=$(realpath "$2") out=$3
here=$(dirname "$0")
arch=$(dpkg --print-architecture)
doc=$root/usr/share/doc/amiplan

# zsh looks for a package's completions there; site-functions is for what the administrator installs.
mv "$root/usr/share/zsh/site-functions" "$root/usr/share/zsh/vendor-completions"
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root/usr/bin/amiplan"
find "$root/usr/share/man" -name '*.1' -exec gzip -9n {} +
mkdir -p "$doc" "$root/DEBIAN"
cp "$here/copyright" "$doc/copyright"
gzip -9nc "$here/changelog" > "$doc/changelog.gz"
chmod 644 "$doc"/*

# dpkg-shlibdeps wants a source package around it: an empty one will do.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/debian"
printf 'Source: amiplan\n\nPackage: amiplan\nArchitecture: any\n' > "$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O "$root/usr/bin/amiplan" 2>/dev/null | sed 's/^shlibs:Depends=//')
size=$(du -sk --exclude=DEBIAN "$root" | cut -f1)
sed -e "s/@VERSION@/$version/" -e "s/@ARCH@/$arch/" -e "s/@DEPENDS@/$depends/" -e "s/@SIZE@/$size/" \
	"$here/control" > "$root/DEBIAN/control"
(cd "$root" && find usr -type f -exec md5sum {} + | LC_ALL=C sort -k 2) > "$root/DEBIAN/md5sums"
dpkg-deb --root-owner-group -Zxz --build "$root" "$out/amiplan_${version}_$arch.deb"
