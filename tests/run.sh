#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs missing packages, and runs the tests:
#   - lint;
#   - the unit tests with the address and undefined-behaviour sanitizers; those with the tag `optimised` run without;
#   - the end-to-end tests;
#   - the benchmarks with little data, to see that they still work;
#   - the tests of threads with the thread sanitizer;
#   - each fuzzer for a short time.
# Works on Debian 12, as root or with sudo, from any folder.
#
# usage: tests/run.sh [--all]
#
# Without --all, the slow tests are left out, and clang-tidy checks only what has changed (see tests/lint.sh). The
# tests of tests/install are never included. They have their own run.sh.
#
# At the end are the sums and the seconds of each part, and a line 'FAILED part: name: reason' for each failure, but at
# most 40 of them. The last line is 'N passed, N failed, N skipped'. The exit status is 1 when a test failed, or when a
# part broke off.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR disable=SC1091
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

fuzz_seconds=10 # for each fuzzer: a smoke test, from the seeds and what longer runs found
tags=-slow
case ${1-} in
--all) tags='' all=(--all) ;;
'') all=() ;;
*) fail "usage: run.sh [--all]" ;;
esac

# Runs a script that counts its tests itself: counted HEADING COMMAND...
counted() {
  local heading=$1 output=$scratch/output status=0
  shift
  say "$heading"
  "$@" 2>&1 | tee "$output" || status=$?
  add_counted "$heading" "$output" "$status"
}

end_to_end_tests() {
  as_owner bazel build --config=checked //:tcpgauge
  as_owner bazel build -c opt //tests/kube:print_names
  counted "end to end" as_root env TCPGAUGE_CORPUS="${TCPGAUGE_CORPUS-}" \
    TCPGAUGE_SANITIZED_BINARY="$(folder_of bazel-bin --config=checked)/tcpgauge" \
    "$project/tests/e2e/run.sh" --binary "$(folder_of bazel-bin --compilation_mode=opt)/tcpgauge" "${all[@]}"
}

# Their figures need a quiet machine; here it is seen that they still come to their end.
benchmarks() {
  local output=$scratch/output status=0
  say "benchmarks, small"
  as_root "$project/tests/bench/run.py" --smoke --binaries "$(folder_of bazel-bin --compilation_mode=opt)" >"$output" 2>&1 ||
    status=$?
  if [ "$status" = 0 ]; then
    add 1 0 0 0
    part benchmarks "1 passed"
  else
    tail -n 20 "$output"
    echo "run.py --smoke: $(tail -n 1 "$output")" | failure benchmarks
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
  as_owner bazel build --config=checked $fuzzers
  bin=$(folder_of bazel-bin --config=checked)/tests/fuzz
  for target in $fuzzers; do
    name=${target##*:}
    name=${name%_fuzz}
    work=$(mktemp -d)
    mkdir "$work/new" "$work/seeds"
    "$bin/write_${name}_seeds" "$work/seeds"
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
      echo "$name: $(grep -m 1 -E 'ERROR: |runtime error:' "$work/log")" | failure fuzzing
      add 0 1 0 0
    fi
  done
  part fuzzing "$(wc -w <<<"$fuzzers") fuzzers"
}

install_packages "$project/deploy/packages.txt" "$project/tests/packages.txt"
part packages installed
counted "lint" "$project/tests/lint.sh" "${all[@]}"
# Everything is built so: benchmarks too must not break the layers.
bazel_tests "with sanitizers" --config=checked --test_tag_filters="-optimised${tags:+,$tags}" //...
say "building what is run optimised"
as_owner bazel build --compilation_mode=opt //:tcpgauge //tests/bench/...
optimised=$(targets 'attr(tags, "\boptimised\b", tests(//tests/...))')
# shellcheck disable=SC2086
bazel_tests "optimised" --compilation_mode=opt --test_tag_filters="$tags" ${optimised:?there are no optimised tests}
end_to_end_tests
benchmarks
threaded=$(targets 'attr(tags, "\bthreads\b", tests(//tests/...))')
# shellcheck disable=SC2086
bazel_tests "with the thread sanitizer" --config=tsan --test_tag_filters="$tags" ${threaded:?there are no threaded tests}
fuzz
