// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_KEYED_DIGEST_H_
#define TCPGAUGE_EXPORTER_HTTP_KEYED_DIGEST_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace tcpgauge {

// Returns the HMAC-SHA-256 (RFC 2104) of `text` under `key`. `text` may be empty. Only keyed_digest.cc includes
// openssl/hmac.h. Thread: any.
std::array<uint8_t, 32> KeyedDigest(const std::array<uint8_t, 32>& key, std::string_view text);

// Returns a random key from the random generator of OpenSSL. Ends the process if the generator fails. Thread: any.
std::array<uint8_t, 32> RandomDigestKey();

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_KEYED_DIGEST_H_
