#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the end-to-end tests against a binary.
#
# usage: tests/e2e/run.sh [--binary FILE] [--all] [--jobs N] [WORD ...]
#
# --binary must be the first option. Without it the script uses bazel-bin/tcpgauge, and builds that if it is missing.
#
# With WORDs, runs the tests whose names contain one of them. Without WORDs, runs all tests except the slow ones; --all
# includes these. N tests run at once, each in a process of its own, by default two for each processor. The tests with
# the mark "alone" run after the others, one at a time. With --jobs 1 all tests run one after the other, and their
# output appears at once.
#
# Prints a line for each test. The last line is 'N passed, N failed, N skipped'. The exit status is 1 when a test
# failed, and 2 when there is no binary.
set -eu

folder=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$folder/../.." && pwd)
# Tools of administrators, which a user's path may lack.
export PATH="$PATH:/usr/sbin:/sbin"

binary=
if [ "${1-}" = --binary ]; then
  binary=$2
  shift 2
fi
if [ -z "$binary" ]; then
  binary=$project/bazel-bin/tcpgauge
  [ -x "$binary" ] || (cd "$project" && bazel build -c opt //:tcpgauge) >&2
fi
[ -x "$binary" ] || { echo "run.sh: no binary at $binary" >&2; exit 2; }
TCPGAUGE_BINARY=$(realpath "$binary")
export TCPGAUGE_BINARY

# The tests of the Kubernetes API run the sources of that API alone. They are skipped where this was not built.
print_names=$project/bazel-bin/tests/kube/print_names
if [ -z "${TCPGAUGE_PRINT_NAMES-}" ] && [ -x "$print_names" ]; then
  TCPGAUGE_PRINT_NAMES=$(realpath "$print_names")
  export TCPGAUGE_PRINT_NAMES
fi

# Debian's own interpreter, since it is the one that finds Debian's python3-prometheus-client.
python=/usr/bin/python3
[ -x "$python" ] || python=python3
cd "$folder"
exec env PYTHONDONTWRITEBYTECODE=1 "$python" -m support.runner "$folder" "$@"
