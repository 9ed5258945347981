// SPDX-License-Identifier: Apache-2.0
#include "src/capture/local_listeners.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "src/capture/socket_address.h"

namespace tcpgauge {
namespace {

// Upper bound in case the kernel never answers.
constexpr timeval kAnswerTimeout = {1, 0};

constexpr size_t kAnswerBytes = 32768;  // netlink(7) advises at least 8 kB

int OpenSocket() {
  const int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd >= 0) setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kAnswerTimeout, sizeof(kAnswerTimeout));
  return fd;
}

void AddListener(const inet_diag_msg& socket, LocalListeners* listeners) {
  uint8_t v6[sizeof(socket.id.idiag_src)];
  memcpy(v6, socket.id.idiag_src, sizeof(v6));
  uint8_t v4[4];
  memcpy(v4, v6, sizeof(v4));
  const IpAddress address = socket.idiag_family == AF_INET6 ? IpAddress::FromV6(v6) : IpAddress::FromV4(v4);
  const uint16_t port = ntohs(socket.id.idiag_sport);
  const uint8_t any_v4[4] = {};
  if (address == IpAddress() || address == IpAddress::FromV4(any_v4)) {
    listeners->wildcard_ports.insert(port);
  } else if (listeners->endpoints.size() < ServerEndpoints::kCapacity) {
    listeners->endpoints.insert({address, port});
  }
}

}  // namespace

LocalListenerReader::LocalListenerReader() : socket_(OpenSocket()) {}

LocalListenerReader::~LocalListenerReader() {
  if (socket_ >= 0) close(socket_);
}

void LocalListenerReader::AddListeners(int family, LocalListeners* listeners) {
  struct {
    nlmsghdr header;
    inet_diag_req_v2 request;
  } question = {};
  question.header.nlmsg_len = sizeof(question);
  question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  question.header.nlmsg_seq = ++request_number_;
  question.request.sdiag_family = static_cast<uint8_t>(family);
  question.request.sdiag_protocol = IPPROTO_TCP;
  question.request.idiag_states = 1u << TCP_LISTEN;
  if (send(socket_, &question, sizeof(question), 0) != static_cast<ssize_t>(sizeof(question))) return;

  alignas(nlmsghdr) char answer[kAnswerBytes];
  while (true) {
    const ssize_t received = recv(socket_, answer, sizeof(answer), 0);
    if (received < 0 && errno == EINTR) continue;
    if (received <= 0) return;
    size_t left = static_cast<size_t>(received);
    for (const auto* message = reinterpret_cast<const nlmsghdr*>(answer); NLMSG_OK(message, left);
         message = NLMSG_NEXT(message, left)) {
      if (message->nlmsg_seq != request_number_) continue;
      if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR) return;
      if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY || message->nlmsg_len < NLMSG_LENGTH(sizeof(inet_diag_msg)))
        continue;
      AddListener(*static_cast<const inet_diag_msg*>(NLMSG_DATA(message)), listeners);
    }
  }
}

LocalListeners LocalListenerReader::Read() {
  LocalListeners listeners;
  if (!ok()) return listeners;
  for (const int family : {AF_INET, AF_INET6}) AddListeners(family, &listeners);
  ifaddrs* interfaces = nullptr;
  if (getifaddrs(&interfaces) == 0) {
    for (const ifaddrs* i = interfaces; i != nullptr; i = i->ifa_next) {
      const auto address = AddressOf(i->ifa_addr);
      if (address.has_value()) listeners.addresses.insert(*address);
    }
    freeifaddrs(interfaces);
  }
  return listeners;
}

}  // namespace tcpgauge
