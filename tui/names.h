// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_NAMES_H_
#define TCPGAUGE_TUI_NAMES_H_

#include <cstdint>
#include <string>

#include "src/net/ip_address.h"

namespace tcpgauge {

// The names of addresses and ports that are known so far.
//
// Thread: confined to the view's thread.
class Names {
 public:
  virtual ~Names() = default;

  // "host.example.org", in printable ASCII; empty while the name is unknown, or when there is none. A call asks
  // for a lookup if there was none yet. Never waits.
  virtual std::string HostName(const IpAddress& address) = 0;

  // The same without starting a lookup.
  virtual std::string KnownHostName(const IpAddress& address) = 0;

  // "https"; otherwise like HostName().
  virtual std::string ServiceName(uint16_t port) = 0;

  // Grows whenever a name becomes known.
  virtual uint64_t generation() const = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_NAMES_H_
