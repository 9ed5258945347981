// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/host_field.h"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"

namespace tcpgauge {
namespace {

constexpr int kMaxPort = 65535;
constexpr std::string_view kZoneStart = "%25";

bool IsOneOf(char c, std::string_view characters) { return characters.find(c) != std::string_view::npos; }

// Whether `text` is "unreserved" characters and percent-encoded bytes, and characters of `others` (RFC 3986 section 2).
bool IsEncoded(std::string_view text, std::string_view others) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (absl::ascii_isalnum(c) || IsOneOf(text[i], "-._~") || IsOneOf(text[i], others)) continue;
    const bool is_escape = text[i] == '%' && text.size() - i > 2 &&
                           absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 1])) &&
                           absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 2]));
    if (!is_escape) return false;
    i += 2;
  }
  return true;
}

// Whether `text` is an IPv6 address, perhaps with a zone.
bool IsIpv6(std::string_view text) {
  const size_t zone = text.find(kZoneStart);
  if (zone != std::string_view::npos) {
    const std::string_view name = text.substr(zone + kZoneStart.size());
    if (name.empty() || !IsEncoded(name, "")) return false;
  }
  const std::string address(text.substr(0, zone));
  in6_addr parsed;
  return address.find('\0') == std::string::npos && inet_pton(AF_INET6, address.c_str(), &parsed) == 1;
}

// Whether `text` is empty, or ":" and a port, which may be empty.
bool IsPort(std::string_view text) {
  if (text.empty() || text == ":") return true;
  if (text.front() != ':') return false;
  text.remove_prefix(1);
  int port = 0;
  return text.find_first_not_of("0123456789") == std::string_view::npos &&
         absl::SimpleAtoi({text.data(), text.size()}, &port) && port <= kMaxPort;
}

}  // namespace

bool IsHostField(std::string_view value) {
  if (!value.empty() && value.front() == '[') {
    const size_t end = value.find(']');
    return end != std::string_view::npos && IsIpv6(value.substr(1, end - 1)) && IsPort(value.substr(end + 1));
  }
  const size_t host_bytes = std::min(value.find(':'), value.size());
  return IsEncoded(value.substr(0, host_bytes), "!$&'()*+,;=") && IsPort(value.substr(host_bytes));
}

}  // namespace tcpgauge
