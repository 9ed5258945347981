# SPDX-License-Identifier: Apache-2.0
"""Interfaces that go down, are renamed, are deleted, come back, or appear after the agent has started.

Capture goes on, although the agent has given up its privileges.
"""
import fcntl
import os
import signal
import socket
import struct
import time

from support import small_pages
from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.traffic import Conversation
from support.waiting import holds_for, wait_until

UP = "tcpgauge_capture_up"
PACKETS = "tcpgauge_capture_packets_total"
BYTES = "tcpgauge_connection_client_payload_bytes_total"
BACK_WITHIN_SECONDS = 2
# To all, of a type for experiments (IEEE 802), which nobody answers.
FRAME = b"\xff" * 6 + bytes(6) + b"\x88\xb5" + bytes(46)


class Watcher:
    """Scrapes the agent again and again; holds that it stays healthy and that no counter falls."""

    def __init__(self, test, agent):
        self._test = test
        self._agent = agent
        self._before = {}

    def look(self):
        self._test.assertEqual(self._agent.get("/-/healthy", seconds=30)[0], 200)
        now = self._agent.metrics()
        for series, value in self._before.items():
            if series[0].startswith("tcpgauge_connection_"):
                continue  # those of the heaviest, of which others take the place
            self._test.assertGreaterEqual(now.samples.get(series, 0), value, series)
        self._before = {series: value for series, value in now.samples.items() if series[0].endswith("_total")}
        return now

    def up(self, interface):
        return self.look().value(UP, interface=interface)

    def packets(self, interface):
        return sum(self.look().find(PACKETS, interface=interface).values())


class ComeAndGoCase(NamespaceCase):
    def start(self, *options, links=1, interfaces=("server0",)):
        self.testbed = self.own(Testbed(links, ipv6=False))
        self.server, self.link = self.testbed.server, self.testbed.link
        chosen = [word for interface in interfaces for word in ("-i", interface)]
        # Snapshots ten times a second.
        self.agent = self.own(Agent(self.server, *chosen, "--fast", *options, prefix=small_pages.COMMAND))
        self.watcher = Watcher(self, self.agent)
        with self.testbed.client.entered():
            self.frames = self.own(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))

    def nudge(self, link=0):
        """One frame across the link; where it is down, none. A datagram might wait a second for ARP's next try."""
        try:
            self.frames.sendto(FRAME, (self.testbed.links[link].client_interface, 0))
        except OSError:
            pass

    def wait_for_down(self, interface="server0"):
        wait_until(lambda: self.watcher.up(interface) == 0, f"{interface} is told to be down")

    def wait_for_capture(self, before, interface="server0", link=0):
        """That packets are captured again; returns the seconds that it took."""
        start = time.monotonic()

        def more():
            self.nudge(link)
            return self.watcher.packets(interface) > before and self.watcher.up(interface) == 1
        wait_until(more, f"{interface} is captured again", BACK_WITHIN_SECONDS)
        return time.monotonic() - start

    def told(self, words):
        return self.agent.stderr().count(words)

    def converse(self, port):
        conversation = self.own(Conversation(self.testbed, port))
        conversation.client_sends(1000)
        return conversation

    def cycle(self, count, leave, come_back, left):
        """Leaves and comes back so many times; holds what must hold, and that nothing is used up by it.

        Each time the agent must tell what it is that `left` says.
        """
        used = None
        slowest = 0
        for number in range(count):
            before = self.watcher.packets("server0")
            leave()
            self.wait_for_down()
            # An interface that is deleted is down first.
            wait_until(lambda: self.told(left) == number + 1, f"'{left}' is told")
            come_back()
            slowest = max(slowest, self.wait_for_capture(before))
            if number == count // 10:
                used = self.resources()
        now = self.resources()
        self.assertEqual(now["process_open_fds"], used["process_open_fds"])
        grown = now["process_resident_memory_bytes"] - used["process_resident_memory_bytes"]
        print(f"  {count} times, back within {slowest:.2f} s, memory {grown / 1024:+.0f} KiB", flush=True)
        self.assertLess(grown, 1 << 20)
        # An agent that never failed captures as it did: to the byte.
        conversation = self.converse(7000)
        self.agent.wait_for(BYTES, lambda value: value == 1000, "all bytes", **conversation.labels)
        # With the address sanitizer this says, too, that nothing was lost on the way.
        self.agent.signal(signal.SIGTERM)
        self.assertEqual(self.agent.wait(), 0, self.agent.stderr())

    def resources(self):
        """The least of some looks, for the connection of the look before may be about to close."""
        looks = [self.watcher.look() for _ in range(10)]
        return {name: min(metrics.value(name) for metrics in looks)
                for name in ("process_open_fds", "process_resident_memory_bytes")}


