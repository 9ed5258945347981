# SPDX-License-Identifier: Apache-2.0
"""Who is at each end, as control groups, /proc and the names of container logs tell it, without any right."""
import functools
import os

from support.cgroups import groups_of_sockets, kubelet_cgroupfs, kubelet_systemd, new_container_id, new_static_uid, new_uid
from support.naming_case import UNKNOWN, NamingCase, edges_of, labels, of_host, of_pod
from support.waiting import wait_until
from support.workloads import Talk

AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--bounding-set=-all")
RENAMED = "tcpgauge_edges_renamed_total"

# Control groups of pods, and names of pods with the workload that their names tell.
POD_GROUPS = {
    "systemd, containerd, burstable": functools.partial(kubelet_systemd, qos="burstable"),
    "systemd, containerd, guaranteed": functools.partial(kubelet_systemd, qos="guaranteed"),
    "systemd, CRI-O, besteffort": functools.partial(kubelet_systemd, qos="besteffort", engine="crio"),
    "systemd, docker, burstable": functools.partial(kubelet_systemd, engine="docker"),
    "systemd, containerd, in kind": functools.partial(kubelet_systemd, root="kubelet-kubepods"),
    "cgroupfs, containerd, burstable": functools.partial(kubelet_cgroupfs, qos="burstable"),
    "cgroupfs, CRI-O, guaranteed": functools.partial(kubelet_cgroupfs, qos="guaranteed", engine="crio"),
    "cgroupfs, docker, besteffort": functools.partial(kubelet_cgroupfs, qos="besteffort", engine="docker"),
}
POD_NAMES = (("web-6d4b75cb6d-x7x2k", "web"), ("db-0", "db"), ("node-agent-x7x2k", "node-agent"), ("debug", "debug"),
             ("report-28123456-x7x2k", "report"), ("cart-v2-7c9f8d6b54-2lkqz", "cart-v2"), ("zk-eu-11", "zk-eu"),
             ("shell", "shell"))


def unit_groups():
    """Control groups of a host: (group, the workload that it names, None = unknown)."""
    ids = [new_container_id() for _ in range(4)]
    manager = "user.slice/user-1000.slice/user@1000.service"
    return (
        ("system.slice/web.service", "web.service"),
        ("system.slice/web-7.service/workers/3", "web-7.service"),
        ("system.slice/system-postgresql.slice/postgresql@15-main.service", "postgresql@15-main.service"),
        ("user.slice/user-1000.slice/session-3.scope", "user-1000.slice"),
        (f"{manager}/app.slice/app-browser-42.scope", "user@1000.service"),
        (f"{manager}/init.scope", "user@1000.service"),
        # Whoever has a service manager of its own names groups as it likes.
        (f"{manager}/user.slice/libpod-{ids[0]}.scope/container", "user@1000.service"),
        (f"{manager}/{kubelet_systemd(new_uid(), ids[0])}", "user@1000.service"),
        (f"{manager}/system.slice/sshd.service", "user@1000.service"),
        (f"system.slice/docker-{ids[1]}.scope", container_name(ids[1])),
        (f"docker/{ids[2]}", container_name(ids[2])),
        (f"machine.slice/libpod-{ids[3]}.scope/container", container_name(ids[3])),
        ("init.scope", None),
        (".", None),
        (r"system.slice/systemd-cryptsetup@luks\x2dhome.service", "systemd-cryptsetup@luks-home.service"),
        ("system.slice/a service.service", None),
    )


def container_name(container_id):
    return container_id[:12]


