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

// A certificate, its key and what is asked of clients, loaded and found to fit. Immutable; a reload makes a new one,
// which connections opened from then on use. The only home of gnutls/gnutls.h. Thread: safe for any; a session belongs
// to one thread at a time.
class TlsContext {
 public:
  // Errors are InvalidArgument and name the file.
  static absl::StatusOr<std::shared_ptr<const TlsContext>> Load(const TlsConfig& config);

  // GnuTLS's.
  static std::string LibraryVersion();

  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // The files' contents.
  const std::string& certificate_pem() const { return certificate_pem_; }
  const std::string& key_pem() const { return key_pem_; }

  // Makes `session`, whose handshake has not begun, use this. This must outlive it.
  void Prepare(gnutls_session_int* session) const;

  // Whether the client of `session`, whose handshake is over, showed what is asked for. The handshake itself goes
  // through without, so that health can be asked by those who have no certificate.
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
