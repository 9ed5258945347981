// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_PUSH_STATS_H_
#define TCPGAUGE_EXPORTER_METRICS_PUSH_STATS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

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

// What has become of the metrics that were to be pushed, since the start. Points that were made are sent, dropped, or
// in the queue.
struct PushStats {
  uint64_t pushes = 0;  // requests that the receiver took
  std::array<uint64_t, kPushFailureCount> failures{};
  uint64_t data_points_sent = 0;      // in the requests that it took
  uint64_t data_points_rejected = 0;  // of those, what it said that it left out
  uint64_t data_points_dropped = 0;   // of requests that it never took
  uint64_t queued_requests = 0;
  uint64_t queued_bytes = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_PUSH_STATS_H_
