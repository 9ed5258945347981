// SPDX-License-Identifier: Apache-2.0
#include "src/agent/agent_setup.h"

#include <stdlib.h>
#include <sys/random.h>
#include <sys/utsname.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "exporter/metrics/series_plan.h"
#include "src/base/build_commit.h"
#include "src/base/clock.h"
#include "src/base/log.h"
#include "src/base/time_units.h"
#include "src/base/version.h"
#include "src/capture/file_source.h"
#include "src/capture/interface_list.h"
#include "src/capture/live_source.h"
#include "src/options/option_value.h"

namespace tcpgauge {
namespace {

int64_t ToNanoseconds(double seconds) { return static_cast<int64_t>(seconds * kNanosecondsPerSecond); }

SeriesPlan PlanOf(const Options& options) {
  return PlanSeries(static_cast<size_t>(options.series_limit), static_cast<size_t>(options.metrics_connections),
                    static_cast<size_t>(options.metrics_edges));
}

}  // namespace

absl::StatusOr<std::vector<std::vector<std::unique_ptr<PacketSource>>>> OpenSources(const Options& options) {
  const size_t workers = static_cast<size_t>(options.workers);
  std::vector<std::vector<std::unique_ptr<PacketSource>>> sources(workers);
  if (!options.read_file.empty()) {
    auto file = OpenFile(options.read_file, options.filter);
    if (!file.ok()) return file.status();
    sources[0].push_back(*std::move(file));
    return sources;
  }
  std::vector<std::string> names = options.interfaces;
  if (names.empty()) {
    const auto name = DefaultInterface();
    if (!name.ok()) return name.status();
    names.push_back(*name);
  }
  LiveOptions live;
  live.filter = options.filter;
  live.promiscuous = options.promiscuous;
  live.snaplen_bytes = options.snaplen_bytes;
  live.buffer_size_kib = options.buffer_size_kib;
  live.wait = options.wait;
  for (const std::string& name : names) {
    if (workers == 1) {
      auto source = OpenInterface(name, live);
      if (!source.ok()) return source.status();
      sources[0].push_back(*std::move(source));
      continue;
    }
    auto shared = OpenSharedInterface(name, live, workers);
    if (!shared.ok()) return shared.status();
    for (size_t i = 0; i < shared->size(); ++i) sources[i].push_back(std::move((*shared)[i]));
  }
  return sources;
}

EngineOptions EngineOptionsOf(const Options& options, bool pushes) {
  EngineOptions engine;
  engine.table.max_connections = options.max_connections;
  engine.table.new_only = options.new_only;
  engine.table.remove_after_ns = ToNanoseconds(options.remove_after_seconds);
  engine.table.idle_timeout_ns = ToNanoseconds(options.idle_timeout_seconds);
  if (getrandom(&engine.table.hash_seed, sizeof(engine.table.hash_seed), 0) < 0) abort();
  engine.table.rate_tick_ns = options.fast ? kNanosecondsPerSecond / 10 : kNanosecondsPerSecond;
  engine.table.rate_window_ns = ToNanoseconds(options.rate_window_seconds);
  engine.table.ranking_window_ns = ToNanoseconds(options.metrics_window_seconds);
  engine.worker.live = options.read_file.empty();
  const bool shown_live = options.tui || !options.listen_addresses.empty();
  engine.worker.publish = shown_live || pushes || options.output != OutputFormat::kNone;
  engine.worker.stay_at_end = shown_live && options.output == OutputFormat::kNone;
  engine.worker.publish_interval_ns = engine.table.rate_tick_ns;
  // The top view looks all the time; a file's end and a pipe that falls silent can answer nobody.
  engine.worker.publish_when_asked = engine.worker.live && !options.tui;
  engine.table.keep_rates = engine.worker.publish;
  engine.table.max_recently_ended = static_cast<size_t>(options.metrics_connections);
  engine.table.edges.max_exported = PlanOf(options).edges;
  engine.table.edges.v4_prefix_bits = options.client_prefix_v4_bits;
  engine.table.edges.v6_prefix_bits = options.client_prefix_v6_bits;
  engine.collector.exported_connections = static_cast<size_t>(options.metrics_connections);
  engine.collector.capture_start_time_ns = SystemClock().WallNanoseconds();
  engine.collector.rate_window_seconds = options.rate_window_seconds;
  return engine;
}

MemoryDemand DemandOf(const Options& options, const EngineOptions& engine, bool pushes) {
  MemoryDemand demand;
  demand.table = engine.table;
  demand.workers = static_cast<size_t>(options.workers);
  if (options.read_file.empty()) {
    const size_t interfaces = std::max<size_t>(options.interfaces.size(), 1);
    // Of several workers, the first keeps a spare socket for each interface.
    const size_t sockets = interfaces * (demand.workers + (demand.workers > 1 ? 1 : 0));
    const int buffer_kib = options.buffer_size_kib > 0 ? options.buffer_size_kib : kDefaultBufferKib;
    demand.capture_buffer_bytes = sockets * static_cast<uint64_t>(buffer_kib) * 1024;
  }
  demand.listeners = options.listen_addresses.size();
  demand.tls = !options.web_config_file.empty();
  demand.pushes = pushes;
  demand.shows_top_view = options.tui;
  demand.logs_connections = !options.connection_log.empty();
  demand.series_limit = static_cast<size_t>(options.series_limit);
  return demand;
}

absl::StatusOr<MemoryPlan> FitToMemory(const MemoryDemand& demand, const Options& options, uint64_t limit_bytes) {
  if (limit_bytes == 0) return PlanWithoutLimit(demand);
  if (PlanWithoutLimit(demand).bytes > limit_bytes / 2) KeepHeapTight();
  const std::optional<MemoryPlan> fitting = PlanMemory(demand, limit_bytes);
  const MemoryPlan plan = fitting.value_or(LeastPlan(demand));
  if (!fitting.has_value()) {
    if (options.max_memory_bytes > 0) {
      return absl::InvalidArgumentError(absl::StrCat("--max-memory: '", ToMebibytes(limit_bytes),
                                                     "' is too little for the other options; right would be ",
                                                     ToMebibytes(plan.bytes), " or more"));
    }
    LogWarn("the control group allows less memory than the agent may need",
            {{"allowed", ToMebibytes(limit_bytes)}, {"needed", ToMebibytes(plan.bytes)}});
  }
  if (plan.max_connections < demand.table.max_connections) {
    LogInfo("fewer connections than asked for, so that memory suffices",
            {{"max_memory", ToMebibytes(limit_bytes)},
             {"max_connections", plan.max_connections},
             {"asked", demand.table.max_connections},
             {"listed", plan.rows_per_worker * demand.workers},
             {"concurrent_scrapes", plan.concurrent_scrapes}});
  }
  return plan;
}

std::string AgentName() {
  utsname host = {};
  return uname(&host) == 0 ? host.nodename : "";
}

ExpositionLimits LimitsOf(const Options& options) {
  return {static_cast<size_t>(options.series_limit), static_cast<size_t>(options.metrics_connections)};
}

WebSources WebSourcesOf(const Options& options, const MemoryPlan& plan, uint64_t max_memory_bytes,
                        const CaptureEngine& engine, const OtlpPusher* pusher,
                        const ConnectionLogStatsSource& log_stats) {
  WebSources web;
  web.hub = &engine.hub();
  web.clock = &SystemClock();
  web.build = {kVersion, BuildCommit()};
  web.agent_name = AgentName();
  web.limits.max_connections = plan.max_connections;
  web.limits.concurrent_scrapes = plan.concurrent_scrapes;
  web.limits.concurrent_listings = plan.concurrent_listings;
  web.limits.listed_connections = plan.rows_per_worker;
  web.limits.http_connections = plan.http_connections;
  web.limits.max_memory_bytes = max_memory_bytes;
  web.limits.planned_memory_bytes = plan.bytes;
  web.limits.series_limit = static_cast<uint64_t>(options.series_limit);
  web.limits.metrics_edges = PlanOf(options).edges;
  web.limits.metrics_connections = static_cast<uint64_t>(options.metrics_connections);
  web.flags = options.effective;
  web.telemetry_path = options.telemetry_path;
  web.is_healthy = [&engine] { return engine.IsHealthy(); };
  web.is_ready = [&engine] { return engine.IsReady(); };
  if (pusher != nullptr) web.push_stats = [pusher] { return pusher->stats(); };
  web.connection_log_stats = log_stats;
  return web;
}

// Netfilter hands packets over to whom it trusts more than packet sockets ask for.
bool NeedsNetAdmin(const Options& options) {
  return std::any_of(options.interfaces.begin(), options.interfaces.end(), [](const std::string& name) {
    return absl::StartsWith(name, "nflog") || absl::StartsWith(name, "nfqueue");
  });
}

}  // namespace tcpgauge
