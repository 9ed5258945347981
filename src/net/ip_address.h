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

// An IPv4 or IPv6 address: 16 bytes in network order.
//
// An IPv4 address is held as an IPv4-mapped IPv6 address (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2). A mapped address
// from an IPv6 packet therefore equals the IPv4 address a.b.c.d, and is_v4() is true for both.
class IpAddress {
 public:
  // The length of the longest text that ToString() returns: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff".
  static constexpr size_t kMaxTextLength = 39;

  // The unspecified IPv6 address "::".
  constexpr IpAddress() : bytes_{} {}

  // The address with these bytes, in network order.
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

  // Parses an address such as "192.0.2.1" or "2001:db8::1". Returns nullopt for any other text, such as a host name, an
  // address in brackets, or an address with a zone ("fe80::1%eth0").
  static std::optional<IpAddress> Parse(std::string_view text);

  // Whether this is an IPv4 address, or an IPv6 address that is IPv4-mapped.
  bool is_v4() const;
  // In network order. An IPv4 address stands in the last four bytes.
  const std::array<uint8_t, 16>& bytes() const { return bytes_; }

  // Returns a copy that keeps only the first bits, and has zeros in place of the others. Keeps `v4_bits` bits of an
  // IPv4 address, and `v6_bits` bits of an IPv6 address.
  // REQUIRES: 0 <= v4_bits <= 32 and 0 <= v6_bits <= 128.
  IpAddress Prefix(int v4_bits, int v6_bits) const;

  // "192.0.2.1" if is_v4(). Otherwise the text of RFC 5952, such as "2001:db8::1".
  std::string ToString() const;

  // Comparisons are made for every packet. They compare two words of eight bytes, because the compiler would call
  // memcmp to compare the arrays. operator< is a total order without further meaning: it depends on the byte order of
  // the machine.
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
  // The eight bytes from `offset` on as an integer in the byte order of the machine. `offset` is 0 or 8.
  uint64_t Word(size_t offset) const {
    uint64_t word;
    std::memcpy(&word, bytes_.data() + offset, sizeof(word));
    return word;
  }

  std::array<uint8_t, 16> bytes_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NET_IP_ADDRESS_H_
