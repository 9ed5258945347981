// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/push_outcome.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace tcpgauge {
namespace {

constexpr size_t kMaxMessageBytes = 500;

std::optional<PushFailure> RepeatableFailure(int status) {
  switch (status) {
    case 429:
      return PushFailure::kThrottled;
    case 502:
    case 503:
    case 504:
      return PushFailure::kUnavailable;
    default:
      return std::nullopt;
  }
}

PushOutcome Taken(const HttpAnswer& answer, OtlpFormat format) {
  PushOutcome outcome;
  outcome.taken = true;
  const std::optional<OtlpAnswer> said = answer.body_cut ? std::nullopt : ReadOtlpAnswer(answer.body, format);
  if (!said.has_value()) {
    outcome.message = "the answer cannot be understood";
    return outcome;
  }
  outcome.rejected_data_points = static_cast<uint64_t>(std::max<int64_t>(said->rejected_data_points, 0));
  outcome.message = said->message;
  return outcome;
}

}  // namespace

PushOutcome OutcomeOf(const absl::StatusOr<HttpAnswer>& answer, OtlpFormat format) {
  PushOutcome outcome;
  if (!answer.ok()) {
    outcome.repeats = true;
    outcome.failure = absl::IsDeadlineExceeded(answer.status()) ? PushFailure::kTimeout : PushFailure::kConnection;
    outcome.message = std::string(answer.status().message());
  } else if (answer->status >= 200 && answer->status < 300) {
    outcome = Taken(*answer, format);
  } else {
    outcome.failure = RepeatableFailure(answer->status);
    outcome.repeats = outcome.failure.has_value();
    if (outcome.repeats) {
      outcome.retry_after_seconds = answer->retry_after_seconds;
    } else {
      outcome.failure = PushFailure::kRejected;
    }
    const std::string said = ReadOtlpError(answer->body, format);
    outcome.message = absl::StrCat("status ", answer->status, said.empty() ? "" : ": ", said,
                                   answer->redirection.empty() ? "" : ": ", answer->redirection);
  }
  if (outcome.message.size() > kMaxMessageBytes) outcome.message.resize(kMaxMessageBytes);
  return outcome;
}

}  // namespace tcpgauge
