// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_OTLP_PUSH_H_
#define TCPGAUGE_SRC_AGENT_OTLP_PUSH_H_

#include <cstddef>
#include <memory>

#include "absl/status/statusor.h"
#include "exporter/metrics/agent_metrics.h"
#include "exporter/otlp/otel_environment.h"
#include "exporter/otlp/otlp_pusher.h"
#include "src/options/options.h"
#include "src/snapshot/snapshot_hub.h"

namespace tcpgauge {

// What the command line and the OTEL_* environment together ask to push. Logs wrong values. Turns off the console
// exporter when something else uses standard output.
OtelSettings OtelSettingsOf(const Options& options);

// The pusher, not started, or null when nothing is pushed. Reads the files that `settings` name. `hub` and `metrics`
// must outlive it. Errors: a file that cannot be read.
absl::StatusOr<std::unique_ptr<OtlpPusher>> MakeOtlpPusher(const OtelSettings& settings, const Options& options,
                                                           const SnapshotHub& hub, AgentMetrics* metrics,
                                                           size_t queue_bytes);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_OTLP_PUSH_H_
