// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_PUSH_QUEUE_H_
#define TCPGAUGE_EXPORTER_OTLP_PUSH_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>

#include "exporter/otlp/otlp_encoder.h"
#include "exporter/otlp/push_metrics.h"
#include "exporter/otlp/push_outcome.h"
#include "src/base/time_units.h"

namespace tcpgauge {

struct PushQueueOptions {
  size_t max_requests = 100;
  size_t max_bytes = 32 << 20;
  // Between attempts: as long as the receiver asks for, else longer after each failure, times 0.5 to 1.5 by chance, so
  // that a fleet of agents does not come back at one moment.
  int64_t first_backoff_ns = kNanosecondsPerSecond;
  int64_t max_backoff_ns = 30 * kNanosecondsPerSecond;
  int64_t max_retry_after_ns = 600 * kNanosecondsPerSecond;
  std::function<double()> random;  // in [0, 1)
};

// Encoded requests on their way to the receiver, in the order in which they were made, and the time of the next
// attempt. One is on its way at a time.
//
// Design. A request stays until it is sent or the queue is full; OTEL_METRIC_EXPORT_TIMEOUT does not end it. The
// cumulative points of an outage are worth having, and 32 MiB hold a quarter of an hour or more. That time-out bounds
// what somebody waits for: the last push, at the end of the agent.
//
// Thread: confined to one at a time.
// Time: steady.
// Bounds: the options'. When the queue is full, the oldest request that is not on its way is dropped and counted.
class PushQueue {
 public:
  // What becomes of the requests is counted in `metrics`.
  PushQueue(PushQueueOptions options, const PushMetrics& metrics) : options_(std::move(options)), metrics_(metrics) {}

  void Add(OtlpRequest request);

  bool empty() const { return requests_.empty(); }
  // When the oldest may be sent; a time in the past = now. REQUIRES: not empty.
  int64_t next_attempt_ns() const { return not_before_ns_; }
  // Whether that is so because the receiver asked for a pause.
  bool is_paused() const { return is_paused_; }

  // The oldest, which is on its way until Finish(). REQUIRES: not empty, none on its way.
  const OtlpRequest& Begin();
  // What became of it.
  void Finish(const PushOutcome& outcome, int64_t now_ns);
  // It was given up without an outcome; it stays.
  void Abandon() { is_sending_ = false; }

  // Drops all. REQUIRES: none on its way. How many requests that were.
  size_t DropAll();

 private:
  void Remove(size_t index);
  void Drop(size_t index);
  void ShowSize();

  const PushQueueOptions options_;
  const PushMetrics metrics_;
  std::deque<OtlpRequest> requests_;
  size_t bytes_ = 0;         // of them
  bool is_sending_ = false;  // the first
  int64_t not_before_ns_ = 0;
  bool is_paused_ = false;
  int64_t backoff_ns_ = 0;  // 0 = the last attempt did not fail
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_PUSH_QUEUE_H_
