// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_WEB_SERVER_H_
#define TCPGAUGE_SRC_AGENT_WEB_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "exporter/http/http_server.h"
#include "exporter/http/web_security.h"
#include "exporter/metrics/agent_metrics.h"
#include "exporter/web/host_check.h"
#include "exporter/web/web_routes.h"
#include "src/agent/machine_names.h"
#include "src/capture/capture_engine.h"
#include "src/memory/memory_plan.h"
#include "src/options/options.h"

namespace tcpgauge {

// Checks `options` without opening anything. Errors: kInvalidArgument when the telemetry path is the path of another
// page.
absl::Status CheckWebOptions(const Options& options);

// Returns the data from which HTTP answers are made. `memory_limit_bytes` is shown to clients; 0 = no limit. `engine`
// and `metrics` must outlive the result.
WebSources WebSourcesOf(const Options& options, const MemoryPlan& plan, uint64_t memory_limit_bytes,
                        const CaptureEngine& engine, AgentMetrics* metrics);

// Returns the names that requests for the page and the JSON API may give as their host: those of the options, of the
// machine and, if `security` has TLS, of its certificate. `security` may be null. Otherwise it must outlive the result.
HostNames HostNamesOf(const Options& options, const MachineNames& machine, WebSecurity* security);

// Listens on `addresses`, which must not be empty, and starts no thread: clients wait until HttpServer::Serve().
// `security` may be null, which means neither TLS nor passwords. Otherwise it must outlive the server. Requests are
// counted in `sources.metrics`. All objects behind the pointers in `sources` must outlive the server.
//
// REQUIRES: CheckWebOptions() accepts the options from which `sources` were made. Errors: those of HttpServer::Open().
absl::StatusOr<std::unique_ptr<HttpServer>> OpenWebServer(const std::vector<std::string>& addresses,
                                                          const WebSources& sources, WebSecurity* security);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_WEB_SERVER_H_
