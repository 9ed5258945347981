// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_MEMORY_MEMORY_PLAN_H_
#define TCPGAUGE_SRC_MEMORY_MEMORY_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "src/flow/connection_table.h"

namespace tcpgauge {

// The parts of the options that decide how much memory the process needs.
struct MemoryDemand {
  TableOptions table;  // of all workers together
  size_t workers = 1;
  uint64_t capture_buffer_bytes = 0;  // the kernel's buffers of all sources, which are mapped into the process
  size_t listeners = 0;               // for HTTP; 0 = no HTTP
  bool tls = false;
  bool pushes = false;
  bool shows_top_view = false;
  bool logs_connections = false;
  size_t series_limit = 0;
};

// Bounds for everything whose number traffic or clients choose.
struct MemoryPlan {
  uint32_t max_connections = 0;     // of all workers together
  uint32_t max_encapsulations = 0;  // of each worker
  size_t rows_per_worker = 100000;  // in a snapshot
  unsigned http_connections = 512;  // of each listener
  size_t concurrent_scrapes = 40;
  size_t concurrent_listings = 40;  // of the connections as JSON
  size_t push_queue_bytes = 32 << 20;
  uint64_t bytes = 0;  // the most that the process takes with these bounds, program and buffers included
};

// The plan that meets the whole demand.
MemoryPlan PlanWithoutLimit(const MemoryDemand& demand);

// As much of the demand as fits into `limit_bytes`. Nullopt when not even LeastPlan() fits. Of the memory beyond
// LeastPlan(), an eighth is for readers. At least two thirds of the rest are for connections, and the remainder is for
// the rows of snapshots. Memory left over goes to connections, readers, the push queue and listings, in this order.
//
// Design. Memory is planned before anything is opened, and not measured while the agent runs. An agent that watched its
// memory would have to give up connections in the middle of a flood, when it is too late. So each part says how much it
// takes under given bounds in the worst case that traffic can choose (its MemoryBytes()), and the plan makes the bounds
// small enough. The price is caution: fewer connections are tracked than would fit.
//
// A connection takes up to 421 bytes: record and details 212, a place for an embryo 64, windows of rates and ranking
// 128, index 12 to 17. Measured with a file of a million connections and rates kept: 447 MB of the process's own, rows
// of snapshots included. A row of a snapshot takes 1,516 bytes (three places of the triple buffer, four snapshots), and
// 1,800 more for each JSON listing that is made at the same time. The program takes 26 MiB, libraries included, of
// which an idle agent uses 24.
std::optional<MemoryPlan> PlanMemory(const MemoryDemand& demand, uint64_t limit_bytes);

constexpr uint32_t kLeastConnections = 1000;

// The smallest plan that the agent can work with. It takes no limit into account.
MemoryPlan LeastPlan(const MemoryDemand& demand);

// Makes the heap give free memory back at once and use few arenas, at the price of page faults. Otherwise glibc may
// keep a scrape's memory for ever. Call before starting threads.
void KeepHeapTight();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_MEMORY_MEMORY_PLAN_H_