class OneInterfaceTest(ComeAndGoCase):
    def test_down_and_up_fifty_times(self):
        self.start()
        self.cycle(50, lambda: self.server.run("ip", "link", "set", "server0", "down"),
                   lambda: self.server.run("ip", "link", "set", "server0", "up"), "interface is down")
        self.assertEqual(self.told("interface is down"), 50)
        self.assertEqual(self.told("interface is up"), 50)

    def test_deleted_and_made_anew_twenty_times(self):
        self.start()
        self.cycle(20, self.link.delete, self.link.make, "interface is not there")
        self.assertEqual(self.told("interface is not there"), 20)

    def test_deleted_and_made_anew_with_several_workers(self):
        self.start("--workers", "3")
        self.cycle(10, self.link.delete, self.link.make, "interface is not there")
        self.assertEqual(self.told("interface is up"), 10, "of the three, one tells")
        self.assertIn("by the first worker alone", self.agent.stderr())

    def test_promiscuous_again_when_made_anew(self):
        self.start()
        self.link.delete()
        self.link.make()
        self.wait_for_capture(0)
        self.assertIn("promiscuity 1", self.server.run("ip", "-d", "link", "show", "server0"))

    def test_gone_and_back_at_once_is_noticed_too(self):
        self.start()
        for number in range(1, 11):
            self.link.delete()
            self.link.make()
            wait_until(lambda: self.told("interface is up") == number, "it is told", BACK_WITHIN_SECONDS)
            self.wait_for_capture(self.watcher.packets("server0"))

    def test_the_filter_holds_after_it_is_made_anew(self):
        self.start("tcp", "port", "7001")
        self.link.delete()
        self.wait_for_down()
        self.link.make()
        wait_until(lambda: self.watcher.up("server0") == 1, "it is captured again")
        hidden = self.converse(7000)
        seen = self.converse(7001)
        self.agent.wait_for(BYTES, lambda value: value == 1000, "what the filter lets through", **seen.labels)
        self.assertEqual(self.agent.metrics().find(BYTES, **hidden.labels), {})

    def test_a_renamed_interface_is_followed_under_its_name(self):
        self.start()
        for command in (("down",), ("name", "other0"), ("up",)):
            self.server.run("ip", "link", "set", "other0" if command == ("up",) else "server0", *command)
        self.wait_for_capture(self.watcher.packets("server0"))
        # That it is down under its new name may be told too.
        renamed = """msg="interface is up" interface=server0 remark="it is called 'other0' now\""""
        wait_until(lambda: self.told(renamed) == 1, "it is told")
        self.assertEqual(self.agent.metrics().find(PACKETS, interface="other0"), {})
        # Idle, down and up under the other name, too.
        self.server.run("ip", "link", "set", "other0", "down")
        self.wait_for_down()
        self.server.run("ip", "link", "set", "other0", "up")
        self.wait_for_capture(self.watcher.packets("server0"))

    def test_what_takes_the_name_of_a_renamed_interface_is_captured(self):
        self.start()
        for name, command in (("server0", ("down",)), ("server0", ("name", "other0")), ("other0", ("up",))):
            self.server.run("ip", "link", "set", name, *command)
        self.server.run("ip", "link", "add", "server0", "type", "veth", "peer", "name", "peer0")
        for name in ("server0", "peer0"):
            self.server.run("ip", "link", "set", name, "up")
        before = self.watcher.packets("server0")
        with self.server.entered(), socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as peer:
            peer.bind(("peer0", 0))

            def more():
                peer.send(bytes(12) + b"\x08\x00" + bytes(60))
                return self.watcher.packets("server0") > before + 5
            wait_until(more, "the new server0 is captured")
        for name, promiscuity in (("server0", 1), ("other0", 0)):
            wait_until(lambda: f"promiscuity {promiscuity}" in self.server.run("ip", "-d", "link", "show", name),
                       f"{name} has promiscuity {promiscuity}")

    def test_a_tunnel_of_the_same_name_is_captured(self):
        self.start()
        self.link.delete()
        self.wait_for_down()
        tunnel = self.own(Tunnel(self.server, "server0"))
        wait_until(lambda: self.watcher.up("server0") == 1, "the tunnel is captured", BACK_WITHIN_SECONDS)
        tunnel.receive_syn()
        self.agent.wait_for(PACKETS, lambda count: count == 1, "its packet", interface="server0", protocol="tcp")
        # And back to Ethernet.
        tunnel.close()
        self.wait_for_down()
        self.link.make()
        self.wait_for_capture(self.watcher.packets("server0"))
        conversation = self.converse(7000)
        self.agent.wait_for(BYTES, lambda value: value == 1000, "all bytes", **conversation.labels)

    def test_what_cannot_be_captured_by_the_same_socket_is_told(self):
        self.start()
        self.link.delete()
        self.wait_for_down()
        ppp = 512
        tunnel = self.own(Tunnel(self.server, "server0", hardware_type=ppp))
        wait_until(lambda: self.told("it cannot be captured: its hardware type 512") == 1, "the reason")
        self.assertTrue(holds_for(lambda: self.watcher.up("server0") == 0, 1))
        self.assertEqual(self.told("it cannot be captured"), 1, "once")
        tunnel.close()
        self.link.make()
        self.wait_for_capture(self.watcher.packets("server0"))


