// SPDX-License-Identifier: Apache-2.0
#include "src/agent/web_server.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "exporter/web/request_metrics.h"
#include "src/agent/agent_name.h"
#include "src/agent/series_limits.h"
#include "src/base/build_commit.h"
#include "src/base/clock.h"
#include "src/base/version.h"

namespace tcpgauge {
namespace {

AgentLimits AgentLimitsOf(const Options& options, const MemoryPlan& plan, uint64_t memory_limit_bytes) {
  AgentLimits limits;
  limits.max_connections = plan.max_connections;
  limits.series_limit = static_cast<uint64_t>(options.series_limit);
  limits.metrics_connections = static_cast<uint64_t>(options.metrics_connections);
  limits.metrics_edges = SeriesPlanOf(options).edges;
  limits.response_bytes = plan.response_bytes;
  limits.listed_connections = plan.rows_per_worker;
  limits.named_endpoints = plan.max_endpoints;
  limits.http_connections = plan.http_connections;
  limits.max_memory_bytes = memory_limit_bytes;
  limits.planned_memory_bytes = plan.bytes;
  return limits;
}

}  // namespace

absl::Status CheckWebOptions(const Options& options) {
  const absl::Status status = CheckTelemetryPath(options.telemetry_path);
  if (status.ok()) return status;
  return absl::InvalidArgumentError(absl::StrCat("--web.telemetry-path: ", status.message()));
}

WebSources WebSourcesOf(const Options& options, const MemoryPlan& plan, uint64_t memory_limit_bytes,
                        const CaptureEngine& engine, AgentMetrics* metrics) {
  WebSources web;
  web.hub = &engine.hub();
  web.history = engine.history();
  web.clock = &SystemClock();
  web.metrics = metrics;
  web.build = {kVersion, BuildCommit()};
  web.agent_name = AgentName();
  web.limits = AgentLimitsOf(options, plan, memory_limit_bytes);
  web.exposition = ExpositionLimitsOf(options);
  web.flags = options.effective;
  web.capture_filter = options.filter;
  web.telemetry_path = options.telemetry_path;
  web.has_ui = options.web_ui;
  web.is_healthy = [&engine] { return engine.IsHealthy(); };
  web.is_ready = [&engine] { return engine.IsReady(); };
  return web;
}

HostNames HostNamesOf(const Options& options, const MachineNames& machine, WebSecurity* security) {
  HostNames names;
  names.patterns = options.allowed_hosts;
  names.of_machine = [machine] { return machine.Current(); };
  if (security != nullptr && security->TlsInForce() != nullptr) {
    names.of_certificate = [security] {
      const std::shared_ptr<const TlsContext> tls = security->TlsInForce();
      return HostNames::List(tls, &tls->host_names());
    };
  }
  return names;
}

absl::StatusOr<std::unique_ptr<HttpServer>> OpenWebServer(const std::vector<std::string>& addresses,
                                                          const WebSources& sources, WebSecurity* security) {
  HttpLimits limits;
  limits.connections = sources.limits.http_connections;
  limits.response_bytes = sources.limits.response_bytes;
  const auto routes = std::make_shared<const HttpRouter>(WebRoutes(sources));
  HttpService service;
  service.handler = [routes](const HttpRequest& request) { return (*routes)(request); };
  service.lane_of = [routes](const std::string& path) { return routes->LaneOf(path); };
  service.guard = security;
  if (security != nullptr && security->CurrentTls() != nullptr) {
    service.tls = [security] { return security->CurrentTls(); };
  }
  service.observer = std::make_unique<RequestMetrics>(routes->paths(), sources.metrics);
  return HttpServer::Open(addresses, std::move(service), limits);
}

}  // namespace tcpgauge
