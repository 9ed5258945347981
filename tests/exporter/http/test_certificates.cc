// SPDX-License-Identifier: Apache-2.0
#include "tests/exporter/http/test_certificates.h"

#include <time.h>

#include <cstdint>
#include <fstream>

#include "src/base/check.h"

namespace tcpgauge {
namespace {

constexpr int64_t kDay = 86400;

gnutls_x509_privkey_t NewKey() {
  gnutls_x509_privkey_t key;
  TCPGAUGE_CHECK(gnutls_x509_privkey_init(&key) == 0);
  TCPGAUGE_CHECK(
      gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0) == 0);
  return key;
}

gnutls_x509_crt_t NewCertificate(const std::string& name, gnutls_x509_privkey_t key, bool is_expired) {
  static uint8_t serial = 0;
  ++serial;
  const time_t now = time(nullptr);
  gnutls_x509_crt_t certificate;
  TCPGAUGE_CHECK(gnutls_x509_crt_init(&certificate) == 0);
  gnutls_x509_crt_set_version(certificate, 3);
  gnutls_x509_crt_set_serial(certificate, &serial, 1);
  gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name.data(),
                                static_cast<unsigned>(name.size()));
  gnutls_x509_crt_set_activation_time(certificate, now - 2 * kDay);
  gnutls_x509_crt_set_expiration_time(certificate, is_expired ? now - kDay : now + kDay);
  gnutls_x509_crt_set_key(certificate, key);
  return certificate;
}

std::string Take(gnutls_datum_t datum) {
  const std::string text(reinterpret_cast<const char*>(datum.data), datum.size);
  gnutls_free(datum.data);
  return text;
}

std::string PemOf(gnutls_x509_crt_t certificate) {
  gnutls_datum_t datum;
  TCPGAUGE_CHECK(gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &datum) == 0);
  return Take(datum);
}

}  // namespace

TestAuthority::TestAuthority(const std::string& name)
    : key_(NewKey()), certificate_(NewCertificate(name, key_, false)) {
  gnutls_x509_crt_set_ca_status(certificate_, 1);
  gnutls_x509_crt_set_key_usage(certificate_, GNUTLS_KEY_KEY_CERT_SIGN);
  TCPGAUGE_CHECK(gnutls_x509_crt_sign2(certificate_, certificate_, key_, GNUTLS_DIG_SHA256, 0) == 0);
  pem_ = PemOf(certificate_);
}

TestAuthority::~TestAuthority() {
  gnutls_x509_crt_deinit(certificate_);
  gnutls_x509_privkey_deinit(key_);
}

void TestAuthority::Issue(const std::string& base, const std::string& name, Purpose purpose, bool is_expired) const {
  const gnutls_x509_privkey_t key = NewKey();
  const gnutls_x509_crt_t certificate = NewCertificate(name, key, is_expired);
  const uint8_t loopback[] = {127, 0, 0, 1};
  gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, name.data(), static_cast<unsigned>(name.size()),
                                       GNUTLS_FSAN_APPEND);
  gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, loopback, sizeof(loopback),
                                       GNUTLS_FSAN_APPEND);
  gnutls_x509_crt_set_key_purpose_oid(
      certificate, purpose == Purpose::kServer ? GNUTLS_KP_TLS_WWW_SERVER : GNUTLS_KP_TLS_WWW_CLIENT, 0);
  gnutls_x509_crt_set_key_usage(certificate, GNUTLS_KEY_DIGITAL_SIGNATURE);
  TCPGAUGE_CHECK(gnutls_x509_crt_sign2(certificate, certificate_, key_, GNUTLS_DIG_SHA256, 0) == 0);
  gnutls_datum_t key_pem;
  TCPGAUGE_CHECK(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &key_pem) == 0);
  WriteFile(base + ".key", Take(key_pem));
  WriteFile(base + ".crt", PemOf(certificate));
  gnutls_x509_crt_deinit(certificate);
  gnutls_x509_privkey_deinit(key);
}

void WriteFile(const std::string& path, const std::string& text) {
  // Write a new file and rename it over the old one, as editors and renewal tools do, so that no reader sees half a
  // file.
  const std::string fresh = path + ".new";
  std::ofstream file(fresh);
  file << text;
  file.close();
  TCPGAUGE_CHECK(!file.fail());
  TCPGAUGE_CHECK(rename(fresh.c_str(), path.c_str()) == 0);
}

}  // namespace tcpgauge
