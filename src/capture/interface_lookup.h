// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_INTERFACE_LOOKUP_H_
#define TCPGAUGE_SRC_CAPTURE_INTERFACE_LOOKUP_H_

#include <cstdint>
#include <optional>
#include <string>

namespace tcpgauge {

// A network interface, as it is at this moment.
struct NetworkInterface {
  uint32_t index =
      0;  // the system's number: stays when it is renamed, and is another once it was deleted and made anew
  std::string name;
  bool up = false;
  int hardware_type = 0;  // ARPHRD_*
};

// Asks the kernel for interfaces; needs no privilege. A few system calls for each question (netdevice(7)).
//
// Owns a socket, opened with it. Thread: confined to one.
class InterfaceLookup {
 public:
  InterfaceLookup();
  ~InterfaceLookup();
  InterfaceLookup(const InterfaceLookup&) = delete;
  InterfaceLookup& operator=(const InterfaceLookup&) = delete;

  // Nothing when there is none.
  std::optional<NetworkInterface> ByName(const std::string& name) const;
  std::optional<NetworkInterface> ByIndex(uint32_t index) const;

 private:
  const int fd_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_INTERFACE_LOOKUP_H_