class SeveralInterfacesTest(ComeAndGoCase):
    def test_the_others_go_on(self):
        self.start(links=2, interfaces=("server0", "server1"))
        self.link.delete()
        self.wait_for_down("server0")
        self.assertEqual(self.watcher.up("server1"), 1)
        conversation = self.own(Conversation(self.testbed, 7000, link=1))
        conversation.client_sends(1000)
        self.agent.wait_for(BYTES, lambda value: value == 1000, "the other's bytes", interface="server1",
                            **conversation.labels)
        self.link.make()
        self.wait_for_capture(self.watcher.packets("server0"))

    def test_any_grows_and_shrinks(self):
        self.start("--metrics.window", "1", "--log.level", "debug", interfaces=("any",))

        def has_series(interface):
            return self.agent.metrics().find(PACKETS, interface=interface) != {}
        wait_until(lambda: self.nudge() or has_series("server0"), "the first one")
        self.server.run("ip", "link", "add", "late0", "type", "veth", "peer", "name", "late1")
        for name in ("late0", "late1"):
            self.server.run("ip", "link", "set", name, "up")
        wait_until(lambda: has_series("late0"), "the late one, as soon as it has a packet")
        wait_until(lambda: self.told("interface=late0") == 1, "it is told once")
        self.server.run("ip", "link", "del", "late0")
        wait_until(lambda: not has_series("late0"), "it is forgotten")
        self.assertTrue(has_series("server0"))
        self.link.delete()
        wait_until(lambda: not has_series("server0"), "server0 is forgotten")
        self.link.make()
        wait_until(lambda: self.nudge() or has_series("server0"), "server0 is captured again")
        metrics = self.agent.metrics()
        self.assertEqual({dict(labels)["interface"]: up for labels, up in metrics.find(UP).items()}, {"any": 1})
        self.assertNotIn("level=warn", self.agent.stderr())


