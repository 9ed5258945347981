// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_PUSH_QUEUE_H_
#define TCPGAUGE_EXPORTER_OTLP_PUSH_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <utility>

#include "exporter/otlp/otlp_encoder.h"
#include "exporter/otlp/push_metrics.h"
#include "exporter/otlp/push_outcome.h"
#include "src/base/time_units.h"

namespace tcpgauge {

struct PushQueueOptions {
  size_t max_requests = 100;
  size_t max_bytes = 32 << 20;
  // The pause before a request is repeated. If the receiver asks for a pause, it is that one, at most
  // max_retry_after_ns. Otherwise it begins at first_backoff_ns and doubles with each failure up to max_backoff_ns, and
  // is then multiplied by a random number from 0.5 to 1.5, so that a fleet of agents does not come back at the same
  // moment.
  int64_t first_backoff_ns = kNanosecondsPerSecond;
  int64_t max_backoff_ns = 30 * kNanosecondsPerSecond;
  int64_t max_retry_after_ns = 600 * kNanosecondsPerSecond;
  std::function<double()> random;  // in [0, 1); must be set
};

// Encoded requests for the receiver, oldest first, and the time of the next attempt. One request is sent at a time.
//
// Design. A request stays until the receiver accepts or rejects it, the queue is full, or the agent ends.
// OTEL_METRIC_EXPORT_TIMEOUT does not end it: the cumulative points of an outage are worth having, and 32 MiB hold a
// quarter of an hour or more. That time-out bounds only the last push, when the agent ends, because a user waits for
// it.
//
// Thread: not thread-safe; one thread uses it at a time.
// Time: steady.
// Bounds: max_requests and max_bytes. When the queue is full, the oldest request that is not being sent is dropped, and
// its data points are counted; that may be the request that is added.
class PushQueue {
 public:
  // Counts accepted requests, failed attempts, and sent, rejected and dropped data points in `metrics`, whose counters
  // must outlive the queue.
  PushQueue(PushQueueOptions options, const PushMetrics& metrics) : options_(std::move(options)), metrics_(metrics) {}

  void Add(OtlpRequest request);

  bool empty() const { return requests_.empty(); }
  // When the oldest request may be sent; a time in the past = now. REQUIRES: not empty.
  int64_t next_attempt_ns() const { return not_before_ns_; }
  // Whether the receiver set next_attempt_ns() (Retry-After).
  bool is_paused() const { return is_paused_; }

  // Returns the oldest request, which is being sent until Finish() or Abandon(). Until then Add() leaves it in place.
  // REQUIRES: the queue is not empty, and no request is being sent.
  const OtlpRequest& Begin();
  // Takes the outcome of the request that is being sent. Keeps the request if it must be repeated.
  void Finish(const PushOutcome& outcome, int64_t now_ns);
  // Ends the sending without an outcome, and keeps the request. It may be sent again at once.
  void Abandon() { is_sending_ = false; }

  // Drops all requests, and returns how many there were. REQUIRES: no request is being sent.
  size_t DropAll();

 private:
  void Remove(std::list<OtlpRequest>::iterator request);
  void Drop(std::list<OtlpRequest>::iterator request);
  void SetGauges();

  const PushQueueOptions options_;
  const PushMetrics metrics_;
  std::list<OtlpRequest> requests_;  // a list: the request that is being sent must not move
  size_t bytes_ = 0;                 // of all bodies
  bool is_sending_ = false;          // the first request is being sent
  int64_t not_before_ns_ = 0;
  bool is_paused_ = false;
  int64_t backoff_ns_ = 0;  // 0 = the last outcome asked for no repetition
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_PUSH_QUEUE_H_
