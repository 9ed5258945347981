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
  std::string receiver;  // for the log
  OtlpFormat format = OtlpFormat::kProtobuf;
  int64_t interval_ns = 60 * kNanosecondsPerSecond;              // between two collections
  int64_t attempt_timeout_ns = 10 * kNanosecondsPerSecond;       // for one attempt to send one request
  int64_t export_timeout_ns = 800 * kNanosecondsPerMillisecond;  // for the last push at the end, all told
  PushQueueOptions queue;
};

// Pushes: collects at each interval, sends what is queued as the queue allows, and at the end collects and sends once
// more.
//
// At the end each queued request gets one attempt at most, until one would have to be repeated, and none while the
// receiver has called for a pause: an agent that is told to stop does not linger because its receiver is away. What is
// left is counted and logged.
//
// Design. Collecting, encoding and sending are one loop on one thread. It waits in libcurl's poll until the next event
// is due, so a request on its way does not delay the next collection. Clock and transport are interfaces: the tests let
// ten minutes pass in a millisecond.
//
// Thread: Run() one.
class PushLoop {
 public:
  using Collect = std::function<std::vector<OtlpRequest>()>;

  // `transport`, `clock` and what `metrics` refer to must outlive the loop; `collect` is called on the thread of Run().
  PushLoop(const PushLoopOptions& options, const PushMetrics& metrics, Collect collect, PushTransport* transport,
           const Clock* clock);

  // Until `stop`, and then no longer than the export timeout.
  void Run(const StopSignal& stop);

 private:
  void CollectIntoQueue();
  void StartNext(int64_t timeout_ns);
  // Whether the request goes back into the queue.
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
  bool has_failed_ = false;  // the last attempt
  uint64_t logged_dropped_ = 0;
  LogLimiter failure_log_;
  LogLimiter partial_log_;
  LogLimiter dropped_log_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_PUSH_LOOP_H_
