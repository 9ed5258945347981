#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a fuzz target with clang, AddressSanitizer and UndefinedBehaviorSanitizer.
#
# usage: tests/fuzz/fuzz.sh TARGET SECONDS [LIBFUZZER_OPTION ...]
#
# TARGET is attach, decode, flow, kube, pcapng, request_head or web_config. An input that makes the target fail is written
# into tests/fuzz/regressions/TARGET. Correct the fault, then commit the input.
set -eu
cd "$(dirname "$0")/../.."
target=$1
seconds=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/seeds" "$folder/found"
bazel run --config=checked "//tests/fuzz:write_${target}_seeds" -- "$folder/seeds"
mkdir -p "tests/fuzz/regressions/$target"
bazel run --config=checked "//tests/fuzz:${target}_fuzz" -- -max_total_time="$seconds" -max_len=4096 \
  -print_final_stats=1 -artifact_prefix="$PWD/tests/fuzz/regressions/$target/" "$@" "$folder/found" "$folder/seeds"
rmdir --ignore-fail-on-non-empty -p "tests/fuzz/regressions/$target"
