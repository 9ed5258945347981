# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Functions that deploy/run.sh and the scripts of tests share: they install packages, and run Bazel as the owner of the
# checkout. Source this file with `set -euo pipefail`. It sets `project` to the folder of the checkout.

project=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
# A user's path may lack the folders of administration tools.
export PATH="$PATH:/usr/sbin:/sbin"

say() { printf '== %s\n' "$*"; }

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Runs a command as root.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -- "$@"
  else
    fail "root's rights are needed for '$*': run it as root, or install sudo"
  fi
}

# Runs a command in the checkout as its owner, so that root leaves no files in a user's checkout.
as_owner() {
  local owner
  owner=$(stat -c %U -- "$project")
  if [ "$(id -u)" != 0 ] || [ "$owner" = root ] || [ "$owner" = UNKNOWN ]; then
    (cd -- "$project" && "$@")
  else
    (cd -- "$project" && setpriv --reuid="$owner" --regid="$(id -g -- "$owner")" --init-groups \
      env HOME="$(getent passwd "$owner" | cut -d: -f6)" USER="$owner" LOGNAME="$owner" "$@")
  fi
}

# Keeps a service that is about to be installed from starting, now and at the next boot.
mask_service() {
  local link=/etc/systemd/system/$1
  if [ -d /run/systemd/system ] && [ ! -e "$link" ] && [ ! -L "$link" ]; then
    say "masking $1, which is not needed as a service ('systemctl unmask $1' undoes that)"
    as_root mkdir -p /etc/systemd/system
    as_root ln -s /dev/null "$link"
  fi
}

# Makes Bazel look again at the headers that the system has, if a package was installed since it looked, by this script or
# another way. Bazel remembers the list of headers for the layering check, and refuses a header that is not in it.
refresh_headers() {
  local seen
  command -v bazel >/dev/null || return 0
  seen=$(as_owner bazel info output_base 2>/dev/null)/external/@local_config_cc.marker
  if [ -e "$seen" ] && [ /var/lib/dpkg/status -nt "$seen" ]; then as_owner bazel sync --configure; fi
}

# Installs the packages that the given files list and that are missing. Asks no questions.
install_packages() {
  install_missing "$@"
  refresh_headers
}

install_missing() {
  local installed name service log missing=()
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' | sed -n 's/ installed$//p')
  while read -r name service; do
    case $name in '' | '#'*) continue ;; esac
    grep -qxF -- "$name" <<<"$installed" && continue
    missing+=("$name")
    [ -z "$service" ] || mask_service "$service"
  done < <(cat -- "$@")
  [ ${#missing[@]} -gt 0 ] || return 0

  say "installing ${missing[*]}"
  log=$(mktemp)
  if ! { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}"; } \
    >"$log" 2>&1; then
    cat -- "$log" >&2
    fail "the packages above could not be installed"
  fi
  rm -f -- "$log"
}
