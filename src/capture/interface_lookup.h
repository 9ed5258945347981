// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_INTERFACE_LOOKUP_H_
#define TCPGAUGE_SRC_CAPTURE_INTERFACE_LOOKUP_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace tcpgauge {

// A MAC address, in the order of the wire.
using EthernetAddress = std::array<uint8_t, 6>;

// A network interface as it was when the kernel was asked. A plain value.
struct NetworkInterface {
  // The kernel's number of the interface. An interface keeps its number when it is renamed. An interface that is
  // deleted and created again has a new number.
  uint32_t index = 0;
  std::string name;  // from ByName(): its argument, which may be another name of the interface
  bool up = false;
  int hardware_type = 0;  // ARPHRD_* of <net/if_arp.h>
  // The interface's own address. Nullopt for an interface that is not Ethernet, such as the loopback interface.
  std::optional<EthernetAddress> ethernet_address;
};

// Asks the kernel for network interfaces (netdevice(7)). Each question takes a few system calls and needs no privilege.
//
// Owns a socket, through which it asks.
// Thread: confined to one thread.
// Errors: if the socket cannot be opened, the constructor ends the process with one line (ExitForShortage()).
class InterfaceLookup {
 public:
  InterfaceLookup();
  ~InterfaceLookup();
  InterfaceLookup(const InterfaceLookup&) = delete;
  InterfaceLookup& operator=(const InterfaceLookup&) = delete;

  // Both return nullopt when the interface does not exist or the kernel does not answer.
  std::optional<NetworkInterface> ByName(const std::string& name) const;
  std::optional<NetworkInterface> ByIndex(uint32_t index) const;

 private:
  const int fd_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_INTERFACE_LOOKUP_H_
