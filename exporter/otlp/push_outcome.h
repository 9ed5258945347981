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
  kConnection,   // no connection (unknown name, refused, TLS), or it broke before the answer was complete
  kTimeout,      // no answer in time
  kThrottled,    // status 429
  kUnavailable,  // status 502, 503 or 504
  kRejected,     // any other status that is not 2xx: the request is not repeated
};
constexpr std::string_view kPushFailureNames[] = {"connection", "timeout", "throttled", "unavailable", "rejected"};
constexpr size_t kPushFailureCount = std::size(kPushFailureNames);

// The result of an attempt to push, by the OTLP specification ("OTLP/HTTP Response", "Failures").
struct PushOutcome {
  bool taken = false;    // status 2xx: the receiver accepted the request, completely or in part
  bool repeats = false;  // the request must be repeated: status 429, 502, 503 or 504, or no complete answer
  std::optional<PushFailure> failure;          // nullopt when taken
  uint64_t rejected_data_points = 0;           // of a request that was taken
  std::optional<int64_t> retry_after_seconds;  // the pause that the receiver asks for
  std::string message;  // the error, or the receiver's message: text from outside; empty = not given
};

PushOutcome OutcomeOf(const absl::StatusOr<HttpAnswer>& answer, OtlpFormat format);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_PUSH_OUTCOME_H_
