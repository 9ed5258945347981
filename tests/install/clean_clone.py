# SPDX-License-Identifier: Apache-2.0
"""A clone of the commit that is checked out, as a user would have it.

It contains no other files of this checkout.
"""
import functools
import glob
import os
import shutil
import tempfile

from bare_root import run
from support import cleanup, shipped


class Folder:
    """A temporary folder that goes away when the run ends."""

    def __init__(self, prefix):
        self.path = tempfile.mkdtemp(prefix=prefix)
        cleanup.keep(self)

    def close(self):
        cleanup.release(self)
        shutil.rmtree(self.path, ignore_errors=True)


def clone_to(path):
    run("git", "-c", "safe.directory=*", "clone", "--quiet", "--no-hardlinks", shipped.PROJECT, path)


@functools.lru_cache(None)
def clone():
    """The folder of a clone, one for the whole run."""
    path = os.path.join(Folder("tcpgauge-clone-").path, "tcpgauge")
    clone_to(path)
    return path


@functools.lru_cache(None)
def packages():
    """The folder in which one command has put the Debian packages and their source, made from the clone."""
    folder = Folder("tcpgauge-packages-").path
    # A clone is a workspace of its own to Bazel: its server ends with it.
    try:
        run(os.path.join(clone(), "deploy/debian/build.sh"), folder)
    finally:
        run("bazel", "shutdown", cwd=clone())
    return folder


def package():
    """tcpgauge_VERSION_ARCHITECTURE.deb."""
    found, = glob.glob(os.path.join(packages(), "tcpgauge_*.deb"))
    return found


@functools.lru_cache(None)
def tarball():
    """tcpgauge-VERSION.linux-ARCHITECTURE.tar.gz, built from the clone."""
    folder = Folder("tcpgauge-tarball-").path
    try:
        run(os.path.join(clone(), "deploy/tarball/build.sh"), folder)
    finally:
        run("bazel", "shutdown", cwd=clone())
    found, = glob.glob(os.path.join(folder, "*.tar.gz"))
    return found


def source_package():
    """tcpgauge_VERSION.dsc, beside the files that it names."""
    found, = glob.glob(os.path.join(packages(), "tcpgauge_*.dsc"))
    return found
