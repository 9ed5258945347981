#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Checks the sources without running them: licence lines, clang-format, shellcheck, includes, and clang-tidy. Installs
# missing packages. A check that has passed is not repeated until its files change; ~/.cache/tcpgauge-tests remembers
# it.
#
# usage: tests/lint.sh [--all | --quick]
#
# By default clang-tidy checks the .cc files that differ from the point where this branch left origin/main. If there is
# no origin/main, it checks those that differ from the previous commit. When a header has changed, it checks the .cc
# file of the same name. With --all it checks every .cc file, which takes a quarter of an hour on two processors the
# first time. With --quick clang-tidy does not run.
#
# The last line is 'N passed, N failed, N skipped'. The exit status is 1 when a check failed.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR disable=SC1091
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

how=${1---changed}
case $how in --all | --changed | --quick) ;; *) fail "usage: lint.sh [--all | --quick]" ;; esac
cache=${XDG_CACHE_HOME:-$(as_owner sh -c 'echo ~')/.cache}/tcpgauge-tests/lint

# Names of the project's files that match: files PATTERN...
files() { as_owner git ls-files --cached --others --exclude-standard -- "$@" | (cd "$project" && existing); }

existing() {
  local name
  while read -r name; do [ ! -f "$name" ] || echo "$name"; done
}

# Of those on standard input the ones that hold a line like this.
holding() { (cd "$project" && xargs -r -d '\n' grep -lE -- "$1") || true; }

# Runs a check, unless it has passed on the same files: check NAME FUNCTION < the files' names, which the function gets on
# standard input too.
check() {
  local name=$1 list=$scratch/list output=$scratch/output key status=0
  cat >"$list"
  key=$(cd "$project" && { echo "$name" && cat tests/lint.sh tests/check_includes.py .clang-format "$list" &&
    xargs -r -d '\n' cat -- <"$list"; } | sha256sum)
  key=$cache/$name-${key%% *}
  if [ ! -e "$key" ]; then
    say "$name"
    (cd "$project" && "$2") <"$list" >"$output" 2>&1 || status=1
    cat "$output"
    if [ "$status" = 0 ]; then
      as_owner mkdir -p "$cache"
      as_owner find "$cache" -name "$name-*" -delete
      as_owner touch "$key"
    fi
  fi
  if [ "$status" = 0 ]; then
    add 1 0 0 0
  else
    echo "$name: $(grep -m 1 . "$output")" | failure lint
    add 0 1 0 0
  fi
}

licences() {
  local name status=0
  while read -r name; do
    head -n 3 "$name" | grep -q 'SPDX-License-Identifier: Apache-2.0' || {
      echo "$name: its first lines lack 'SPDX-License-Identifier: Apache-2.0'"
      status=1
    }
  done
  return $status
}

formatted() { xargs -r -d '\n' clang-format-14 --dry-run -Werror; }

shell_scripts() { xargs -r -d '\n' shellcheck -x; }

# Bazel's visibility keeps a target from naming another folder's private ones; this keeps files from including headers
# whose target is not named at all. Clang checks the same of .cc files (layering_check in .bazelrc).
inclusions() {
  as_owner bazel query --noshow_progress --ui_event_filters=-info --output=xml 'kind("cc_.* rule", //...)' \
    </dev/null 2>"$scratch/query" | "$project/tests/check_includes.py" "$project" || { cat "$scratch/query" && return 1; }
}

# Files of clang-tidy's choice.
to_be_tidied() {
  local base
  if [ "$how" = --all ]; then
    files '*.cc'
    return
  fi
  base=$(as_owner git merge-base HEAD origin/main 2>/dev/null || as_owner git rev-parse --verify -q HEAD~1) || base=HEAD
  { as_owner git diff --name-only "$base" -- '*.cc' '*.h' &&
    as_owner git ls-files --others --exclude-standard -- '*.cc' '*.h'; } | sed 's/\.h$/.cc/' | sort -u |
    (cd "$project" && existing)
}

tidy() {
  local list=$scratch/tidied output=$scratch/findings status=0
  to_be_tidied >"$list"
  say "clang-tidy: $(wc -l <"$list") files"
  if [ -s "$list" ]; then
    # shellcheck disable=SC2046 # a list of words
    as_owner bazel build --config=checked $(targets 'kind(genrule, //...)')
    as_owner xargs -d '\n' tests/tidy.py "$(folder_of bazel-bin --config=checked)" <"$list" 2>&1 | tee "$output" ||
      status=1
  fi
  if [ "$status" = 0 ]; then
    add 1 0 0 0
  else
    echo "clang-tidy: $(grep -m 1 -E ' (warning|error): ' "$output" || head -n 1 "$output")" | failure lint
    add 0 1 0 0
  fi
}

install_packages "$project/deploy/packages.txt" "$project/tests/packages.txt"
check licences licences < <(files '*.cc' '*.h' '*.c' '*.py' '*.sh' '*.bzl' '*.js' '*.mjs' '*.proto' '*BUILD' WORKSPACE .ci/run)
check format formatted < <(files '*.cc' '*.h')
check shell shell_scripts < <(files '*' ':!*.md' ':!*.png' | holding '^#!.*[/ ](ba)?sh$|^# shellcheck shell=')
check includes inclusions < <(files '*.cc' '*.h' '*.bzl' '*BUILD' WORKSPACE)
[ "$how" = --quick ] || tidy
