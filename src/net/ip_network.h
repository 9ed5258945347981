// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NET_IP_NETWORK_H_
#define TCPGAUGE_SRC_NET_IP_NETWORK_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/net/ip_address.h"

namespace tcpgauge {

// The addresses that share a prefix with `address`. A plain value.
struct IpNetwork {
  IpAddress address;
  int prefix_bits = 0;  // 0 to 32 if `address` is IPv4, otherwise 0 to 128

  // Parses "10.0.0.0/8" or "fc00::/7". An address without a prefix length is a network of this address alone. Returns
  // nullopt for any other text.
  static std::optional<IpNetwork> Parse(std::string_view text);

  bool Contains(const IpAddress& other) const;
  // Returns the network whose address has zeros behind the prefix.
  IpNetwork Masked() const;
  std::string ToString() const;

  friend bool operator==(const IpNetwork& a, const IpNetwork& b) {
    return a.address == b.address && a.prefix_bits == b.prefix_bits;
  }
};

// Returns the networks of private (RFC 1918, RFC 4193), shared (RFC 6598), loopback and link-local (RFC 3927, RFC 4291)
// addresses. These addresses have no meaning in the Internet.
std::vector<IpNetwork> LocalNetworks();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NET_IP_NETWORK_H_
