// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_TLS_CONTEXT_H_
#define TCPGAUGE_EXPORTER_HTTP_TLS_CONTEXT_H_

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "exporter/http/web_config.h"

namespace tcpgauge {

// The TLS settings of a server, read from files: a certificate, its key, and the requirements on client certificates.
//
// Immutable. When one of the files changes, WebSecurity loads a new context for later connections. Open connections
// keep the old one.
//
// TLS 1.3 uses the cipher suites that OpenSSL allows by default. Older versions use
// TlsConfig::CipherSuitesBelowTls13(). Clients cannot renegotiate, compress or resume a session. Resumption would skip
// the check of a client's certificate, and would save little, because scrapers rarely open a connection.
//
// Thread: any. A `session` belongs to one thread at a time.
class TlsContext {
 public:
  // Reads the files that `config` names, and checks that the key fits the certificate. Never asks for a passphrase.
  // REQUIRES: `config` comes from ParseWebConfig().
  // Errors: InvalidArgument if the content of a file is wrong, and those of ReadSmallFile() if a file cannot be read.
  // The message names the file, or the setting that OpenSSL refuses.
  static absl::StatusOr<std::shared_ptr<const TlsContext>> Load(const TlsConfig& config);

  // Returns the version of OpenSSL, such as "3.0.15".
  static std::string LibraryVersion();

  // Returns the host names that the certificate is for, spelled as in the certificate: its alternative names of type
  // DNS (RFC 5280 section 4.2.1.6) or, if it has no such name, its common name. A name may begin with "*.", which
  // stands for one label (RFC 6125 section 6.4.3).
  const std::vector<std::string>& host_names() const { return host_names_; }

  // Returns OpenSSL's context, from which the server makes its sessions. Each session holds a reference to the SSL_CTX,
  // so a session may outlive the TlsContext.
  SSL_CTX* context() const { return context_.get(); }

  // Returns OK if the client of `session` satisfies the requirements on client certificates. The handshake itself
  // accepts any client, because a client without a certificate may ask for /-/healthy. So the result must be checked
  // for each request (HttpRequest::client_certificate).
  // REQUIRES: `session` was made from context(), and its handshake is over.
  // Errors: PermissionDenied. The message says why, and may be shown to the client.
  absl::Status CheckClient(SSL* session) const;

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  explicit TlsContext(const TlsConfig& config);

  absl::Status SetVersionsAndCiphers();
  absl::Status LoadCertificateAndKey();
  absl::Status LoadClientAuthorities();

  const TlsConfig config_;
  const std::unique_ptr<SSL_CTX, Free> context_;
  std::vector<std::string> host_names_;  // set by Load()
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_TLS_CONTEXT_H_
