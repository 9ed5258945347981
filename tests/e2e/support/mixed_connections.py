# SPDX-License-Identifier: Apache-2.0
"""Connections of mixed sizes and ends, and the books of both their ends.

A connection begins with a head that tells the server what to do. An empty connection has no head. The kinds of
connection:

  duplex           both ends send at the same time; the client closes first
  client_half      the client sends all and closes its direction; then the server sends
  server_half      the server sends all and closes its direction; then the client sends
  empty            no payload
  hasty            as duplex, but no end waits for acknowledgments before its FIN, which may travel with payload
  reset            as duplex, but the client ends the connection by a reset
  refused          to a port on which nobody listens
"""
import concurrent.futures
import dataclasses
import random
import select
import socket
import struct
import threading

from support import cleanup
from support.tcp_books import Book, Sent
from support.waiting import wait_until

SERVER_PORT, REFUSING_PORT = 8080, 8081
CONNECTIONS = 200
# None leaves a last segment of one byte: that, sent again because its acknowledgment got lost, looks like a keep-alive.
_SIZES = (0, 2, 100, 1000, 1447, 1460, 3000, 10_000, 30_000, 100_000, 300_000)
_WEIGHTS = (4, 4, 4, 4, 2, 2, 3, 3, 3, 2, 1)
_KINDS = {"duplex": 80, "client_half": 40, "server_half": 20, "empty": 20, "hasty": 20, "reset": 10, "refused": 10}
_CODES = list(_KINDS)
_HEAD = struct.Struct("!BIII")  # the kind's code, the connection's number, bytes that the client and the server send
_TIMEOUT_SECONDS = 60
# So many at a time. So few and such small windows cannot overflow the queues between the namespaces.
CLIENTS = 8
_WINDOW_BYTES = 32768
_CHUNK = bytes(65536)


@dataclasses.dataclass(frozen=True)
class Order:
    """One connection to make. `client` and `service` count through the addresses that there are."""

    number: int
    kind: str
    client: int
    service: int
    up: int
    down: int

    def client_payload(self):
        return 0 if self.kind in ("empty", "refused") else _HEAD.size + self.up


def orders(lossy):
    """The same ones in each run. With losses some kinds have no sure end, or retransmissions of no sure number."""
    source = random.Random(19)
    kinds = [kind for kind, count in _KINDS.items() for _ in range(count)]
    source.shuffle(kinds)
    result = []
    for number, kind in enumerate(kinds):
        if lossy and kind in ("hasty", "reset"):
            kind = "duplex"
        up, down = source.choices(_SIZES, _WEIGHTS, k=2)
        if kind in ("empty", "refused"):
            up = down = 0
        result.append(Order(number, kind, source.randrange(3), source.randrange(2), up, down))
    return result


@dataclasses.dataclass(frozen=True)
class Done:
    """One connection that is over. `server` is None for one that was refused."""

    order: Order
    client: Sent
    server: Sent


class Server:
    """Serves, in threads of this process, on all addresses of `namespace`."""

    def __init__(self, namespace, family):
        with namespace.entered():
            self._listener = socket.create_server(("", SERVER_PORT), family=family, backlog=CONNECTIONS)
        self._books = {}
        self._without_head = []
        self._errors = []
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        cleanup.keep(self)

    def books(self, count):
        """(what it sent by connection's number, what it sent on each of those without a head), of `count` in all."""
        wait_until(lambda: self._errors or len(self._books) + len(self._without_head) >= count,
                   f"the server has served {count} connections", _TIMEOUT_SECONDS)
        with self._lock:
            if self._errors:
                raise AssertionError(f"the server: {self._errors}")
            return dict(self._books), list(self._without_head)

    def close(self):
        cleanup.release(self)
        # close() alone would not wake accept().
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _accept(self):
        while True:
            try:
                end, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(end,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, end):
        try:
            self._note(*_serve_one(end))
        except (OSError, AssertionError) as error:
            with self._lock:
                self._errors.append(repr(error))
            end.close()

    def _note(self, number, sent):
        with self._lock:
            if number is None:
                self._without_head.append(sent)
            else:
                self._books[number] = sent


def make(namespace, family, clients, services, chosen):
    """Makes the connections from the addresses `clients` in `namespace` to the `services`, each a pair (the address and
    port of the service that answers, those of the one that refuses); returns (order, client's Sent or None if refused).
    """
    def one(order):
        return order, _ask(namespace, family, clients[order.client], services[order.service], order)
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(one, chosen))


