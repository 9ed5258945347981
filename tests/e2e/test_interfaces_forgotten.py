# SPDX-License-Identifier: Apache-2.0
"""Interfaces that come and go under `any`, as those of containers do.

Only what `-i` names is up or down. An interface that is gone is forgotten after a window, and what it counted stays
counted.
"""
import json
import re
import signal
import socket
import subprocess

from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Namespace, Testbed
from support.traffic import Conversation
from support.waiting import holds_for, wait_until

UP = "tcpgauge_capture_up"
PACKETS = "tcpgauge_capture_packets_total"
RETIRED = "tcpgauge_capture_retired_packets_total"
WINDOW_SECONDS = 1
# To all, of a type for experiments (IEEE 802), which nobody answers. Each is captured at both ends of a veth.
FRAME = b"\xff" * 6 + bytes(6) + b"\x88\xb5" + bytes(46)
SERIES_OF_INTERFACES = 32


class ForgottenCase(NamespaceCase):
    def start(self, *options, window=WINDOW_SECONDS):
        # A link of this namespace sends no packets of its own.
        self.namespace = self.own(Namespace())
        self.namespace.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
        self.watch(self.namespace, *options, window=window)

    def watch(self, namespace, *options, window):
        self.agent = self.own(Agent(namespace, "-i", "any", "--fast", "--metrics.window", str(window), *options))
        self.before = {}
        self.counted_before = 0
        self.sent = 0

    def links(self, *lines):
        subprocess.run(self.namespace.command("ip", "-batch", "-"), input="\n".join(lines), text=True, check=True)

    def make(self, *numbers):
        self.links(*(f"link add veth{number} type veth peer name peer{number}" for number in numbers),
                   *(f"link set {end}{number} up" for number in numbers for end in ("veth", "peer")))
        self.wait_for_links({f"{end}{number}" for number in numbers for end in ("veth", "peer")})

    def wait_for_links(self, names):
        """Until then the kernel drops what is sent there, soon after the interface was set up."""
        def are_up():
            links = json.loads(self.namespace.run("ip", "-j", "link", "show"))
            return names <= {link["ifname"] for link in links if link["operstate"] == "UP"}
        wait_until(are_up, f"{names} are up")

    def delete(self, *numbers):
        self.links(*(f"link del veth{number}" for number in numbers))

    def send(self, interface, count=1):
        with self.namespace.entered(), socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as link:
            for _ in range(count):
                link.sendto(FRAME, (interface, 0))
        self.sent += count

    def look(self):
        """One scrape, of which everything holds that must always hold."""
        now = self.agent.metrics()
        self.assertEqual({dict(labels)["interface"]: value for labels, value in now.find(UP).items()}, {"any": 1})
        names = self.names(now)
        self.assertLessEqual(len(names), SERIES_OF_INTERFACES)
        self.assertEqual([name for name in names if re.fullmatch(r"if\d+", name)], [], "a number for a name")
        self.assertLessEqual(self.counted(now), 2 * self.sent, "counted twice")
        self.assertGreaterEqual(self.counted(now), self.counted_before, "something counted was lost")
        self.counted_before = self.counted(now)
        for series, value in self.before.items():
            if "capture" in series[0] and series in now.samples:
                self.assertGreaterEqual(now.samples[series], value, f"{series} fell")
        self.before = {series: value for series, value in now.samples.items() if series[0].endswith("_total")}
        return now

    @staticmethod
    def counted(metrics):
        return sum(metrics.find(PACKETS, protocol="other").values()) + metrics.value(RETIRED, protocol="other")

    @staticmethod
    def names(metrics):
        return {dict(labels)["interface"] for labels in metrics.find(PACKETS)}

    def packets(self, interface):
        return self.look().value(PACKETS, interface=interface, protocol="other")

    def wait_for_all(self):
        wait_until(lambda: self.counted(self.look()) == 2 * self.sent, "every frame is counted")

    def wait_until_forgotten(self, name):
        wait_until(lambda: name not in self.names(self.look()), f"the series of {name} have ended")

    def wait_for_arrival(self, interface, frames):
        """The kernel drops what is under way to an interface that is deleted."""
        def arrived():
            link, = json.loads(self.namespace.run("ip", "-j", "-s", "link", "show", interface))
            return link["stats64"]["rx"]["packets"] == frames
        wait_until(arrived, f"{frames} frames have arrived at {interface}")

    def check_log(self):
        self.assertNotRegex(self.agent.stderr(), r"level=(warn|error)")


