# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Functions that tests/run.sh, tests/quick.sh and tests/lint.sh share: they run Bazel's tests, and add up results.
# Source this file with `set -euo pipefail`. When the script ends, it prints the sums of each part, a line
# 'FAILED part: name: reason' for each failure, and the sums as its last line.

# shellcheck source-path=SCRIPTDIR disable=SC1091
source "$(dirname -- "${BASH_SOURCE[0]}")/../deploy/setup.sh"

passed=0 failed=0 skipped=0
part_began=$SECONDS
scratch=$(mktemp -d)
parts=$scratch/parts failures=$scratch/failures # what is printed at the end, since some keep only the end of the output
: >"$parts"
: >"$failures"
failures_shown=40

# Notes what failed: failure PART < lines 'NAME' or 'NAME: REASON'
failure() { cut -c 1-300 | sed "s|^|FAILED $1: |" >>"$failures"; }

# However it ends, the last line says so: a command that fails where none should is a failure too.
finish() {
  local status=$? number
  if [ "$status" != 0 ]; then
    echo "a command failed with status $status, so the rest did not run" | failure "${0##*/}"
  fi
  cat "$parts"
  head -n "$failures_shown" "$failures"
  number=$(wc -l <"$failures")
  [ "$number" -le "$failures_shown" ] || echo "FAILED: $((number - failures_shown)) more"
  rm -rf "$scratch"
  if [ "$status" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ] || exit 1
}
trap finish EXIT
trap 'exit 130' INT TERM

# Notes the sums of a part, and the seconds since the part before, with what was built meanwhile: part NAME SUMS
part() {
  echo "$1: $2, in $((SECONDS - part_began)) s" >>"$parts"
  part_began=$SECONDS
}

# Adds to the sums; $4, the exit status of what counted, must not contradict it.
add() {
  local failures=$2
  if [ "$4" != 0 ] && [ "$failures" = 0 ]; then failures=1; fi
  passed=$((passed + $1)) failed=$((failed + failures)) skipped=$((skipped + $3))
}

# Adds what a script counted itself, in the last line of its output: add_counted NAME OUTPUT STATUS
# The script names a failure as this file does, or as the end-to-end tests do: 'FAIL NAME', and lines with the reason, of
# which the last one before an empty line tells most. What follows is of the next test.
add_counted() {
  local last
  last=$(tail -n 1 "$2")
  sed -n '/^FAILED .*: /p' "$2" >>"$failures"
  awk '/^(PASS|FAIL|SKIP) |^took [0-9]+ s$/ { if (name) print name ": " reason; name = reason = "" }
    /^FAIL / { name = substr($0, 6); next }
    name && reason && !NF { print name ": " reason; name = "" }
    name && NF { reason = $0 }
    END { if (name) print name ": " reason }' "$2" | failure "$1"
  if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
    add "${BASH_REMATCH[@]:1}" "$3"
    part "$1" "$last"
  else
    say "$1 came to no end"
    echo "came to no end; status $3, last line: $last" | failure "$1"
    add 0 1 0 0
  fi
}

# Targets that a Bazel query names.
targets() { as_owner bazel query --noshow_progress --ui_event_filters=-info "$1"; }

# What bazel-bin or bazel-testlogs stands for with a configuration: folder_of NAME OPTION
folder_of() { as_owner bazel info --noshow_progress "$2" "$1" 2>/dev/null; }

# Runs Bazel's tests and counts their cases: bazel_tests HEADING CONFIGURATION [OPTION]... TARGET...
bazel_tests() {
  local heading=$1 output=$scratch/output status=0 testlogs counts pass fail skip targets unreadable
  shift
  say "$heading"
  # What passes is only counted, what fails is shown.
  as_owner bazel test --keep_going "${test_options[@]}" "$@" 2>&1 | tee "$output" |
    sed -E '/^(INFO|\/\/.* PASSED in |There were tests whose specified size)|^$/d' || status=$?
  testlogs=$(folder_of bazel-testlogs "$1")
  "$project/tests/count_results.py" "$testlogs" <"$output" >"$scratch/results"
  read -r pass fail skip targets unreadable <"$scratch/results"
  counts="$pass passed, $fail failed, $skip skipped"
  printf '%s\n' "$counts"
  part "$heading" "$counts, from $targets targets; $unreadable passed without a readable test.xml"
  sed 1d "$scratch/results" | failure "$heading"
  if [ "$status" != 0 ] && [ "$fail" = 0 ]; then
    echo "bazel test ended with status $status: $(grep -m 1 '^ERROR: ' "$output")" | failure "$heading"
  fi
  [ "$status" = 0 ] || say "bazel test ended with status $status"
  add "$pass" "$fail" "$skip" "$status"
}

# Captures of other projects, where they are to be had beside this one. Every script gives the tests the same environment:
# otherwise none could use what another has cached.
declare -a test_options=()
corpus=${TCPGAUGE_CORPUS:-$project/../shared/corpus}
if [ -d "$corpus" ]; then
  TCPGAUGE_CORPUS=$(cd -- "$corpus" && pwd)
  test_options+=(--test_env=TCPGAUGE_CORPUS="$TCPGAUGE_CORPUS")
fi
