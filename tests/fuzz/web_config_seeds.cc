// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/web_config_seeds.h"

#include <string_view>

namespace tcpgauge {
namespace {

constexpr std::string_view kSeeds[] = {
    R"(tls_server_config:
  cert_file: server.crt
  key_file: /keys/server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.crt
  client_allowed_sans: [prometheus.example, 192.0.2.1]
  min_version: TLS12
  max_version: TLS13
  cipher_suites:
    - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
    - TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
    - TLS_AES_128_GCM_SHA256
  prefer_server_cipher_suites: false
  curve_preferences: [CurveP256, CurveP384, CurveP521, X25519]
http_server_config:
  http2: true
  headers:
    Content-Security-Policy: default-src 'self'
    X-Frame-Options: deny
    X-Content-Type-Options: nosniff
    X-XSS-Protection: "1"
    Strict-Transport-Security: max-age=31536000
basic_auth_users:
  alice: $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW
  'bob b': $2y$10$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW
)",
    R"({tls_server_config: {cert_file: "a\x41", key_file: 'b''c', client_auth_type: RequireAnyClientCert,
  min_version: TLS10, max_version: TLS11, cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA]},
 basic_auth_users: {? a : $2a$05$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW}}
)",
    R"(%YAML 1.2
---
# a comment
tls_server_config: &tls !!map
  cert_file: >-
    folded
    name
  key_file: |
    literal
  client_auth_type: VerifyClientCertIfGiven
  client_ca_file: &ca ca.crt
  cipher_suites: [TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256]
basic_auth_users:
  carol: &hash $2b$12$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW
  dave: *hash
...
)",
    R"(tls_server_config:
  cert_file: c
  key_file: k
  client_auth_type: RequestClientCert
  min_version: TLS13
http_server_config: {headers: {X-Frame-Options: sameorigin}, http2: no}
)",
    R"(a: [[[[[[[[[[[[[[[[{{{{{{{{{{{{{{{{
- - - - - - - - - - - - ? ? ? ? ? ? ? : : : :
b: *b
--- !<tag:x> &x [*x, *x]
)",
};

}  // namespace

std::vector<std::vector<uint8_t>> WebConfigSeeds() {
  std::vector<std::vector<uint8_t>> seeds;
  for (const std::string_view seed : kSeeds) seeds.emplace_back(seed.begin(), seed.end());
  return seeds;
}

}  // namespace tcpgauge
