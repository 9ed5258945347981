// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/tls_context.h"

#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/base/check.h"
#include "src/base/small_file.h"

namespace tcpgauge {
namespace {

// The longest chain from a client's certificate to an authority. It bounds the work for a hostile chain.
constexpr int kMaxChainLength = 8;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

// Takes the errors of the calling thread from OpenSSL's queue. The first one is the cause of the others.
absl::Status Error(const std::string& what) {
  const unsigned long code = ERR_get_error();  // NOLINT(google-runtime-int): the type of OpenSSL
  const char* const reason = ERR_reason_error_string(code);
  ERR_clear_error();
  return absl::InvalidArgumentError(absl::StrCat(what, ": ", reason == nullptr ? "unknown error" : reason));
}

absl::StatusOr<std::string> Read(const std::string& what, const std::string& path) {
  absl::StatusOr<std::string> text = ReadSmallFile(path);
  if (!text.ok()) return absl::Status(text.status().code(), absl::StrCat(what, " ", text.status().message()));
  return text;
}

// Returns all certificates in `pem`, which is the content of the file that `what` describes. There is at least one.
absl::StatusOr<std::vector<Owned<X509>>> Certificates(const std::string& what, const std::string& pem) {
  std::vector<Owned<X509>> certificates;
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  TCPGAUGE_CHECK(bio != nullptr);
  ERR_clear_error();
  while (X509* const certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    certificates.emplace_back(certificate);
  }
  const bool is_at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (!is_at_end) return Error(what);
  ERR_clear_error();
  if (certificates.empty()) return absl::InvalidArgumentError(absl::StrCat(what, ": holds no certificate"));
  return certificates;
}

// OpenSSL calls it for the passphrase of a key. Without it, OpenSSL would ask at the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

int ProtocolOf(TlsVersion version) {
  switch (version) {
    case TlsVersion::kTls10:
      return TLS1_VERSION;
    case TlsVersion::kTls11:
      return TLS1_1_VERSION;
    case TlsVersion::kTls12:
      return TLS1_2_VERSION;
    case TlsVersion::kTls13:
      break;
  }
  return TLS1_3_VERSION;
}

// Returns the names of OpenSSL for the suites of TLS 1.2 and below.
std::vector<std::string> CiphersOf(const TlsConfig& config) {
  std::vector<std::string> ciphers;
  for (const std::string& suite : config.CipherSuitesBelowTls13()) {
    ciphers.emplace_back(OPENSSL_cipher_name(suite.c_str()));
  }
  return ciphers;
}

std::string GroupsOf(const TlsConfig& config) {
  static const std::map<std::string, std::string> groups = {
      {"CurveP256", "P-256"}, {"CurveP384", "P-384"}, {"CurveP521", "P-521"}, {"X25519", "X25519"}};
  std::vector<std::string> names;
  for (const std::string& curve : config.curves) {
    // OpenSSL refuses a list in which a name occurs twice.
    if (std::count(names.begin(), names.end(), groups.at(curve)) == 0) names.push_back(groups.at(curve));
  }
  return absl::StrJoin(names, ":");
}

// Verifies a client's certificate and stops at the first error. SSL_get_verify_result() returns that error later.
// The handshake goes on in any case.
int VerifyAndGoOn(X509_STORE_CTX* store, void*) {
  if (X509_verify_cert(store) <= 0 && X509_STORE_CTX_get_error(store) == X509_V_OK) {
    X509_STORE_CTX_set_error(store, X509_V_ERR_UNSPECIFIED);
  }
  ERR_clear_error();
  return 1;
}

int AcceptAny(X509_STORE_CTX*, void*) { return 1; }

std::string BytesOf(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<size_t>(ASN1_STRING_length(string))};
}

// Returns the name as Go writes it, or an empty string if it is of a kind that the exporter toolkit does not compare.
std::string TextOf(const GENERAL_NAME& name) {
  if (name.type == GEN_DNS || name.type == GEN_EMAIL || name.type == GEN_URI) return BytesOf(name.d.ia5);
  if (name.type != GEN_IPADD) return "";
  const std::string bytes = BytesOf(name.d.iPAddress);
  if (bytes.size() != sizeof(in_addr) && bytes.size() != sizeof(in6_addr)) return "";
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(bytes.size() == sizeof(in_addr) ? AF_INET : AF_INET6, bytes.data(), text, sizeof(text));
  return text;
}

// Returns the subject's alternative names (RFC 5280 section 4.2.1.6), or null if there are none.
Owned<GENERAL_NAMES> AlternativeNames(const X509* certificate) {
  return Owned<GENERAL_NAMES>(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
}

// See TlsContext::host_names().
std::vector<std::string> HostNamesOf(const X509* certificate) {
  std::vector<std::string> hosts;
  const Owned<GENERAL_NAMES> names = AlternativeNames(certificate);
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) hosts.push_back(BytesOf(name->d.ia5));
  }
  if (!hosts.empty()) return hosts;
  const X509_NAME* const subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at >= 0) hosts.push_back(BytesOf(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))));
  return hosts;
}

