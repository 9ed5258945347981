# SPDX-License-Identifier: Apache-2.0
"""Reads the top view from the lines of a terminal: that of tcptrack, and that of tcpgauge under either name."""
import collections
import os
import re
import tempfile

from support.agent import binary

Row = collections.namedtuple("Row", "client server state idle_seconds active bytes_per_second")

_UNITS = {"B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3}
_SPEED = r"(?P<speed>[\d.]+) (?P<unit>[KMG]?B)/s"
_ROW = re.compile(r"\s*(?P<client>\S+:\d+)\s+(?P<server>\S+:\d+)\s+(?P<state>[A-Z_|-]+)\s+(?P<idle>\d+)(?P<scale>[smhd])"
                  r"\s+(?P<star>\*)?\s*" + _SPEED)
# What tcpgauge shows under its own name has no star, and tells idle seconds only where there is room.
_AMOUNT = r"([\d.]+) ([KMG]?B)\s+"
_OWN_ROW = re.compile(r"\s*(\S+:\d+)\s+(\S+:\d+)\s+" + _AMOUNT + _AMOUNT +
                      r".*?(SYN_SENT|SYN\|ACK-ACK|ESTABLISHED|CLOSING|CLOSED|SYN2?|ESTAB|FIN|CLOSE|RESET)\b")
_LONG_STATES = {"SYN": "SYN_SENT", "SYN2": "SYN|ACK-ACK", "ESTAB": "ESTABLISHED", "FIN": "CLOSING", "CLOSE": "CLOSED"}
_TOTAL = re.compile(r"\s*TOTAL\s.*?" + _SPEED)
_FOOTER = re.compile(r"\s*Connections (\d+)-(\d+) of (\d+)\s+(Unpaused|Paused)\s+(Unsorted|Sorted by \w+)")
_SCALES = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def rows(screen):
    """The connections shown, from top to bottom. IPv6 connections that take two lines (tcptrack) are left out."""
    found = (_row(line) for line in screen)
    return [row for row in found if row]


def total(screen):
    """Bytes per second of the TOTAL line, or None."""
    found = (_TOTAL.match(line) for line in screen)
    return next((_speed(match) for match in found if match), None)


def footer(screen):
    """(first, last, of, pause, sort) as the last line says, or None."""
    found = (_FOOTER.match(line) for line in screen)
    return next(((int(match[1]), int(match[2]), int(match[3]), match[4], match[5]) for match in found if match), None)


def as_tcptrack(case):
    """The path of the agent under the name tcptrack, which exists until the end of the test `case`."""
    folder = tempfile.TemporaryDirectory(prefix="tcpgauge-e2e-")
    case.addCleanup(folder.cleanup)
    path = os.path.join(folder.name, "tcptrack")
    os.symlink(binary(), path)
    return path


def _row(line):
    match = _ROW.match(line)
    if match:
        return Row(match["client"], match["server"], match["state"], int(match["idle"]) * _SCALES[match["scale"]],
                   match["star"] is not None, _speed(match))
    match = _OWN_ROW.match(line)
    if match is None:
        return None
    up, down = (float(number) * _UNITS[unit] for number, unit in (match.group(3, 4), match.group(5, 6)))
    return Row(match[1], match[2], _LONG_STATES.get(match[7], match[7]), None, None, up + down)


def _speed(match):
    return float(match["speed"]) * _UNITS[match["unit"]]
