# SPDX-License-Identifier: Apache-2.0
"""A path with a delay between two network namespaces, in user space, for kernels without netem.

usage: delayer.py NAMESPACE NAMESPACE DEVICE SECONDS

Makes a tun device DEVICE in each of the two namespaces. What is sent through one comes out of the other SECONDS later.
Prints "ready", and runs until it is killed.
"""
import collections
import contextlib
import ctypes
import fcntl
import os
import select
import struct
import sys
import time

_CLONE_NEWNET = 0x40000000
_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 1, 0x1000
_MOST_BYTES = 65536
_BURST = 64


def _tun_in(namespace, name):
    with open(f"/run/netns/{namespace}") as there:
        if ctypes.CDLL(None, use_errno=True).setns(there.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return device


def _read_burst(device):
    for _ in range(_BURST):
        try:
            yield os.read(device, _MOST_BYTES)
        except BlockingIOError:
            return


def main():
    seconds = float(sys.argv[4])
    one, other = (_tun_in(namespace, sys.argv[3]) for namespace in sys.argv[1:3])
    peers = {one: other, other: one}
    under_way = collections.deque()  # (due, to, packet); the delays are equal, so the first is due first
    print("ready", flush=True)
    while True:
        now = time.monotonic()
        while under_way and under_way[0][0] <= now:
            _, peer, packet = under_way.popleft()
            with contextlib.suppress(OSError):  # the device is not up yet
                os.write(peer, packet)
        wait = max(under_way[0][0] - time.monotonic(), 0) if under_way else None
        for device in select.select(list(peers), [], [], wait)[0]:
            for packet in _read_burst(device):
                under_way.append((time.monotonic() + seconds, peers[device], packet))


if __name__ == "__main__":
    main()
