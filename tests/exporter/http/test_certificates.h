// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_EXPORTER_HTTP_TEST_CERTIFICATES_H_
#define TCPGAUGE_TESTS_EXPORTER_HTTP_TEST_CERTIFICATES_H_

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <string>

namespace tcpgauge {

// A certificate authority for one test, and the certificates that it issues.
class TestAuthority {
 public:
  enum class Purpose { kServer, kClient };

  explicit TestAuthority(const std::string& name);
  ~TestAuthority();
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  const std::string& certificate_pem() const { return pem_; }

  // Writes `<base>.crt` and `<base>.key`: for the host or client `name`, and for 127.0.0.1.
  void Issue(const std::string& base, const std::string& name, Purpose purpose, bool is_expired = false) const;

 private:
  gnutls_x509_privkey_t key_;
  gnutls_x509_crt_t certificate_;
  std::string pem_;
};

void WriteFile(const std::string& path, const std::string& text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_EXPORTER_HTTP_TEST_CERTIFICATES_H_
