// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_PUSH_LOOP_H_
#define TCPGAUGE_EXPORTER_OTLP_PUSH_LOOP_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "exporter/otlp/otlp_encoder.h"
#include "exporter/otlp/push_metrics.h"
#include "exporter/otlp/push_queue.h"
#include "exporter/otlp/push_transport.h"
#include "src/base/clock.h"
#include "src/base/log_limiter.h"
#include "src/base/stop_signal.h"
#include "src/base/time_units.h"

namespace tcpgauge {

struct PushLoopOptions {
  std::string receiver;  // its URL, without a password; for the log
  OtlpFormat format = OtlpFormat::kProtobuf;
  int64_t interval_ns = 60 * kNanosecondsPerSecond;              // between two collections
  int64_t attempt_timeout_ns = 10 * kNanosecondsPerSecond;       // for one attempt to send one request
  int64_t export_timeout_ns = 800 * kNanosecondsPerMillisecond;  // for all that is sent at the end
  PushQueueOptions queue;
};

// Collects at each interval, sends queued requests when the queue allows, and at the end collects and sends once more.
//
// An agent that is told to stop must not linger because its receiver is away. So at the end each queued request gets
// one attempt at most, and the sending ends with the first attempt that would have to be repeated. No request is sent
// while the receiver's Retry-After has not passed. The requests that are left are dropped, counted and logged.
//
// Design. Collecting, encoding and sending are one loop on one thread. It waits in libcurl's poll until the next event
// is due, so a request that is being sent does not delay the next collection. Clock and transport are interfaces: the
// tests let ten minutes pass in a millisecond.
//
// Thread: confined to the one that calls Run(). Time: steady.
class PushLoop {
 public:
  using Collect = std::function<std::vector<OtlpRequest>()>;

  // `transport`, `clock` and the counters of `metrics` must outlive the loop. Run() calls `collect` on its own
  // thread; `collect` may wait for a snapshot.
  PushLoop(const PushLoopOptions& options, const PushMetrics& metrics, Collect collect, PushTransport* transport,
           const Clock* clock);

  // Runs until `stop`, then collects once more and sends for no longer than the export timeout.
  void Run(const StopSignal& stop);

 private:
  void CollectIntoQueue();
  void StartNext(int64_t timeout_ns);
  // Returns whether the request must be repeated.
  bool TakeOutcome(const absl::StatusOr<HttpAnswer>& answer);
  void LogOutcome(const PushOutcome& outcome);
  void Flush();
  uint64_t DroppedDataPoints() const;

  const PushLoopOptions options_;
  const PushMetrics metrics_;
  const Collect collect_;
  PushTransport& transport_;
  const Clock& clock_;
  PushQueue queue_;
  bool is_sending_ = false;
  bool has_failed_ = false;  // whether the last attempt failed
  uint64_t logged_dropped_ = 0;
  LogLimiter failure_log_;
  LogLimiter partial_log_;
  LogLimiter dropped_log_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_PUSH_LOOP_H_
