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
#include "src/base/haste.h"
#include "src/base/log_limiter.h"
#include "src/base/stop_signal.h"
#include "src/base/time_units.h"

namespace tcpgauge {

struct PushLoopOptions {
  std::string receiver;                                     // the receiver's URL for the log, without a password
  OtlpFormat format = OtlpFormat::kProtobuf;                // of the receiver's answers
  int64_t interval_ns = 60 * kNanosecondsPerSecond;         // between two collections; above 0
  int64_t attempt_timeout_ns = 10 * kNanosecondsPerSecond;  // for an attempt to send a request
  // The export timeout. The last push comes after the stop, and its sending ends this long after its collection began.
  int64_t export_timeout_ns = 800 * kNanosecondsPerMillisecond;
  PushQueueOptions queue;
  // In haste, sending also ends at Haste::deadline_ns(). Null = never in haste. Must outlive the loop.
  const Haste* haste = nullptr;
};

// The loop of the pusher's thread. Once per interval, the loop calls `collect` and queues the requests that `collect`
// returns. The loop sends queued requests, one at a time, when the queue allows it. The first collection comes after
// one interval. If collections fall behind, the next one follows at once, and the other missed ones are skipped.
//
// At the stop, the loop collects and sends once more. An agent that is told to stop must not wait long for a receiver
// that does not answer. Therefore:
// - Each queued request gets at most one attempt, which does not wait for a backoff.
// - After an attempt that would have to be repeated, no further attempt is begun.
// - If the receiver has asked for a pause (Retry-After) that is not over after the last collection, no attempt is
//   begun.
// - Sending ends at the export timeout, or at Haste::deadline_ns() if that is earlier. An attempt that is under way is
//   cancelled.
// - The requests that are left are dropped, counted and logged.
//
// Design. A single thread collects, encodes and sends. Between events the loop waits in the transport, for example in
// libcurl's poll. A request that is being sent does not delay the next collection. Clock and transport are interfaces,
// so that tests can let ten minutes pass in a millisecond.
//
// Thread: confined to the thread that calls Run(). Exception: another thread may construct and destroy the loop.
// Time: steady.
// Bounds: those of PushQueue.
// Errors: Failed attempts are counted in the metrics, and logged at most once a minute.
class PushLoop {
 public:
  // Returns the current metrics as requests, in the order in which they should be sent; may be empty.
  using Collect = std::function<std::vector<OtlpRequest>()>;

  // `transport`, `clock` and the counters of `metrics` must outlive the loop. `collect` is called by Run(). While
  // `collect` waits, for example for a snapshot, sending makes no progress.
  PushLoop(const PushLoopOptions& options, const PushMetrics& metrics, Collect collect, PushTransport* transport,
           const Clock* clock);

  // Runs until `stop`, and then sends for the last time as described above. Call it once.
  void Run(const StopSignal& stop);

 private:
  void CollectIntoQueue();
  void StartNext(int64_t timeout_ns);
  // Hands the outcome of the attempt to the queue and the log. Returns whether the request must be repeated.
  bool TakeOutcome(const absl::StatusOr<HttpAnswer>& answer);
  void LogOutcome(const PushOutcome& outcome);
  // Collects and sends for the last time.
  void Flush();
  uint64_t DroppedDataPoints() const;

  const PushLoopOptions options_;
  const PushMetrics metrics_;
  const Collect collect_;
  PushTransport& transport_;
  const Clock& clock_;
  PushQueue queue_;
  bool is_sending_ = false;
  bool has_failed_ = false;      // the last attempt failed
  uint64_t logged_dropped_ = 0;  // the number of dropped data points that the log has reported
  LogLimiter failure_log_;
  LogLimiter partial_log_;
  LogLimiter dropped_log_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_PUSH_LOOP_H_
