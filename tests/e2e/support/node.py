# SPDX-License-Identifier: Apache-2.0
"""A node with pods, containers and units, as kubelet, container engines and systemd arrange them.

    outside 0 --- eth0 [node] eth1 --- outside 1
                   |  |  |
                    pods

The node routes between all of them. Units, containers and pods on the host's network share the node's addresses. All
other pods have addresses of their own.

An agent sees the processes of all network namespaces of the machine. So each test process has addresses of its own, out
of 100.64.0.0/10 (RFC 6598) and 2001:db8::/32 (RFC 3849).
"""
import itertools
import os
import socket
import subprocess
import tempfile

from support.cgroups import ControlGroups, kubelet_systemd, new_container_id, new_uid
from support.namespaces import Namespace, run
from support.workloads import Closable, SocketOwner, Workload, family_of

_GATEWAY, _GATEWAY6 = "169.254.1.1", "fe80::1"
_MAX_LOG_NAME = 251  # kubelet cuts a longer name before it adds ".log"
_NODE, _FIRST_POD, _FIRST_OUTSIDE = 1, 10, 250


class Network(Closable):
    """The network namespace of a pod, with one address of each family, which the node routes to it."""

    def __init__(self, node, number):
        self.number, self.address, self.address6 = number, node.address_of(number), node.address6_of(number)
        self._namespace = Namespace()
        port = f"veth{number}"
        run("ip", "link", "add", "eth0", "netns", self._namespace.name, "type", "veth",
            "peer", "name", port, "netns", node.namespace.name)
        node.namespace.run("sysctl", "-qw", f"net.ipv6.conf.{port}.accept_dad=0")
        _ip(node.namespace, f"link set {port} up", f"address add {_GATEWAY}/32 dev {port}",
            f"address add {_GATEWAY6}/64 dev {port} nodad",
            f"route add {self.address}/32 dev {port} src {node.address}",
            f"route add {self.address6}/128 dev {port} src {node.address6}")
        _ip(self._namespace, f"address add {self.address}/32 dev eth0", f"address add {self.address6}/128 dev eth0 nodad",
            "link set eth0 up", f"route add {_GATEWAY} dev eth0 scope link", f"route add default via {_GATEWAY} dev eth0",
            f"route add ::/0 via {_GATEWAY6} dev eth0")
        super().__init__()

    def command(self, *words):
        return self._namespace.command(*words)

    def run(self, *words):
        return self._namespace.run(*words)

    def socket(self, address):
        """A socket in this namespace that is in the test's own control group."""
        with self._namespace.entered():
            return _socket(address)

    def _end(self):
        # Now, and not only when the last socket of the namespace is gone.
        self._namespace.run("ip", "link", "del", "eth0")
        self._namespace.close()


class Pod(Closable):
    """A pod with one container and its sandbox, each in a control group of its own, in the network namespace `place`.

    `group_of(uid, container ID)` names a group. `name` is what the container's process calls itself. Without `has_log`
    add_log() makes the container's log.
    """

    def __init__(self, node, place, pod, namespace, container, uid=None, group_of=kubelet_systemd, name=None, has_log=True):
        self.pod, self.namespace, self.container, self.uid = pod, namespace, container, uid or new_uid()
        self.place, self.address, self.address6 = place, place.address, place.address6
        self.container_id = new_container_id()
        log = f"{pod}_{namespace}_{container}-{self.container_id}"[:_MAX_LOG_NAME]
        self._log = os.path.join(node.logs, log + ".log")
        self._sandbox = Workload(node.groups, group_of(self.uid, new_container_id()), place, "pause")
        self.workload = Workload(node.groups, group_of(self.uid, self.container_id), place, name)
        super().__init__()
        if has_log:
            self.add_log()

    def add_log(self):
        os.symlink(f"/var/log/pods/{self.namespace}_{self.pod}_{self.uid}/{self.container}/0.log", self._log)

    def remove_log(self):
        if os.path.islink(self._log):
            os.unlink(self._log)

    def socket(self, address):
        return self.workload.socket(address)

    def listen(self, *where, **how):
        return self.workload.listen(*where, **how)

    def _end(self):
        self.workload.close()
        self._sandbox.close()
        self.remove_log()


