#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tells Bazel which commit is being built (see .bazelrc). Without git, or outside of a checkout: unknown.
commit=$(git describe --always --dirty --abbrev=12 --match='' 2>/dev/null) || commit=unknown
echo "STABLE_COMMIT ${commit:-unknown}"
