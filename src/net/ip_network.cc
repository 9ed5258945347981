// SPDX-License-Identifier: Apache-2.0
#include "src/net/ip_network.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace tcpgauge {

std::optional<IpNetwork> IpNetwork::Parse(std::string_view text) {
  const size_t slash = text.find('/');
  const std::optional<IpAddress> address = IpAddress::Parse(text.substr(0, slash));
  if (!address.has_value()) return std::nullopt;
  const int max_bits = address->is_v4() ? 32 : 128;
  if (slash == std::string_view::npos) return IpNetwork{*address, max_bits};
  const std::string length(text.substr(slash + 1));
  int bits;
  if (length.find_first_not_of("0123456789") != std::string::npos || !absl::SimpleAtoi(length, &bits) ||
      bits > max_bits) {
    return std::nullopt;
  }
  return IpNetwork{*address, bits};
}

bool IpNetwork::Contains(const IpAddress& other) const {
  const bool is_v4 = address.is_v4();
  return other.is_v4() == is_v4 && IpNetwork{other, prefix_bits}.Masked().address == Masked().address;
}

IpNetwork IpNetwork::Masked() const {
  // The length belongs to the family of the address, so the other one is not used.
  return {address.is_v4() ? address.Prefix(prefix_bits, 0) : address.Prefix(0, prefix_bits), prefix_bits};
}

std::string IpNetwork::ToString() const { return absl::StrCat(address.ToString(), "/", prefix_bits); }

std::vector<IpNetwork> LocalNetworks() {
  std::vector<IpNetwork> networks;
  for (const char* text : {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "100.64.0.0/10", "127.0.0.0/8",
                           "::1/128", "169.254.0.0/16", "fe80::/10"}) {
    networks.push_back(*IpNetwork::Parse(text));
  }
  return networks;
}

}  // namespace tcpgauge
