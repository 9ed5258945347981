// SPDX-License-Identifier: Apache-2.0
#include "tests/exporter/http/test_certificates.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <fstream>

#include "src/base/check.h"

namespace tcpgauge {
namespace {

constexpr int64_t kDay = 86400;

EVP_PKEY* NewKey(TestAuthority::KeyType type) {
  EVP_PKEY* const key = type == TestAuthority::KeyType::kRsa ? EVP_RSA_gen(2048u) : EVP_EC_gen("P-256");
  TCPGAUGE_CHECK(key != nullptr);
  return key;
}

X509* NewCertificate(const std::string& name, EVP_PKEY* key, bool is_expired) {
  static uint8_t serial = 0;
  ++serial;
  X509* const certificate = X509_new();
  TCPGAUGE_CHECK(certificate != nullptr);
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
  // RFC 5280 allows 64 characters in a common name.
  TCPGAUGE_CHECK(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                            reinterpret_cast<const unsigned char*>(name.data()),
                                            static_cast<int>(name.size() < 64 ? name.size() : 64), -1, 0) == 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -2 * kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate), is_expired ? -kDay : kDay);
  X509_set_pubkey(certificate, key);
  return certificate;
}

void AddExtension(X509* certificate, int nid, const char* value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
  TCPGAUGE_CHECK(extension != nullptr);
  TCPGAUGE_CHECK(X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

void AddNames(X509* certificate, const std::string& name) {
  GENERAL_NAMES* const names = sk_GENERAL_NAME_new_null();
  const auto add = [names](int type, ASN1_STRING* text, const void* data, size_t size) {
    TCPGAUGE_CHECK(ASN1_STRING_set(text, data, static_cast<int>(size)) == 1);
    GENERAL_NAME* const general = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(general, type, text);
    sk_GENERAL_NAME_push(names, general);
  };
  const uint8_t loopback[] = {127, 0, 0, 1};
  add(GEN_DNS, ASN1_IA5STRING_new(), name.data(), name.size());
  add(GEN_IPADD, ASN1_OCTET_STRING_new(), loopback, sizeof(loopback));
  TCPGAUGE_CHECK(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, 0) == 1);
  GENERAL_NAMES_free(names);
}

// Returns what `write` writes into a BIO.
template <typename Write>
std::string PemOf(Write write) {
  BIO* const bio = BIO_new(BIO_s_mem());
  TCPGAUGE_CHECK(write(bio) == 1);
  char* data;
  const auto size = static_cast<size_t>(BIO_get_mem_data(bio, &data));
  const std::string pem(data, size);
  BIO_free(bio);
  return pem;
}

std::string PemOf(X509* certificate) {
  return PemOf([certificate](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

void Sign(X509* certificate, X509* issuer, EVP_PKEY* key) {
  TCPGAUGE_CHECK(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1);
  TCPGAUGE_CHECK(X509_sign(certificate, key, EVP_sha256()) > 0);
}

}  // namespace

TestAuthority::TestAuthority(const std::string& name)
    : key_(NewKey(KeyType::kEcdsa)), certificate_(NewCertificate(name, key_, false)) {
  AddExtension(certificate_, NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate_, NID_key_usage, "critical,keyCertSign");
  Sign(certificate_, certificate_, key_);
  pem_ = PemOf(certificate_);
}

TestAuthority::~TestAuthority() {
  X509_free(certificate_);
  EVP_PKEY_free(key_);
}

void TestAuthority::Issue(const std::string& base, const std::string& name, Purpose purpose, bool is_expired,
                          KeyType key_type) const {
  EVP_PKEY* const key = NewKey(key_type);
  X509* const certificate = NewCertificate(name, key, is_expired);
  AddNames(certificate, name);
  AddExtension(certificate, NID_ext_key_usage, purpose == Purpose::kServer ? "serverAuth" : "clientAuth");
  AddExtension(certificate, NID_key_usage, "critical,digitalSignature");
  Sign(certificate, certificate_, key_);
  WriteFile(base + ".key", PemOf([key](BIO* bio) {
              return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
            }));
  WriteFile(base + ".crt", PemOf(certificate));
  X509_free(certificate);
  EVP_PKEY_free(key);
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
