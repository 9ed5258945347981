// SPDX-License-Identifier: Apache-2.0
#include "src/memory/memory_plan.h"

#include <gtest/gtest.h>

#include "src/flow/connection_view.h"
#include "src/flow/edge.h"
#include "src/identity/identity_memory.h"
#include "src/net/encapsulation.h"
#include "src/snapshot/edge_groups.h"
#include "src/snapshot/ended_queue.h"

namespace tcpgauge {
namespace {

constexpr uint64_t kMiB = 1 << 20;

MemoryDemand Usual() {
  MemoryDemand demand;
  demand.capture_buffer_bytes = 8 * kMiB;
  demand.listeners = 1;
  demand.keeps_history = true;
  demand.series_limit = 5000;
  demand.max_listed_rows = 10000;
  demand.max_endpoints = 20000;
  demand.table.has_identities = true;
  demand.table.edges.max_workload_edges = 60;
  return demand;
}

TEST(MemoryPlan, LeavesWhatFitsAsItWasAskedFor) {
  const MemoryPlan full = PlanWithoutLimit(Usual());
  EXPECT_EQ(full.max_connections, 1000000u);
  const auto plan = PlanMemory(Usual(), full.bytes);
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->max_connections, 1000000u);
  EXPECT_EQ(plan->rows_per_worker, full.rows_per_worker);
  EXPECT_EQ(plan->response_bytes, full.response_bytes);
  EXPECT_EQ(plan->http_connections, full.http_connections);
}

TEST(MemoryPlan, NeverComesToMoreThanTheLimit) {
  MemoryDemand everything = Usual();
  everything.workers = 4;
  everything.listeners = 2;
  everything.tls = everything.pushes = everything.shows_top_view = everything.logs_connections = true;
  MemoryDemand log_alone;
  log_alone.table.keep_rates = false;
  for (const MemoryDemand& demand : {Usual(), everything, log_alone}) {
    uint32_t before = 0;
    for (uint64_t limit = 1 * kMiB; limit < 8192 * kMiB; limit += limit / 7) {
      const auto plan = PlanMemory(demand, limit);
      if (!plan.has_value()) {
        EXPECT_GT(LeastPlan(demand).bytes, limit);
        continue;
      }
      EXPECT_LE(plan->bytes, limit);
      EXPECT_GE(plan->max_connections, kLeastConnections);
      EXPECT_GE(plan->max_connections, before) << "less with more memory, at " << limit;
      before = plan->max_connections;
    }
    EXPECT_EQ(before, 1000000u);
  }
}

TEST(MemoryPlan, AsksForNoMoreConnectionsThanWereAskedFor) {
  MemoryDemand few = Usual();
  few.table.max_connections = 10;
  EXPECT_EQ(LeastPlan(few).max_connections, 10u);
  EXPECT_EQ(PlanMemory(few, LeastPlan(few).bytes)->max_connections, 10u);
}

TEST(MemoryPlan, CountsWhatSeveralWorkersNeedToBringViewsTogether) {
  MemoryDemand demand = Usual();
  const auto added = [&demand] {
    demand.table.count_views = false;
    const uint64_t bytes = PlanWithoutLimit(demand).bytes;
    demand.table.count_views = true;
    return bytes - PlanWithoutLimit(demand).bytes;
  };
  EXPECT_EQ(added(), 0u) << "a single worker needs nothing";
  demand.workers = 2;
  EXPECT_GT(added(), 8 * kMiB) << "8 bytes for each of a million connections, and half a MiB for all workers";
  EXPECT_LT(added(), 10 * kMiB);
  demand.table.max_connections = 1000;
  EXPECT_LT(added(), 1 * kMiB);
}

TEST(MemoryPlan, GivesReadersMoreWithMoreMemory) {
  EXPECT_GE(PlanMemory(Usual(), 64 * kMiB)->response_bytes, 1 * kMiB);
  EXPECT_GE(PlanMemory(Usual(), 512 * kMiB)->response_bytes, 20 * kMiB);
  EXPECT_GE(PlanMemory(Usual(), 512 * kMiB)->http_connections, 100u);
}

TEST(MemoryPlan, CountsTheViewsThatRowsList) {
  MemoryDemand fewer = Usual(), more = Usual();
  fewer.listeners = more.listeners = 0;
  fewer.table.max_connections = 1000;
  more.table.max_connections = 3000;
  const uint64_t tables = ConnectionTable::MemoryBytes(more.table) - ConnectionTable::MemoryBytes(fewer.table);
  const uint64_t views = 7 * sizeof(ConnectionView) + 4;
  EXPECT_EQ(PlanWithoutLimit(more).bytes - PlanWithoutLimit(fewer).bytes, tables + 2000 * views);
  fewer.shows_top_view = more.shows_top_view = true;
  EXPECT_EQ(PlanWithoutLimit(more).bytes - PlanWithoutLimit(fewer).bytes,
            tables + 2000 * (views + sizeof(ConnectionView)));
  fewer.table.keep_rates = more.table.keep_rates = false;  // nobody reads
  fewer.shows_top_view = more.shows_top_view = false;
  EXPECT_EQ(PlanWithoutLimit(more).bytes - PlanWithoutLimit(fewer).bytes,
            ConnectionTable::MemoryBytes(more.table) - ConnectionTable::MemoryBytes(fewer.table));
}

TEST(MemoryPlan, CountsTheDistributionsOfEdgesAndOfTheCellsOfWorkloadEdges) {
  MemoryDemand more = Usual();
  more.table.edges.max_exported += 1000;
  // One in the table, three in the triple buffer, one in the merger and four in snapshots.
  EXPECT_GE(PlanWithoutLimit(more).bytes - PlanWithoutLimit(Usual()).bytes, 1000 * 9 * sizeof(EdgeDistributions));
  more = Usual();
  more.table.edges.max_workload_edges += 100;
  // A workload edge may have four cells. Each is in the table, three times in the triple buffer, and in the merger.
  EXPECT_GE(PlanWithoutLimit(more).bytes - PlanWithoutLimit(Usual()).bytes, 100 * 4 * 5 * sizeof(EdgeDistributions));
}

// CaptureEngine divides the edges with series among the workers. Workload edges are chosen from those of all workers.
TEST(MemoryPlan, CountsEachEdgeOnceHoweverManyWorkersShareTheEdges) {
  const auto bytes_of = [](size_t workers, size_t edges, size_t workload_edges) {
    MemoryDemand demand = Usual();
    demand.table.has_identities = false;  // with names, each worker has accounts of workloads
    demand.workers = workers;
    demand.table.edges.max_exported = edges;
    demand.table.edges.max_workload_edges = workload_edges;
    TableOptions table = demand.table;
    table.max_connections /= static_cast<uint32_t>(workers);
    table.edges.max_exported /= workers;
    return static_cast<double>(PlanWithoutLimit(demand).bytes - workers * ConnectionTable::MemoryBytes(table));
  };
  for (const size_t workers : {2, 4, 16}) {
    const double of_one = bytes_of(1, 3200, 0) - bytes_of(1, 1600, 0);
    const double of_several = bytes_of(workers, 3200, 0) - bytes_of(workers, 1600, 0);
    EXPECT_GT(of_several, of_one) << "the edge merger has a copy more";
    EXPECT_LT(of_several, 1.2 * of_one);
    EXPECT_EQ(bytes_of(workers, 1600, 100) - bytes_of(workers, 1600, 0), bytes_of(1, 1600, 100) - bytes_of(1, 1600, 0));
  }
}

TEST(MemoryPlan, CountsTheViewsOfListings) {
  MemoryDemand listing = Usual(), none = Usual();
  listing.keeps_history = none.keeps_history = false;  // its answers may be larger
  listing.max_listed_rows = 10;
  none.max_listed_rows = 0;
  listing.table.edges.max_exported = none.table.edges.max_exported = 0;
  // Two listings are made, and one that is sent fits into response_bytes. Each row has at most eight views.
  EXPECT_EQ(PlanWithoutLimit(listing).bytes - PlanWithoutLimit(none).bytes, 2u * 10 * (1950 + 8 * 480));
}

TEST(MemoryPlan, CountsListingsOfEdges) {
  MemoryDemand few = Usual(), many = Usual();
  few.table.edges.max_exported = 1;
  many.table.edges.max_exported = 10001;
  few.max_listed_rows = many.max_listed_rows = 0;
  few.table.has_identities = many.table.has_identities = false;
  few.keeps_history = many.keeps_history = false;
  few.listeners = many.listeners = 0;
  const uint64_t edges = PlanWithoutLimit(many).bytes - PlanWithoutLimit(few).bytes;
  few.listeners = many.listeners = 1;
  // Two listings are made, and one that is sent fits into response_bytes.
  EXPECT_EQ(PlanWithoutLimit(many).bytes - PlanWithoutLimit(few).bytes, edges + 2u * 10000 * 4500);
  few.shows_top_view = many.shows_top_view = true;
  EXPECT_EQ(PlanWithoutLimit(many).bytes - PlanWithoutLimit(few).bytes,
            edges + 2u * 10000 * 4500 + EdgeGroupsBytes(10000));
}

TEST(MemoryPlan, CountsTheViewsOfConnectionsThatWaitForTheLog) {
  MemoryDemand logs = Usual();
  logs.logs_connections = true;
  EXPECT_EQ(
      PlanWithoutLimit(logs).bytes - PlanWithoutLimit(Usual()).bytes,
      EndedQueue::kCapacity * (sizeof(NamedEndedConnection) + 8 * (sizeof(ConnectionView) + sizeof(Encapsulation))));
}

TEST(MemoryPlan, NamesAreFewerWithLittleMemoryAndAllWithMore) {
  EXPECT_EQ(LeastPlan(Usual()).max_endpoints, 500u);
  EXPECT_EQ(PlanWithoutLimit(Usual()).max_endpoints, 20000u);
  EXPECT_GE(PlanMemory(Usual(), 64 * kMiB)->max_endpoints, 500u);
  EXPECT_GT(PlanMemory(Usual(), 256 * kMiB)->max_endpoints, 4000u);
  EXPECT_EQ(PlanMemory(Usual(), 1024 * kMiB)->max_endpoints, 20000u);
  MemoryDemand few = Usual();
  few.max_endpoints = 10;
  EXPECT_EQ(LeastPlan(few).max_endpoints, 10u);
  few.max_endpoints = 0;  // as without names
  EXPECT_EQ(PlanMemory(few, 64 * kMiB)->max_endpoints, 0u);
  EXPECT_GT(PlanWithoutLimit(Usual()).bytes - PlanWithoutLimit(few).bytes, IdentityMemoryBytes(20000));
}

TEST(MemoryPlan, TheHistoryIsShorterWithLittleMemory) {
  EXPECT_GE(PlanMemory(Usual(), 64 * kMiB)->history_seconds, 240u);
  EXPECT_EQ(PlanMemory(Usual(), 128 * kMiB)->history_seconds, 600u);
  MemoryDemand none = Usual();
  none.keeps_history = false;
  const uint64_t bytes = PlanWithoutLimit(Usual()).bytes - PlanWithoutLimit(none).bytes;
  EXPECT_GT(bytes, 1'500'000u);
  EXPECT_LT(bytes, 2'000'000u);
}

TEST(MemoryPlan, TlsAndNamesFitIntoASmallContainer) {
  MemoryDemand demand = Usual();
  demand.tls = true;
  const auto plan = PlanMemory(demand, 64 * kMiB);
  ASSERT_TRUE(plan.has_value());
  EXPECT_GT(plan->max_connections, 1000u);
  EXPECT_GE(plan->rows_per_worker, 200u) << "more than the connections with series by default";
}

// The figures of docs/options.md, rounded down.
TEST(MemoryPlan, KeepsThousandsOfConnectionsInASmallContainer) {
  EXPECT_GT(PlanMemory(Usual(), 64 * kMiB)->max_connections, 2000u);
  EXPECT_GT(PlanMemory(Usual(), 128 * kMiB)->max_connections, 45000u);
  EXPECT_GT(PlanMemory(Usual(), 512 * kMiB)->max_connections, 401000u);
  MemoryDemand without_names = Usual();
  without_names.max_endpoints = 0;
  without_names.table.has_identities = false;
  without_names.table.edges.max_workload_edges = 0;
  EXPECT_GT(PlanMemory(without_names, 64 * kMiB)->max_connections, 6200u);
  EXPECT_GT(PlanMemory(without_names, 128 * kMiB)->max_connections, 69000u);
  EXPECT_GT(PlanMemory(without_names, 512 * kMiB)->max_connections, 453000u);
}

}  // namespace
}  // namespace tcpgauge
