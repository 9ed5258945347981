#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy on source files, and remembers which files are clean.

usage: tidy.py GENERATED_FOLDER FILE ...

Runs in the project's folder. FILEs are .cc files of the project, named relative to that folder. GENERATED_FOLDER, a
bazel-bin, contains the generated headers. A clean file is skipped until it changes, or one of the project's headers
that it includes, a .clang-tidy file above it, or clang-tidy itself.

Prints the findings. The exit status is 1 when there are any.
"""
import concurrent.futures
import functools
import hashlib
import os
import re
import subprocess
import sys
import time

_TIDY = "clang-tidy-14"
_INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)
_CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "tcpgauge-tests", "tidy")
_KEPT_SECONDS = 30 * 24 * 3600  # since its last use


@functools.lru_cache(None)
def _read(path):
    """Its contents and the project's headers that it includes itself; a generated header is not there, and counts by what
    includes it."""
    try:
        with open(path, "rb") as file:
            contents = file.read()
    except FileNotFoundError:
        return b"", ()
    return contents, tuple(_INCLUDE.findall(contents.decode(errors="replace")))


def _with_headers(path):
    found, waiting = set(), [path]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += _read(each)[1]
    return sorted(found)


def _configurations(path):
    """The .clang-tidy files of its folder and of those above."""
    folders = [""]
    for name in path.split("/")[:-1]:
        folders.append(folders[-1] + name + "/")
    return [folder + ".clang-tidy" for folder in folders if os.path.exists(folder + ".clang-tidy")]


def _stamp(path, tool):
    """The file that exists once nothing was found in `path` as it is now."""
    digest = hashlib.sha256(tool)
    for each in [*_configurations(path), *_with_headers(path)]:
        contents, _ = _read(each)
        digest.update(f"{each} {len(contents)}\n".encode() + contents)
    return os.path.join(_CACHE, digest.hexdigest())


def _tidy(path, generated):
    """What it finds: empty when that is nothing."""
    done = subprocess.run([_TIDY, "--quiet", path, "--", "-std=c++17", "-iquote", ".", "-iquote", generated],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.stdout if done.returncode == 0 else done.stdout + done.stderr


def _forget_the_unused():
    for name in os.listdir(_CACHE):
        path = os.path.join(_CACHE, name)
        if os.stat(path).st_mtime < time.time() - _KEPT_SECONDS:
            os.unlink(path)


def main():
    generated, paths = sys.argv[1], sys.argv[2:]
    os.makedirs(_CACHE, exist_ok=True)
    _forget_the_unused()
    tool = subprocess.run([_TIDY, "--version"], capture_output=True, check=True).stdout
    stamps = {path: _stamp(path, tool) for path in paths}
    new = [path for path, stamp in stamps.items() if not os.path.exists(stamp)]
    is_clean = True
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, found in zip(new, pool.map(lambda path: _tidy(path, generated), new)):
            if found:
                is_clean = False
                print(found, end="", flush=True)
            else:
                open(stamps[path], "w").close()
    for stamp in stamps.values():
        if os.path.exists(stamp):
            os.utime(stamp)
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
