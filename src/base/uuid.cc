// SPDX-License-Identifier: Apache-2.0
#include "src/base/uuid.h"

#include <openssl/evp.h>
#include <sys/random.h>

#include <algorithm>

#include "src/base/check.h"

namespace tcpgauge {
namespace {

// The text of `bytes`, with version and variant set.
std::string ToText(Uuid bytes, uint8_t version) {
  constexpr char kDigits[] = "0123456789abcdef";
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0f) | (version << 4));
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3f) | 0x80);
  std::string text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 0x0f];
  }
  return text;
}

}  // namespace

std::string RandomUuid() {
  Uuid bytes;
  TCPGAUGE_CHECK(getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  return ToText(bytes, 4);
}

std::string NamedUuid(const Uuid& space, std::string_view name) {
  std::string hashed(space.begin(), space.end());
  hashed += name;
  std::array<uint8_t, EVP_MAX_MD_SIZE> digest;
  TCPGAUGE_CHECK(EVP_Digest(hashed.data(), hashed.size(), digest.data(), nullptr, EVP_sha1(), nullptr) == 1);
  Uuid bytes;
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  return ToText(bytes, 5);
}

}  // namespace tcpgauge
