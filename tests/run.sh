#!/bin/bash
# Installs what is missing, builds everything, and runs every test: optimised, then from end to end, then with the address
# and undefined-behaviour sanitizers, the threaded ones with the thread sanitizer, and the fuzzers for a short while. For
# Debian 12, as root or with sudo, from any folder. The last line is 'N passed, N failed, N skipped'; exit status 1 when a
# test failed.
#
# usage: tests/run.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR disable=SC1091
source "$(dirname -- "${BASH_SOURCE[0]}")/../deploy/setup.sh"

fuzz_seconds=20 # for each fuzzer: a smoke test; corpora keep what longer runs found
passed=0 failed=0 skipped=0

# Runs Bazel's tests and counts their cases: bazel_tests HEADING CONFIGURATION [OPTION]... [TARGET]...
bazel_tests() {
  say "$1"
  shift
  local output testlogs counts
  output=$(mktemp)
  # What passes is only counted, what fails is shown.
  { as_owner bazel test --keep_going "$@" 2>&1 || echo "bazel: $?"; } | tee "$output" |
    grep -Ev '^(INFO|//.* PASSED in |There were tests whose specified size)|^$' || true
  testlogs=$(as_owner bazel info --noshow_progress "$1" bazel-testlogs 2>/dev/null)
  read -ra counts < <("$project/tests/count_results.py" "$testlogs" <"$output")
  # Status 3 is a failed test, 4 means that there are none; with anything else Bazel itself came to no end.
  if [ "${counts[1]}" = 0 ] && grep -Eq '^bazel: ([125-9]|..)' "$output"; then counts[1]=1; fi
  rm -f "$output"
  printf '%s passed, %s failed, %s skipped\n' "${counts[@]}"
  passed=$((passed + counts[0])) failed=$((failed + counts[1])) skipped=$((skipped + counts[2]))
}

# Targets that a Bazel query names; nothing when it names none.
targets() { as_owner bazel query --noshow_progress --keep_going "$1" 2>/dev/null || true; }

# Those that run from end to end count themselves, in their last line.
end_to_end_tests() {
  [ -x "$project/tests/e2e/run.sh" ] || return 0
  say "end to end"
  local binary output last
  binary=$(as_owner bazel info -c opt bazel-bin 2>/dev/null)/tcpgauge
  output=$(mktemp)
  as_root "$project/tests/e2e/run.sh" --binary "$binary" 2>&1 | tee "$output" || true
  last=$(tail -n 1 "$output")
  rm -f "$output"
  if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2])) skipped=$((skipped + BASH_REMATCH[3]))
  else
    say "tests/e2e/run.sh came to no end"
    failed=$((failed + 1))
  fi
}

# Fuzzers are the binaries with the tag "fuzz"; tests/fuzz/corpus/NAME, where there is one, holds what they start from.
fuzz() {
  local fuzzers target name scratch corpus
  mapfile -t fuzzers < <(targets 'attr(tags, "\bfuzz\b", kind(cc_binary, //tests/fuzz/...))')
  [ ${#fuzzers[@]} -gt 0 ] || return 0
  say "fuzzing for $fuzz_seconds s each: ${fuzzers[*]}"
  if ! as_owner bazel build --config=fuzz "${fuzzers[@]}"; then
    failed=$((failed + ${#fuzzers[@]}))
    return 0
  fi
  for target in "${fuzzers[@]}"; do
    name=${target##*:}
    scratch=$(mktemp -d)
    corpus=()
    [ ! -d "$project/tests/fuzz/corpus/$name" ] || corpus=("$project/tests/fuzz/corpus/$name")
    mkdir "$scratch/new"
    if "$(as_owner bazel info --config=fuzz bazel-bin 2>/dev/null)/tests/fuzz/$name" -max_total_time="$fuzz_seconds" \
      -print_final_stats=1 -verbosity=0 -timeout=5 -artifact_prefix="$scratch/" "$scratch/new" "${corpus[@]}" \
      >"$scratch/log" 2>&1; then
      printf '%s: %s inputs\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$scratch/log")"
      passed=$((passed + 1))
      rm -rf "$scratch"
    else
      tail -n 40 "$scratch/log"
      say "$name failed; what it was given is in $scratch"
      failed=$((failed + 1))
    fi
  done
}

install_packages "$project/deploy/packages.txt" "$project/tests/packages.txt"

say "building everything, optimised"
if ! as_owner bazel build -c opt //...; then
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi
bazel_tests "optimised" --compilation_mode=opt //...
end_to_end_tests
bazel_tests "with the address and undefined-behaviour sanitizers" --config=asan-ubsan --build_tests_only //tests/...
mapfile -t threaded < <(targets 'attr(tags, "\bthreads\b", tests(//tests/...)) + filter("^//tests/stress[:/]", tests(//tests/...))')
[ ${#threaded[@]} -eq 0 ] || bazel_tests "with the thread sanitizer" --config=tsan "${threaded[@]}"
fuzz

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
