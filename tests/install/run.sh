#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Tests what users install: the Debian packages and the tar file in a minimal Debian, the container image, and the
# five-minute start of docs/host.md, run exactly as written. Installs missing packages. Takes about an hour on two
# processors, because it builds everything from a clean clone of the commit that is checked out, and once more without
# any cache. Works on Debian 12, as root, from any folder.
#
# usage: tests/install/run.sh [WORD ...]
#
# With WORDs, runs only the tests whose names contain one of them: package, tarball, newcomer, image.
#
# Prints a line for each test. The last line is 'N passed, N failed, N skipped'. The exit status is 1 when a test
# failed.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR disable=SC1091
source "$(dirname -- "${BASH_SOURCE[0]}")/../../deploy/setup.sh"

[ "$(id -u)" = 0 ] || fail "roots and containers are made as root: run it with sudo"
install_packages "$project/deploy/packages.txt" "$project/tests/packages.txt" "$project/tests/install/packages.txt"
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$project/tests/e2e"
cd -- "$project/tests/install"
# One after the other in one process, because they share what they build.
exec /usr/bin/python3 -m support.runner "$project/tests/install" --jobs 1 "$@"
