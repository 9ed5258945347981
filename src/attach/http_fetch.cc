// SPDX-License-Identifier: Apache-2.0
#include "src/attach/http_fetch.h"

#include <poll.h>
#include <stdlib.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/http_client/proxy_settings.h"

namespace tcpgauge {
namespace {

constexpr int kWaitMs = 1000;
constexpr size_t kMaxMessageBytes = 500;

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

absl::Status StatusOf(const HttpAnswer& answer) {
  if (answer.status == 200) return absl::OkStatus();
  if (answer.status == 400) return absl::InvalidArgumentError(answer.body.substr(0, kMaxMessageBytes));
  if (answer.status == 401) {
    return absl::UnauthenticatedError(
        "the agent requires a user and a password; right would be https://USER:PASSWORD@HOST:PORT");
  }
  const auto code = answer.status == 404 ? absl::StatusCode::kNotFound : absl::StatusCode::kFailedPrecondition;
  // The agent says why it does not serve its table (404), or which option lets it answer to this name (421).
  const std::string line = answer.body.substr(0, std::min(answer.body.find('\n'), kMaxMessageBytes));
  if ((answer.status == 404 || answer.status == 421) && !line.empty()) {
    return absl::Status(answer.status == 404 ? code : absl::StatusCode::kInvalidArgument,
                        absl::StrCat("the agent answers: ", line));
  }
  return absl::Status(code, absl::StrCat("the agent answers with status ", answer.status,
                                         answer.redirection.empty() ? "" : ": ", answer.redirection));
}

}  // namespace

HttpFetch::HttpFetch(const AgentAddress& address, const ClientTlsFiles& tls)
    : url_(address.url), client_(OptionsOf(address)) {
  client_.UseTls(tls);
}

absl::Status HttpFetch::Request(const std::string& path_and_query, int stop_fd) {
  Cancel();
  HttpCall call;
  call.url = absl::StrCat(url_, path_and_query);
  call.timeout_ms = kTimeoutMs;
  client_.Start(call);
  stop_fd_ = stop_fd;
  is_over_ = false;
  while (true) {
    absl::StatusOr<std::optional<HttpAnswer>> answer = Wait();
    if (!answer.ok()) return answer.status();
    if (answer->has_value()) {
      const absl::Status status = StatusOf(**answer);
      if (status.ok()) TakeLast(&**answer);
      return status;
    }
    if (client_.HasBody() && client_.StatusSoFar() == 200) return absl::OkStatus();
  }
}

absl::StatusOr<std::string> HttpFetch::Next() {
  while (taken_bytes_ == waiting_.size() && !is_over_) {
    if (client_.HasBody()) {
      SetWaiting(client_.TakeBody());
      break;
    }
    absl::StatusOr<std::optional<HttpAnswer>> answer = Wait();
    if (!answer.ok()) return answer.status();
    if (answer->has_value()) TakeLast(&**answer);
  }
  if (IsReadable(stop_fd_)) {
    Cancel();
    return absl::CancelledError("stopped");
  }
  std::string piece = waiting_.substr(taken_bytes_, kMaxPieceBytes);
  taken_bytes_ += piece.size();
  if (piece.empty() && is_cut_) {
    return absl::ResourceExhaustedError(absl::StrCat("the agent's answer has more than ", kMaxBodyBytes, " bytes"));
  }
  return piece;
}

void HttpFetch::SetWaiting(std::string body) {
  waiting_ = std::move(body);
  taken_bytes_ = 0;
}

void HttpFetch::TakeLast(HttpAnswer* answer) {
  SetWaiting(std::move(answer->body));
  is_cut_ = answer->body_cut;
}

absl::StatusOr<std::optional<HttpAnswer>> HttpFetch::Wait() {
  std::optional<absl::StatusOr<HttpAnswer>> answer = client_.Wait(stop_fd_, kWaitMs);
  if (IsReadable(stop_fd_)) {
    Cancel();
    return absl::CancelledError("stopped");
  }
  if (!answer.has_value()) return std::nullopt;
  is_over_ = true;
  if (!answer->ok()) return absl::UnavailableError(answer->status().message());
  return **std::move(answer);
}

void HttpFetch::Cancel() {
  client_.Cancel();
  is_over_ = true;
  is_cut_ = false;
  SetWaiting(std::string());
}

}  // namespace tcpgauge