class ForgottenTest(ForgottenCase):
    def test_after_400_veths_came_and_went_a_new_one_has_its_name(self):
        self.start()
        for first in range(0, 400, 8):
            numbers = range(first, first + 8)
            self.make(*numbers)
            for number in numbers:
                self.send(f"veth{number}", 2)
            self.wait_for_all()  # the kernel drops what is under way to an interface that is deleted
            self.delete(*numbers)
        wait_until(lambda: self.names(self.look()) <= {"any", "lo", "other"}, "all are forgotten")
        self.wait_for_all()
        self.make(1000, 1001)
        for name in ("veth1000", "veth1001"):
            self.send(name, 3)
            wait_until(lambda: self.packets(name) == 3, f"{name} has its name")
        self.wait_for_all()
        # The JSON API counts alike.
        status = json.loads(self.agent.get("/api/v1/status")[1])
        others = [interface["packets"]["other"] for interface in status["interfaces"]]
        self.assertEqual(sum(others) + status["retired_interfaces"]["packets"]["other"], 2 * self.sent)
        self.check_log()

    def test_an_interface_that_is_deleted_before_its_packets_are_read_is_known_by_its_name(self):
        self.start(window=60)
        self.agent.signal(signal.SIGSTOP)
        self.make(7)
        self.send("veth7", 5)
        self.wait_for_arrival("peer7", 5)
        self.delete(7)
        self.agent.signal(signal.SIGCONT)
        for name in ("veth7", "peer7"):
            wait_until(lambda: self.packets(name) == 5, f"the frames of {name}")

    def test_a_name_that_comes_back_within_the_window_goes_on_counting(self):
        self.start(window=60)
        for number in range(1, 4):
            self.make(0)
            self.send("veth0")
            wait_until(lambda: self.packets("veth0") == number, "the next frame")
            self.delete(0)
        self.assertEqual(self.look().value(RETIRED, protocol="other"), 0)
        self.check_log()

    def test_a_name_that_comes_back_later_begins_from_zero(self):
        self.start()
        for number in range(1, 4):
            self.make(0)
            self.send("veth0", 3)
            wait_until(lambda: self.packets("veth0") == 3, "its frames alone")
            self.delete(0)
            self.wait_until_forgotten("veth0")
            self.wait_until_forgotten("peer0")
            self.assertEqual(self.look().value(RETIRED, protocol="other"), 6 * number)

    def test_the_old_name_of_a_renamed_interface_goes_and_the_new_name_comes(self):
        self.start()
        self.make(0)
        self.send("veth0", 2)
        wait_until(lambda: self.packets("veth0") == 2, "the old name")
        self.links("link set veth0 down", "link set veth0 name renamed0", "link set renamed0 up")
        self.wait_for_links({"renamed0"})
        self.wait_until_forgotten("veth0")
        self.send("renamed0", 3)
        wait_until(lambda: self.packets("renamed0") == 3, "the new name")
        self.wait_for_all()
        self.check_log()

    def test_an_interface_that_is_down_is_not_gone(self):
        self.start()
        self.make(0)
        self.send("veth0", 2)
        wait_until(lambda: self.packets("veth0") == 2, "its frames")
        self.links("link set veth0 down")
        self.assertTrue(holds_for(lambda: self.packets("veth0") == 2, 3 * WINDOW_SECONDS))

    def test_several_workers_forget_together(self):
        self.start("--workers", "3", "--count-views")
        for number in range(3):
            self.make(number)
            self.send(f"veth{number}", 4)
            wait_until(lambda: self.packets(f"veth{number}") == 4, "its frames")
            self.delete(number)
        self.wait_until_forgotten("veth2")
        self.wait_for_all()
        self.check_log()


class ConnectionsTest(ForgottenCase):
    def shown(self):
        answer = json.loads(self.agent.get("/api/v1/connections?filter=port:7000")[1])
        return [connection["interface"] for connection in answer["connections"]]

    def test_a_connection_keeps_the_name_of_its_interface(self):
        testbed = self.own(Testbed(ipv6=False))
        self.namespace = testbed.server
        self.namespace.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
        self.watch(testbed.server, window=WINDOW_SECONDS)
        self.own(Conversation(testbed, 7000)).client_sends(1000)
        wait_until(lambda: self.shown() == ["server0"], "the connection")
        testbed.link.delete()
        wait_until(lambda: "server0" not in self.names(self.agent.metrics()), "the series of server0 have ended")
        self.assertEqual(self.shown(), ["server0"])
        for number in range(12):  # two names each, so that all have series of their own at the same time
            self.make(number)
            self.send(f"veth{number}")
            wait_until(lambda: f"veth{number}" in self.names(self.agent.metrics()), "the next one")
            self.delete(number)
            self.assertEqual(self.shown(), ["server0"])
        wait_until(lambda: self.names(self.agent.metrics()) <= {"any", "lo", "other"}, "all are forgotten")
        self.assertEqual(self.shown(), ["server0"])
        labels = self.agent.metrics().find("tcpgauge_connection_client_payload_bytes_total", server_port="7000")
        self.assertEqual({dict(label)["interface"] for label in labels}, {"server0"})
