#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints how much of src/decode and src/flow their tests run, measured by clang's source-based coverage.
#
# usage: tests/coverage.sh [FOLDER ...]
#
# FOLDERs are folders of src, by default decode and flow. The tests in tests/fuzz, which run the fuzz targets on their
# seeds and findings, are included.
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- decode flow
tests=
sources=
for folder; do
  tests="$tests + //tests/$folder/..."
  sources="$sources src/$folder"
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
bazel query "kind(cc_test, tests(//tests/fuzz/...$tests))" >"$scratch/targets"
xargs bazel build --config=coverage-report <"$scratch/targets"
bin=$(bazel info --config=coverage-report bazel-bin)
programs=
while read -r label; do
  path=${label#//}
  program=$bin/$(echo "$path" | tr : /)
  # Where their data is.
  (cd "$program.runfiles/tcpgauge" && LLVM_PROFILE_FILE="$scratch/%p.profraw" "$program" --gtest_brief=1)
  programs="$programs${programs:+ -object }$program"
done <"$scratch/targets"
llvm-profdata-14 merge -o "$scratch/all.profdata" "$scratch"/*.profraw
# shellcheck disable=SC2086 # lists of words
llvm-cov-14 report -path-equivalence="/proc/self/cwd,$PWD" -instr-profile "$scratch/all.profdata" $programs $sources