class Outside(Closable, SocketOwner):
    """A machine beside the node."""

    def __init__(self, node, interface, number):
        self.address, self.address6 = node.address_of(number), node.address6_of(number)
        self._namespace = Namespace()
        self._namespace.run("sysctl", "-qw", "net.ipv4.ip_forward=0")
        run("ip", "link", "add", interface, "netns", node.namespace.name, "type", "veth",
            "peer", "name", "eth0", "netns", self._namespace.name)
        _ip(node.namespace, f"address add {node.address}/32 dev {interface}",
            f"address add {node.address6}/128 dev {interface} nodad", f"link set {interface} up",
            f"route add {self.address}/32 dev {interface}", f"route add {self.address6}/128 dev {interface}")
        _ip(self._namespace, f"address add {self.address}/32 dev eth0", f"address add {self.address6}/128 dev eth0 nodad",
            "link set eth0 up", f"route add {node.address}/32 dev eth0", f"route add default via {node.address} dev eth0",
            f"route add {node.address6}/128 dev eth0", f"route add ::/0 via {node.address6} dev eth0")
        super().__init__()

    def socket(self, address):
        with self._namespace.entered():
            return _socket(address)

    def _end(self):
        self._namespace.close()


class Node(Closable):
    """The node, in the place of a namespace for an Agent, and the folder `logs` of its container logs.

    It closes what it made.
    """

    def __init__(self):
        self.groups = ControlGroups()
        self.namespace = Namespace()
        self._folder = tempfile.TemporaryDirectory()
        os.chmod(self._folder.name, 0o755)
        self.logs = self._folder.name
        self._made, self._numbers = [], itertools.count(_FIRST_POD)
        super().__init__()
        self.address, self.address6 = self.address_of(_NODE), self.address6_of(_NODE)
        self.namespace.run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
        self.outsides = [self._keep(Outside(self, f"eth{each}", _FIRST_OUTSIDE + each)) for each in range(2)]
        self.outside = self.outsides[0]

    def address_of(self, number):
        high, low = divmod(os.getpid() % 2**14, 2**8)
        return f"100.{64 + high}.{low}.{number}"

    def address6_of(self, number):
        return f"2001:db8:{os.getpid() % 2**16:x}::{number:x}"

    def command(self, *words):
        # `ip netns exec` would hide the control groups.
        return ["nsenter", f"--net=/run/netns/{self.namespace.name}", *words]

    def entered(self):
        return self.namespace.entered()

    def process(self, group, name=None):
        """A process that shares the node's addresses: a unit's, or a container's on the host's network."""
        return self._keep(Workload(self.groups, group, self, name))

    def host_pod(self, pod, namespace="shop", container="app", **how):
        """A pod on the host's network."""
        return self._keep(Pod(self, self, pod, namespace, container, **how))

    def pod(self, pod, namespace="shop", container="app", place=None, **how):
        """A pod with addresses of its own: those of `place`, or new ones."""
        return self._keep(Pod(self, place or self.network(), pod, namespace, container, **how))

    def container(self, group, name=None):
        """The process of a container outside Kubernetes, with addresses of its own: (process, network)."""
        network = self.network()
        return self._keep(Workload(self.groups, group, network, name)), network

    def network(self):
        return self._keep(Network(self, next(self._numbers)))

    def _keep(self, thing):
        self._made.append(thing)
        return thing

    def _end(self):
        for thing in reversed(self._made):
            thing.close()
        self.namespace.close()
        self.groups.close()
        self._folder.cleanup()


def _socket(address):
    made = socket.socket(family_of(address), socket.SOCK_STREAM)
    made.settimeout(30)
    return made


def _ip(namespace, *commands):
    """Runs commands of ip(8) in the namespace."""
    done = subprocess.run(["ip", "-n", namespace.name, "-batch", "-"], input="\n".join(commands), capture_output=True,
                          text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{commands}: {done.stderr}")
