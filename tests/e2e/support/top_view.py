# SPDX-License-Identifier: Apache-2.0
"""Reads the top view from the lines of a terminal, that of tcptrack as well as that of tcpgauge."""
import collections
import re

Row = collections.namedtuple("Row", "client server state idle_seconds active bytes_per_second")

_UNITS = {"B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3}
_SPEED = r"(?P<speed>[\d.]+) (?P<unit>[KMG]?B)/s"
_ROW = re.compile(r"\s*(?P<client>\S+:\d+)\s+(?P<server>\S+:\d+)\s+(?P<state>[A-Z_|-]+)\s+(?P<idle>\d+)(?P<scale>[smhd])"
                  r"\s+(?P<star>\*)?\s*" + _SPEED)
_TOTAL = re.compile(r"\s*TOTAL\s.*?" + _SPEED)
_FOOTER = re.compile(r"\s*Connections (\d+)-(\d+) of (\d+)\s+(Unpaused|Paused)\s+(Unsorted|Sorted by \w+)")
_SCALES = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def rows(screen):
    """The connections shown, from top to bottom. IPv6 connections that take two lines (tcptrack) are left out."""
    found = (_ROW.match(line) for line in screen)
    return [Row(match["client"], match["server"], match["state"], int(match["idle"]) * _SCALES[match["scale"]],
                match["star"] is not None, _speed(match)) for match in found if match]


def total(screen):
    """Bytes per second of the TOTAL line, or None."""
    found = (_TOTAL.match(line) for line in screen)
    return next((_speed(match) for match in found if match), None)


def footer(screen):
    """(first, last, of, pause, sort) as the last line says, or None."""
    found = (_FOOTER.match(line) for line in screen)
    return next(((int(match[1]), int(match[2]), int(match[3]), match[4], match[5]) for match in found if match), None)


def _speed(match):
    return float(match["speed"]) * _UNITS[match["unit"]]
