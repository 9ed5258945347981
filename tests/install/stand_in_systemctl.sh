#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Stands in for systemctl in a folder with a minimal Debian, which has no init system. Runs a service in the background
# as its unit says. Understands only those keys of a unit that tcpgauge and Debian's Prometheus need.
#
# usage: systemctl [enable] [--now] start|restart NAME
#
# Every call stops the service if it runs, and starts it, also with another verb or with --now alone.
set -euo pipefail

for word in "$@"; do
  case $word in
    -* | enable | start | restart) ;;
    *) name=$word ;;
  esac
done
unit=/lib/systemd/system/$name.service
value() { sed -n "s/^$1=-\{0,1\}//p" "$unit" | tail -n 1; }

if [ -e "/run/$name.pid" ]; then
  kill "$(cat "/run/$name.pid")" 2>/dev/null || true
fi
if [ -r "$(value EnvironmentFile)" ]; then
  set -a
  # shellcheck disable=SC1090
  source "$(value EnvironmentFile)"
  set +a
fi
capabilities=-all
ambient=$(value AmbientCapabilities)
[ -z "$ambient" ] || capabilities=-all,+$(tr '[:upper:]' '[:lower:]' <<<"${ambient#CAP_}")
# As in a unit, a variable that stands alone is split into words.
# shellcheck disable=SC2016 # for the eval
eval "set -- $(value ExecStart | sed 's/\$ARGS/${ARGS-}/')"
user=$(value User)
setsid setpriv --reuid="$user" --regid="$user" --init-groups --inh-caps="$capabilities" \
  --ambient-caps="$capabilities" --bounding-set="$capabilities" "$@" >"/var/log/$name.log" 2>&1 </dev/null &
echo $! >"/run/$name.pid"
