#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tells Bazel which commit is being built (see .bazelrc). The commit is "unknown" without git or outside a checkout.
commit=$(git describe --always --dirty --abbrev=12 --match='' 2>/dev/null) || commit=unknown
echo "STABLE_COMMIT ${commit:-unknown}"
