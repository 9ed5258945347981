// SPDX-License-Identifier: Apache-2.0
#include "src/agent/memory_fit.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "exporter/web/connections_json.h"
#include "src/base/log.h"
#include "src/memory/cgroup_limit.h"
#include "src/options/option_value.h"

namespace tcpgauge {
namespace {

uint64_t CaptureBufferBytes(const Options& options) {
  if (!options.read_file.empty()) return 0;
  const size_t interfaces = std::max<size_t>(options.interfaces.size(), 1);
  const size_t workers = static_cast<size_t>(options.workers);
  // With several workers, the first keeps a spare socket for each interface.
  const size_t sockets = interfaces * (workers + (workers > 1 ? 1 : 0));
  return sockets * static_cast<uint64_t>(options.buffer_size_kib) * 1024;
}

MemoryDemand DemandOf(const Options& options, bool pushes, const EngineOptions& engine) {
  MemoryDemand demand;
  demand.table = engine.table;
  demand.workers = static_cast<size_t>(options.workers);
  demand.capture_buffer_bytes = CaptureBufferBytes(options);
  demand.listeners = options.listen_addresses.size();
  demand.tls = !options.web_config_file.empty();
  demand.pushes = pushes;
  demand.shows_top_view = options.tui;
  demand.keeps_history = engine.keep_history;
  demand.logs_connections = !options.connection_log.empty();
  demand.max_endpoints = NamesEnds(options) ? options.identity_max_endpoints : 0;
  demand.series_limit = static_cast<size_t>(options.series_limit);
  demand.max_listed_rows = kMaxConnectionsListed;
  return demand;
}

absl::StatusOr<MemoryPlan> PlanWithin(uint64_t limit_bytes, const MemoryDemand& demand, bool is_option) {
  if (limit_bytes == 0) return PlanWithoutLimit(demand);
  if (PlanWithoutLimit(demand).bytes > limit_bytes / 2) KeepHeapTight();
  const std::optional<MemoryPlan> fitting = PlanMemory(demand, limit_bytes);
  if (fitting.has_value()) return *fitting;
  const MemoryPlan least = LeastPlan(demand);
  if (is_option) {
    return absl::InvalidArgumentError(absl::StrCat("--max-memory: '", ToMebibytes(limit_bytes),
                                                   "' is too little for the other options; right would be ",
                                                   ToMebibytes(least.bytes), " or more"));
  }
  LogWarn("the control group allows less memory than the agent may need",
          {{"allowed", ToMebibytes(limit_bytes)}, {"needed", ToMebibytes(least.bytes)}});
  return least;
}

}  // namespace

uint64_t MemoryLimitOf(const Options& options) {
  return options.max_memory_bytes > 0 ? options.max_memory_bytes : CgroupMemoryLimit().value_or(0);
}

absl::StatusOr<MemoryPlan> FitToMemory(const Options& options, bool pushes, uint64_t limit_bytes,
                                       EngineOptions* engine) {
  const MemoryDemand demand = DemandOf(options, pushes, *engine);
  const auto plan = PlanWithin(limit_bytes, demand, /*is_option=*/options.max_memory_bytes > 0);
  if (!plan.ok()) return plan.status();
  if (plan->max_connections < demand.table.max_connections) {
    LogInfo("tracking fewer connections than --max-connections, to stay within the memory limit",
            {{"max_memory", ToMebibytes(limit_bytes)},
             {"max_connections", plan->max_connections},
             {"asked", demand.table.max_connections},
             {"listed", plan->rows_per_worker * demand.workers},
             {"named_endpoints", plan->max_endpoints},
             {"http_connections", plan->http_connections}});
  }
  engine->table.max_connections = plan->max_connections;
  engine->table.max_encapsulations = plan->max_encapsulations;
  engine->keep_history = engine->keep_history && plan->history_seconds > 0;
  engine->history_seconds = plan->history_seconds;
  engine->worker.max_rows = plan->rows_per_worker;
  return plan;
}

}  // namespace tcpgauge
