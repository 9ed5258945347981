// SPDX-License-Identifier: Apache-2.0
#include "src/attach/agent_address.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/base/json_string.h"
#include "src/base/strings.h"
#include "src/http_client/http_client.h"

namespace tcpgauge {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr int kDefaultPort = 10406;

// `reason` may be empty.
absl::Status Wrong(const std::string& shown, std::string_view reason = "") {
  return absl::InvalidArgumentError(absl::StrCat("--attach: ", JsonString(shown), " is not an agent's address",
                                                 reason.empty() ? "" : ": ", std::string(reason),
                                                 "; right would be HOST, http://HOST:PORT, "
                                                 "https://HOST:PORT or unix:PATH"));
}

// Returns the URL of an address without a scheme. REQUIRES: `text` is not empty.
std::string WithScheme(const std::string& text) {
  const size_t host_end = std::min(text.find('/'), text.size());
  const std::string path = text.substr(host_end);
  std::string host = text.substr(0, host_end);
  // An IPv6 address has two colons at least.
  if (host[0] != '[' && host.find(':') != host.rfind(':') && host.find('@') == std::string::npos) {
    host = absl::StrCat("[", host, "]");
  }
  const size_t name = host.rfind('@') == std::string::npos ? 0 : host.rfind('@') + 1;
  const size_t brackets_end = host.rfind(']');
  const bool has_port = host.find(':', brackets_end == std::string::npos ? name : brackets_end) != std::string::npos;
  return absl::StrCat("http://", host, has_port ? "" : absl::StrCat(":", kDefaultPort), path);
}

}  // namespace

absl::StatusOr<AgentAddress> ParseAgentAddress(const std::string& text) {
  AgentAddress address;
  address.shown = text;
  if (StartsWith(text, kUnix)) {
    address.url = "http://localhost";
    address.unix_path = text.substr(kUnix.size());
    if (address.unix_path.empty()) return Wrong(text);
    return address;
  }
  if (!text.empty() && text.find("://") == std::string::npos) {
    return ParseAgentAddress(WithScheme(text));
  }
  const size_t scheme_end = text.find("://");
  const size_t host = scheme_end == std::string::npos ? 0 : scheme_end + 3;
  const size_t host_end = text.find('/', host);
  const size_t at = text.substr(0, host_end).rfind('@');
  const bool has_user = at != std::string::npos && at >= host;
  if (has_user) address.shown = text.substr(0, host) + text.substr(at + 1);
  if (!StartsWith(text, "http://") && !StartsWith(text, "https://")) return Wrong(address.shown);
  const size_t name = has_user ? at + 1 : host;
  if (name == text.size() || text[name] == '/' || text.find_first_of(" ?#", host) != std::string::npos) {
    return Wrong(address.shown);
  }
  if (host_end == std::string::npos ? text.back() == ':' : text[host_end - 1] == ':') {
    return Wrong(address.shown, "its port is missing");
  }
  if (absl::Status status = HttpClient::CheckUrl(text); !status.ok()) {
    return Wrong(address.shown, std::string(status.message()));
  }
  address.url = text;
  while (address.url.back() == '/') address.url.pop_back();
  return address;
}

}  // namespace tcpgauge
