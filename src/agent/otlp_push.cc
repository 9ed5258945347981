// SPDX-License-Identifier: Apache-2.0
#include "src/agent/otlp_push.h"

#include <stdlib.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/agent/agent_name.h"
#include "src/agent/instance_id.h"
#include "src/agent/series_limits.h"
#include "src/base/build_commit.h"
#include "src/base/clock.h"
#include "src/base/log.h"
#include "src/base/version.h"
#include "src/net/http_url.h"

namespace tcpgauge {

absl::StatusOr<OtelSettings> OtelSettingsOf(const Options& options) {
  std::vector<std::string> warnings;
  absl::StatusOr<OtelSettings> read =
      ReadOtelSettings(&getenv, options.otlp_endpoint, options.otlp_only_by_option, &warnings);
  if (!read.ok()) return read.status();
  OtelSettings settings = *std::move(read);
  if (settings.prometheus && options.listen_addresses.empty() && !options.systemd_socket) {
    warnings.emplace_back(
        "OTEL_METRICS_EXPORTER: 'prometheus' needs an address to serve; right would be --web.listen-address "
        "HOST:PORT");
  }
  if (settings.console && (options.tui || options.connection_log == "-")) {
    warnings.emplace_back(
        "OTEL_METRICS_EXPORTER: 'console' is ignored, because it would mix with other output on standard output");
    settings.console = false;
  }
  for (const std::string& warning : warnings) LogWarn("wrong value in the environment", {{"error", warning}});
  return settings;
}

absl::StatusOr<std::unique_ptr<OtlpPusher>> MakeOtlpPusher(const OtelSettings& settings, const Options& options,
                                                           const SnapshotHub& hub, const Haste* haste,
                                                           AgentMetrics* metrics, size_t queue_bytes,
                                                           const std::vector<std::string>& urls) {
  if (!settings.push && !settings.console) return nullptr;
  OtlpSources sources;
  sources.hub = &hub;
  sources.haste = haste;
  sources.clock = &SystemClock();
  sources.limits = ExpositionLimitsOf(options);
  sources.build = {kVersion, BuildCommit()};
  sources.instance_id = InstanceId(urls, &getenv);
  sources.host_name = AgentName();
  sources.metrics = metrics;
  sources.queue_bytes = queue_bytes;
  auto pusher = OtlpPusher::Create(settings, sources);
  if (!pusher.ok()) {
    return absl::Status(pusher.status().code(),
                        absl::StrCat("OTEL_EXPORTER_OTLP_...: cannot read ", pusher.status().message()));
  }
  if (settings.push) {
    LogInfo("pushing metrics", {{"receiver", WithoutCredentials(settings.url)},
                                {"protocol", settings.format == OtlpFormat::kJson ? "http/json" : "http/protobuf"},
                                {"interval_seconds", static_cast<double>(settings.interval_ms) / 1000}});
  }
  return pusher;
}

}  // namespace tcpgauge
