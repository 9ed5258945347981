// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_H_
#define TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_H_

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "exporter/http/http_message.h"

namespace tcpgauge {

// What a server demands of clients' certificates. The values have the names of Go's crypto/tls, as in Prometheus's
// exporter toolkit. To verify a certificate means to check it against client_ca_file and client_allowed_sans.
enum class ClientAuth {
  kNoClientCert,                // asks for no certificate
  kRequestClientCert,           // asks for a certificate; accepts any certificate, or none
  kRequireAnyClientCert,        // requires a certificate; accepts any
  kVerifyClientCertIfGiven,     // asks for a certificate; accepts a verified one, or none
  kRequireAndVerifyClientCert,  // requires a verified certificate
};

enum class TlsVersion { kTls10, kTls11, kTls12, kTls13 };

// The section tls_server_config. All files are in PEM.
struct TlsConfig {
  std::string cert_file;
  std::string key_file;
  std::string client_ca_file;  // the authorities that sign clients' certificates; empty = not given
  ClientAuth client_auth = ClientAuth::kNoClientCert;
  // One of the subject alternative names (RFC 5280 section 4.2.1.6) of a client's certificate must be in this list.
  // Empty = the names are not checked.
  std::vector<std::string> client_allowed_sans;
  TlsVersion min_version = TlsVersion::kTls12;
  TlsVersion max_version = TlsVersion::kTls13;
  // The curves of the key exchange in order of preference, by their names in Go. Empty = the TLS library's choice.
  std::vector<std::string> curves;
  // The cipher suites in order of preference, by their names in Go, which are those of IANA. Empty = the default.
  std::vector<std::string> cipher_suites;
  bool prefer_server_cipher_suites = true;  // the server's order of preference wins over the client's

  // Whether a client needs a certificate for anything but /-/healthy and /-/ready.
  bool RequiresClientCertificate() const {
    return client_auth == ClientAuth::kRequireAnyClientCert || client_auth == ClientAuth::kRequireAndVerifyClientCert;
  }

  // Whether a client's certificate is verified, if it has one.
  bool VerifiesClientCertificate() const {
    return client_auth == ClientAuth::kVerifyClientCertIfGiven ||
           client_auth == ClientAuth::kRequireAndVerifyClientCert;
  }

  // Returns the lowest version that clients may use. It is TLS 1.3 if all of cipher_suites are suites of TLS 1.3.
  // Otherwise it is min_version.
  TlsVersion LowestVersion() const;

  // Returns the suites that TLS 1.2 and the versions below may use: those of cipher_suites that do not belong to
  // TLS 1.3. If cipher_suites is empty, returns the default suites (IsDefaultCipherSuite()), and if min_version is
  // below TLS 1.2, also the suites with AES-CBC and ephemeral keys, because TLS 1.0 and 1.1 know no better ones.
  std::vector<std::string> CipherSuitesBelowTls13() const;

  friend bool operator==(const TlsConfig& a, const TlsConfig& b) {
    return std::tie(a.cert_file, a.key_file, a.client_ca_file, a.client_auth, a.client_allowed_sans, a.min_version,
                    a.max_version, a.curves, a.cipher_suites, a.prefer_server_cipher_suites) ==
           std::tie(b.cert_file, b.key_file, b.client_ca_file, b.client_auth, b.client_allowed_sans, b.min_version,
                    b.max_version, b.curves, b.cipher_suites, b.prefer_server_cipher_suites);
  }
};

// The contents of the file that the option --web.config.file names. Its format is the YAML of Prometheus's exporter
// toolkit (https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md).
struct WebConfig {
  std::optional<TlsConfig> tls;                         // nullopt = no TLS
  HttpFields headers;                                   // added to every response
  std::map<std::string, std::string> basic_auth_users;  // name to bcrypt hash; no users = no password is needed
};

// Parses `yaml`, the contents of `file`. Reads no file. Relative paths in `yaml` are resolved against the directory of
// `file`. If `yaml` is empty, returns a configuration without TLS, headers and users.
//
// An unknown key or value is an error, because to ignore it could leave the server less protected than its owner
// believes. A repeated key is an error too. `http2` has no effect, because the server does not speak HTTP/2. The suites
// of TLS 1.3 may occur in `cipher_suites`, but all of them are always allowed. As in Go, a list that has only suites of
// TLS 1.3 switches the versions below TLS 1.3 off.
//
// Errors: InvalidArgument. The message names the file, the line if it is known, and the error (see ReadYaml()).
absl::StatusOr<WebConfig> ParseWebConfig(const std::string& yaml, const std::string& file);

// Returns whether TLS 1.2 uses `suite`, an element of TlsConfig::cipher_suites, by default. These suites are AES-GCM
// and ChaCha20-Poly1305 with ephemeral keys.
bool IsDefaultCipherSuite(const std::string& suite);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_H_
