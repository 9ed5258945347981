#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the documents as the package installs them: in one folder, with links that lead to installed files.

usage: debian/installed_documents.py FOLDER     (at the top of the source tree)

A link to another file of the source tree becomes text that names the file.
"""
import glob
import os
import re
import shutil
import sys

_DOCUMENTS = "/usr/share/doc/tcpgauge"
_NAMES = ["METRICS.md", "PERFORMANCE.md", "README.md", "RELIABILITY.md", "SECURITY.md", "docs/openapi.json"]
_PATTERNS = ["docs/*.md", "docs/**/*.png"]
_CHANGELOG = "CHANGELOG.md"
_LINK = re.compile(r"\[([^]]*)\]\(([^)\s]+)\)")


def installed():
    """{path in the source tree: path of the installed file or folder}."""
    names = _NAMES + [name for pattern in _PATTERNS for name in sorted(glob.glob(pattern, recursive=True))]
    places = {name: f"{_DOCUMENTS}/{os.path.basename(name)}" for name in names + ["NOTICE"]}
    places[_CHANGELOG] = f"{_DOCUMENTS}/changelog.gz"
    with open("debian/tcpgauge.install") as file:
        for source, folder in (line.split() for line in file):
            places[source] = f"/{folder}/{os.path.basename(source)}"
    return places


def place_of(path, places):
    """Where the package installs `path`; None when it does not."""
    inside = ""
    while path:
        if path in places:
            return os.path.join(places[path], inside).rstrip("/")
        path, name = os.path.split(path)
        inside = os.path.join(name, inside)
    return None


def with_installed_links(text, name, places):
    """`text` of the document `name`."""
    def follow(link):
        words, target = link.groups()
        path, _, anchor = target.partition("#")
        if re.match(r"\w+:", target) or not path:
            return link.group()
        path = os.path.normpath(os.path.join(os.path.dirname(name), path))
        place = place_of(path, places)
        # A folder whose parts are installed elsewhere, side by side.
        if place is None:
            parts = {os.path.dirname(places[part]) for part in places if part.startswith(path + "/")}
            place = parts.pop() if len(parts) == 1 else None
        if place is None:
            return words if path in words else f"{words} ({path} in the source)"
        return f"[{words}]({os.path.relpath(place, _DOCUMENTS)}{'#' if anchor else ''}{anchor})"
    return _LINK.sub(follow, text)


def main(folder):
    places = installed()
    os.makedirs(folder, exist_ok=True)
    for name, place in places.items():
        if not place.startswith(_DOCUMENTS):
            continue
        written = os.path.join(folder, "changelog" if name == _CHANGELOG else os.path.basename(name))
        if not name.endswith(".md"):
            shutil.copy(name, written)
            continue
        with open(name, encoding="utf-8") as file:
            text = with_installed_links(file.read(), name, places)
        with open(written, "w", encoding="utf-8") as file:
            file.write(text)


main(sys.argv[1])
