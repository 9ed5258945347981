// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the web configuration. An input is the text of the file.
#include <string>

#include "absl/status/statusor.h"
#include "exporter/http/basic_auth.h"
#include "exporter/http/web_config.h"
#include "exporter/http/web_config_change.h"
#include "src/base/check.h"

namespace tcpgauge {
namespace {

constexpr char kFile[] = "/etc/web.yml";

bool IsOneLine(const std::string& text) {
  for (const char c : text) {
    if ((c >= 0 && c < ' ') || c == 0x7f) return false;
  }
  return true;
}

void CheckTls(const TlsConfig& tls) {
  TCPGAUGE_CHECK(!tls.cert_file.empty() && !tls.key_file.empty());
  TCPGAUGE_CHECK(tls.min_version <= tls.LowestVersion() && tls.LowestVersion() <= tls.max_version);
  TCPGAUGE_CHECK(!tls.VerifiesClientCertificate() || !tls.client_ca_file.empty());
  TCPGAUGE_CHECK(tls.client_allowed_sans.empty() || tls.VerifiesClientCertificate());
  TCPGAUGE_CHECK(!tls.CipherSuitesBelowTls13().empty() || tls.LowestVersion() == TlsVersion::kTls13);
}

void Run(const std::string& yaml) {
  const absl::StatusOr<WebConfig> config = ParseWebConfig(yaml, kFile);
  if (!config.ok()) {
    const std::string message(config.status().message());
    TCPGAUGE_CHECK(config.status().code() == absl::StatusCode::kInvalidArgument);
    TCPGAUGE_CHECK(IsOneLine(message) && message.size() < 2000);
    return;
  }
  if (config->tls.has_value()) CheckTls(*config->tls);
  for (const auto& [name, value] : config->headers) TCPGAUGE_CHECK(!value.empty() && IsOneLine(name + value));
  for (const auto& [user, hash] : config->basic_auth_users) {
    TCPGAUGE_CHECK(!user.empty() && user.find(':') == std::string::npos && BasicAuth::IsUsableHash(hash));
  }
  // A configuration is no weaker than itself, and an empty one is weaker than each that protects.
  const bool protects = config->tls.has_value() || !config->basic_auth_users.empty();
  TCPGAUGE_CHECK(CheckWebConfigChange(*config, *config).ok());
  TCPGAUGE_CHECK(CheckWebConfigChange(*config, WebConfig()).ok() == !protects);
  // A half of the text that is taken in place of the whole keeps each protection.
  const absl::StatusOr<WebConfig> half = ParseWebConfig(yaml.substr(0, yaml.size() / 2), kFile);
  if (half.ok() && protects && CheckWebConfigChange(*config, *half).ok()) {
    TCPGAUGE_CHECK(half->tls.has_value() == config->tls.has_value());
    TCPGAUGE_CHECK(config->basic_auth_users.empty() || !half->basic_auth_users.empty());
  }
}

}  // namespace
}  // namespace tcpgauge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tcpgauge::Run(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
