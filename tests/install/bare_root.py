# SPDX-License-Identifier: Apache-2.0
"""A minimal Debian 12 in a folder, made by debootstrap, in which a test can install things."""
import os
import shutil
import subprocess
import tempfile
import time

from support import cleanup

_RELEASE = "bookworm"
_MAX_AGE_SECONDS = 7 * 86400


def run(*command, **more):
    """Runs the command to its end and returns its output; a failure shows what it said."""
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, **more)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: status {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


def archive():
    """A tar file of the bare root, kept for a week from one run to the next."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    kept = os.path.join(cache, "tcpgauge-tests", f"{_RELEASE}-minbase.tar")
    if os.path.exists(kept) and time.time() - os.path.getmtime(kept) < _MAX_AGE_SECONDS:
        return kept
    os.makedirs(os.path.dirname(kept), exist_ok=True)
    # From where this machine has its own packages.
    sites = run("apt-get", "indextargets", "--format", "$(SITE)", f"Codename: {_RELEASE}", "Created-By: Packages").split()
    with tempfile.TemporaryDirectory(prefix="tcpgauge-root-") as folder:
        run("debootstrap", "--variant=minbase", _RELEASE, folder, *sites[:1])
        shutil.rmtree(os.path.join(folder, "var/cache/apt/archives"))
        run("tar", "-C", folder, "-cf", kept + ".new", ".")
    os.rename(kept + ".new", kept)
    return kept


class BareRoot:
    """`path` is its folder. Its programs see only their own processes' /proc, and whatever network they are run in."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="tcpgauge-root-")
        cleanup.keep(self)
        run("tar", "-C", self.path, "-xf", archive())
        os.chmod(self.path, 0o755)  # as of any root; a temporary folder is closed to others
        run("mount", "-t", "proc", "proc", os.path.join(self.path, "proc"))
        shutil.copy("/etc/resolv.conf", self.file("/etc/resolv.conf"))
        # As a container's: nothing starts by itself, since there is no init.
        self.write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755)

    def file(self, name):
        return self.path + name

    def write(self, name, text, mode=0o644):
        os.makedirs(os.path.dirname(self.file(name)), exist_ok=True)
        with open(self.file(name), "w") as file:
            file.write(text)
        os.chmod(self.file(name), mode)

    def command(self, *words):
        # Without the variables of this machine, of which some name things that are not there.
        return ["chroot", self.path, "/usr/bin/env", "-i", "HOME=/root", "TERM=dumb", "DEBIAN_FRONTEND=noninteractive",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", *words]

    def run(self, *words):
        return run(*self.command(*words))

    def files(self):
        """What is there, but for what dpkg and apt keep for themselves."""
        listed = run("find", self.path, "-xdev", "-not", "-type", "d", "-not", "-path", "*/proc/*",
                     "-not", "-path", "*/var/lib/dpkg/*", "-not", "-path", "*/var/lib/apt/*",
                     "-not", "-path", "*/var/cache/*", "-not", "-path", "*/var/log/*")
        return {line[len(self.path):] for line in listed.splitlines()}

    def close(self):
        cleanup.release(self)
        # The tests of the package mount more.
        with open("/proc/self/mounts") as file:
            mounted = [line.split()[1] for line in file]
        for place in reversed(mounted):
            if place.startswith(self.path + "/"):
                run("umount", place)
        shutil.rmtree(self.path)
