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

// Why an attempt to send a request failed.
enum class PushFailure : uint8_t {
  // Could not connect (unknown name, refused, TLS, proxy), or the connection broke before the whole answer came, or
  // HttpClient refused the encoding of the answer.
  kConnection,
  kTimeout,      // no whole answer in time
  kThrottled,    // status 429
  kUnavailable,  // status 502, 503 or 504
  kRejected,     // any other status that is not 2xx; the request is not repeated
};
// The failures as values of a metric's label, in the order of PushFailure.
constexpr std::string_view kPushFailureNames[] = {"connection", "timeout", "throttled", "unavailable", "rejected"};
constexpr size_t kPushFailureCount = std::size(kPushFailureNames);

// The result of an attempt to send a request. There are three cases, as the OTLP specification has them ("OTLP/HTTP
// Response", "Failures"):
// - `taken` is true: the receiver accepted the request.
// - `repeats` is true: the request must be repeated.
// - Both are false: the request is lost.
struct PushOutcome {
  bool taken = false;                  // status 2xx: the receiver accepted the request, completely or in part
  bool repeats = false;                // status 429, 502, 503 or 504, or no complete answer
  std::optional<PushFailure> failure;  // nullopt = taken
  // With `taken`: how many data points of the request the receiver says that it rejected. The number is untrusted, and
  // may exceed the number of data points in the request.
  uint64_t rejected_data_points = 0;
  std::optional<int64_t> retry_after_seconds;  // with `repeats`: the pause that the receiver asks for; nullopt = none
  // The error, or a message about a request that was taken; empty = not given. At most 500 bytes. May be text from the
  // receiver, so the message is untrusted, and may be cut within a character.
  std::string message;
};

// Returns the outcome of an attempt that ended with `answer`, a result of PushTransport::Wait(). `format` is the format
// of the answer's body. A request with status 2xx counts as taken even if the body cannot be parsed.
PushOutcome OutcomeOf(const absl::StatusOr<HttpAnswer>& answer, OtlpFormat format);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_PUSH_OUTCOME_H_
