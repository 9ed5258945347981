# SPDX-License-Identifier: Apache-2.0
"""Parts that the end-to-end tests share."""
from support import harness  # noqa: F401, before any process is started: it cleans the environment.
