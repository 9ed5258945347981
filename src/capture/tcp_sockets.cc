// SPDX-License-Identifier: Apache-2.0
#include "src/capture/tcp_sockets.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "src/base/netlink_dump.h"

namespace tcpgauge {
namespace {

// Upper bound in case the kernel never answers.
constexpr timeval kAnswerTimeout = {1, 0};

constexpr uint32_t kListening = 1u << TCP_LISTEN;
constexpr uint32_t kConnected = 1u << TCP_ESTABLISHED | 1u << TCP_SYN_SENT | 1u << TCP_FIN_WAIT1 | 1u << TCP_FIN_WAIT2 |
                                1u << TCP_CLOSE_WAIT | 1u << TCP_LAST_ACK | 1u << TCP_CLOSING;
constexpr uint8_t kMemoryInfo = 1u << (INET_DIAG_SKMEMINFO - 1);

int OpenSocket() {
  const int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd >= 0) setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kAnswerTimeout, sizeof(kAnswerTimeout));
  return fd;
}

Endpoint LocalEndpointOf(const inet_diag_msg& message) {
  uint8_t v6[sizeof(message.id.idiag_src)];
  memcpy(v6, message.id.idiag_src, sizeof(v6));
  uint8_t v4[4];
  memcpy(v4, v6, sizeof(v4));
  return {message.idiag_family == AF_INET6 ? IpAddress::FromV6(v6) : IpAddress::FromV4(v4),
          ntohs(message.id.idiag_sport)};
}

TcpSocket SocketIn(const nlmsghdr& message, const inet_diag_msg& body) {
  TcpSocket socket;
  socket.local = LocalEndpointOf(body);
  socket.cookie = uint64_t{body.id.idiag_cookie[1]} << 32 | body.id.idiag_cookie[0];
  socket.receive_queue = body.idiag_rqueue;
  socket.send_queue = body.idiag_wqueue;
  VisitAttributes(message, sizeof(body), [&](uint16_t type, const char* value, size_t bytes) {
    if (type == INET_DIAG_CGROUP_ID && bytes >= sizeof(socket.group_id)) {
      memcpy(&socket.group_id, value, sizeof(socket.group_id));
    } else if (type == INET_DIAG_SKMEMINFO && bytes >= (SK_MEMINFO_DROPS + 1) * sizeof(uint32_t)) {
      memcpy(&socket.dropped_segments, value + SK_MEMINFO_DROPS * sizeof(uint32_t), sizeof(uint32_t));
    }
  });
  return socket;
}

}  // namespace

TcpSocketReader::TcpSocketReader() : socket_(OpenSocket()) {}

TcpSocketReader::~TcpSocketReader() {
  if (socket_ >= 0) close(socket_);
}

bool TcpSocketReader::VisitListeners(absl::FunctionRef<void(const TcpSocket&)> visit) {
  const bool has_all_v4 = Visit(AF_INET, kListening, kMemoryInfo, visit);
  return Visit(AF_INET6, kListening, kMemoryInfo, visit) && has_all_v4;
}

bool TcpSocketReader::VisitConnections(absl::FunctionRef<void(const TcpSocket&)> visit) {
  const bool has_all_v4 = Visit(AF_INET, kConnected, 0, visit);
  return Visit(AF_INET6, kConnected, 0, visit) && has_all_v4;
}

bool TcpSocketReader::Visit(int family, uint32_t states, uint8_t extensions,
                            absl::FunctionRef<void(const TcpSocket&)> visit) {
  if (!ok()) return false;
  inet_diag_req_v2 request = {};
  request.sdiag_family = static_cast<uint8_t>(family);
  request.sdiag_protocol = IPPROTO_TCP;
  request.idiag_ext = extensions;
  request.idiag_states = states;
  if (!AskForDump(socket_, SOCK_DIAG_BY_FAMILY, ++request_number_, request)) return false;
  return ReadDump(socket_, request_number_, [&](const nlmsghdr& message) {
    if (message.nlmsg_type != SOCK_DIAG_BY_FAMILY) return;
    if (const auto* body = BodyOf<inet_diag_msg>(message); body != nullptr) visit(SocketIn(message, *body));
  });
}

}  // namespace tcpgauge
