#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs quick checks and tests after an edit: the checks of tests/lint.sh except clang-tidy, and the unit tests with the
# address and undefined-behaviour sanitizers. Bazel runs only the tests that the edit can have changed. Tests with the
# tag `slow` or `optimised` are left out.
#
# usage: tests/quick.sh [TARGET ...]     default: //tests/...
#
# At the end are the sums of each part, and a line 'FAILED part: name: reason' for each failure. The last line is 'N passed,
# N failed, N skipped'. The exit status is 1 when a test or check failed.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR disable=SC1091
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

[ $# -gt 0 ] || set -- //tests/...
status=0
"$project/tests/lint.sh" --quick >"$scratch/lint" 2>&1 || status=$?
sed '$d' "$scratch/lint"
add_counted tests/lint.sh "$scratch/lint" "$status"
bazel_tests "with sanitizers" --config=checked --build_tests_only --test_tag_filters=-optimised,-slow "$@"
