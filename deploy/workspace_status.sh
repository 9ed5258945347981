#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tells Bazel which commit is being built (see .bazelrc). A source package has it in the file COMMIT. Otherwise git says
# it. The commit is "unknown" without git or outside a checkout.
if [ -r COMMIT ]; then
  commit=$(cat COMMIT)
else
  commit=$(git describe --always --dirty --abbrev=12 --match='' 2>/dev/null) || commit=unknown
fi
echo "STABLE_COMMIT ${commit:-unknown}"
