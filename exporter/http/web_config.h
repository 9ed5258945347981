// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_H_
#define TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "exporter/http/http_message.h"

namespace tcpgauge {

// What a server demands of clients' certificates. The names are those of Go's crypto/tls, as in the exporter toolkit.
enum class ClientAuth {
  kNoClientCert,
  kRequestClientCert,
  kRequireAnyClientCert,
  kVerifyClientCertIfGiven,
  kRequireAndVerifyClientCert,
};

enum class TlsVersion { kTls12, kTls13 };

struct TlsConfig {
  std::string cert_file;
  std::string key_file;
  std::string client_ca_file;  // empty = not given
  ClientAuth client_auth = ClientAuth::kNoClientCert;
  std::vector<std::string> client_allowed_sans;  // empty = any
  TlsVersion min_version = TlsVersion::kTls12;
  TlsVersion max_version = TlsVersion::kTls13;
  std::vector<std::string> curves;  // by their names in Go; empty = GnuTLS's choice
  bool prefer_server_cipher_suites = true;
};

// The contents of a --web.config.file, which is the exporter toolkit's YAML
// (https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md).
struct WebConfig {
  std::optional<TlsConfig> tls;
  HttpFields headers;                                   // added to every response
  std::map<std::string, std::string> basic_auth_users;  // name to bcrypt hash; empty = no authentication
};

// Parses `yaml`, which was read from `file`. Relative paths in it start at the directory of `file`. An unknown key or
// value is an error and never ignored. The only home of yaml-cpp.
// Errors: InvalidArgument; the message names the file, the line if there is one, and what to write instead.
absl::StatusOr<WebConfig> ParseWebConfig(const std::string& yaml, const std::string& file);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_H_
