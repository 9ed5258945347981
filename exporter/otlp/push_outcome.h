// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_PUSH_OUTCOME_H_
#define TCPGAUGE_EXPORTER_OTLP_PUSH_OUTCOME_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "exporter/otlp/otlp_wire.h"
#include "src/http_client/http_client.h"

namespace tcpgauge {

// Why an attempt to push failed.
enum class PushFailure : uint8_t {
  kConnection,   // no connection (a name that is not known, refused, TLS), or it broke before the answer was whole
  kTimeout,      // no answer in time
  kThrottled,    // status 429
  kUnavailable,  // status 502, 503 or 504
  kRejected,     // any other status that is no success: the request is not repeated
};
constexpr std::string_view kPushFailureNames[] = {"connection", "timeout", "throttled", "unavailable", "rejected"};
constexpr size_t kPushFailureCount = std::size(kPushFailureNames);

// What an attempt to push came to, by the OTLP specification ("OTLP/HTTP Response", "Failures").
struct PushOutcome {
  bool taken = false;    // status 2xx: the receiver has it, wholly or in part
  bool repeats = false;  // not taken, and to be tried again: statuses 429, 502, 503, 504, or no whole answer
  std::optional<PushFailure> failure;  // nothing when taken
  uint64_t rejected_data_points = 0;   // of what was taken
  std::optional<int64_t> retry_after_seconds;
  std::string message;  // what went wrong or what the receiver says, from outside; empty = nothing
};

PushOutcome OutcomeOf(const absl::StatusOr<HttpAnswer>& answer, OtlpFormat format);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_PUSH_OUTCOME_H_
