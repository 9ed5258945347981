// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_WEB_SERVER_H_
#define TCPGAUGE_SRC_AGENT_WEB_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "exporter/http/http_server.h"
#include "exporter/http/web_security.h"
#include "exporter/metrics/agent_metrics.h"
#include "exporter/web/web_routes.h"
#include "src/capture/capture_engine.h"
#include "src/memory/memory_plan.h"
#include "src/options/options.h"

namespace tcpgauge {

// The data that HTTP answers are made from. `engine` and `metrics` must outlive the result. `memory_limit_bytes`: 0 =
// no limit.
WebSources WebSourcesOf(const Options& options, const MemoryPlan& plan, uint64_t memory_limit_bytes,
                        const CaptureEngine& engine, AgentMetrics* metrics);

// Listens on the addresses, but starts no thread: clients wait until HttpServer::Serve(). `security` may be null
// (neither TLS nor passwords); otherwise it must outlive the server. Requests are counted in `sources.metrics`.
//
// Errors: kPermissionDenied when the privilege for an address is missing; every other error is kInvalidArgument,
// because an address that cannot be listened on is a wrong value.
absl::StatusOr<std::unique_ptr<HttpServer>> OpenWebServer(const std::vector<std::string>& addresses,
                                                          const WebSources& sources, WebSecurity* security);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_WEB_SERVER_H_
