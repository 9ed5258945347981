// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/tls_context.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/base/small_file.h"

namespace tcpgauge {
namespace {

absl::Status Error(const std::string& what, int gnutls_error) {
  return absl::InvalidArgumentError(absl::StrCat(what, ": ", gnutls_strerror(gnutls_error)));
}

gnutls_datum_t Datum(const std::string& bytes) {
  return {reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data())), static_cast<unsigned>(bytes.size())};
}

// The priority string of `config` (GnuTLS manual, "Priority strings").
std::string Priorities(const TlsConfig& config) {
  static const std::map<std::string, std::string> groups = {
      {"CurveP256", "SECP256R1"}, {"CurveP384", "SECP384R1"}, {"CurveP521", "SECP521R1"}, {"X25519", "X25519"}};
  std::string text = "NORMAL:-VERS-ALL";
  if (config.max_version == TlsVersion::kTls13) text += ":+VERS-TLS1.3";
  if (config.min_version <= TlsVersion::kTls12) text += ":+VERS-TLS1.2";
  if (!config.curves.empty()) {
    text += ":-GROUP-ALL";
    for (const std::string& curve : config.curves) text += ":+GROUP-" + groups.at(curve);
  }
  if (config.prefer_server_cipher_suites) text += ":%SERVER_PRECEDENCE";
  return text;
}

std::string SubjectName(unsigned type, const std::string& bytes) {
  if (type != GNUTLS_SAN_IPADDRESS) return bytes;
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text, sizeof(text));
  return text;
}

struct FreeCertificate {
  void operator()(gnutls_x509_crt_t certificate) const { gnutls_x509_crt_deinit(certificate); }
};

// Whether one of the subject's alternative names (RFC 5280 section 4.2.1.6) of the peer's certificate is in `allowed`.
bool HasAllowedName(gnutls_session_t session, const std::vector<std::string>& allowed) {
  unsigned count = 0;
  const gnutls_datum_t* const chain = gnutls_certificate_get_peers(session, &count);
  gnutls_x509_crt_t raw;
  if (chain == nullptr || count == 0 || gnutls_x509_crt_init(&raw) < 0) return false;
  const std::unique_ptr<gnutls_x509_crt_int, FreeCertificate> certificate(raw);
  if (gnutls_x509_crt_import(raw, &chain[0], GNUTLS_X509_FMT_DER) < 0) return false;
  for (unsigned i = 0;; ++i) {
    std::string name(512, '\0');
    size_t size = name.size();
    unsigned type = 0;
    const auto get = [&] { return gnutls_x509_crt_get_subject_alt_name2(raw, i, name.data(), &size, &type, nullptr); };
    int result = get();
    if (result == GNUTLS_E_SHORT_MEMORY_BUFFER) {
      name.resize(size);  // GnuTLS has set `size` to what it needs
      result = get();
    }
    if (result < 0) return false;
    name.resize(size);
    if (std::count(allowed.begin(), allowed.end(), SubjectName(type, name)) != 0) return true;
  }
}

absl::Status VerifyPeer(gnutls_session_t session) {
  gnutls_typed_vdata_st purpose = {};
  purpose.type = GNUTLS_DT_KEY_PURPOSE_OID;
  purpose.data = reinterpret_cast<unsigned char*>(const_cast<char*>(GNUTLS_KP_TLS_WWW_CLIENT));
  unsigned found = 0;
  const int error = gnutls_certificate_verify_peers(session, &purpose, 1, &found);
  if (error < 0) return absl::PermissionDeniedError(gnutls_strerror(error));
  if (found == 0) return absl::OkStatus();
  gnutls_datum_t text = {};
  gnutls_certificate_verification_status_print(found, GNUTLS_CRT_X509, &text, 0);
  const absl::Status status = absl::PermissionDeniedError(reinterpret_cast<const char*>(text.data));
  gnutls_free(text.data);
  return status;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const TlsContext>> TlsContext::Load(const TlsConfig& config) {
  std::shared_ptr<TlsContext> context(new TlsContext(config));
  const absl::Status status = context->LoadFiles();
  if (!status.ok()) return status;
  return context;
}

std::string TlsContext::LibraryVersion() { return gnutls_check_version(nullptr); }

absl::Status TlsContext::LoadFiles() {
  const auto read = [](const char* what, const std::string& path, std::string* text) {
    absl::StatusOr<std::string> read = ReadSmallFile(path);
    if (!read.ok()) return absl::InvalidArgumentError(absl::StrCat(what, " ", read.status().message()));
    *text = *std::move(read);
    return absl::OkStatus();
  };
  absl::Status status = read("cert_file", config_.cert_file, &certificate_pem_);
  if (status.ok()) status = read("key_file", config_.key_file, &key_pem_);
  std::string client_ca_pem;
  if (status.ok() && !config_.client_ca_file.empty()) {
    status = read("client_ca_file", config_.client_ca_file, &client_ca_pem);
  }
  if (!status.ok()) return status;

  int error = gnutls_certificate_allocate_credentials(&credentials_);
  if (error < 0) return Error("TLS", error);
  status = SetCertificateAndKey();
  if (!status.ok()) return status;
  if (!config_.client_ca_file.empty()) {
    const gnutls_datum_t client_ca = Datum(client_ca_pem);
    error = gnutls_certificate_set_x509_trust_mem(credentials_, &client_ca, GNUTLS_X509_FMT_PEM);
    if (error < 0) return Error(absl::StrCat("client_ca_file ", config_.client_ca_file), error);
    if (error == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("client_ca_file ", config_.client_ca_file, ": holds no certificate"));
    }
  }
  const std::string priorities = Priorities(config_);
  error = gnutls_priority_init(&priorities_, priorities.c_str(), nullptr);
  if (error < 0) return Error(absl::StrCat("TLS priorities ", priorities), error);
  return absl::OkStatus();
}

