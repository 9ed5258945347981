#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs missing packages, builds tcpgauge, and runs it with the given options. Without options it captures on the
# first real interface. Works on Debian 12, as root or with sudo, from any folder.
#
# usage: deploy/run.sh [OPTION]... [FILTER]     (deploy/run.sh --help shows tcpgauge's options)
set -euo pipefail
# shellcheck source-path=SCRIPTDIR disable=SC1091
source "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

install_packages "$project/deploy/packages.txt" >&2
say "building tcpgauge" >&2
as_owner bazel build -c opt //:tcpgauge >&2
binary=$(as_owner bazel info -c opt bazel-bin 2>/dev/null)/tcpgauge

if [ $# -eq 0 ]; then
  say "capturing on the first real interface: see http://127.0.0.1:10406/metrics; Ctrl-C ends it," >&2
  say "and 'deploy/run.sh --tui' shows the connections in this terminal" >&2
fi

# Root runs the binary directly. Any other user runs it with only the capability that capturing needs.
if [ "$(id -u)" = 0 ]; then
  exec "$binary" "$@"
fi
mapfile -t variables < <(env | grep '^TCPGAUGE_' || true)
capabilities=+net_raw
exec sudo -- setpriv --reuid="$(id -u)" --regid="$(id -g)" --init-groups \
  --inh-caps="$capabilities" --ambient-caps="$capabilities" --bounding-set="-all,$capabilities" \
  env HOME="$HOME" TERM="${TERM-}" "${variables[@]}" "$binary" "$@"
