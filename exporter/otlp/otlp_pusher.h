// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_OTLP_PUSHER_H_
#define TCPGAUGE_EXPORTER_OTLP_OTLP_PUSHER_H_

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "exporter/metrics/metrics_output.h"
#include "exporter/otlp/console_output.h"
#include "exporter/otlp/otel_environment.h"
#include "exporter/otlp/otlp_encoder.h"
#include "exporter/otlp/push_loop.h"
#include "exporter/otlp/push_transport.h"
#include "src/base/build_info.h"
#include "src/base/clock.h"
#include "src/base/haste.h"
#include "src/base/log_limiter.h"
#include "src/base/stop_signal.h"
#include "src/snapshot/snapshot_hub.h"

namespace tcpgauge {

// What an OtlpPusher needs of the agent. `hub`, `clock` and `metrics` must not be null. The objects that the pointers
// point to must outlive the pusher.
struct OtlpSources {
  const SnapshotHub* hub = nullptr;
  const Clock* clock = nullptr;
  ExpositionLimits limits;                            // of what is pushed
  BuildInfo build;                                    // the version that is pushed with the metrics
  std::string instance_id;                            // service.instance.id; valid UTF-8
  std::string host_name;                              // the resource attribute host.name; valid UTF-8
  AgentMetrics* metrics = nullptr;                    // pushed too; the pusher counts its pushes in it
  size_t queue_bytes = PushQueueOptions().max_bytes;  // PushQueueOptions::max_bytes
  const Haste* haste = nullptr;                       // PushLoopOptions::haste
};

// Pushes the metrics to an OTLP receiver, to standard output, or to both, at the interval of the settings. The pusher
// requests snapshots from the hub as a scrape does. If there is no snapshot yet, nothing is pushed.
//
// Thread: One thread calls all functions, and destroys the pusher. The pusher's own thread pushes. Only Stop() waits
// for a push.
// Bounds: those of PushQueue.
// Errors: Failed pushes are counted in `metrics`, and logged at most once a minute. Failed writes to standard output
// are logged at most once a minute. A write fails if the line is not written within a second. The rest of that push is
// then not written.
class OtlpPusher {
 public:
  // Makes a pusher, and reads the TLS files. REQUIRES: settings.push or settings.console is true.
  // Errors: those of CurlTransport::Create().
  static absl::StatusOr<std::unique_ptr<OtlpPusher>> Create(const OtelSettings& settings, const OtlpSources& sources);
  ~OtlpPusher();  // calls Stop()

  // Starts the thread. The first push follows after one interval. Call it once.
  void Start();

  // Tells the thread to push the current metrics once more and to end. Returns at once.
  void BeginStop();
  // Calls BeginStop(), and returns when the thread has ended. Sending ends after the export timeout at the latest. In
  // haste, sending and writing to standard output end at Haste::deadline_ns() at the latest. The wait for a snapshot
  // (SnapshotHub::Fresh()) is not cut short. So call Stop() when the hub has the final snapshot. Then Fresh() does not
  // wait. Without Start(), or when called again, has no effect.
  void Stop();

 private:
  OtlpPusher(const OtelSettings& settings, const OtlpSources& sources, std::unique_ptr<PushTransport> transport);

  // Returns the requests for the receiver; empty if there is no receiver or no snapshot yet. Writes to standard output
  // if the settings ask for that.
  std::vector<OtlpRequest> Collect();
  void WriteToConsole(const Exposition& exposition, int64_t time_ns);

  const OtlpSources sources_;
  const bool gzip_;
  std::optional<OtlpEncoder> encoder_;          // for the receiver; nullopt = no receiver
  std::optional<OtlpEncoder> console_encoder_;  // for standard output; nullopt = not used
  ConsoleOutput console_;
  LogLimiter console_log_;
  MetricsOutput output_;
  std::unique_ptr<PushTransport> transport_;
  PushLoop loop_;
  StopSignal stop_;
  std::thread thread_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_OTLP_PUSHER_H_
