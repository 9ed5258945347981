# SPDX-License-Identifier: Apache-2.0
"""Control groups of version 2 that are named as kubelet, container engines and systemd name theirs."""
import os
import secrets
import subprocess
import unittest
import uuid

from support import cleanup
from support.waiting import wait_until

# How each engine begins the name of a pod's container: with the cgroup driver systemd, and with the driver cgroupfs.
_SCOPES = {"containerd": "cri-containerd-", "crio": "crio-", "docker": "docker-"}
_FOLDERS = {"containerd": "", "crio": "crio-", "docker": ""}


def new_uid():
    """A pod's UID, as the API server gives it."""
    return str(uuid.uuid4())


def new_static_uid():
    """The UID of a static pod: a hash of its manifest."""
    return secrets.token_hex(16)


def new_container_id():
    return secrets.token_hex(32)


def kubelet_systemd(uid, container_id, qos="burstable", engine="containerd", root="kubepods"):
    """The group of a pod's container when kubelet has the cgroup driver systemd. `root` is "kubelet-kubepods" in kind."""
    names = root.split("-") if qos == "guaranteed" else [*root.split("-"), qos]
    names.append("pod" + uid.replace("-", "_"))
    slices = ["-".join(names[:count]) + ".slice" for count in range(1, len(names) + 1)]
    return "/".join([*slices, f"{_SCOPES[engine]}{container_id}.scope"])


def kubelet_cgroupfs(uid, container_id, qos="burstable", engine="containerd"):
    """The same when kubelet has the cgroup driver cgroupfs."""
    names = ["kubepods"] if qos == "guaranteed" else ["kubepods", qos]
    return "/".join([*names, "pod" + uid, _FOLDERS[engine] + container_id])


class ControlGroups:
    """A folder for the groups of one test. Skips the test where no group of version 2 can be made.

    close() kills the processes that are still in it.
    """

    def __init__(self):
        try:
            self._folder = f"{_mount()}/tcpgauge-e2e-{os.getpid()}-{secrets.token_hex(4)}"
            os.mkdir(self._folder)
        except OSError as error:
            raise unittest.SkipTest(f"no control group of version 2 can be made here: {error}") from None
        cleanup.keep(self)

    def command(self, group, *words):
        """A command that enters `group`, which it makes where it is missing, and becomes `words`."""
        folder = f"{self._folder}/{group}"
        os.makedirs(folder, exist_ok=True)
        return ["sh", "-c", 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"', "sh", folder, *words]

    def path(self, group):
        """The group as /proc/PID/cgroup has it."""
        return f"/{os.path.relpath(self._folder, _mount())}/{group}"

    def remove(self, group):
        """Removes `group`, which is empty, as an engine does when a container has ended."""
        os.rmdir(f"{self._folder}/{group}")

    def close(self):
        cleanup.release(self)
        with open(f"{self._folder}/cgroup.kill", "w") as file:
            file.write("1")
        wait_until(self._is_empty, f"no process is left in {self._folder}")
        for folder, _, _ in os.walk(self._folder, topdown=False):
            os.rmdir(folder)

    def _is_empty(self):
        with open(f"{self._folder}/cgroup.events") as file:
            return "populated 0" in file.read().splitlines()


def groups_of_sockets(command, *filters):
    """What the kernel says of each TCP socket, listening or not: {local address and port: its group's path}.

    `command` puts a command into the network namespace.
    """
    said = subprocess.run(command("ss", "--tcp", "--all", "--numeric", "--no-header", "--cgroup", *filters), check=True,
                          capture_output=True, text=True).stdout
    groups = {}
    for line in said.splitlines():
        fields = line.split()
        groups[fields[3]] = next((field[len("cgroup:"):] for field in fields if field.startswith("cgroup:")), None)
    return groups


def _mount():
    with open("/proc/self/mountinfo") as file:
        for line in file:
            fields = line.split()
            if fields[fields.index("-") + 1] == "cgroup2" and fields[3] == "/":
                return fields[4]
    raise FileNotFoundError("it is not mounted")
