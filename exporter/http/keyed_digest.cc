// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/keyed_digest.h"

#include <gnutls/crypto.h>

#include "src/base/check.h"

namespace tcpgauge {

std::array<uint8_t, 32> KeyedDigest(const std::array<uint8_t, 32>& key, std::string_view text) {
  std::array<uint8_t, 32> digest;
  TCPGAUGE_CHECK(gnutls_hmac_fast(GNUTLS_MAC_SHA256, key.data(), key.size(), text.data(), text.size(), digest.data()) ==
                 0);
  return digest;
}

std::array<uint8_t, 32> RandomDigestKey() {
  std::array<uint8_t, 32> key;
  TCPGAUGE_CHECK(gnutls_rnd(GNUTLS_RND_KEY, key.data(), key.size()) == 0);
  return key;
}

}  // namespace tcpgauge