// Whether one of the alternative names of `certificate` is in `allowed`.
bool HasAllowedName(const X509* certificate, const std::vector<std::string>& allowed) {
  const Owned<GENERAL_NAMES> names = AlternativeNames(certificate);
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const std::string text = TextOf(*sk_GENERAL_NAME_value(names.get(), i));
    if (!text.empty() && std::count(allowed.begin(), allowed.end(), text) != 0) return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const TlsContext>> TlsContext::Load(const TlsConfig& config) {
  std::shared_ptr<TlsContext> context(new TlsContext(config));
  absl::Status status = context->SetVersionsAndCiphers();
  if (status.ok()) status = context->LoadCertificateAndKey();
  if (status.ok()) status = context->LoadClientAuthorities();
  if (!status.ok()) return status;
  return context;
}

std::string TlsContext::LibraryVersion() { return OpenSSL_version(OPENSSL_VERSION_STRING); }

TlsContext::TlsContext(const TlsConfig& config) : config_(config), context_(SSL_CTX_new(TLS_server_method())) {
  TCPGAUGE_CHECK(context_ != nullptr);
}

absl::Status TlsContext::SetVersionsAndCiphers() {
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  if (config_.prefer_server_cipher_suites) SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Idle connections give their buffers back. The authorities of clients are not part of the server's own chain.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);

  const std::vector<std::string> ciphers = CiphersOf(config_);
  const TlsVersion min_version = config_.LowestVersion();
  // TLS 1.0 and 1.1 sign with SHA-1, which OpenSSL 3 permits at its lowest level of security alone.
  if (min_version < TlsVersion::kTls12) SSL_CTX_set_security_level(context, 0);
  if (SSL_CTX_set_min_proto_version(context, ProtocolOf(min_version)) != 1 ||
      SSL_CTX_set_max_proto_version(context, ProtocolOf(config_.max_version)) != 1) {
    return Error("min_version or max_version");
  }
  if (!ciphers.empty() && SSL_CTX_set_cipher_list(context, absl::StrJoin(ciphers, ":").c_str()) != 1) {
    return Error("cipher_suites");
  }
  if (!config_.curves.empty() && SSL_CTX_set1_groups_list(context, GroupsOf(config_).c_str()) != 1) {
    return Error("curve_preferences");
  }
  return absl::OkStatus();
}

absl::Status TlsContext::LoadCertificateAndKey() {
  const std::string certificate_file = absl::StrCat("cert_file ", config_.cert_file);
  const std::string key_file = absl::StrCat("key_file ", config_.key_file);
  const absl::StatusOr<std::string> certificate_pem = Read("cert_file", config_.cert_file);
  if (!certificate_pem.ok()) return certificate_pem.status();
  const absl::StatusOr<std::vector<Owned<X509>>> chain = Certificates(certificate_file, *certificate_pem);
  if (!chain.ok()) return chain.status();
  if (SSL_CTX_use_certificate(context_.get(), chain->front().get()) != 1) return Error(certificate_file);
  host_names_ = HostNamesOf(chain->front().get());
  for (size_t i = 1; i < chain->size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context_.get(), (*chain)[i].get()) != 1) return Error(certificate_file);
  }

  absl::StatusOr<std::string> key_pem = Read("key_file", config_.key_file);
  if (!key_pem.ok()) return key_pem.status();
  const Owned<BIO> bio(BIO_new_mem_buf(key_pem->data(), static_cast<int>(key_pem->size())));
  TCPGAUGE_CHECK(bio != nullptr);
  const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  OPENSSL_cleanse(key_pem->data(), key_pem->size());
  if (key == nullptr) return Error(absl::StrCat(key_file, " holds no key in PEM without a passphrase"));
  if (SSL_CTX_use_PrivateKey(context_.get(), key.get()) != 1 || SSL_CTX_check_private_key(context_.get()) != 1) {
    return Error(absl::StrCat(certificate_file, " with ", key_file));
  }
  return absl::OkStatus();
}

absl::Status TlsContext::LoadClientAuthorities() {
  SSL_CTX* const context = context_.get();
  if (!config_.client_ca_file.empty()) {
    const absl::StatusOr<std::string> pem = Read("client_ca_file", config_.client_ca_file);
    if (!pem.ok()) return pem.status();
    const std::string file = absl::StrCat("client_ca_file ", config_.client_ca_file);
    const absl::StatusOr<std::vector<Owned<X509>>> authorities = Certificates(file, *pem);
    if (!authorities.ok()) return authorities.status();
    for (const Owned<X509>& authority : *authorities) {
      if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1 ||
          SSL_CTX_add_client_CA(context, authority.get()) != 1) {
        return Error(file);
      }
    }
  }
  if (config_.client_auth == ClientAuth::kNoClientCert) return absl::OkStatus();
  // Each certificate of the file is trusted, an intermediate one too, as in Go.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
  SSL_CTX_set_verify_depth(context, kMaxChainLength);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, config_.VerifiesClientCertificate() ? VerifyAndGoOn : AcceptAny, nullptr);
  return absl::OkStatus();
}

absl::Status TlsContext::CheckClient(SSL* session) const {
  const X509* const certificate = SSL_get0_peer_certificate(session);
  if (certificate == nullptr) {
    return config_.RequiresClientCertificate() ? absl::PermissionDeniedError("a client certificate is required")
                                               : absl::OkStatus();
  }
  if (!config_.VerifiesClientCertificate()) return absl::OkStatus();
  const long result = SSL_get_verify_result(session);  // NOLINT(google-runtime-int): the type of OpenSSL
  if (result != X509_V_OK) {
    return absl::PermissionDeniedError(
        absl::StrCat("the client certificate is not valid: ", X509_verify_cert_error_string(result)));
  }
  if (!config_.client_allowed_sans.empty() && !HasAllowedName(certificate, config_.client_allowed_sans)) {
    return absl::PermissionDeniedError("the client certificate has no allowed name");
  }
  return absl::OkStatus();
}

}  // namespace tcpgauge
