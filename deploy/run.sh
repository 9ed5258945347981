#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds tcpgauge, and runs it with the options given. Without options it captures on the first
# real interface. For Debian 12, as root or with sudo, from any folder.
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

# Root runs it as it is. A user keeps being that user, with the capability that capturing takes and no other.
if [ "$(id -u)" = 0 ]; then
  exec "$binary" "$@"
fi
mapfile -t variables < <(env | grep '^TCPGAUGE_' || true)
capabilities=+net_raw
exec sudo -- setpriv --reuid="$(id -u)" --regid="$(id -g)" --init-groups \
  --inh-caps="$capabilities" --ambient-caps="$capabilities" --bounding-set="-all,$capabilities" \
  env HOME="$HOME" TERM="${TERM-}" "${variables[@]}" "$binary" "$@"
