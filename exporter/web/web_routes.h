// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_WEB_ROUTES_H_
#define TCPGAUGE_EXPORTER_WEB_WEB_ROUTES_H_

#include <functional>
#include <string>

#include "exporter/http/http_router.h"
#include "exporter/metrics/agent_metrics.h"
#include "exporter/web/status_json.h"
#include "src/base/build_info.h"
#include "src/base/clock.h"
#include "src/snapshot/snapshot_hub.h"

namespace tcpgauge {

// The sources of the pages. REQUIRES: `hub`, `clock`, `metrics` and the callbacks are set; the first three outlive the
// routes. Any thread may call the callbacks and the routes' handlers.
struct WebSources {
  const SnapshotHub* hub = nullptr;
  const Clock* clock = nullptr;
  AgentMetrics* metrics = nullptr;
  BuildInfo build;
  std::string agent_name;  // the name of the host; it distinguishes this agent from others
  AgentLimits limits;
  EffectiveFlags flags;
  std::string telemetry_path;
  std::function<bool()> is_healthy;  // whether all workers make progress
  std::function<bool()> is_ready;    // whether packets are being captured
};

// Routes the telemetry path, /-/healthy, /-/ready, /api/v1/status, /api/v1/connections and /.
HttpRouter WebRoutes(const WebSources& sources);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_WEB_ROUTES_H_
