// SPDX-License-Identifier: Apache-2.0
#include "src/identity/namespace_addresses.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/ascii.h"
#include "src/base/strings.h"

namespace tcpgauge {
namespace {

constexpr size_t kHexDigits = 32;  // of an IPv6 address

bool IsAloneInItsNamespace(const IpAddress& address) {
  const auto& bytes = address.bytes();
  if (address.is_v4()) return bytes[12] != 127 && !(bytes[12] == 169 && bytes[13] == 254);
  const bool is_link_local = bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
  const uint8_t loopback[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return !is_link_local && address != IpAddress::FromV6(loopback);
}

void Append(const IpAddress& address, std::vector<IpAddress>* addresses) {
  if (IsAloneInItsNamespace(address)) addresses->push_back(address);
}

// Calls `visit` for each line.
template <typename Visit>
void VisitLines(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    visit(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

int ValueOfHexDigit(char c) {
  if (absl::ascii_isdigit(static_cast<unsigned char>(c))) return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::optional<IpAddress> ParseHex(std::string_view text) {
  if (text.size() < kHexDigits) return std::nullopt;
  uint8_t wire[kHexDigits / 2];
  for (size_t i = 0; i < sizeof(wire); ++i) {
    const int high = ValueOfHexDigit(text[2 * i]);
    const int low = ValueOfHexDigit(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    wire[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return IpAddress::FromV6(wire);
}

}  // namespace

void AppendAddressesOfFibTrie(std::string_view fib_trie, std::vector<IpAddress>* addresses) {
  constexpr std::string_view kLeaf = "|-- ";
  // A leaf's line names the address. The lines below it name the routes there, such as "/32 host LOCAL".
  std::optional<IpAddress> leaf;
  VisitLines(fib_trie, [&](std::string_view line) {
    line = Trim(line);
    if (StartsWith(line, kLeaf)) {
      leaf = IpAddress::Parse(line.substr(kLeaf.size()));
    } else if (leaf.has_value() && line == "/32 host LOCAL") {
      Append(*leaf, addresses);
    }
  });
}

void AppendAddressesOfIfInet6(std::string_view if_inet6, std::vector<IpAddress>* addresses) {
  // The number of the interface follows the address, in hex. The loopback interface is 1 in every namespace.
  constexpr std::string_view kOnLoopback = " 01 ";
  VisitLines(if_inet6, [&](std::string_view line) {
    if (line.size() > kHexDigits && StartsWith(line.substr(kHexDigits), kOnLoopback)) return;
    if (const auto address = ParseHex(line); address.has_value()) Append(*address, addresses);
  });
}

}  // namespace tcpgauge
