# SPDX-License-Identifier: Apache-2.0
"""One end of a tunnel in user space, for kinds of tunnels that a kernel may lack.

usage: encapsulator.py KIND DEVICE LOCAL REMOTE SEND_ID RECEIVE_ID

Sends each IP packet of the tun device DEVICE to the other end, and writes to it what comes from there. KIND:

  geneve  UDP port 6081, with an Ethernet header (RFC 8926); the IDs are VNIs
  gre     IP protocol 47, with a key (RFC 2890); the IDs are keys
  ipip    IPv4, as IP protocol 4 (RFC 2003); the IDs are not used
  sit     IPv6, as IP protocol 41 (RFC 4213); the IDs are not used
  vlan    Ethernet with a tag (IEEE 802.1Q); the IDs are VLANs

LOCAL and REMOTE are IPv4 addresses; for vlan they are the interface's name and the other end's MAC address. Prints
"ready", and runs until it is killed.
"""
import fcntl
import os
import select
import socket
import struct
import sys

_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 1, 0x1000
_ETH_P_ALL, _ETH_P_8021Q = 3, 0x8100
_SOL_PACKET, _PACKET_AUXDATA, _PACKET_IGNORE_OUTGOING = 263, 8, 23
# struct tpacket_auxdata: status, len, snaplen, mac, net, vlan_tci, vlan_tpid.
_AUXDATA = struct.Struct("=IIIHHHH")
_TP_STATUS_VLAN_VALID = 0x10
_SO_RCVBUFFORCE = 33
_ETHERNET_BYTES = 14
_GENEVE_PORT = 6081
_GENEVE_BYTES = 8
_ETHERNET_OVER_IP = 0x6558
_MACS = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")
_GRE_KEY_PRESENT = 0x2000
_GRE_BYTES = 8
_PROTOCOL_GRE, _PROTOCOL_IPV4, _PROTOCOL_IPV6 = 47, 4, 41
_MOST_BYTES = 65536
_BUFFER_BYTES = 8 << 20
_BURST = 64


def _ether_type(packet):
    return 0x86DD if packet[0] >> 4 == 6 else 0x0800


class Geneve:
    def __init__(self, local, remote, send_id, receive_id):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((local, _GENEVE_PORT))
        self._peer = remote, _GENEVE_PORT
        self._head = struct.pack("!HHI", 0, _ETHERNET_OVER_IP, send_id << 8) + b"".join(_MACS)
        self._want = receive_id

    def send(self, packet):
        self.socket.sendto(self._head + struct.pack("!H", _ether_type(packet)) + packet, self._peer)

    def receive(self):
        data = self.socket.recv(_MOST_BYTES, socket.MSG_DONTWAIT)
        if int.from_bytes(data[4:7], "big") != self._want:
            return None
        options = 4 * (data[0] & 0x3F)
        return data[_GENEVE_BYTES + options + _ETHERNET_BYTES:]


class OverIp:
    """Directly in IPv4: GRE with a key, or without a header between the two."""

    def __init__(self, protocol, local, remote, send_id=None, receive_id=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol)
        self.socket.bind((local, 0))
        self._peer = remote, 0
        self._send_id, self._want = send_id, receive_id

    def send(self, packet):
        head = b""
        if self._send_id is not None:
            head = struct.pack("!HHI", _GRE_KEY_PRESENT, _ether_type(packet), self._send_id)
        self.socket.sendto(head + packet, self._peer)

    def receive(self):
        data = self.socket.recv(_MOST_BYTES, socket.MSG_DONTWAIT)
        data = data[4 * (data[0] & 0xF):]
        if self._want is None:
            return data
        return data[_GRE_BYTES:] if int.from_bytes(data[4:8], "big") == self._want else None


class Vlan:
    def __init__(self, interface, remote, send_id, receive_id):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_ALL))
        self.socket.bind((interface, _ETH_P_ALL))
        self.socket.setsockopt(_SOL_PACKET, _PACKET_AUXDATA, 1)
        self.socket.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
        self._head = (bytes.fromhex(remote.replace(":", "")) + self.socket.getsockname()[4]
                      + struct.pack("!HH", _ETH_P_8021Q, send_id))
        self._want = receive_id

    def send(self, packet):
        self.socket.send(self._head + struct.pack("!H", _ether_type(packet)) + packet)

    def receive(self):
        """The kernel has taken the tag out of the packet and tells of it beside."""
        data, ancillary, _, _ = self.socket.recvmsg(_MOST_BYTES, socket.CMSG_SPACE(_AUXDATA.size),
                                                       socket.MSG_DONTWAIT)
        for level, kind, value in ancillary:
            if level == _SOL_PACKET and kind == _PACKET_AUXDATA:
                status, _, _, _, _, tag, _ = _AUXDATA.unpack(value[:_AUXDATA.size])
                if status & _TP_STATUS_VLAN_VALID and tag & 0xFFF == self._want:
                    return data[_ETHERNET_BYTES:]
        return None


def _tunnel(kind, local, remote, send_id, receive_id):
    ids = int(send_id), int(receive_id)
    if kind == "geneve":
        return Geneve(local, remote, *ids)
    if kind == "vlan":
        return Vlan(local, remote, *ids)
    if kind == "gre":
        return OverIp(_PROTOCOL_GRE, local, remote, *ids)
    return OverIp({"ipip": _PROTOCOL_IPV4, "sit": _PROTOCOL_IPV6}[kind], local, remote)


def _open_tun(name):
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return tun


def _burst(step):
    """Calls step() until it would block, but only so often that the other direction gets its turn."""
    for _ in range(_BURST):
        try:
            step()
        except BlockingIOError:
            return


def main():
    kind, device, *rest = sys.argv[1:]
    tun = _open_tun(device)
    tunnel = _tunnel(kind, *rest)
    tunnel.socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER_BYTES)

    def send():
        tunnel.send(os.read(tun, _MOST_BYTES))

    def receive():
        packet = tunnel.receive()
        if packet:
            os.write(tun, packet)
    steps = {tun: send, tunnel.socket.fileno(): receive}
    poll = select.poll()
    for descriptor in steps:
        poll.register(descriptor, select.POLLIN)
    print("ready", flush=True)
    while True:
        for descriptor, _ in poll.poll():
            _burst(steps[descriptor])


if __name__ == "__main__":
    main()
