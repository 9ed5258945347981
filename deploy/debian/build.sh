#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds tcpgauge's Debian package. First installs the packages that the build needs. Works on Debian 12, as root or
# with sudo, from any folder.
#
# usage: deploy/debian/build.sh [--binary FILE] FOLDER
#
# Writes tcpgauge_VERSION_ARCHITECTURE.deb, a package with its debug symbols, and the .changes and .buildinfo files into
# FOLDER. With --binary it packs FILE. Otherwise it builds a binary.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR disable=SC1091
source "$(dirname -- "${BASH_SOURCE[0]}")/../setup.sh"

binary=
if [ "${1-}" = --binary ]; then
  binary=${2-}
  shift 2
fi
[ $# = 1 ] || fail "usage: deploy/debian/build.sh [--binary FILE] FOLDER"
mkdir -p -- "$1"
folder=$(cd -- "$1" && pwd)

install_packages "$project/deploy/debian/packages.txt" >&2
if [ -z "$binary" ]; then
  install_packages "$project/deploy/packages.txt" >&2
  say "building tcpgauge" >&2
  as_owner bazel build -c opt //:tcpgauge >&2
  binary=$(as_owner bazel info -c opt bazel-bin 2>/dev/null)/tcpgauge
fi
[ -x "$binary" ] || fail "there is no binary at '$binary'"

# debhelper needs debian/ at the top of a tree, and leaves its own files there. So build in a temporary tree.
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
tree=$work/tcpgauge
mkdir "$tree"
cp -r -- "$project/deploy/debian/package" "$tree/debian"
install -m 755 -- "$binary" "$tree/tcpgauge"
cp -- "$project/deploy/systemd/tcpgauge.service" "$tree/debian/tcpgauge.service"
cp -- "$project/deploy/systemd/tcpgauge.default" "$tree/debian/tcpgauge.default"
cp -- "$project/deploy/systemd/tcpgauge.sysusers" "$tree/debian/tcpgauge.sysusers"
mkdir "$tree/completions" "$tree/pages"
cp -- "$project/deploy/completion/tcpgauge.bash" "$tree/completions/tcpgauge"
cp -- "$project/deploy/man/tcpgauge.8" "$project/deploy/completion/_tcpgauge" "$tree"
cp -- "$project/NOTICE" "$project/README.md" "$project/METRICS.md" "$project"/docs/*.md "$tree/pages"
# debhelper would take CHANGELOG.md for the changelog of the package.
cp -- "$project/CHANGELOG.md" "$tree/pages/NEWS.md"
cp -r -- "$project/deploy/prometheus" "$project/deploy/grafana" "$tree"

version=$(sed -n 's/.*kVersion\[\] *= *"\(.*\)".*/\1/p' "$project/src/base/version.h")
changelog=$(dpkg-parsechangelog -l "$tree/debian/changelog" -S Version)
[ "$version" = "$changelog" ] || fail "src/base/version.h says '$version', deploy/debian/package/changelog says '$changelog'"

(cd -- "$tree" && dpkg-buildpackage --build=binary --no-sign --no-check-builddeps) >"$work/log" 2>&1 || {
  cat -- "$work/log" >&2
  fail "the package could not be built; see above"
}
cp -- "$work"/*.deb "$work"/*.changes "$work"/*.buildinfo "$folder"
ls -- "$folder"/tcpgauge_*.deb
