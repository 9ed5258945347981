// SPDX-License-Identifier: Apache-2.0
// Laws of every published snapshot, while two workers apply random packets between the slices of their passes: the
// edges, `other` and `retired` add up to the totals, and no counter falls.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "gtest/gtest.h"
#include "src/flow/connection_table.h"
#include "src/flow/edge.h"
#include "src/snapshot/collector.h"
#include "src/snapshot/snapshot.h"
#include "src/snapshot/triple_buffer.h"
#include "src/snapshot/worker_publisher.h"
#include "src/snapshot/worker_snapshot.h"
#include "tests/support/edge_sums.h"
#include "tests/support/random_traffic.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr size_t kWorkers = 2;

// The counters of an account that the totals have too.
std::array<uint64_t, 9> CountersOf(const EdgeCounters& account) {
  return {account.client_payload_bytes, account.server_payload_bytes,   account.segments,
          account.connections_opened,   account.retransmitted_segments, account.out_of_order_segments,
          account.handshake_rtt_count,  account.response_count,         account.connections_refused};
}

std::array<uint64_t, 9> CountersOf(const Totals& totals) {
  return {totals.client_payload_bytes,
          totals.server_payload_bytes,
          totals.segments,
          totals.opened_handshake + totals.opened_midstream,
          totals.client_retransmitted_segments + totals.server_retransmitted_segments,
          totals.out_of_order_segments,
          CountOf(totals.handshake_rtt_seconds),
          CountOf(totals.response_seconds),
          totals.closed[static_cast<size_t>(EndReason::kRefused)]};
}

template <typename Counters>
void ExpectNoneFalls(const Counters& before, const Counters& now) {
  for (size_t i = 0; i < now.size(); ++i) EXPECT_GE(now[i], before[i]) << "counter " << i;
}

class Laws {
 public:
  void Check(const Snapshot& snapshot) {
    EdgeCounters sum = snapshot.edges.other;
    AddEdgeCounters(snapshot.edges.retired, &sum);
    absl::flat_hash_map<EdgeKey, std::pair<int64_t, std::array<uint64_t, 9>>> exported;
    for (const EdgeView& edge : snapshot.edges.exported) {
      AddEdgeCounters(edge.counters, &sum);
      const auto [now, is_new] =
          exported.emplace(edge.key, std::make_pair(edge.start_time_ns, CountersOf(edge.counters)));
      EXPECT_TRUE(is_new);
      const auto before = exported_.find(edge.key);
      if (before == exported_.end() || before->second.first != edge.start_time_ns) continue;
      ExpectNoneFalls(before->second.second, now->second.second);
    }
    sum.connections_opened += snapshot.edges.pending_attempts;
    EXPECT_EQ(CountersOf(sum), CountersOf(snapshot.totals));
    CheckInterfaces(snapshot);
    const std::array<std::array<uint64_t, 9>, 3> others = {
        CountersOf(snapshot.totals), CountersOf(snapshot.edges.other), CountersOf(snapshot.edges.retired)};
    for (size_t i = 0; i < others.size(); ++i) ExpectNoneFalls(others_[i], others[i]);
    exported_ = std::move(exported);
    others_ = others;
  }

 private:
  static void CheckInterfaces(const Snapshot& snapshot) {
    EdgeCounters sum = snapshot.retired_interfaces.account;
    AddEdgeCounters(snapshot.other_interfaces.account, &sum);
    for (const InterfaceView& interface : snapshot.interfaces) AddEdgeCounters(interface.account, &sum);
    sum.connections_opened += snapshot.edges.pending_attempts;
    EXPECT_EQ(CountersOf(sum), CountersOf(snapshot.totals)) << "of all interfaces";
    const bool knows_changes = snapshot.edge_changes.seconds > 0;
    EXPECT_EQ(snapshot.edge_changes.interfaces.size(), knows_changes ? snapshot.interfaces.size() : 0);
  }

  absl::flat_hash_map<EdgeKey, std::pair<int64_t, std::array<uint64_t, 9>>> exported_;  // with the starts of series
  std::array<std::array<uint64_t, 9>, 3> others_{};
};

struct Worker {
  Worker(uint64_t seed, const TableOptions& options)
      : traffic(seed),
        table(options, nullptr),
        publisher(&table, &counters, &buffer, Seconds(1), 0, 50, WorkerPublisher::FewRows{3, Seconds(60)}) {
    counters.interfaces.resize(RandomTraffic::kInterfaces);
    for (size_t i = 0; i < counters.interfaces.size(); ++i) counters.interfaces[i].name = "eth" + std::to_string(i);
  }

  RandomTraffic traffic;
  ConnectionTable table;
  CaptureCounters counters;
  TripleBuffer<WorkerSnapshot> buffer;
  WorkerPublisher publisher;
};

void RunOnce(uint64_t seed) {
  TableOptions options;
  RandomTraffic random(~seed);
  options.max_connections = 1 + random.Below(40);
  options.edges.max_exported = random.Below(8);
  options.idle_timeout_ns = Seconds(1 + random.Below(600));
  options.ranking_window_ns = Seconds(1 + random.Below(60));
  std::array<std::unique_ptr<Worker>, kWorkers> workers;
  std::vector<TripleBuffer<WorkerSnapshot>*> buffers;
  for (size_t i = 0; i < kWorkers; ++i) {
    workers[i] = std::make_unique<Worker>(seed * kWorkers + i, options);
    buffers.push_back(&workers[i]->buffer);
  }
  CollectorOptions of_collector;
  of_collector.exported_connections = 3;
  of_collector.series_choice = SeriesChoiceOptions{3, 3, options.ranking_window_ns};
  Collector collector(of_collector, buffers);
  Laws laws;
  int64_t steady_ns = 0;
  int64_t all_wanted_ns = INT64_MIN;
  for (int step = 0; step < 3000; ++step) {
    Worker& worker = *workers[random.Below(kWorkers)];
    for (uint32_t i = random.Below(5); i > 0; --i) {
      const DecodedPacket packet = worker.traffic.Next();
      worker.table.Apply({&packet, 1});
    }
    if (random.Below(3) == 0) worker.table.AdvanceTime(worker.table.now_ns());
    steady_ns += Seconds(0.01) * random.Below(40);
    if (random.Below(200) == 0) all_wanted_ns = steady_ns;
    worker.publisher.Step(steady_ns, INT64_MIN, all_wanted_ns);
    if (random.Below(2) == 0) continue;
    if (const auto snapshot = collector.Collect()) {
      laws.Check(*snapshot);
      for (size_t i = 0; i < kWorkers; ++i) workers[i]->publisher.KeepListed(collector.slots_with_series()[i]);
    }
    if (testing::Test::HasFailure()) return;
  }
}

TEST(SnapshotLaws, HoldForRandomTrafficOfTwoWorkers) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    RunOnce(seed);
    ASSERT_FALSE(testing::Test::HasFailure());
  }
}

}  // namespace
}  // namespace tcpgauge
