#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the end-to-end tests against a binary.
#
# usage: tests/e2e/run.sh [--binary FILE] [--all] [--jobs N] [WORD ...]
#
# Without --binary, bazel-bin/tcpgauge is used, and built first where it is missing. All but the slow tests are run, with
# --all those too; with WORDs, the tests whose names hold one of them. N run at once, by default two for each processor,
# in processes of their own; those with the mark "alone" follow one after the other. With --jobs 1 all run one after the
# other, and what they print is seen at once. Prints a line for each test, the last line is 'N passed, N failed, N
# skipped'; exit status 1 when one failed.
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

# Debian's own interpreter, since it is the one that finds Debian's python3-prometheus-client.
python=/usr/bin/python3
[ -x "$python" ] || python=python3
cd "$folder"
exec env PYTHONDONTWRITEBYTECODE=1 "$python" -m support.runner "$folder" "$@"
