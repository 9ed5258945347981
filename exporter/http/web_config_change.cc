// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/web_config_change.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace tcpgauge {
namespace {

absl::Status NeedsRestart(const std::string& change) {
  return absl::FailedPreconditionError(absl::StrCat(change, " needs a restart"));
}

absl::Status CheckTlsChange(const TlsConfig& current, const TlsConfig& next) {
  if (current.RequiresClientCertificate() && !next.RequiresClientCertificate()) {
    return NeedsRestart("a client_auth_type that requires no client certificate");
  }
  if (current.VerifiesClientCertificate() && !next.VerifiesClientCertificate()) {
    return NeedsRestart("a client_auth_type that does not verify client certificates");
  }
  if (!current.client_allowed_sans.empty() && next.client_allowed_sans.empty()) {
    return NeedsRestart("to allow every name by an empty client_allowed_sans");
  }
  // The version comes before the suites, because it decides which of them are the default.
  if (next.LowestVersion() < current.LowestVersion()) return NeedsRestart("a lower min_version");
  if (next.max_version < current.max_version) return NeedsRestart("a lower max_version");
  const std::vector<std::string> allowed = current.CipherSuitesBelowTls13();
  for (const std::string& suite : next.CipherSuitesBelowTls13()) {
    if (!IsDefaultCipherSuite(suite) && std::count(allowed.begin(), allowed.end(), suite) == 0) {
      return NeedsRestart(absl::StrCat("to add ", suite, " to cipher_suites"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckWebConfigChange(const WebConfig& current, const WebConfig& next) {
  if (current.tls.has_value() != next.tls.has_value()) return NeedsRestart("switching TLS on or off");
  if (!current.basic_auth_users.empty() && next.basic_auth_users.empty()) {
    return NeedsRestart("removing the last of basic_auth_users");
  }
  return current.tls.has_value() ? CheckTlsChange(*current.tls, *next.tls) : absl::OkStatus();
}

}  // namespace tcpgauge
