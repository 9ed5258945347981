// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_MEMORY_MEMORY_PLAN_H_
#define TCPGAUGE_SRC_MEMORY_MEMORY_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "src/flow/connection_table.h"
#include "src/snapshot/history_view.h"

namespace tcpgauge {

// The parts of the options that decide how much memory the process needs. A plain value.
struct MemoryDemand {
  TableOptions table;  // max_connections and edges.max_exported are for all workers together
  size_t workers = 1;
  // The kernel's buffers of all sources. They are mapped into the process, so they count.
  uint64_t capture_buffer_bytes = 0;
  size_t listeners = 0;  // addresses on which HTTP is served; 0 = no HTTP
  bool tls = false;
  bool pushes = false;  // metrics, over OTLP or to the console
  bool shows_top_view = false;
  bool keeps_history = false;
  bool logs_connections = false;
  size_t max_endpoints = 0;    // addresses and sockets that can have names; 0 = names are off
  size_t series_limit = 0;     // samples in one exposition
  size_t max_listed_rows = 0;  // connections in one JSON listing
};

// Bounds that keep traffic and HTTP clients from taking ever more memory. A plain value. Initial values other than 0
// are those of PlanWithoutLimit().
struct MemoryPlan {
  uint32_t max_connections = 0;                       // of all workers together
  uint32_t max_encapsulations = 0;                    // of each worker
  size_t max_endpoints = 0;                           // addresses and sockets that can have names
  size_t rows_per_worker = 100000;                    // connections of a worker that a snapshot lists
  size_t history_seconds = HistoryView::kMaxSeconds;  // 0 = no history
  size_t http_connections = 512;                      // of all listeners together
  uint64_t response_bytes = 64 << 20;                 // bodies of HTTP responses that are being sent
  size_t push_queue_bytes = 32 << 20;                 // data that wait to be pushed
  uint64_t bytes = 0;                                 // the most that the process takes with these bounds, all included
};

// Returns the plan that meets the whole demand.
MemoryPlan PlanWithoutLimit(const MemoryDemand& demand);

// Returns the plan that meets as much of the demand as fits into `limit_bytes`. Nullopt when not even LeastPlan() fits.
// If the whole demand fits, the result is PlanWithoutLimit(). Otherwise the memory beyond LeastPlan() is divided:
//
// 1. Half is for the history. With the default number of edges, the history takes some 2 MB at most.
// 2. An eighth of what remains is for HTTP readers: up to half of it for responses that are being sent, the rest for
//    HTTP connections.
// 3. A sixteenth of what remains is for names of ends.
// 4. Two thirds of what remains are for connections.
// 5. The rows of snapshots get as much of the rest as they can use.
// 6. What is left over goes to connections, names, HTTP readers and the push queue, in this order.
//
// Design. Memory is planned before anything is opened, and not measured while the agent runs. An agent that watched its
// memory would have to give up connections in the middle of a flood, when it is too late. Instead, each part says how
// much it takes under given bounds in the worst case that traffic can choose (its MemoryBytes()), and the plan makes
// the bounds small enough. The price is caution: the agent tracks fewer connections than would fit.
//
// A connection takes up to 450 bytes in the arrays and the index of a table: 220 for record and details, 64 for rates,
// weight and delays, 68 for a place of an embryo, 64 for a further view, and 24 to 34 for the index, half of which are
// for the view. Names of ends take 4 bytes more. If the window of the rates is not one tick, their sums take 64 to 256
// bytes more. Memory for views is used only where connections are seen in several places. A row of a snapshot takes
// 1,992 bytes, because it exists seven times: in three places of the triple buffer and in four snapshots. A view takes
// 284 bytes for the same reason, and a row has up to two views on average. A JSON listing takes 1,950 bytes for each of
// its rows and 480 for each of their views, and at most two listings are made at the same time. The plan counts 26 MiB
// for the program, its libraries and what an idle agent allocates, which take 24 MB together.
std::optional<MemoryPlan> PlanMemory(const MemoryDemand& demand, uint64_t limit_bytes);

// max_connections of LeastPlan(), unless the demand is smaller.
constexpr uint32_t kLeastConnections = 1000;

// Returns the smallest plan with which the agent can work, whatever the limit.
MemoryPlan LeastPlan(const MemoryDemand& demand);

// Makes glibc's heap give free memory of 256 KiB or more back at once, and use only two arenas. Otherwise glibc may
// keep a scrape's memory for ever. The price is page faults. Call it before starting threads, because each new thread
// may get an arena.
void KeepHeapTight();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_MEMORY_MEMORY_PLAN_H_
