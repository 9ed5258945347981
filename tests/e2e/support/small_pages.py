# SPDX-License-Identifier: Apache-2.0
"""A command that starts another command without transparent huge pages.

The kernel makes and splits huge pages when it likes. Then resident memory changes by megabytes, and a test cannot
measure it.
"""
import sys

_PR_SET_THP_DISABLE = 41

COMMAND = (sys.executable, "-c", f"""
import ctypes, os, sys
assert ctypes.CDLL(None).prctl({_PR_SET_THP_DISABLE}, 1, 0, 0, 0) == 0
os.execvp(sys.argv[1], sys.argv[1:])
""")
