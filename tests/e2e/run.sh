#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the end-to-end tests against a binary.
#
# usage: tests/e2e/run.sh [--binary FILE] [WORD ...]
#
# Without --binary, bazel-bin/tcpgauge is used, and built first where it is missing. With WORDs, only tests whose names
# hold one of them are run. Prints a line for each test, the last line is 'N passed, N failed, N skipped'; exit status 1
# when one failed.
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
