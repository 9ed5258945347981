// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NET_IP_ADDRESS_H_
#define TCPGAUGE_SRC_NET_IP_ADDRESS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace tcpgauge {

// An IPv4 or IPv6 address as 16 bytes in network order. IPv4 is held in mapped form (::ffff:a.b.c.d, RFC 4291 section
// 2.5.5.2), so an IPv6 packet that carries a mapped address equals the IPv4 address that it names.
class IpAddress {
 public:
  // Longest text: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff".
  static constexpr size_t kMaxTextLength = 39;

  constexpr IpAddress() : bytes_{} {}

  static IpAddress FromV4(const uint8_t (&wire)[4]) {
    IpAddress address;
    address.bytes_[10] = address.bytes_[11] = 0xff;
    std::memcpy(&address.bytes_[12], wire, 4);
    return address;
  }
  static IpAddress FromV6(const uint8_t (&wire)[16]) {
    IpAddress address;
    std::memcpy(address.bytes_.data(), wire, 16);
    return address;
  }

  // Parses "192.0.2.1" or "2001:db8::1". Nullopt for any other text, and for an address with a zone.
  static std::optional<IpAddress> Parse(std::string_view text);

  bool is_v4() const;
  const std::array<uint8_t, 16>& bytes() const { return bytes_; }

  // Keeps the first `v4_bits` (IPv4) or `v6_bits` (IPv6) bits and clears the rest. REQUIRES: v4_bits <= 32, v6_bits <=
  // 128.
  IpAddress Prefix(int v4_bits, int v6_bits) const;

  // Dotted quad, or RFC 5952 text.
  std::string ToString() const;

  // Compare two words, because the compiler would call memcmp for arrays, for every packet. The order is total and has
  // no other meaning.
  friend bool operator==(const IpAddress& a, const IpAddress& b) {
    return ((a.Word(0) ^ b.Word(0)) | (a.Word(8) ^ b.Word(8))) == 0;
  }
  friend bool operator!=(const IpAddress& a, const IpAddress& b) { return !(a == b); }
  friend bool operator<(const IpAddress& a, const IpAddress& b) {
    const size_t differ = a.Word(0) != b.Word(0) ? 0 : 8;
    return a.Word(differ) < b.Word(differ);
  }
  template <typename H>
  friend H AbslHashValue(H state, const IpAddress& address) {
    return H::combine(std::move(state), address.bytes_);
  }

 private:
  // Eight bytes from `offset`, in the byte order of the machine.
  uint64_t Word(size_t offset) const {
    uint64_t word;
    std::memcpy(&word, bytes_.data() + offset, sizeof(word));
    return word;
  }

  std::array<uint8_t, 16> bytes_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NET_IP_ADDRESS_H_
