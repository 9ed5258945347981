// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_EXPORTER_HTTP_TEST_CERTIFICATES_H_
#define TCPGAUGE_TESTS_EXPORTER_HTTP_TEST_CERTIFICATES_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string>

namespace tcpgauge {

// A certificate authority with a self-signed certificate. It issues certificates for one test.
//
// Thread: all authorities of a process are confined to one thread, because they share a counter of serial numbers.
// Bounds: serial numbers repeat after 256 certificates in one process.
// Errors: a failure to make, sign or write a certificate or key ends the process.
class TestAuthority {
 public:
  enum class Purpose { kServer, kClient };
  enum class KeyType { kEcdsa, kRsa };

  // `name` is the common name in the authority's own certificate.
  explicit TestAuthority(const std::string& name);
  ~TestAuthority();
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  const std::string& certificate_pem() const { return pem_; }

  // Issues a certificate and writes two PEM files: the certificate to `<base>.crt`, and its private key to
  // `<base>.key`. Existing files are replaced. The certificate is for the host name or client name `name`, and for the
  // address 127.0.0.1. It expires a day from now. If `is_expired`, it expired a day ago.
  void Issue(const std::string& base, const std::string& name, Purpose purpose, bool is_expired = false,
             KeyType key_type = KeyType::kEcdsa) const;

 private:
  EVP_PKEY* key_;
  X509* certificate_;
  std::string pem_;
};

// Replaces the file at `path` by one that contains `text`. Readers see either the old or the new file, never half a
// file. Ends the process on failure.
void WriteFile(const std::string& path, const std::string& text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_EXPORTER_HTTP_TEST_CERTIFICATES_H_
