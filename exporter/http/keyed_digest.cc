// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/keyed_digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "src/base/check.h"

namespace tcpgauge {

std::array<uint8_t, 32> KeyedDigest(const std::array<uint8_t, 32>& key, std::string_view text) {
  std::array<uint8_t, 32> digest;
  TCPGAUGE_CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                      reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(),
                      nullptr) != nullptr);
  return digest;
}

std::array<uint8_t, 32> RandomDigestKey() {
  std::array<uint8_t, 32> key;
  TCPGAUGE_CHECK(RAND_priv_bytes(key.data(), static_cast<int>(key.size())) == 1);
  return key;
}

}  // namespace tcpgauge
