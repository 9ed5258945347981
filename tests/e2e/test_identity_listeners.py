# SPDX-License-Identifier: Apache-2.0
"""The accept queues of the node's listeners: how full, how long, and what was dropped."""
import subprocess

from support.naming_case import NamingCase
from support.workloads import Talk

CONNECTIONS, LIMIT = "tcpgauge_listener_queue_connections", "tcpgauge_listener_queue_limit"
DROPPED = "tcpgauge_listener_dropped_total"
MAX_LISTENERS = 32


class AcceptQueueTest(NamingCase):
    tools = ("nsenter", "ss")

    def labels_of(self, listener, workload):
        address, port = listener.getsockname()[:2]
        return {"address": address, "port": str(port), "workload": workload}

    def connect(self, listener):
        """Begins to connect from outside, and waits for no answer."""
        client = self.own(self.outside.socket(self.node.address))
        client.setblocking(False)
        client.connect_ex((self.node.address, listener.getsockname()[1]))
        return client

    def kernel_says(self, listener):
        """(connections in the queue, its limit, drops)."""
        said = subprocess.run(self.node.command("ss", "-tlnmH", f"sport = :{listener.getsockname()[1]}"), check=True,
                              capture_output=True, text=True).stdout
        fields = said.split()
        return int(fields[1]), int(fields[2]), int(said.split(",d")[1].split(")")[0])

    def test_a_full_queue_is_seen_with_its_workload(self):
        unit, pod = self.node.process("system.slice/db.service"), self.node.host_pod("ingress-6d4b75cb6d-x7x2k")
        full, quiet = unit.listen("0.0.0.0", backlog=3), pod.listen(self.node.address, backlog=7)
        self.start()
        of_full, of_quiet = self.labels_of(full, "db.service"), self.labels_of(quiet, "ingress")
        metrics = self.wait_for_metrics(lambda metrics: metrics.value(LIMIT, **of_full) == 3, "the listener")
        for labels, values in ((of_full, (0, 3, 0)), (of_quiet, (0, 7, 0))):
            self.assertEqual(tuple(metrics.value(name, **labels) for name in (CONNECTIONS, LIMIT, DROPPED)), values)
        for _ in range(10):
            self.connect(full)
        # It takes one connection more than its limit.
        metrics = self.wait_for_metrics(
            lambda metrics: metrics.value(CONNECTIONS, **of_full) == 4 and metrics.value(DROPPED, **of_full) >= 6,
            "a full queue")
        self.assertEqual(metrics.value(LIMIT, **of_full), 3)
        self.assertEqual(self.kernel_says(full)[:2], (4, 3))
        self.assertLessEqual(metrics.value(DROPPED, **of_full), self.kernel_says(full)[2])
        for _ in range(4):
            self.own(full.accept()[0])
        self.wait_for_metrics(lambda metrics: metrics.value(CONNECTIONS, **of_full) == self.kernel_says(full)[0],
                              "the queue that was emptied")
        full.close()
        metrics = self.wait_for_metrics(lambda metrics: not metrics.find(LIMIT, **of_full), "the listener has ended")
        self.assertEqual(metrics.value(LIMIT, **of_quiet), 7)

    def test_the_queues_of_two_units_on_one_port_are_added_up_and_nobodys(self):
        units = [self.node.process(f"system.slice/{name}.service") for name in "ab"]
        first = units[0].listen(self.node.address, backlog=3, is_shared=True)
        port = first.getsockname()[1]
        self.own(units[1].listen(self.node.address, port, backlog=4, is_shared=True))
        self.own(first)
        self.start()
        metrics = self.wait_for_metrics(lambda metrics: metrics.find(LIMIT, port=str(port)), "the listener")
        self.assertEqual(metrics.find(LIMIT, port=str(port)),
                         {frozenset({"address": self.node.address, "port": str(port)}.items()): 7})

    def test_listeners_are_bounded_and_stay(self):
        unit = self.node.process("system.slice/many.service")
        # The agent listens too.
        first = [unit.listen(self.node.address) for _ in range(MAX_LISTENERS - 1)]
        self.start()

        def ports(metrics):
            return {dict(labels)["port"] for labels in metrics.find(LIMIT, address=self.node.address)}
        wanted = {str(listener.getsockname()[1]) for listener in first}
        self.wait_for_metrics(lambda metrics: ports(metrics) == wanted, "all listeners")
        further = [self.own(unit.listen(self.node.address)) for _ in range(8)]
        for listener in further:
            Talk(self.outside, listener)
        self.wait_for_round()
        self.assertEqual(ports(self.agent.metrics()), wanted)
        for listener in first:
            listener.close()
        wanted = {str(listener.getsockname()[1]) for listener in further}
        self.wait_for_metrics(lambda metrics: ports(metrics) == wanted, "those that are left")
