# SPDX-License-Identifier: Apache-2.0
"""A command before another one, which then gets no huge pages: the kernel makes and splits those as it likes, and what
is resident moves by megabytes."""
import sys

_PR_SET_THP_DISABLE = 41

COMMAND = (sys.executable, "-c", f"""
import ctypes, os, sys
assert ctypes.CDLL(None).prctl({_PR_SET_THP_DISABLE}, 1, 0, 0, 0) == 0
os.execvp(sys.argv[1], sys.argv[1:])
""")
