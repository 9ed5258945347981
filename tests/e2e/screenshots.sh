#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the pictures of the README: docs/images/page-*.png and docs/top-view.txt. They show traffic between two
# namespaces.
#
# usage: tests/e2e/screenshots.sh [--binary FILE]
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
TCPGAUGE_SCREENSHOTS=$folder/../../docs
export TCPGAUGE_SCREENSHOTS
exec "$folder/run.sh" "$@" test_screenshots
