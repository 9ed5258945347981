// SPDX-License-Identifier: Apache-2.0
#include "src/attach/http_fetch.h"

#include <poll.h>
#include <stdlib.h>

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/http_client/proxy_settings.h"

namespace tcpgauge {
namespace {

constexpr int kWaitMs = 1000;

bool IsReadable(int fd) {
  pollfd readable = {fd, POLLIN, 0};
  return poll(&readable, 1, 0) > 0;
}

HttpClientOptions OptionsOf(const AgentAddress& address) {
  HttpClientOptions options;
  options.unix_path = address.unix_path;
  options.accept_gzip = address.unix_path.empty();
  options.max_body_bytes = HttpFetch::kMaxBodyBytes;
  options.proxies = ProxySettings::FromEnvironment(&getenv);
  return options;
}

}  // namespace

HttpFetch::HttpFetch(const AgentAddress& address, const ClientTlsFiles& tls)
    : url_(address.url), client_(OptionsOf(address)) {
  client_.UseTls(tls);
}

absl::StatusOr<std::string> HttpFetch::Get(const std::string& path_and_query, int stop_fd) {
  HttpCall call;
  call.url = absl::StrCat(url_, path_and_query);
  call.timeout_ms = kTimeoutMs;
  client_.Start(call);
  std::optional<absl::StatusOr<HttpAnswer>> answer;
  while (!(answer = client_.Wait(stop_fd, kWaitMs)).has_value()) {
    if (!IsReadable(stop_fd)) continue;
    client_.Cancel();
    return absl::CancelledError("stopped");
  }
  if (!answer->ok()) return absl::UnavailableError(answer->status().message());
  HttpAnswer& got = **answer;
  if (got.body_cut)
    return absl::UnavailableError(absl::StrCat("the agent's answer has more than ", kMaxBodyBytes, " bytes"));
  if (got.status == 200) return std::move(got.body);
  if (got.status == 400) return absl::InvalidArgumentError(got.body);
  if (got.status == 401) {
    return absl::UnauthenticatedError(
        "the agent requires a user and a password; right would be https://USER:PASSWORD@HOST:PORT");
  }
  return absl::UnavailableError(
      absl::StrCat("the agent answers with status ", got.status, got.redirection.empty() ? "" : ": ", got.redirection));
}

}  // namespace tcpgauge
