#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What to run after an edit: the checks of tests/lint.sh that are cheap, and the unit tests, with the address and
# undefined-behaviour sanitizers, of which Bazel runs those that the edit can have changed. Left out are the slow ones and
# those that must be optimised. The last line is 'N passed, N failed, N skipped'; exit status 1 when one failed.
#
# usage: tests/quick.sh [TARGET ...]     default: //tests/...
set -euo pipefail
# shellcheck source-path=SCRIPTDIR disable=SC1091
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

[ $# -gt 0 ] || set -- //tests/...
status=0
"$project/tests/lint.sh" --quick >"$scratch/lint" 2>&1 || status=$?
sed '$d' "$scratch/lint"
add_counted tests/lint.sh "$scratch/lint" "$status"
bazel_tests "with sanitizers" --config=checked --build_tests_only --test_tag_filters=-optimised,-slow "$@"