class KindsOfGroupsTest(NamingCase):
    tools = ("nsenter", "setpriv", "ss")

    def check_named(self, ends, others=()):
        """Waits until each edge has its name. `ends` are (talk, client, server); an edge may have `others` as well."""
        wanted = [(talk, labels(client, server)) for talk, client, server in ends]

        def talk_on():
            for talk, _ in wanted:
                talk.exchange()
        metrics = self.wait_for_metrics(lambda metrics: all(named in edges_of(metrics, talk) for talk, named in wanted),
                                        "all edges have names", talk_on)
        for talk, named in wanted:
            with self.subTest(sorted(named)):
                self.assertLessEqual(set(edges_of(metrics, talk)), {named, *others})
        for talk, client, server in ends:
            self.assert_row(talk, client, server)
        self.assert_sums(metrics)
        return metrics

    def test_pods_with_addresses_of_their_own(self):
        pods = [(self.node.pod(name, namespace=f"team-{number}", group_of=group_of), workload)
                for number, (group_of, (name, workload)) in enumerate(zip(POD_GROUPS.values(), POD_NAMES))]
        self.start()
        there = {address: self.outside.listen(address) for address in (self.outside.address, self.outside.address6)}
        ends = []
        for number, (pod, workload) in enumerate(pods):
            known, (other, other_workload) = of_pod(pod, workload), pods[number - 1]
            for address, outside in ((pod.address, self.outside.address), (pod.address6, self.outside.address6)):
                ends.append((Talk(pod, there[outside]), known, UNKNOWN))
                ends.append((Talk(self.outside, pod.listen(address)), UNKNOWN, known))
            ends.append((Talk(pod, other.listen(other.address)), known, of_pod(other, other_workload)))
        metrics = self.check_named(ends)
        # All pods were there when the agent began.
        self.assertEqual(metrics.value(RENAMED), 0)
        for number, (pod, workload) in enumerate(pods):
            for address in (pod.address, pod.address6):
                self.assertEqual(len(metrics.find("tcpgauge_endpoint_info", address=address, namespace=pod.namespace,
                                                  pod=pod.pod, workload=workload)), 1, pod.workload.group)

    def test_units_and_containers_that_share_the_addresses_of_the_host(self):
        processes = [(self.node.process(group), UNKNOWN if workload is None else of_host(workload))
                     for group, workload in unit_groups()]
        listeners = [process.listen("0.0.0.0" if number % 2 else self.node.address)
                     for number, (process, _) in enumerate(processes)]
        self.start()
        ends = []
        for (process, known), listener in zip(processes, listeners):
            port = listener.getsockname()[1]
            ends.append((Talk(process, self.outside.listen(self.outside.address)), known, UNKNOWN))
            ends.append((Talk(process, self.outside.listen(self.outside.address6)), known, UNKNOWN))
            ends.append((Talk(self.outside, listener, to=(self.node.address, port)), UNKNOWN, known))
        metrics = self.check_named(ends, others=(labels(),))
        for (_, known), listener in zip(processes, listeners):
            address, port = listener.getsockname()
            series = metrics.find("tcpgauge_listener_queue_limit", address=address, port=str(port))
            self.assertEqual([dict(labels).get("workload") for labels in series], [known.get("workload")])

    def test_the_kernel_says_which_group_a_socket_is_in(self):
        # What the other tests rest on.
        pod, unit = self.node.host_pod("etcd-a", uid=new_static_uid()), self.node.process("system.slice/db.service")
        listener = unit.listen(self.node.address)
        talk = Talk(pod, listener).exchange()
        groups = groups_of_sockets(lambda *words: self.node.command(*AS_NOBODY, *words))
        self.assertEqual(groups[f"{talk.client_address}:{talk.client_port}"], self.node.groups.path(pod.workload.group))
        self.assertEqual(groups[f"{talk.server_address}:{talk.server_port}"], self.node.groups.path(unit.group))

    def test_pods_on_the_hosts_network(self):
        pods = [(self.node.host_pod("etcd-a", namespace="kube-system", uid=new_static_uid()), "etcd-a"),
                (self.node.host_pod("node-agent-x7x2k", group_of=kubelet_cgroupfs), "node-agent"),
                (self.node.host_pod("ingress-6d4b75cb6d-x7x2k"), "ingress")]
        listeners = [pod.listen(self.node.address) for pod, _ in pods]
        self.start()
        there = self.outside.listen(self.outside.address)
        ends = []
        for (pod, workload), listener in zip(pods, listeners):
            known = of_pod(pod, workload)
            ends.append((Talk(pod, there), known, UNKNOWN))
            ends.append((Talk(self.outside, listener), UNKNOWN, known))
        pairs = [labels(of_pod(pod, workload)) for pod, workload in pods]
        metrics = self.check_named(ends[1::2])
        self.check_named(ends[::2], others=(labels(), *pairs))
        # Nobody has the node's address alone.
        self.assertEqual(metrics.find("tcpgauge_endpoint_info", address=self.node.address), {})

    def test_containers_outside_kubernetes_with_addresses_of_their_own(self):
        ids = [new_container_id() for _ in range(3)]
        groups = (f"system.slice/docker-{ids[0]}.scope", f"docker/{ids[1]}", f"machine.slice/libpod-{ids[2]}.scope/container")
        containers = [(*self.node.container(group), of_host(container_name(each))) for group, each in zip(groups, ids)]
        self.start()
        there = self.outside.listen(self.outside.address)
        ends = []
        for process, network, known in containers:
            ends.append((Talk(process, there), known, UNKNOWN))
            ends.append((Talk(self.outside, process.listen(network.address)), UNKNOWN, known))
        self.check_named(ends)

    def test_a_unit_with_a_network_of_its_own(self):
        process, network = self.node.container("system.slice/vpn.service")
        self.start()
        ends = [(Talk(process, self.outside.listen(self.outside.address)), of_host("vpn.service"), UNKNOWN),
                (Talk(self.outside, process.listen(network.address)), UNKNOWN, of_host("vpn.service"))]
        self.check_named(ends)

    def test_sockets_of_ipv6_that_speak_ipv4(self):
        unit = self.node.process("system.slice/java.service")
        listener = unit.listen("::")
        self.start()
        to = (self.node.address, listener.getsockname()[1])
        self.check_named([(Talk(self.outside, listener, to=to), UNKNOWN, of_host("java.service"))])
        self.check_named([(Talk(unit, self.outside.listen(self.outside.address), is_mapped=True), of_host("java.service"),
                           UNKNOWN)], others=(labels(),))

    def test_a_pod_whose_log_lost_the_id_is_unknown_or_named_right(self):
        # kubelet cuts a longer name: here within the id, and before it.
        pods = [self.node.pod("a" * length) for length in (190, 250)]
        short = self.node.pod("web-6d4b75cb6d-x7x2k")
        self.start()
        there = self.outside.listen(self.outside.address)
        self.check_named([(Talk(short, there), of_pod(short, "web"), UNKNOWN)])
        for pod in pods:
            talk = Talk(pod, there).exchange()
            row = wait_until(lambda: self.row_of(talk), "the connection is in the API")
            known = self.known_of(row["client"])
            self.assertLessEqual(known.items(), of_pod(pod, pod.pod).items())

    def test_what_a_process_calls_itself_is_shown_and_is_no_label(self):
        name = 'x"y\\z {'
        # The unit has one process on the whole machine, other tests included.
        db = f"db-{os.getpid()}.service"
        unit = self.node.process(f"system.slice/{db}", name=name)
        listener = unit.listen(self.node.address)
        self.start()
        talk = Talk(self.outside, listener)
        metrics = self.wait_for_edge(talk, labels(server=of_host(db)))
        row = self.assert_row(talk, UNKNOWN, of_host(db))
        self.assertEqual(row["server"].get("comm"), name)
        self.assertNotIn("y\\\\z", metrics.text)

    def test_an_address_that_a_pod_has_inside_too_stays_the_hosts(self):
        # As a bridge of docker within a pod has the address of the host's bridge.
        pod, unit = self.node.pod("builder"), self.node.process("system.slice/db.service")
        pod.place.run("ip", "address", "add", f"{self.node.address}/32", "dev", "lo")
        listener = unit.listen(self.node.address)
        self.start()
        talk = Talk(self.outside, listener)
        metrics = self.wait_for_edge(talk, labels(server=of_host("db.service")))
        self.assertEqual(set(edges_of(metrics, talk)), {labels(server=of_host("db.service"))})
        self.assertEqual(metrics.find("tcpgauge_endpoint_info", address=self.node.address), {})

    def test_an_address_that_two_pods_say_is_theirs_is_unknown(self):
        victim, thief = self.node.pod("victim"), self.node.pod("thief")
        thief.place.run("ip", "address", "add", f"{victim.address}/32", "dev", "lo")
        self.start()
        talk = Talk(self.outside, victim.listen(victim.address))
        self.wait_for_round()
        metrics = self.wait_for_edge(talk, labels())
        self.assertEqual(set(edges_of(metrics, talk)), {labels()})
        self.assert_row(talk, UNKNOWN, UNKNOWN)

    def check_agent_in_a_pod(self, group_of):
        """The agent in a container sees the groups of the others relative to its own, as in /../../podUID/ID."""
        node_agent = group_of(new_uid(), new_container_id(), qos="besteffort")
        pods = [(self.node.pod(f"web-6d4b75cb6d-x7x2{letter}", group_of=functools.partial(group_of, qos=qos)), "web")
                for letter, qos in zip("bcd", ("besteffort", "burstable", "guaranteed"))]
        host_pod, unit = self.node.host_pod("etcd-a", group_of=group_of), self.node.process("system.slice/db.service")
        at_host = [(host_pod, of_pod(host_pod, "etcd-a")), (unit, of_host("db.service"))]
        listeners = [process.listen(self.node.address) for process, _ in at_host]
        self.start(prefix=self.node.groups.command(node_agent, "unshare", "--cgroup"))
        there = self.outside.listen(self.outside.address)
        self.check_named([(Talk(pod, there), of_pod(pod, workload), UNKNOWN) for pod, workload in pods] +
                         [(Talk(self.outside, listener), UNKNOWN, known)
                          for listener, (_, known) in zip(listeners, at_host)])
        self.check_named([(Talk(process, self.outside.listen(self.outside.address)), known, UNKNOWN)
                          for process, known in at_host], others=(labels(),))

    def test_the_agent_itself_in_a_pod_where_systemd_drives_the_groups(self):
        self.check_agent_in_a_pod(kubelet_systemd)

    def test_the_agent_itself_in_a_pod_where_kubelet_drives_the_groups(self):
        self.check_agent_in_a_pod(kubelet_cgroupfs)

    def test_with_identity_off_nobody_is_named(self):
        pod = self.node.pod("web-6d4b75cb6d-x7x2k")
        self.start("--identity", "off")
        talk = Talk(pod, self.outside.listen(self.outside.address))
        metrics = self.wait_for_edge(talk, labels())
        self.assertEqual(set(edges_of(metrics, talk)), {labels()})
        for name in ("workload_edge_", "endpoint_info", "listener_", "zone_"):
            self.assertNotIn("\ntcpgauge_" + name, metrics.text)
        self.assert_sums(metrics)
