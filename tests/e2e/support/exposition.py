# SPDX-License-Identifier: Apache-2.0
"""A small, strict reader of Prometheus's text format 0.0.4.

It rejects lines that are not samples, and series that appear twice.
"""
import re

_SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)')
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')


class Exposition:
    """The samples of one scrape: (name, labels) → value."""

    def __init__(self, text):
        self.text = text
        self.samples = {}
        for line in text.splitlines():
            if not line or line.startswith("#"):
                continue
            match = _SAMPLE.fullmatch(line)
            if not match:
                raise ValueError(f"not a sample: {line!r}")
            name, labels, value = match.groups()
            key = (name, _labels_of(labels or ""))
            if key in self.samples:
                raise ValueError(f"appears twice: {line!r}")
            self.samples[key] = float(value)

    def find(self, name, **labels):
        """{labels: value} of the series of that name that carry these labels."""
        wanted = set(labels.items())
        return {key: value for (found, key), value in self.samples.items() if found == name and wanted <= key}

    def value(self, name, **labels):
        """The value of the one such series; None when there is none."""
        found = self.find(name, **labels)
        if len(found) > 1:
            raise ValueError(f"{name} {labels}: {len(found)} series")
        return next(iter(found.values()), None)


def _labels_of(text):
    labels = {}
    at = 0
    while at < len(text):
        match = _LABEL.match(text, at)
        if not match:
            raise ValueError(f"not labels: {text!r}")
        if match.group(1) in labels:
            raise ValueError(f"label given twice: {text!r}")
        labels[match.group(1)] = match.group(2)
        at = match.end()
    return frozenset(labels.items())
