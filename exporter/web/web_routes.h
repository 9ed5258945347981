// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_WEB_ROUTES_H_
#define TCPGAUGE_EXPORTER_WEB_WEB_ROUTES_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "exporter/http/http_router.h"
#include "exporter/metrics/agent_metrics.h"
#include "exporter/metrics/series_plan.h"
#include "exporter/web/host_check.h"
#include "exporter/web/status_json.h"
#include "src/base/build_info.h"
#include "src/base/clock.h"
#include "src/base/cpu_budget.h"
#include "src/snapshot/history.h"
#include "src/snapshot/snapshot_hub.h"

namespace tcpgauge {

// The data from which the handlers of WebRoutes() make their answers. REQUIRES: `hub`, `clock`, `metrics`, `is_healthy`
// and `is_ready` are set. The HTTP server's threads call the callbacks, several at a time.
struct WebSources {
  const SnapshotHub* hub = nullptr;
  const History* history = nullptr;  // null = /api/v1/history answers with an empty history
  const Clock* clock = nullptr;
  AgentMetrics* metrics = nullptr;
  BuildInfo build;
  std::string agent_name;       // shown to users, to distinguish agents: the name of the host, or empty
  AgentLimits limits;           // shown by /api/v1/status
  ExpositionLimits exposition;  // of the metrics page
  EffectiveFlags flags;
  std::string capture_filter;                            // a pcap-filter(7) expression; empty = all packets
  bool has_ui = true;                                    // false: neither the page nor the JSON API
  HostNames host_names;                                  // for the page and the JSON API; see HostCheck
  std::string telemetry_path;                            // the path of the metrics; begins with "/"
  std::function<bool()> is_healthy;                      // whether all workers make progress; for /-/healthy
  std::function<bool()> is_ready;                        // whether a first snapshot was published; for /-/ready
  CpuBudget::CpuClock cpu_clock = ThreadCpuNanoseconds;  // measures the processor time that a listing takes
};

// Returns OK if `path` can be the telemetry path. It must differ from the other paths of WebRoutes(), also after a
// client or proxy has changed it: for example "//-/healthy/" or "/x/../-/healthy" into "/-/healthy". Otherwise a proxy
// that lets everybody read the health path would open the metrics too.
//
// Errors: InvalidArgument. The message is one line that names the other paths.
absl::Status CheckTelemetryPath(const std::string& path);

// Returns the routes of the agent: "/", "/-/healthy", "/-/ready", "/api/v1/status", "/api/v1/connections",
// "/api/v1/edges", "/api/v1/services", "/api/v1/history" and the telemetry path. REQUIRES:
// CheckTelemetryPath(sources.telemetry_path) is OK.
//
// If there is no UI, only the health paths and the telemetry path have routes. Then requests for the other paths get
// 404 and a line that says why. The page and the JSON API are behind a HostCheck.
//
// `sources` is copied. The objects to which its pointers point must outlive the routes.
// Thread: any thread may call the routes' handlers. The handlers of the metrics and of the API wait for
// SnapshotHub::Fresh(), except the handler of the history, which does not wait.
// Bounds: A list of connections, edges, services or seconds takes at most one second of processor time. A request that
// would take more gets 503, with an error as JSON that says what would be cheaper. When a request is abandoned
// (HttpRequest::IsAbandoned()), the wait for its snapshot ends within SnapshotHub::kStopPollNs, and the making of its
// listing within some milliseconds. A compression is not interrupted.
HttpRouter WebRoutes(const WebSources& sources);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_WEB_ROUTES_H_