def exchange(namespace, family, clients, services, server, chosen):
    """As make(), to `server`; returns a Done for each."""
    asked = make(namespace, family, clients, services, chosen)
    with_head, without_head = server.books(sum(sent is not None for _, sent in asked))
    # Those without a head have sent nothing, so it does not matter which is which.
    done = []
    for order, sent in asked:
        if sent is None:
            done.append(Done(order, Sent(), None))
        else:
            done.append(Done(order, sent, without_head.pop() if order.kind == "empty" else with_head[order.number]))
    return done


def _serve_one(end):
    """(the connection's number, what the server sent)."""
    end.settimeout(_TIMEOUT_SECONDS)
    _limit_window(end)
    book = Book(end)
    head = _receive_exactly(end, _HEAD.size)
    if not head:
        end.shutdown(socket.SHUT_WR)
        return None, book.close()
    code, number, up, down = _HEAD.unpack(head)
    kind = _CODES[code]
    if kind == "client_half":
        _transfer(end, 0, up)
        _expect_end(end)
        _transfer(end, down, 0)
        book.settle()
        end.shutdown(socket.SHUT_WR)
    elif kind == "server_half":
        _transfer(end, down, 0)
        book.settle()
        end.shutdown(socket.SHUT_WR)
        _transfer(end, 0, up)
        _expect_end(end)
    else:
        _transfer(end, down, up)
        if kind == "reset":
            _expect_reset(end)
            return number, book.close()
        if kind != "hasty":
            book.settle()
            _expect_end(end)
        end.shutdown(socket.SHUT_WR)
        if kind == "hasty":
            _expect_end(end)
    return number, book.close()


def _ask(namespace, family, address, service, order):
    """What the client sent, or None when it was refused."""
    with namespace.entered():
        end = socket.socket(family, socket.SOCK_STREAM)
    end.settimeout(_TIMEOUT_SECONDS)
    # The kernel chooses the port at connect(): more connections fit into its range.
    end.setsockopt(socket.IPPROTO_IP, socket.IP_BIND_ADDRESS_NO_PORT, 1)
    end.bind((address, 0))
    answering, refusing = service
    if order.kind == "refused":
        try:
            end.connect(refusing)
        except ConnectionRefusedError:
            end.close()
            return None
        raise AssertionError(f"{refusing} did not refuse")
    end.connect(answering)
    _limit_window(end)
    book = Book(end)
    if order.kind == "empty":
        end.shutdown(socket.SHUT_WR)
        _expect_end(end)
        return book.close()
    end.sendall(_HEAD.pack(_CODES.index(order.kind), order.number, order.up, order.down))
    if order.kind == "client_half":
        _transfer(end, order.up, 0)
        book.settle()
        end.shutdown(socket.SHUT_WR)
        _transfer(end, 0, order.down)
        _expect_end(end)
        return book.close()
    if order.kind == "server_half":
        _transfer(end, 0, order.down)
        _expect_end(end)
        _transfer(end, order.up, 0)
        book.settle()
        end.shutdown(socket.SHUT_WR)
        return book.close()
    _transfer(end, order.up, order.down)
    if order.kind != "hasty":
        book.settle()
    if order.kind == "reset":
        return book.reset()
    end.shutdown(socket.SHUT_WR)
    _expect_end(end)
    return book.close()


def _limit_window(end):
    """Only after the handshake, which is then as any other: with a window scale."""
    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_WINDOW_CLAMP, _WINDOW_BYTES)


def _transfer(end, send, receive):
    """Sends and receives so many bytes, at the same time."""
    poll = select.poll()
    poll.register(end)
    while send or receive:
        poll.modify(end, (select.POLLOUT if send else 0) | (select.POLLIN if receive else 0))
        ready = poll.poll(_TIMEOUT_SECONDS * 1000)
        if not ready:
            raise AssertionError(f"{send} bytes were not sent, {receive} bytes did not come")
        events = ready[0][1]
        if events & select.POLLOUT and send:
            send -= end.send(_CHUNK[:send], socket.MSG_DONTWAIT)
        if events & ~select.POLLOUT and receive:
            count = len(end.recv(min(receive, len(_CHUNK))))
            if not count:
                raise AssertionError(f"the end came {receive} bytes too early")
            receive -= count


def _receive_exactly(end, count):
    """`count` bytes, or none when the peer sends none."""
    data = b""
    while len(data) < count:
        part = end.recv(count - len(data))
        if not part:
            break
        data += part
    return data


def _expect_end(end):
    if end.recv(1):
        raise AssertionError("more came than was to come")


def _expect_reset(end):
    try:
        end.recv(1)
    except ConnectionResetError:
        return
    raise AssertionError("no reset came")
