// SPDX-License-Identifier: Apache-2.0
#include "src/agent/engine_options.h"

#include <stdlib.h>
#include <sys/random.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "src/agent/series_limits.h"
#include "src/base/clock.h"
#include "src/base/time_units.h"
#include "src/snapshot/listed_rows.h"

namespace tcpgauge {
namespace {

int64_t ToNanoseconds(double seconds) { return static_cast<int64_t>(seconds * kNanosecondsPerSecond); }

TableOptions TableOptionsOf(const Options& options) {
  TableOptions table;
  table.max_connections = options.max_connections;
  table.count_views = options.count_views;
  table.new_only = options.new_only;
  table.remove_after_ns = ToNanoseconds(options.remove_after_seconds);
  table.idle_timeout_ns = ToNanoseconds(options.idle_timeout_seconds);
  if (getrandom(&table.hash_seed, sizeof(table.hash_seed), 0) < 0) abort();
  table.rate_tick_ns = options.fast ? kNanosecondsPerSecond / 10 : kNanosecondsPerSecond;
  table.rate_window_ns = ToNanoseconds(options.rate_window_seconds);
  table.ranking_window_ns = ToNanoseconds(options.metrics_window_seconds);
  table.stall_ns = ToNanoseconds(options.metrics_stall_seconds);
  table.max_recently_ended = static_cast<size_t>(options.metrics_connections);
  table.edges.max_exported = SeriesPlanOf(options).edges;
  // A file is shown once, so its series do not pile up anywhere.
  if (options.read_file.empty()) table.edges.max_new_per_minute = static_cast<size_t>(options.metrics_new_edges);
  table.edges.v4_prefix_bits = options.client_prefix_v4_bits;
  table.edges.v6_prefix_bits = options.client_prefix_v6_bits;
  table.edges.v4_server_prefix_bits = options.server_prefix_v4_bits;
  table.edges.v6_server_prefix_bits = options.server_prefix_v6_bits;
  table.edges.single_servers = options.server_networks;
  table.has_identities = NamesEnds(options);
  table.edges.max_workload_edges = SeriesPlanOf(options).workload_edges;
  return table;
}

// The interval of the snapshots that nobody reads. The last one of a file is made in any case.
constexpr int64_t kNoReaderNs = kSecondsPerHour * kNanosecondsPerSecond;

// Whether somebody may read a snapshot before the capture ends.
bool HasReaderBeforeEnd(const Options& options, bool pushes) {
  return options.tui || pushes || !options.listen_addresses.empty();
}

// The rows of each kind in a snapshot for metrics. HeaviestRows compares weights only roughly, so there are more than
// can have series.
constexpr size_t kLeastFewRows = 1000;
constexpr size_t kFewRowsPerExported = 4;

WorkerOptions WorkerOptionsOf(const Options& options, bool pushes) {
  WorkerOptions worker;
  worker.live = options.read_file.empty();
  const bool shown_live = options.tui || !options.listen_addresses.empty();
  worker.publish = shown_live || pushes || options.output != OutputFormat::kNone;
  worker.stay_at_end = shown_live && options.output == OutputFormat::kNone;
  // Publishes when a reader asks, with two exceptions. The top view reads at every tick. A worker that reads a file
  // cannot answer after the end of the file, or while a pipe is silent.
  worker.publish_when_asked = worker.live && !options.tui;
  const bool lists_at_end = options.output == OutputFormat::kTable || options.output == OutputFormat::kJson;
  if (worker.publish_when_asked || (!shown_live && !lists_at_end)) {
    const size_t exported = static_cast<size_t>(options.metrics_connections);
    worker.few_rows = {std::max(kLeastFewRows, kFewRowsPerExported * exported),
                       ToNanoseconds(options.metrics_window_seconds)};
  }
  if (!shown_live && !lists_at_end) worker.last_listed_rows = ListedRows::kFew;
  return worker;
}

}  // namespace

EngineOptions EngineOptionsOf(const Options& options, bool pushes) {
  EngineOptions engine;
  engine.table = TableOptionsOf(options);
  engine.worker = WorkerOptionsOf(options, pushes);
  engine.worker.publish_interval_ns = HasReaderBeforeEnd(options, pushes) ? engine.table.rate_tick_ns : kNoReaderNs;
  engine.table.keep_rates = engine.worker.publish;
  engine.keep_history = options.tui || (options.web_ui && !options.listen_addresses.empty());
  engine.collector.exported_connections = static_cast<size_t>(options.metrics_connections);
  engine.collector.exported_interfaces = SeriesPlanOf(options).interfaces;
  // The churn of series harms only a reader that comes again and again.
  if (engine.worker.live && (!options.listen_addresses.empty() || pushes)) {
    engine.collector.series_choice = {static_cast<size_t>(options.metrics_connections),
                                      static_cast<size_t>(options.metrics_new_connections),
                                      engine.table.ranking_window_ns};
  }
  engine.collector.workload_edges.max_exported = engine.table.edges.max_workload_edges;
  engine.collector.workload_edges.window_ns = engine.table.ranking_window_ns;
  engine.collector.workload_edges.idle_timeout_ns = engine.table.idle_timeout_ns;
  engine.collector.capture_start_time_ns = SystemClock().WallNanoseconds();
  engine.collector.rate_window_seconds = options.rate_window_seconds;
  return engine;
}

}  // namespace tcpgauge
