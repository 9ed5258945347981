# SPDX-License-Identifier: Apache-2.0
"""Reads files of this project that its users install unchanged."""
import functools
import os
import re

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
RULE_FILES = ("deploy/prometheus/rules/tcpgauge.recording.yml", "deploy/prometheus/rules/tcpgauge.alerts.yml")

_NO_ANCHOR = re.compile(r"[^\w\- ]")
_CATALOG_ROW = re.compile(r"^\| `(\w+)` \| ([\w ]+) \| (?:`([\w, ]+)`)? ?\|", re.MULTILINE)
# What Prometheus itself makes of a metric, by its type. With --metrics.edge-buckets, a summary is a histogram.
_SUFFIXES = {"counter": ("",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count"),
             "summary": ("_bucket", "_sum", "_count"), "native histogram": ("",)}


def path(name):
    return os.path.join(PROJECT, name)


def read(name):
    with open(path(name)) as file:
        return file.read()


def catalog():
    """The metrics of METRICS.md: (name, type, [label, ...])."""
    return [(name, kind, labels.split(", ") if labels else [])
            for name, kind, labels in _CATALOG_ROW.findall(read("METRICS.md"))]


@functools.lru_cache(None)
def metric_names():
    """The names of all series that METRICS.md promises."""
    return {name + suffix for name, kind, _ in catalog() for suffix in _SUFFIXES[kind]}


def anchors(document):
    """Where links with # can lead in the document of that name."""
    return anchors_in(read(document))


def anchors_in(text):
    """Where links with # can lead, as GitHub and others name headings."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {_NO_ANCHOR.sub("", heading.lower()).replace(" ", "-") for heading in headings}
