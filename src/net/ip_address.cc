// SPDX-License-Identifier: Apache-2.0
#include "src/net/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace tcpgauge {
namespace {

constexpr uint8_t kMappedPrefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  // inet_pton() would read up to the NUL.
  if (text.size() > INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string terminated(text);
  uint8_t v4[4];
  if (inet_pton(AF_INET, terminated.c_str(), v4) == 1) return FromV4(v4);
  uint8_t v6[16];
  if (inet_pton(AF_INET6, terminated.c_str(), v6) == 1) return FromV6(v6);
  return std::nullopt;
}

bool IpAddress::is_v4() const { return std::memcmp(bytes_.data(), kMappedPrefix, sizeof(kMappedPrefix)) == 0; }

IpAddress IpAddress::Prefix(int v4_bits, int v6_bits) const {
  IpAddress prefix = *this;
  size_t bits = is_v4() ? static_cast<size_t>(96 + v4_bits) : static_cast<size_t>(v6_bits);
  for (uint8_t& byte : prefix.bytes_) {
    const size_t kept = std::min<size_t>(bits, 8);
    byte = static_cast<uint8_t>(byte & (0xff00 >> kept));
    bits -= kept;
  }
  return prefix;
}

std::string IpAddress::ToString() const {
  char text[INET6_ADDRSTRLEN];
  if (!is_v4()) {
    inet_ntop(AF_INET6, bytes_.data(), text, sizeof(text));
    return text;
  }
  // glibc prints IPv4 addresses with sprintf(), which takes several times as long.
  char* end = text;
  for (size_t i = sizeof(kMappedPrefix); i < bytes_.size(); ++i) {
    end = std::to_chars(end, text + sizeof(text), bytes_[i]).ptr;
    *end++ = '.';
  }
  return std::string(text, end - 1);
}

}  // namespace tcpgauge
