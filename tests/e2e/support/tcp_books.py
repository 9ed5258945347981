# SPDX-License-Identifier: Apache-2.0
"""What the kernel counted of one end of a TCP connection (tcp_info): the truth about what an agent shows.

Linux 4.19 and later count the bytes that were sent and retransmitted.
"""
import dataclasses
import socket
import struct

from support.waiting import wait_until

_INFO_BYTES = 232
# linux/tcp.h: where struct tcp_info has these.
_STATE, _UNACKED, _TOTAL_RETRANS, _NOT_SENT = 0, 24, 100, 144
_BYTES_SENT, _BYTES_RETRANS = 200, 208
_CLOSED = 7  # TCP_CLOSE of net/tcp_states.h: also a socket that has passed on to TIME_WAIT.
_WAIT_SECONDS = 60


@dataclasses.dataclass(frozen=True)
class Sent:
    """What one end put on the wire. Segments without payload are not among those retransmitted."""

    bytes: int = 0
    retransmitted_bytes: int = 0
    retransmitted_segments: int = 0

    def __add__(self, other):
        return Sent(*(mine + others for mine, others in zip(dataclasses.astuple(self), dataclasses.astuple(other))))


class Book:
    """The book of one end, from the handshake on."""

    def __init__(self, end):
        self._end = end
        # A handshake's retransmissions carry no payload.
        self._handshake_retransmissions = self._read("I", _TOTAL_RETRANS)
        self._data_retransmissions = None

    def settle(self):
        """Returns once the peer's kernel has acknowledged all that was sent.

        A FIN sent after that travels alone, so that its retransmissions can be told from those of payload.
        """
        wait_until(lambda: self._read("I", _UNACKED) == self._read("I", _NOT_SENT) == 0, "all is acknowledged",
                   _WAIT_SECONDS)
        self._data_retransmissions = self._read("I", _TOTAL_RETRANS)

    def close(self):
        """What the end sent, once its connection is over; closes the socket."""
        wait_until(lambda: self._read("B", _STATE) == _CLOSED, "the connection is over", _WAIT_SECONDS)
        return self._closed()

    def reset(self):
        """As close(), but ends the connection by a reset."""
        self._end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return self._closed()

    def _closed(self):
        retransmitted_bytes = self._read("Q", _BYTES_RETRANS)
        segments = 0
        if retransmitted_bytes:
            total = self._data_retransmissions
            if total is None:
                total = self._read("I", _TOTAL_RETRANS)
            segments = total - self._handshake_retransmissions
        sent = Sent(self._read("Q", _BYTES_SENT), retransmitted_bytes, segments)
        self._end.close()
        return sent

    def _read(self, kind, offset):
        info = self._end.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
        return struct.unpack_from("=" + kind, info, offset)[0]
