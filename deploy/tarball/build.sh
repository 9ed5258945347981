#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds a tar file of tcpgauge that runs from any folder of any Linux with a recent glibc: the binary, with the shared
# libraries that it needs beside it. First installs the packages that the build needs. Works on Debian 12, as root or
# with sudo, from any folder.
#
# usage: deploy/tarball/build.sh FOLDER
#
# Writes tcpgauge-VERSION.linux-ARCHITECTURE.tar.gz into FOLDER. Beside the binary and the libraries, it holds the manual
# page, completions, the service, the rules, the dashboards, the licence of each library, and a bill of materials.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR disable=SC1091
source "$(dirname -- "${BASH_SOURCE[0]}")/../setup.sh"

[ $# = 1 ] || fail "usage: deploy/tarball/build.sh FOLDER"
mkdir -p -- "$1"
folder=$(cd -- "$1" && pwd)

install_packages "$project/deploy/packages.txt" >&2
say "building tcpgauge" >&2
# DT_RPATH, not DT_RUNPATH: the libraries find their own libraries by it too.
# shellcheck disable=SC2016,SC2054 # the loader replaces $ORIGIN by the folder of the binary
flags=(-c opt --linkopt='-Wl,-rpath,$ORIGIN/../lib/tcpgauge' --linkopt=-Wl,--disable-new-dtags)
as_owner bazel build "${flags[@]}" //:tcpgauge >&2
binary=$(as_owner bazel info "${flags[@]}" bazel-bin 2>/dev/null)/tcpgauge

version=$(sed -n 's/.*kVersion\[\] *= *"\(.*\)".*/\1/p' "$project/src/base/version.h")
name=tcpgauge-$version.linux-$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
tree=$work/$name
documents=$tree/share/doc/tcpgauge
mkdir -p "$documents/licences" "$tree/lib/tcpgauge" "$tree/share/tcpgauge"
install -D -s -- "$binary" "$tree/bin/tcpgauge"

# The libraries of glibc belong to the system's loader, and must come from the same build as that. All others are taken.
of_glibc=$(dpkg -L libc6 | sed -n 's|.*/||p')
while read -r library path; do
  grep -qxF -- "$library" <<<"$of_glibc" && continue
  cp -L -- "$path" "$tree/lib/tcpgauge/$library"
  # dpkg knows some files by the paths from before /lib became a link to /usr/lib.
  file=$(readlink -f -- "$path")
  package=$({ dpkg-query --search "$file" || dpkg-query --search "${file#/usr}"; } 2>/dev/null | cut -d: -f1)
  cp -- "/usr/share/doc/$package/copyright" "$documents/licences/$package"
done < <(ldd -- "$binary" | sed -n 's|^\t\([^ ]*\) => \(/[^ ]*\) .*|\1 \2|p')
glibc=$(objdump -T "$tree/bin/tcpgauge" "$tree/lib/tcpgauge"/* | grep -o 'GLIBC_2[.0-9]*' | sort -uV | tail -n 1)

cd -- "$project"
install -D -m 644 deploy/man/tcpgauge.8 -t "$tree/share/man/man8"
install -D -m 644 deploy/completion/tcpgauge.bash "$tree/share/bash-completion/completions/tcpgauge"
install -D -m 644 deploy/completion/_tcpgauge -t "$tree/share/zsh/site-functions"
install -D -m 644 deploy/systemd/tcpgauge.{default,logrotate,service,sysusers} -t "$tree/share/tcpgauge/systemd"
cp -r -- deploy/prometheus deploy/grafana "$tree/share/tcpgauge"
install -m 644 LICENSE NOTICE {CHANGELOG,METRICS,PERFORMANCE,README,RELIABILITY,SECURITY}.md "$documents"
cp -r -- docs "$documents"
as_owner deploy/sbom.py "$binary" >"$documents/sbom.spdx.json"
cat >"$tree/README" <<END
tcpgauge $version for Linux with glibc ${glibc#GLIBC_} or later. bin/tcpgauge runs from any folder, with the libraries in
lib/tcpgauge. share/doc/tcpgauge says more; the licences of the libraries are there too.

Give it the capability to capture as root, or by systemd's AmbientCapabilities=CAP_NET_RAW, as share/tcpgauge/systemd
has it. With a file capability (setcap), the loader refuses libraries beside the binary.
END
chmod -R u=rwX,go=rX "$tree"

time=$(git log -1 --format=%ct 2>/dev/null) || time=0
tar -C "$work" --sort=name --mtime="@$time" --owner=0 --group=0 --numeric-owner -cf - "$name" |
  gzip -n >"$folder/$name.tar.gz"
say "wrote $folder/$name.tar.gz, for glibc ${glibc#GLIBC_} or later"
