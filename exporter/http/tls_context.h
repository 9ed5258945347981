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

// The TLS settings of a server, read from files: a certificate, its key, and the requirements on client certificates.
// Only tls_context.cc includes gnutls/gnutls.h.
//
// Immutable. When one of the files changes, WebSecurity loads a new context for later connections. Open connections
// keep the old one.
//
// Thread: any. A `session` belongs to one thread at a time.
class TlsContext {
 public:
  // Reads the files that `config` names, and checks that the key fits the certificate.
  // REQUIRES: `config` comes from ParseWebConfig().
  // Errors: InvalidArgument. If a file is unreadable or wrong, the message names it.
  static absl::StatusOr<std::shared_ptr<const TlsContext>> Load(const TlsConfig& config);

  // Returns the version of GnuTLS, such as "3.7.9".
  static std::string LibraryVersion();

  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // The contents of the certificate's file and of the key's file, in PEM.
  const std::string& certificate_pem() const { return certificate_pem_; }
  const std::string& key_pem() const { return key_pem_; }

  // Makes `session` use this context. The context must outlive the session.
  // REQUIRES: `session` belongs to a server, and its handshake has not begun.
  void Prepare(gnutls_session_int* session) const;

  // Returns OK if the client of `session` satisfies the requirements on client certificates. The handshake itself
  // accepts any client, because a client without a certificate may ask for /-/healthy. So the result must be checked
  // for each request (HttpRequest::client_certificate).
  // REQUIRES: the handshake of `session` is over.
  // Errors: PermissionDenied. The message says why, and may be shown to the client.
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
