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

// What a server asks of clients' certificates; the names are those of Go's crypto/tls, as in the exporter toolkit.
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
  std::string client_ca_file;  // empty = none
  ClientAuth client_auth = ClientAuth::kNoClientCert;
  std::vector<std::string> client_allowed_sans;  // empty = any
  TlsVersion min_version = TlsVersion::kTls12;
  TlsVersion max_version = TlsVersion::kTls13;
  std::vector<std::string> curves;  // of Go's names; empty = GnuTLS's choice
  bool prefer_server_cipher_suites = true;
};

// What a --web.config.file says: the exporter toolkit's YAML
// (https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md).
struct WebConfig {
  std::optional<TlsConfig> tls;
  HttpFields headers;                                   // for every response
  std::map<std::string, std::string> basic_auth_users;  // name to bcrypt hash; empty = no authentication
};

// `yaml` was read from `file`; files that it names are relative to `file`'s directory. What is not known is an error,
// never ignored. Errors are InvalidArgument and name the file, the line where there is one, and what would be right.
// The only home of yaml-cpp.
absl::StatusOr<WebConfig> ParseWebConfig(const std::string& yaml, const std::string& file);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_H_
