// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_INTERFACE_LOOKUP_H_
#define TCPGAUGE_SRC_CAPTURE_INTERFACE_LOOKUP_H_

#include <cstdint>
#include <optional>
#include <string>

namespace tcpgauge {

// The state of a network interface at the time of a question.
struct NetworkInterface {
  // The kernel's number of the interface. A renamed interface keeps it; one that is deleted and created again has a new
  // one.
  uint32_t index = 0;
  std::string name;
  bool up = false;
  int hardware_type = 0;  // ARPHRD_*
};

// Asks the kernel for interfaces (netdevice(7)). Each question takes a few system calls and needs no privilege.
//
// Owns a socket. Thread: confined to one. Errors: without the socket, no interface is found.
class InterfaceLookup {
 public:
  InterfaceLookup();
  ~InterfaceLookup();
  InterfaceLookup(const InterfaceLookup&) = delete;
  InterfaceLookup& operator=(const InterfaceLookup&) = delete;

  // Both return nullopt when the interface does not exist.
  std::optional<NetworkInterface> ByName(const std::string& name) const;
  std::optional<NetworkInterface> ByIndex(uint32_t index) const;

 private:
  const int fd_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_INTERFACE_LOOKUP_H_
