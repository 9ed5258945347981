// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_NAMES_H_
#define TCPGAUGE_TUI_NAMES_H_

#include <cstdint>
#include <string>

#include "src/net/ip_address.h"

namespace tcpgauge {

// The names of hosts and services that are known so far.
//
// Thread: confined to the view's thread.
class Names {
 public:
  virtual ~Names() = default;

  // Returns the name of a host, such as "host.example.org", in printable ASCII. Returns an empty text while the name is
  // unknown, or if the host has no name. Starts a lookup if there was none for `address`. Never waits.
  virtual std::string HostName(const IpAddress& address) = 0;

  // Like HostName(), but never starts a lookup.
  virtual std::string KnownHostName(const IpAddress& address) = 0;

  // Like HostName(), for the service of a TCP port, such as "https".
  virtual std::string ServiceName(uint16_t port) = 0;

  // A number that grows whenever a name becomes known. It tells the view when to draw again.
  virtual uint64_t generation() const = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_NAMES_H_
