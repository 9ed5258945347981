// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/host_check.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "src/net/host_pattern.h"

namespace tcpgauge {
namespace {

// Whether `host` is `name` of a certificate. A "*" stands for one label, and only as the first of three or more.
bool MatchesCertificate(const std::string& name, std::string_view host) {
  if (!CheckHostPattern(name).ok() || name == "*") return false;
  if (name.front() != '*') return MatchesHost(name, host);
  const size_t labels = 1 + static_cast<size_t>(std::count(name.begin(), name.end(), '.'));
  const size_t host_labels = 1 + static_cast<size_t>(std::count(host.begin(), host.end(), '.'));
  return labels >= 3 && labels == host_labels && MatchesHost(name, host);
}

HttpResponse Misdirected(const std::string& host) {
  constexpr size_t kMaxShownBytes = 100;
  HttpResponse response;
  response.status = 421;
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = absl::StrCat("421 misdirected request: ", host.substr(0, kMaxShownBytes),
                               host.size() > kMaxShownBytes ? " and so on" : "",
                               " is not known as a name of this agent; use an IP address, or start the agent with "
                               "--web.allowed-hosts and this name\n");
  return response;
}

}  // namespace

bool HostCheck::Allows(const HttpRequest& request) const {
  if (request.is_from_unix_socket) return true;
  const std::string host = HostOf(request.Header("Host").value_or(""));
  if (host.empty() || host == "localhost" || IsIpLiteral(host)) return true;
  const auto matches = [&host](const std::string& pattern) { return MatchesHost(pattern, host); };
  if (std::any_of(names_.patterns.begin(), names_.patterns.end(), matches)) return true;
  if (names_.of_machine != nullptr) {
    const HostNames::List names = names_.of_machine();
    if (std::any_of(names->begin(), names->end(), [&host](const std::string& name) { return HostOf(name) == host; })) {
      return true;
    }
  }
  if (names_.of_certificate == nullptr) return false;
  const HostNames::List names = names_.of_certificate();
  return std::any_of(names->begin(), names->end(),
                     [&host](const std::string& name) { return MatchesCertificate(name, host); });
}

HttpHandler HostCheck::Guard(HttpHandler handler) const {
  return [check = *this, handler = std::move(handler)](const HttpRequest& request) {
    return check.Allows(request) ? handler(request) : Misdirected(HostOf(request.Header("Host").value_or("")));
  };
}

}  // namespace tcpgauge
