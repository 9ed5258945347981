// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_OTLP_PUSH_H_
#define TCPGAUGE_SRC_AGENT_OTLP_PUSH_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "exporter/metrics/agent_metrics.h"
#include "exporter/otlp/otel_environment.h"
#include "exporter/otlp/otlp_pusher.h"
#include "src/base/haste.h"
#include "src/options/options.h"
#include "src/snapshot/snapshot_hub.h"

namespace tcpgauge {

// Returns the settings of the pushes that `options` and the OTEL_* environment together ask for. Logs wrong values of
// the environment. Turns off the console exporter when the top view or the connection log uses standard output.
//
// Errors: those of ReadOtelSettings().
absl::StatusOr<OtelSettings> OtelSettingsOf(const Options& options);

// Returns a pusher that is not started, or null when `settings` ask for no push. Reads the files that `settings` name.
// `queue_bytes` bounds the data that wait to be sent. `urls` are where this agent serves; see InstanceId(). `hub`,
// `haste` and `metrics` must outlive the result.
//
// Errors: a file cannot be read; the message names it.
absl::StatusOr<std::unique_ptr<OtlpPusher>> MakeOtlpPusher(const OtelSettings& settings, const Options& options,
                                                           const SnapshotHub& hub, const Haste* haste,
                                                           AgentMetrics* metrics, size_t queue_bytes,
                                                           const std::vector<std::string>& urls);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_OTLP_PUSH_H_
