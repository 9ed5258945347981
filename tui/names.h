// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_NAMES_H_
#define TCPGAUGE_TUI_NAMES_H_

#include <cstdint>
#include <string>

#include "src/net/ip_address.h"

namespace tcpgauge {

// Names of addresses and ports, as far as they are known by now.
// Thread: the view's.
class Names {
 public:
  virtual ~Names() = default;

  // "host.example.org"; empty while, or when, there is none. Asking makes it be looked up. Never waits.
  // Printable ASCII only.
  virtual std::string HostName(const IpAddress& address) = 0;

  // As HostName(), without making it be looked up.
  virtual std::string KnownHostName(const IpAddress& address) = 0;

  // "https"; as HostName().
  virtual std::string ServiceName(uint16_t port) = 0;

  // Grows when a name became known.
  virtual uint64_t generation() const = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_NAMES_H_
