// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_PUSH_LOOP_H_
#define TCPGAUGE_EXPORTER_OTLP_PUSH_LOOP_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "exporter/otlp/otlp_encoder.h"
#include "exporter/otlp/push_queue.h"
#include "exporter/otlp/push_transport.h"
#include "src/base/clock.h"
#include "src/base/log_limiter.h"
#include "src/base/mutex.h"
#include "src/base/stop_signal.h"

namespace tcpgauge {

struct PushLoopOptions {
  std::string receiver;  // for the log
  OtlpFormat format = OtlpFormat::kProtobuf;
  int64_t interval_ns = 60000000000;         // between two collections
  int64_t attempt_timeout_ns = 10000000000;  // for one attempt to send one request
  int64_t export_timeout_ns = 800000000;     // for the last push at the end, all told
  PushQueueOptions queue;
};

// When what is pushed: collects at each interval, sends what is queued as the queue allows, and at the end collects and
// sends once more.
//
// At the end each queued request gets one attempt at most, until one would have to be repeated, and none while the
// receiver has asked for a pause: an agent that is told to stop does not linger because its receiver is away. What is
// left is counted and logged.
//
// Thread: Run() one; stats() any.
class PushLoop {
 public:
  using Collect = std::function<std::vector<OtlpRequest>()>;

  // `transport` and `clock` must outlive the loop; `collect` is called on the thread of Run().
  PushLoop(const PushLoopOptions& options, Collect collect, PushTransport* transport, const Clock* clock);

  // Until `stop`, and then no longer than the export timeout.
  void Run(const StopSignal& stop);

  PushStats stats() const;

 private:
  void CollectIntoQueue();
  void StartNext(int64_t timeout_ns);
  // Whether the request goes back into the queue.
  bool TakeOutcome(const absl::StatusOr<HttpAnswer>& answer);
  void LogOutcome(const PushOutcome& outcome);
  void Flush();
  void PublishStats();

  const PushLoopOptions options_;
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
  mutable Mutex mutex_;  // held for a copy of stats_
  PushStats stats_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_PUSH_LOOP_H_
