# SPDX-License-Identifier: Apache-2.0
"""What the scripts that run the tests tell them, in variables of the environment.

The variables are taken out of the environment at once. Otherwise each agent would inherit them, and warn that they are
not options.
"""
import os

_NAMES = ("TCPGAUGE_BINARY", "TCPGAUGE_CORPUS", "TCPGAUGE_CORPUS_NEW", "TCPGAUGE_PRINT_NAMES",
          "TCPGAUGE_SANITIZED_BINARY", "TCPGAUGE_SCREENSHOTS")
_told = {name: os.environ.pop(name, None) for name in _NAMES}


def told(name):
    """The value of the variable, or None when it is not set."""
    return _told[name]