class WaitTest(ComeAndGoCase):
    def test_an_interface_that_is_not_there_yet_is_waited_for(self):
        self.start("--wait", interfaces=("server0", "late0"), links=1)
        self.assertEqual(self.watcher.up("late0"), 0)
        self.assertEqual(self.watcher.up("server0"), 1)
        self.nudge()
        self.assertEqual(self.watcher.packets("late0"), 0, "where its socket waits is not captured")
        self.server.run("ip", "link", "add", "late0", "type", "veth", "peer", "name", "late1")
        for name in ("late0", "late1"):
            self.server.run("ip", "link", "set", name, "up")
        wait_until(lambda: self.watcher.up("late0") == 1, "it is captured", BACK_WITHIN_SECONDS)
        before = self.watcher.packets("late0")
        with self.server.entered(), socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as peer:
            peer.bind(("late1", 0))

            def more():
                peer.send(b"\xff" * 6 + bytes(6) + b"\x08\x00" + bytes(60))
                return self.watcher.packets("late0") > before + 5
            wait_until(more, "its packets")

    def test_a_tunnel_comes_and_goes(self):
        for workers in ("1", "3"):
            with self.subTest(workers=workers):
                self.start("--wait", "--workers", workers, interfaces=("vpn0",))
                self.assertEqual(self.watcher.up("vpn0"), 0)
                for number in range(1, 4):
                    tunnel = self.own(Tunnel(self.server, "vpn0"))
                    wait_until(lambda: self.watcher.up("vpn0") == 1, "the tunnel is captured", BACK_WITHIN_SECONDS)
                    tunnel.receive_syn()
                    self.agent.wait_for(PACKETS, lambda count: count == number, "its packet", interface="vpn0",
                                        protocol="tcp")
                    tunnel.close()
                    self.wait_for_down("vpn0")

    def test_an_interface_that_is_down_is_waited_for(self):
        self.start("--wait", interfaces=("server0",))
        self.server.run("ip", "link", "set", "server0", "down")
        late = self.own(Agent(self.server, "-i", "server0", "--wait", "--fast"))
        late.wait_for(UP, lambda value: value == 0, "it is down", interface="server0")
        self.server.run("ip", "link", "set", "server0", "up")
        conversation = self.converse(7000)
        late.wait_for(BYTES, lambda value: value == 1000, "all bytes", **conversation.labels)


class Tunnel:
    """An interface of raw IP packets, without any of its own; this process is its other end."""

    def __init__(self, namespace, name, hardware_type=None):
        tunsetiff, tunsetlink, iff_tun_no_pi = 0x400454CA, 0x400454CD, 0x0001 | 0x1000
        # Until its hardware type is that, under another name.
        made = "made0"
        with namespace.entered():
            self._fd = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
            fcntl.ioctl(self._fd, tunsetiff, struct.pack("16sH22x", made.encode(), iff_tun_no_pi))
            if hardware_type is not None:
                fcntl.ioctl(self._fd, tunsetlink, hardware_type)
        namespace.run("ip", "link", "set", made, "name", name)
        namespace.run("sysctl", "-qw", f"net.ipv6.conf.{name}.disable_ipv6=1")
        namespace.run("ip", "link", "set", name, "up")

    def receive_syn(self):
        """As if from the far end: 192.0.2.1:1234 to 198.51.100.1:80."""
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 1, 0, 64, 6, 0, bytes([192, 0, 2, 1]), bytes([198, 51, 100, 1]))
        os.write(self._fd, ip + struct.pack("!HHIIBBHHH", 1234, 80, 1, 0, 5 << 4, 2, 65535, 0, 0))

    def close(self):
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
