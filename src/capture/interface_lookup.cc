// SPDX-License-Identifier: Apache-2.0
#include "src/capture/interface_lookup.h"

#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "src/base/shortage.h"

namespace tcpgauge {
namespace {

// ByIndex() asks for the name first and then by name. When the interface is renamed in between, the second question
// finds another interface, or none.
constexpr int kTries = 3;

}  // namespace

InterfaceLookup::InterfaceLookup() : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  if (fd_ < 0) ExitForShortage("ask for interfaces", errno);
}

InterfaceLookup::~InterfaceLookup() { close(fd_); }

std::optional<NetworkInterface> InterfaceLookup::ByName(const std::string& name) const {
  if (name.size() >= IFNAMSIZ) return std::nullopt;
  ifreq request = {};
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  NetworkInterface found;
  found.name = name;
  if (ioctl(fd_, SIOCGIFINDEX, &request) != 0) return std::nullopt;
  found.index = static_cast<uint32_t>(request.ifr_ifindex);
  if (ioctl(fd_, SIOCGIFFLAGS, &request) != 0) return std::nullopt;
  found.up = (request.ifr_flags & IFF_UP) != 0;
  if (ioctl(fd_, SIOCGIFHWADDR, &request) != 0) return std::nullopt;
  found.hardware_type = request.ifr_hwaddr.sa_family;
  if (found.hardware_type == ARPHRD_ETHER) {
    const auto* address = reinterpret_cast<const uint8_t*>(request.ifr_hwaddr.sa_data);
    found.ethernet_address.emplace();
    std::copy_n(address, found.ethernet_address->size(), found.ethernet_address->begin());
  }
  return found;
}

std::optional<NetworkInterface> InterfaceLookup::ByIndex(uint32_t index) const {
  for (int i = 0; i < kTries; ++i) {
    ifreq request = {};
    request.ifr_ifindex = static_cast<int>(index);
    if (ioctl(fd_, SIOCGIFNAME, &request) != 0) return std::nullopt;
    std::optional<NetworkInterface> found = ByName(request.ifr_name);
    if (found.has_value() && found->index == index) return found;
  }
  return std::nullopt;
}

}  // namespace tcpgauge
