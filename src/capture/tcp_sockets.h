// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_TCP_SOCKETS_H_
#define TCPGAUGE_SRC_CAPTURE_TCP_SOCKETS_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "src/net/endpoint.h"

namespace tcpgauge {

// A TCP socket of this network namespace, as sock_diag(7) reports it.
struct TcpSocket {
  Endpoint local;
  // The inode number of its control group's folder in cgroup2; 0 if the kernel does not tell (before Linux 5.8).
  uint64_t group_id = 0;
  uint64_t cookie = 0;            // of this socket alone, as long as the kernel runs
  uint32_t receive_queue = 0;     // of a listener: connections that the program has not accepted yet. Otherwise bytes.
  uint32_t send_queue = 0;        // of a listener: the backlog that the kernel granted to listen(2). Otherwise bytes.
  uint32_t dropped_segments = 0;  // only of a listener
};

// Asks the kernel for TCP sockets. Needs no privilege.
//
// Design. sock_diag(7) walks only the sockets of the states that are asked for. /proc/net/tcp was rejected: it walks
// all connections, which takes seconds on a busy server.
//
// Owns a netlink socket.
// Thread: one thread at a time.
// Bounds: waits at most one second for each message of the kernel.
class TcpSocketReader {
 public:
  TcpSocketReader();
  ~TcpSocketReader();
  TcpSocketReader(const TcpSocketReader&) = delete;
  TcpSocketReader& operator=(const TcpSocketReader&) = delete;

  // Whether the netlink socket could be opened. If it could not, the methods below visit no socket and return false.
  bool ok() const { return socket_ >= 0; }

  // Calls `visit` for each listening socket, of IPv4 first. Returns whether the kernel reported all of them.
  bool VisitListeners(absl::FunctionRef<void(const TcpSocket&)> visit);
  // Calls `visit` for each socket in one of these states: SYN-SENT, ESTABLISHED, FIN-WAIT-1, FIN-WAIT-2, CLOSE-WAIT,
  // CLOSING, LAST-ACK. In SYN-RECEIVED and TIME-WAIT, sockets have no control group. Order and result are those of
  // VisitListeners().
  bool VisitConnections(absl::FunctionRef<void(const TcpSocket&)> visit);

 private:
  bool Visit(int family, uint32_t states, uint8_t extensions, absl::FunctionRef<void(const TcpSocket&)> visit);

  const int socket_;
  // Of the latest request. It distinguishes the answer from a late answer to an earlier request.
  uint32_t request_number_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_TCP_SOCKETS_H_
