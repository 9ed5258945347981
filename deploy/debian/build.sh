#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds tcpgauge's Debian packages from the sources in this checkout. First installs the packages that the build needs.
# Works on Debian 12, as root or with sudo, from any folder.
#
# usage: deploy/debian/build.sh FOLDER
#
# Writes into FOLDER: tcpgauge_VERSION_ARCHITECTURE.deb, tcpgauge-tcptrack_VERSION_all.deb, a package with debug symbols,
# the source package (.dsc, .orig.tar.gz, .debian.tar.xz), and the .changes and .buildinfo files. The source package has
# the files that git knows, as they are in the checkout.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR disable=SC1091
source "$(dirname -- "${BASH_SOURCE[0]}")/../setup.sh"

[ $# = 1 ] || fail "usage: deploy/debian/build.sh FOLDER"
mkdir -p -- "$1"
folder=$(cd -- "$1" && pwd)

install_packages "$project/deploy/packages.txt" "$project/deploy/debian/packages.txt" >&2

version=$(sed -n 's/.*kVersion\[\] *= *"\(.*\)".*/\1/p' "$project/src/base/version.h")
changelog=$(dpkg-parsechangelog -l "$project/deploy/debian/package/changelog" -S Version)
[ "$version" = "${changelog%-*}" ] ||
  fail "src/base/version.h says '$version', deploy/debian/package/changelog says '$changelog'"

# dpkg-source wants debian/ at the top of a tree, and the tree as a tar file without debian/.
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
tree=$work/tcpgauge-$version
mkdir "$tree"
as_owner git ls-files -z >"$work/files"
tar -C "$project" --null --files-from="$work/files" --ignore-failed-read -cf - |
  tar -C "$tree" --no-same-owner -xf -
(cd -- "$project" && as_owner deploy/workspace_status.sh) | sed 's/^STABLE_COMMIT //' >"$tree/COMMIT"
time=$(dpkg-parsechangelog -l "$project/deploy/debian/package/changelog" -S Timestamp)
tar -C "$work" --sort=name --mtime="@$time" --owner=0 --group=0 --numeric-owner -cf - "tcpgauge-$version" |
  gzip -n >"$work/tcpgauge_$version.orig.tar.gz"
cp -r -- "$tree/deploy/debian/package" "$tree/debian"

say "building the packages" >&2
# Bazel's folder of this user, so that what was built before is not built again.
export BAZEL_DISK_CACHE=${BAZEL_DISK_CACHE-$HOME/.cache/tcpgauge-bazel}
(cd -- "$tree" && dpkg-buildpackage --no-sign) >"$work/log" 2>&1 || {
  cat -- "$work/log" >&2
  fail "the packages could not be built; see above"
}
rm -rf -- "$tree"
find "$work" -maxdepth 1 -type f ! -name log ! -name files -exec cp -t "$folder" {} +
ls -- "$folder"/tcpgauge*.deb
