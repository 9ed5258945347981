// SPDX-License-Identifier: Apache-2.0
#include "src/capture/packet_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/socket.h>

#include "absl/strings/str_cat.h"

namespace tcpgauge {
namespace {

constexpr int kDatalinkEthernet = 1;
constexpr int kDatalinkRaw = 12;
constexpr int kHardwareRawIp = 519;  // ARPHRD_RAWIP, which older headers lack

int SetMembership(int fd, int what, uint32_t interface_index) {
  packet_mreq membership = {};
  membership.mr_ifindex = static_cast<int>(interface_index);
  membership.mr_type = PACKET_MR_PROMISC;
  return setsockopt(fd, SOL_PACKET, what, &membership, sizeof(membership));
}

int Join(int fd, int mode, int flags, uint16_t id) {
  const int argument = (mode | flags | PACKET_FANOUT_FLAG_DEFRAG) << 16 | id;
  return setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &argument, sizeof(argument));
}

int CreateSocketGroup(int fd, SocketGroup* group) {
  group->mode = PACKET_FANOUT_CBPF;
  if (Join(fd, group->mode, PACKET_FANOUT_FLAG_UNIQUEID, 0) == 0) {
    const sock_fprog program = {static_cast<unsigned short>(group->program.size()), group->program.data()};
    if (setsockopt(fd, SOL_PACKET, PACKET_FANOUT_DATA, &program, sizeof(program)) != 0) return -1;
  } else {
    group->mode = PACKET_FANOUT_HASH;
    if (Join(fd, group->mode, PACKET_FANOUT_FLAG_UNIQUEID, 0) != 0) return -1;
  }
  int joined = 0;
  socklen_t size = sizeof(joined);
  if (getsockopt(fd, SOL_PACKET, PACKET_FANOUT, &joined, &size) != 0) return -1;
  group->id = static_cast<uint16_t>(joined);
  return 0;
}

}  // namespace

absl::Status BindPacketSocket(int fd, uint32_t interface_index, bool promiscuous) {
  sockaddr_ll address = {};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(interface_index);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    if (errno == EINVAL) return absl::FailedPreconditionError("the socket belongs to a fanout group");
    return absl::UnavailableError(strerror(errno));
  }
  // Clear a pending error: the old interface may have left one, and an interface that is down causes one. Otherwise the
  // next read would fail.
  int error = 0;
  socklen_t size = sizeof(error);
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (promiscuous && SetMembership(fd, PACKET_ADD_MEMBERSHIP, interface_index) != 0) {
    return absl::UnavailableError(absl::StrCat("promiscuous mode: ", strerror(errno)));
  }
  return absl::OkStatus();
}

void LeavePromiscuousMode(int fd, uint32_t interface_index) {
  SetMembership(fd, PACKET_DROP_MEMBERSHIP, interface_index);
}

int JoinSocketGroup(int fd, SocketGroup* group) {
  return group->id == 0 ? CreateSocketGroup(fd, group) : Join(fd, group->mode, /*flags=*/0, group->id);
}

std::optional<int> DatalinkOfRawSocket(int hardware_type) {
  switch (hardware_type) {
    case ARPHRD_ETHER:
    case ARPHRD_LOOPBACK:
      return kDatalinkEthernet;
    case ARPHRD_NONE:
    case ARPHRD_TUNNEL:
    case ARPHRD_TUNNEL6:
    case ARPHRD_SIT:
    case ARPHRD_IPGRE:
    case kHardwareRawIp:
      return kDatalinkRaw;
    default:
      return std::nullopt;
  }
}

}  // namespace tcpgauge
