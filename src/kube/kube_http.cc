// SPDX-License-Identifier: Apache-2.0
#include "src/kube/kube_http.h"

#include <stdlib.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/base/log.h"
#include "src/base/time_units.h"
#include "src/http_client/proxy_settings.h"
#include "src/kube/failure_message.h"

namespace tcpgauge {
namespace {

constexpr int kWaitMs = 1000;
constexpr size_t kMaxFailureBytes = 16 << 10;  // of the body of an answer that is no success
constexpr size_t kMaxIgnoredBytes = 8 << 20;   // of the bodies of redirections, and of any other answer but 200

HttpClientOptions OptionsOfClient() {
  HttpClientOptions options;
  options.max_body_bytes = std::numeric_limits<size_t>::max();
  options.max_waiting_bytes = KubeHttp::kMaxWaitingBytes;
  options.keep_alive = true;
  options.only_http1 = true;
  options.proxies = ProxySettings::FromEnvironment(&getenv);
  return options;
}

// Rounds up. At least 1, because 0 would mean no limit.
int64_t ToMilliseconds(int64_t ns) { return std::max<int64_t>(ns / kNanosecondsPerMillisecond + 1, 1); }

}  // namespace

KubeHttp::KubeHttp(std::string server, std::string user_agent, const ServiceAccountFiles& files, const Clock* clock,
                   const StopSignal* stop)
    : server_(std::move(server)),
      user_agent_(std::move(user_agent)),
      clock_(*clock),
      stop_(*stop),
      account_(files),
      client_(OptionsOfClient()) {}

absl::Status KubeHttp::RefreshAccount() {
  const absl::Status status = account_.Refresh();
  if (!account_.is_complete()) return absl::FailedPreconditionError(status.message());
  if (!status.ok()) {
    LogWarn("a file of the service account has changed and cannot be used; the former content stays in use",
            {{"error", std::string(status.message())}});
  }
  if (account_.ca_pem() != ca_pem_in_use_) {
    ca_pem_in_use_ = account_.ca_pem();
    ClientTlsPem pem;
    pem.ca = ca_pem_in_use_;
    client_.UseTls(pem);
  }
  return absl::OkStatus();
}

absl::StatusOr<KubeAnswer> KubeHttp::Get(const std::string& path_and_query, const Patience& patience) {
  Cancel();
  if (absl::Status status = RefreshAccount(); !status.ok()) return status;
  HttpCall call;
  call.url = absl::StrCat(server_, path_and_query);
  call.headers = {"Accept: application/json", absl::StrCat("User-Agent: ", user_agent_)};
  if (!account_.token().empty()) call.headers.push_back(absl::StrCat("Authorization: Bearer ", account_.token()));
  call.timeout_ms = ToMilliseconds(patience.whole_ns);
  client_.Start(call);
  is_over_ = false;
  silence_ns_ = patience.silence_ns;
  silent_since_ns_ = clock_.SteadyNanoseconds();
  size_t ignored_bytes = 0;
  while (true) {
    absl::StatusOr<std::optional<HttpAnswer>> answer = Wait();
    if (!answer.ok()) return answer.status();
    const int status = answer->has_value() ? (*answer)->status : client_.StatusSoFar();
    if (status >= 400 || (answer->has_value() && status != 200)) return ReadFailure(*std::move(answer));
    if (answer->has_value()) waiting_ = std::move((*answer)->body);
    if (status == 200) return KubeAnswer{200, std::nullopt, ""};
    ignored_bytes += client_.TakeBody().size();  // of a redirection, which the client may follow
    if (ignored_bytes > kMaxIgnoredBytes) return ReadFailure(std::nullopt);
  }
}

absl::StatusOr<KubeAnswer> KubeHttp::ReadFailure(std::optional<HttpAnswer> answer) {
  KubeAnswer failure;
  std::string body;
  while (!answer.has_value()) {
    failure.status = client_.StatusSoFar();
    body += client_.TakeBody();
    if (body.size() > kMaxFailureBytes) break;
    absl::StatusOr<std::optional<HttpAnswer>> next = Wait();
    if (!next.ok()) return next.status();
    answer = *std::move(next);
  }
  if (answer.has_value()) {
    failure.status = answer->status;
    failure.retry_after_seconds = answer->retry_after_seconds;
    body += answer->body;
  }
  failure.message = answer.has_value() && !answer->redirection.empty() ? answer->redirection : FailureMessage(body);
  Cancel();
  return failure;
}

absl::StatusOr<std::string> KubeHttp::Next() {
  while (taken_bytes_ == waiting_.size() && !is_over_) {
    taken_bytes_ = 0;
    waiting_ = client_.TakeBody();
    if (!waiting_.empty()) break;
    absl::StatusOr<std::optional<HttpAnswer>> answer = Wait();
    if (!answer.ok()) return answer.status();
    if (answer->has_value()) waiting_ = std::move((*answer)->body);
  }
  if (stop_.stopped()) {
    Cancel();
    return absl::CancelledError("stopped");
  }
  std::string piece = waiting_.substr(taken_bytes_, kMaxPieceBytes);
  taken_bytes_ += piece.size();
  return piece;
}

bool KubeHttp::Pause(int64_t ns) {
  Cancel();
  const int64_t end_ns = clock_.SteadyNanoseconds() + ns;
  while (!stop_.stopped()) {
    const int64_t left_ns = end_ns - clock_.SteadyNanoseconds();
    if (left_ns <= 0) return true;
    client_.Wait(stop_.fd(), static_cast<int>(std::min<int64_t>(ToMilliseconds(left_ns), kWaitMs)));
  }
  return false;
}

absl::StatusOr<std::optional<HttpAnswer>> KubeHttp::Wait() {
  std::optional<absl::StatusOr<HttpAnswer>> answer = client_.Wait(stop_.fd(), kWaitMs);
  if (stop_.stopped()) {
    Cancel();
    return absl::CancelledError("stopped");
  }
  if (answer.has_value()) {
    is_over_ = true;
    if (!answer->ok()) return answer->status();
    return **std::move(answer);
  }
  const int64_t now_ns = clock_.SteadyNanoseconds();
  if (client_.HasBody()) {
    silent_since_ns_ = now_ns;
  } else if (now_ns - silent_since_ns_ >= silence_ns_) {
    Cancel();
    return absl::DeadlineExceededError(
        absl::StrCat("no byte of the answer came for ", silence_ns_ / kNanosecondsPerSecond, " s"));
  }
  return std::nullopt;
}

void KubeHttp::Cancel() {
  client_.Cancel();
  is_over_ = true;
  waiting_.clear();
  taken_bytes_ = 0;
}

}  // namespace tcpgauge