// gnutls_certificate_set_x509_key_mem() would be shorter, but it leaks memory when a certificate is not PEM
// (GnuTLS 3.7).
absl::Status TlsContext::SetCertificateAndKey() {
  const gnutls_datum_t certificate = Datum(certificate_pem_), key_text = Datum(key_pem_);
  gnutls_x509_crt_t* chain = nullptr;
  unsigned length = 0;
  int error = gnutls_x509_crt_list_import2(&chain, &length, &certificate, GNUTLS_X509_FMT_PEM, 0);
  if (error < 0) return Error(absl::StrCat("cert_file ", config_.cert_file), error);
  gnutls_x509_privkey_t key = nullptr;
  absl::Status status;
  error = gnutls_x509_privkey_init(&key);
  if (error >= 0) error = gnutls_x509_privkey_import2(key, &key_text, GNUTLS_X509_FMT_PEM, nullptr, 0);
  if (error < 0) status = Error(absl::StrCat("key_file ", config_.key_file), error);
  if (status.ok()) {
    error = gnutls_certificate_set_x509_key(credentials_, chain, static_cast<int>(length), key);
    if (error < 0) {
      status = Error(absl::StrCat("cert_file ", config_.cert_file, " with key_file ", config_.key_file), error);
    }
  }
  if (key != nullptr) gnutls_x509_privkey_deinit(key);
  for (unsigned i = 0; i < length; ++i) gnutls_x509_crt_deinit(chain[i]);
  gnutls_free(chain);
  return status;
}

TlsContext::~TlsContext() {
  if (priorities_ != nullptr) gnutls_priority_deinit(priorities_);
  if (credentials_ != nullptr) gnutls_certificate_free_credentials(credentials_);
}

void TlsContext::Prepare(gnutls_session_int* session) const {
  gnutls_priority_set(session, priorities_);
  gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials_);
  gnutls_certificate_server_set_request(
      session, config_.client_auth == ClientAuth::kNoClientCert ? GNUTLS_CERT_IGNORE : GNUTLS_CERT_REQUEST);
}

absl::Status TlsContext::CheckClient(gnutls_session_int* session) const {
  const bool must_be_there = config_.client_auth == ClientAuth::kRequireAnyClientCert ||
                             config_.client_auth == ClientAuth::kRequireAndVerifyClientCert;
  const bool must_be_valid = config_.client_auth == ClientAuth::kVerifyClientCertIfGiven ||
                             config_.client_auth == ClientAuth::kRequireAndVerifyClientCert;
  unsigned count = 0;
  const bool is_there = gnutls_certificate_get_peers(session, &count) != nullptr && count > 0;
  if (!is_there) {
    return must_be_there ? absl::PermissionDeniedError("a client certificate is required") : absl::OkStatus();
  }
  if (!must_be_valid) return absl::OkStatus();
  const absl::Status verified = VerifyPeer(session);
  if (!verified.ok()) return verified;
  if (!config_.client_allowed_sans.empty() && !HasAllowedName(session, config_.client_allowed_sans)) {
    return absl::PermissionDeniedError("the client certificate has no allowed name");
  }
  return absl::OkStatus();
}

}  // namespace tcpgauge
