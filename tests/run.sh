#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds everything, and runs every test but those of tests/install: optimised, then from end
# to end, then with the address and undefined-behaviour sanitizers, the threaded ones with the thread sanitizer, the
# fuzzers for a short while, and last who includes what. For Debian 12, as root or with sudo, from any folder. The last
# line is 'N passed, N failed, N skipped'; exit status 1 when a test failed or something came to no end.
#
# usage: tests/run.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR disable=SC1091
source "$(dirname -- "${BASH_SOURCE[0]}")/../deploy/setup.sh"

fuzz_seconds=20 # for each fuzzer: a smoke test, from the seeds and what longer runs found
passed=0 failed=0 skipped=0
declare -a options=()
scratch=$(mktemp -d)

# However it ends, the last line says so: a command that fails where none should is a failure too.
finish() {
  local status=$?
  rm -rf "$scratch"
  if [ "$status" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ] || exit 1
}
trap finish EXIT
trap 'exit 130' INT TERM

# Adds to the sums; $4, the exit status of what counted, must not contradict it.
add() {
  local failures=$2
  if [ "$4" != 0 ] && [ "$failures" = 0 ]; then failures=1; fi
  passed=$((passed + $1)) failed=$((failed + failures)) skipped=$((skipped + $3))
}

# Targets that a Bazel query names.
targets() { as_owner bazel query --noshow_progress --ui_event_filters=-info "$1"; }

# What bazel-bin or bazel-testlogs stands for with a configuration: folder_of NAME OPTION
folder_of() { as_owner bazel info --noshow_progress "$2" "$1" 2>/dev/null; }

# Runs Bazel's tests and counts their cases: bazel_tests HEADING CONFIGURATION [OPTION]... TARGET...
bazel_tests() {
  local heading=$1 output=$scratch/output status=0 testlogs counts pass fail skip
  shift
  say "$heading"
  # What passes is only counted, what fails is shown.
  as_owner bazel test --keep_going "${options[@]}" "$@" 2>&1 | tee "$output" |
    sed -E '/^(INFO|\/\/.* PASSED in |There were tests whose specified size)|^$/d' || status=$?
  testlogs=$(folder_of bazel-testlogs "$1")
  counts=$("$project/tests/count_results.py" "$testlogs" <"$output")
  read -r pass fail skip <<<"$counts"
  printf '%s passed, %s failed, %s skipped\n' "$pass" "$fail" "$skip"
  [ "$status" = 0 ] || say "bazel test ended with status $status"
  add "$pass" "$fail" "$skip" "$status"
}

# Those that run from end to end count themselves, in their last line.
end_to_end_tests() {
  local output=$scratch/output status=0 optimised sanitized
  say "end to end"
  as_owner bazel build --config=asan-ubsan //:tcpgauge
  optimised=$(folder_of bazel-bin --compilation_mode=opt)/tcpgauge
  sanitized=$(folder_of bazel-bin --config=asan-ubsan)/tcpgauge
  as_root env TCPGAUGE_CORPUS="${TCPGAUGE_CORPUS-}" TCPGAUGE_SANITIZED_BINARY="$sanitized" \
    "$project/tests/e2e/run.sh" --binary "$optimised" 2>&1 |
    tee "$output" || status=$?
  if [[ $(tail -n 1 "$output") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
    add "${BASH_REMATCH[@]:1}" "$status"
  else
    say "tests/e2e/run.sh came to no end"
    add 0 1 0 0
  fi
}

# Their figures need a quiet machine; here it is seen that they still come to their end.
benchmarks() {
  local output=$scratch/output status=0
  say "benchmarks, small"
  as_root "$project/tests/bench/run.py" --smoke --binaries "$(folder_of bazel-bin --compilation_mode=opt)" >"$output" 2>&1 ||
    status=$?
  if [ "$status" = 0 ]; then
    add 1 0 0 0
  else
    tail -n 20 "$output"
    add 0 1 0 0
  fi
}

# Fuzzers are the binaries NAME_fuzz with the tag "fuzz". They start from what write_NAME_seeds writes and
# from what tests/fuzz keeps.
fuzz() {
  local fuzzers target name bin work kept
  fuzzers=$(targets 'attr(tags, "\bfuzz\b", kind(cc_binary, //tests/fuzz/...))')
  say "fuzzing for $fuzz_seconds s each: ${fuzzers:?there are no fuzzers}"
  # shellcheck disable=SC2086
  as_owner bazel build --config=fuzz $fuzzers
  bin=$(folder_of bazel-bin --config=fuzz)/tests/fuzz
  for target in $fuzzers; do
    name=${target##*:}
    name=${name%_fuzz}
    work=$(mktemp -d)
    mkdir "$work/new" "$work/seeds"
    "$(folder_of bazel-bin --compilation_mode=opt)/tests/fuzz/write_${name}_seeds" "$work/seeds"
    for kept in "$project/tests/fuzz/regressions/$name" "$project/tests/fuzz/corpus/${name}_fuzz"; do
      [ ! -d "$kept" ] || cp "$kept"/* "$work/seeds"
    done
    if "$bin/${name}_fuzz" -max_total_time="$fuzz_seconds" -max_len=4096 -print_final_stats=1 -verbosity=0 -timeout=5 \
      -artifact_prefix="$work/" "$work/new" "$work/seeds" >"$work/log" 2>&1; then
      printf '%s: %s inputs\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log")"
      add 1 0 0 0
      rm -rf "$work"
    else
      tail -n 40 "$work/log"
      say "fuzzing $name failed; what it was given is in $work"
      add 0 1 0 0
    fi
  done
}

# Bazel's visibility keeps a target from naming another folder's private ones; this keeps files from including headers
# whose target is not named at all. Clang checks the same of .cc files, and warns of what gcc does not.
inclusions() {
  local status=0
  say "who includes what"
  as_owner bazel query --noshow_progress --ui_event_filters=-info --output=xml 'kind("cc_.* rule", //...)' |
    "$project/tests/check_includes.py" "$project" || status=$?
  if [ "$status" = 0 ]; then add 1 0 0 0; else add 0 1 0 0; fi
  status=0
  say "building with clang"
  as_owner bazel build --config=layering //... || status=$?
  if [ "$status" = 0 ]; then add 1 0 0 0; else add 0 1 0 0; fi
}

install_packages "$project/deploy/packages.txt" "$project/tests/packages.txt"

# Captures of other projects, where they are to be had beside this one.
corpus=${TCPGAUGE_CORPUS:-$project/../shared/corpus}
if [ -d "$corpus" ]; then
  TCPGAUGE_CORPUS=$(cd -- "$corpus" && pwd)
  options+=(--test_env=TCPGAUGE_CORPUS="$TCPGAUGE_CORPUS")
fi

say "building everything, optimised"
as_owner bazel build --compilation_mode=opt //...
bazel_tests "optimised" --compilation_mode=opt //...
end_to_end_tests
benchmarks
bazel_tests "with the address and undefined-behaviour sanitizers" --config=asan-ubsan --build_tests_only //tests/...
threaded=$(targets 'attr(tags, "\bthreads\b", tests(//tests/...))')
# shellcheck disable=SC2086
bazel_tests "with the thread sanitizer" --config=tsan ${threaded:?there are no threaded tests}
fuzz
inclusions
