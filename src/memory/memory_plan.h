// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_MEMORY_MEMORY_PLAN_H_
#define TCPGAUGE_SRC_MEMORY_MEMORY_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "src/flow/connection_table.h"

namespace tcpgauge {

// What the agent was asked to do, as far as it takes memory.
struct MemoryDemand {
  TableOptions table;  // of all workers together
  size_t workers = 1;
  uint64_t capture_buffer_bytes = 0;  // the kernel's, of all sources; they are mapped into the process
  size_t listeners = 0;               // HTTP; 0 = nobody asks
  bool tls = false;
  bool pushes = false;
  bool shows_top_view = false;
  bool logs_connections = false;
  size_t series_limit = 0;
};

// How much there may be of everything whose number traffic or clients choose.
struct MemoryPlan {
  uint32_t max_connections = 0;     // of all workers together
  uint32_t max_encapsulations = 0;  // of each worker
  size_t rows_per_worker = 100000;  // in a snapshot
  unsigned http_connections = 512;  // of each listener
  size_t concurrent_scrapes = 40;
  size_t concurrent_listings = 40;  // of the connections as JSON
  size_t push_queue_bytes = 32 << 20;
  uint64_t bytes = 0;  // that all of it can come to, program and buffers included
};

// The demand as it is.
MemoryPlan PlanWithoutLimit(const MemoryDemand& demand);

// As much of the demand as fits into `limit_bytes`. Of what remains beyond LeastPlan(), an eighth is for readers, two
// thirds of the rest at least are for connections, the others for the rows of snapshots; what is left over goes back to
// the readers. Nothing when not even LeastPlan() fits.
std::optional<MemoryPlan> PlanMemory(const MemoryDemand& demand, uint64_t limit_bytes);

constexpr uint32_t kLeastConnections = 1000;

// The smallest plan there is, whatever it takes.
MemoryPlan LeastPlan(const MemoryDemand& demand);

// The heap gives back what is free, and does not spread over an arena for each thread: what was once taken for one
// scrape may else stay for good. Before threads are started.
void KeepHeapTight();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_MEMORY_MEMORY_PLAN_H_
