// SPDX-License-Identifier: Apache-2.0
#include "src/capture/link_names.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "src/base/netlink_dump.h"

namespace tcpgauge {
namespace {

// A report takes some 4 kB of the kernel's buffer. The kernel reduces this to its own limit (net.core.rmem_max).
constexpr int kBufferBytes = 4 << 20;

int OpenSocket() {
  const int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (fd < 0) return fd;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kBufferBytes, sizeof(kBufferBytes));
  sockaddr_nl address = {};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK;
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return fd;
  close(fd);
  return -1;
}

// Returns the name in a message about an interface, or an empty text.
std::string NameIn(const nlmsghdr& message) {
  std::string name;
  VisitAttributes(message, sizeof(ifinfomsg), [&](uint16_t type, const char* value, size_t bytes) {
    if (type == IFLA_IFNAME) name.assign(value, strnlen(value, bytes));
  });
  return name;
}

}  // namespace

LinkNames::LinkNames() : socket_(OpenSocket()) { AskForAll(); }

LinkNames::~LinkNames() {
  if (socket_ >= 0) close(socket_);
}

void LinkNames::Read() {
  const MutexLock lock(&mutex_);
  ReadLocked();
}

std::string LinkNames::Name(uint32_t index) {
  const MutexLock lock(&mutex_);
  ReadLocked();
  const auto known = links_.find(index);
  if (known != links_.end()) return known->second.name;
  char name[IF_NAMESIZE];
  return if_indextoname(index, name) != nullptr ? name : "";
}

void LinkNames::AskForAll() {
  if (socket_ < 0) return;
  AskForDump(socket_, RTM_GETLINK, 0, ifinfomsg{});
}

void LinkNames::ReadLocked() {
  if (socket_ < 0) return;
  alignas(nlmsghdr) char answer[kNetlinkAnswerBytes];
  while (true) {
    const ssize_t received = recv(socket_, answer, sizeof(answer), 0);
    if (received > 0) {
      VisitNetlinkMessages(answer, static_cast<size_t>(received),
                           [this](const nlmsghdr& message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { Take(message); });
    } else if (received < 0 && errno == ENOBUFS) {
      // Reports were lost, perhaps of deleted interfaces. The answer names those that are there.
      std::vector<uint32_t> indexes;
      for (const auto& [index, link] : links_) {
        if (!link.is_deleted) indexes.push_back(index);
      }
      for (const uint32_t index : indexes) NoteDeleted(index);
      AskForAll();
    } else if (received == 0 || errno != EINTR) {
      return;
    }
  }
}

void LinkNames::Take(const nlmsghdr& message) {
  if (message.nlmsg_type != RTM_NEWLINK && message.nlmsg_type != RTM_DELLINK) return;
  const auto* const link = BodyOf<ifinfomsg>(message);
  // Reports of another family tell of the interface's part in a bridge.
  if (link == nullptr || link->ifi_family != AF_UNSPEC) return;
  const auto index = static_cast<uint32_t>(link->ifi_index);
  if (message.nlmsg_type == RTM_DELLINK) {
    NoteDeleted(index);
  } else if (std::string name = NameIn(message); !name.empty()) {
    links_[index] = {std::move(name), false};
  }
}

void LinkNames::NoteDeleted(uint32_t index) {
  const auto known = links_.find(index);
  if (known == links_.end() || known->second.is_deleted) return;
  known->second.is_deleted = true;
  deleted_.push_back(index);
  if (deleted_.size() <= kMaxDeleted) return;
  const auto oldest = links_.find(deleted_.front());
  if (oldest != links_.end() && oldest->second.is_deleted) links_.erase(oldest);
  deleted_.pop_front();
}

}  // namespace tcpgauge
