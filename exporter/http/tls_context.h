// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_TLS_CONTEXT_H_
#define TCPGAUGE_EXPORTER_HTTP_TLS_CONTEXT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "exporter/http/web_config.h"

struct gnutls_certificate_credentials_st;
struct gnutls_priority_st;
struct gnutls_session_int;

namespace tcpgauge {

// A certificate, its key and the requirements on client certificates, loaded and checked. Immutable: a reload makes a
// new context, which only later connections use. The only home of gnutls/gnutls.h. Thread: any; a session belongs to
// one thread at a time.
class TlsContext {
 public:
  // Errors: InvalidArgument; the message names the file.
  static absl::StatusOr<std::shared_ptr<const TlsContext>> Load(const TlsConfig& config);

  // The version of GnuTLS.
  static std::string LibraryVersion();

  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // The files' contents.
  const std::string& certificate_pem() const { return certificate_pem_; }
  const std::string& key_pem() const { return key_pem_; }

  // Makes `session`, whose handshake has not begun, use this context. The context must outlive the session.
  void Prepare(gnutls_session_int* session) const;

  // Whether the client of `session`, whose handshake is over, satisfies the requirements. The handshake itself accepts
  // any client, so that a client without a certificate can ask for health. Errors: PermissionDenied.
  absl::Status CheckClient(gnutls_session_int* session) const;

 private:
  explicit TlsContext(const TlsConfig& config) : config_(config) {}

  absl::Status LoadFiles();
  absl::Status SetCertificateAndKey();

  const TlsConfig config_;
  std::string certificate_pem_;
  std::string key_pem_;
  gnutls_certificate_credentials_st* credentials_ = nullptr;
  gnutls_priority_st* priorities_ = nullptr;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_TLS_CONTEXT_H_
