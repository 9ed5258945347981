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
  size_t max_bytes = 32 << 20;  // of all bodies
  // A request is repeated (PushOutcome::repeats) after a pause. If the receiver asks for a pause (Retry-After), the
  // queue keeps that pause, but at most max_retry_after_ns. Otherwise the pause is the backoff, multiplied by a random
  // number from 0.5 to 1.5, so that many agents do not return to a receiver at the same moment. The backoff is
  // first_backoff_ns after a first failure, and doubles with each further failure in a row, up to max_backoff_ns.
  int64_t first_backoff_ns = kNanosecondsPerSecond;
  int64_t max_backoff_ns = 30 * kNanosecondsPerSecond;
  int64_t max_retry_after_ns = 600 * kNanosecondsPerSecond;
  std::function<double()> random;  // returns a number in [0, 1); must be set
};

// A queue of encoded requests for the receiver, oldest first. The queue knows when the oldest request may be sent.
// PushLoop does the sending, one request at a time.
//
// Design. A request stays in the queue until the receiver accepts or rejects the request, newer requests need the room,
// or the agent ends. The time-out OTEL_METRIC_EXPORT_TIMEOUT does not remove a request, because cumulative points of an
// outage are worth having afterwards, and 32 MiB hold the points of a quarter of an hour or more. The time-out bounds
// only the last push, because a user waits for the agent to end.
//
// Thread: one thread at a time.
// Time: steady.
// Bounds: max_requests and max_bytes. While the queue exceeds a bound, Add() drops the oldest request that is not being
// sent, and counts its data points. The request just added may be dropped too. The request that is being sent stays,
// even if it alone exceeds a bound.
class PushQueue {
 public:
  // The queue updates all counters and gauges of `metrics`, which must outlive the queue.
  PushQueue(PushQueueOptions options, const PushMetrics& metrics) : options_(std::move(options)), metrics_(metrics) {}

  // Appends `request` as the newest one. An empty body means that compressing the body failed (see Gzip()). Such a
  // request is dropped at once, and its data points are counted.
  void Add(OtlpRequest request);

  bool empty() const { return requests_.empty(); }
  // The steady time at which the oldest request may be sent; a time in the past means now.
  int64_t next_attempt_ns() const { return not_before_ns_; }
  // Whether the receiver has asked for a pause (Retry-After) that is not over at steady time `now_ns`.
  bool IsPausedAt(int64_t now_ns) const { return was_asked_to_pause_ && now_ns < not_before_ns_; }

  // Returns the oldest request, and marks it as being sent until Finish() or Abandon(). The reference is valid until
  // then. The caller must have waited for next_attempt_ns(), unless the agent is ending. REQUIRES: the queue is not
  // empty, and no request is being sent.
  const OtlpRequest& Begin();
  // Ends the sending of the request with `outcome`. If the request must be repeated, keeps it and sets
  // next_attempt_ns(). Otherwise removes the request; a rejected request counts as dropped. `now_ns` is steady time.
  // REQUIRES: a request is being sent.
  void Finish(const PushOutcome& outcome, int64_t now_ns);
  // Ends the sending without an outcome. Keeps the request, and does not change next_attempt_ns().
  void Abandon() { is_sending_ = false; }

  // Drops all requests, counts their data points, and returns how many requests there were.
  // REQUIRES: no request is being sent.
  size_t DropAll();

 private:
  void Remove(std::list<OtlpRequest>::iterator request);
  void Drop(std::list<OtlpRequest>::iterator request);
  void SetGauges();

  const PushQueueOptions options_;
  const PushMetrics metrics_;
  std::list<OtlpRequest> requests_;  // a list, because the request that is being sent must not move
  size_t bytes_ = 0;                 // of all bodies
  bool is_sending_ = false;          // the first request is being sent
  int64_t not_before_ns_ = 0;
  bool was_asked_to_pause_ = false;  // the receiver asked for the pause until not_before_ns_
  int64_t backoff_ns_ = 0;           // 0 = the last request did not have to be repeated
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_PUSH_QUEUE_H_
