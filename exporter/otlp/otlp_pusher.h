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
#include "src/base/log_limiter.h"
#include "src/base/stop_signal.h"
#include "src/snapshot/snapshot_hub.h"

namespace tcpgauge {

// What the pusher reads. `hub`, `clock` and `metrics` must outlive the pusher. It counts its pushes in `metrics`.
struct OtlpSources {
  const SnapshotHub* hub = nullptr;
  const Clock* clock = nullptr;
  ExpositionLimits limits;
  BuildInfo build;
  std::string host_name;
  AgentMetrics* metrics = nullptr;
  size_t queue_bytes = PushQueueOptions().max_bytes;
};

// Pushes the metrics on a thread of its own, at the interval of the settings: to a receiver, to standard output, or
// both. It reads the hub as a scrape does, and no other thread waits for it.
//
// Thread: Create(), Start() and Stop() from one thread.
class OtlpPusher {
 public:
  // REQUIRES: settings.push or settings.console. Errors: those of CurlTransport::Create().
  static absl::StatusOr<std::unique_ptr<OtlpPusher>> Create(const OtelSettings& settings, const OtlpSources& sources);
  ~OtlpPusher();

  void Start();

  // Pushes the current metrics once more and ends the thread. The sending takes no longer than the export timeout.
  void Stop();

 private:
  OtlpPusher(const OtelSettings& settings, const OtlpSources& sources, std::unique_ptr<PushTransport> transport);

  std::vector<OtlpRequest> Collect();
  void WriteToConsole(const Exposition& exposition, int64_t time_ns);

  const OtlpSources sources_;
  const bool gzip_;
  std::optional<OtlpEncoder> encoder_;  // for the receiver
  std::optional<OtlpEncoder> console_encoder_;
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
