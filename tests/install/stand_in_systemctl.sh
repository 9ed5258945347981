#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Stands for systemctl in a root that has no init: starts a service as its unit says, in the background. Knows the keys that
# the units of tcpgauge and of Debian's Prometheus need.
#
# usage: systemctl [enable] [--now] start|restart|status NAME
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
