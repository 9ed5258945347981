// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/edge_merger.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "tests/support/distribution_laws.h"

namespace tcpgauge {
namespace {

EdgeKey Key(uint16_t port) {
  EdgeKey key;
  key.server.port = port;
  return key;
}

EdgeView Edge(uint16_t port, uint64_t bytes) {
  EdgeView edge;
  edge.key = Key(port);
  edge.counters.client_payload_bytes = bytes;
  edge.counters.connections = 1;
  return edge;
}

EdgesView Worker(std::vector<EdgeView> exported, uint64_t retired_bytes = 0, uint64_t retired_edges = 0) {
  EdgesView worker;
  worker.exported = std::move(exported);
  worker.retired.client_payload_bytes = retired_bytes;
  worker.retired_edges = retired_edges;
  return worker;
}

struct Seen {
  uint64_t exported_bytes;  // of the edge with server port 1
  uint64_t retired_bytes;
  uint64_t retired_edges;
  int64_t connections;

  friend bool operator==(const Seen& a, const Seen& b) {
    return a.exported_bytes == b.exported_bytes && a.retired_bytes == b.retired_bytes &&
           a.retired_edges == b.retired_edges && a.connections == b.connections;
  }
};

Seen MergeTwo(EdgeMerger* merger, const EdgesView& a, const EdgesView& b) {
  const EdgesView merged = merger->Merge({&a, &b});
  Seen seen{0, merged.retired.client_payload_bytes, merged.retired_edges, 0};
  for (const EdgeView& edge : merged.exported) {
    if (!(edge.key == Key(1))) continue;
    seen.exported_bytes += edge.counters.client_payload_bytes;
    seen.connections += edge.counters.connections;
  }
  return seen;
}

TEST(EdgeMerger, AddsUpWhatTheWorkersExport) {
  EdgeMerger merger;
  EXPECT_EQ(MergeTwo(&merger, Worker({Edge(1, 10)}, 3, 1), Worker({Edge(2, 5), Edge(1, 7)}, 4, 1)),
            (Seen{17, 7, 2, 2}));
}

TEST(EdgeMerger, AnEdgeOfSeveralWorkersIsNewOnce) {
  EdgeMerger merger;
  const auto merge = [&merger](std::vector<EdgeView> a, uint64_t new_of_a, std::vector<EdgeView> b, uint64_t new_of_b) {
    EdgesView one = Worker(std::move(a)), two = Worker(std::move(b));
    one.new_edges = new_of_a;
    two.new_edges = new_of_b;
    return merger.Merge({&one, &two}).new_edges;
  };
  EXPECT_EQ(merge({Edge(1, 1)}, 1, {Edge(1, 1), Edge(2, 1)}, 2), 2u) << "both begin at the same time";
  EXPECT_EQ(merge({Edge(1, 1), Edge(2, 1)}, 2, {Edge(1, 1), Edge(2, 1)}, 2), 2u) << "one follows";
  EXPECT_EQ(merge({Edge(2, 1)}, 2, {Edge(1, 1)}, 2), 2u);
  EXPECT_EQ(merge({Edge(1, 1), Edge(2, 1)}, 3, {}, 2), 2u) << "a worker takes over from another one";
  EXPECT_EQ(merge({}, 3, {}, 2), 2u);
  EXPECT_EQ(merge({}, 3, {Edge(1, 1)}, 3), 3u) << "no worker exported it any more";
}

TEST(EdgeMerger, AddsUpTheAttemptsThatNoEdgeCounts) {
  EdgesView one = Worker({}), two = Worker({});
  one.pending_attempts = 3;
  two.pending_attempts = 4;
  EXPECT_EQ(EdgeMerger().Merge({&one, &two}).pending_attempts, 7);
}

TEST(EdgeMerger, TheSumOfFractionsOfOtherDoesNotFall) {
  EdgeMerger merger;
  EdgesView worker;
  worker.other.handshake_rtt_sum_seconds = (0.1 + 0.2) + 0.3;
  ASSERT_GT(worker.other.handshake_rtt_sum_seconds, 0.1 + (0.2 + 0.3)) << "rounding depends on the order";
  merger.Merge({&worker});
  worker.other.handshake_rtt_sum_seconds = 0.1 + (0.2 + 0.3);
  EXPECT_EQ(merger.Merge({&worker}).other.handshake_rtt_sum_seconds, (0.1 + 0.2) + 0.3);
  worker.other.handshake_rtt_sum_seconds = 0.7;
  EXPECT_EQ(merger.Merge({&worker}).other.handshake_rtt_sum_seconds, 0.7);
}

TEST(EdgeMerger, TheSumOfResponseTimesOfOtherDoesNotFall) {
  EdgeMerger merger;
  EdgesView worker;
  worker.other.response_sum_seconds = (0.1 + 0.2) + 0.3;
  merger.Merge({&worker});
  worker.other.response_sum_seconds = 0.1 + (0.2 + 0.3);
  EXPECT_EQ(merger.Merge({&worker}).other.response_sum_seconds, (0.1 + 0.2) + 0.3);
}

TEST(EdgeMerger, AddsUpTheStalledConnectionsOfNow) {
  EdgesView one = Worker({Edge(1, 10)}), two = Worker({Edge(1, 7)});
  one.exported[0].counters.stalled = 3;
  two.exported[0].counters.stalled = 4;
  one.other.stalled = 1;
  two.other.stalled = 2;
  EdgeMerger merger;
  EdgesView merged = merger.Merge({&one, &two});
  EXPECT_EQ(merged.exported[0].counters.stalled, 7);
  EXPECT_EQ(merged.other.stalled, 3);
  one = Worker({}, 10, 1);  // retired the edge; its stalled connections count under other
  one.other.stalled = 4;
  merged = merger.Merge({&one, &two});
  ASSERT_EQ(merged.exported.size(), 1);
  EXPECT_EQ(merged.exported[0].counters.client_payload_bytes, 17);
  EXPECT_EQ(merged.exported[0].counters.stalled, 4);
  EXPECT_EQ(merged.other.stalled, 6);
  EXPECT_EQ(merged.retired.stalled, 0);
}

TEST(EdgeMerger, AnEdgeKeepsWhatOneOfItsWorkersRetired) {
  EdgeMerger merger;
  EXPECT_EQ(MergeTwo(&merger, Worker({Edge(1, 10)}), Worker({Edge(1, 7)})), (Seen{17, 0, 0, 2}));
  // The first worker retired the edge after two more bytes. No snapshot showed these with the edge, so they count as
  // retired at once.
  EXPECT_EQ(MergeTwo(&merger, Worker({}, 12, 1), Worker({Edge(1, 8)})), (Seen{18, 2, 0, 1}));
  EXPECT_EQ(MergeTwo(&merger, Worker({Edge(1, 1)}, 12, 1), Worker({Edge(1, 8)})), (Seen{19, 2, 0, 2}));
  EXPECT_EQ(MergeTwo(&merger, Worker({}, 13, 2), Worker({}, 8, 1)), (Seen{0, 21, 3, 0}));
}

TEST(EdgeMerger, AnEdgeKeepsWhatItHadBeforeItWasAdmittedAgain) {
  EdgeMerger merger;
  EXPECT_EQ(MergeTwo(&merger, Worker({Edge(1, 10)}), Worker({})), (Seen{10, 0, 0, 1}));
  EXPECT_EQ(MergeTwo(&merger, Worker({Edge(1, 4)}, 10, 1), Worker({})), (Seen{14, 0, 0, 1}));
}

void Observe(double response_seconds, EdgeView* edge) {
  ++edge->counters.response_count;
  edge->distributions.response_seconds.Observe(response_seconds);
}
using Counts = std::map<int32_t, uint64_t>;

TEST(EdgeMerger, AnEdgeHasTheDistributionsOfAllItsWorkers) {
  EdgeMerger merger;
  EdgeView a = Edge(1, 10), b = Edge(1, 7);
  Observe(1, &a);
  Observe(4, &b);
  EdgesView one = Worker({a}), two = Worker({b});
  one.other_distributions.handshake_rtt_seconds.Observe(1);
  two.other_distributions.handshake_rtt_seconds.Observe(2);
  one.retired_distributions.handshake_rtt_seconds.Observe(4);
  const EdgesView merged = merger.Merge({&one, &two});
  ASSERT_EQ(merged.exported.size(), 1);
  EXPECT_EQ(CountsAtScale(merged.exported[0].distributions.response_seconds, 3), (Counts{{-1, 1}, {15, 1}}));
  EXPECT_EQ(CountsAtScale(merged.other_distributions.handshake_rtt_seconds, 3), (Counts{{-1, 1}, {7, 1}}));
  EXPECT_EQ(CountsAtScale(merged.retired_distributions.handshake_rtt_seconds, 3), (Counts{{15, 1}}));
}

TEST(EdgeMerger, AnEdgeKeepsTheDistributionsThatOneOfItsWorkersRetired) {
  EdgeMerger merger;
  EdgeView a = Edge(1, 10), b = Edge(1, 7);
  Observe(1, &a);
  Observe(4, &b);
  EdgesView one = Worker({a}), two = Worker({b});
  merger.Merge({&one, &two});
  one = Worker({}, 10, 1);
  one.retired_distributions = a.distributions;
  EdgesView merged = merger.Merge({&one, &two});
  ASSERT_EQ(merged.exported.size(), 1);
  EXPECT_EQ(CountsAtScale(merged.exported[0].distributions.response_seconds, 3), (Counts{{-1, 1}, {15, 1}}));
  EXPECT_EQ(merged.retired_distributions.response_seconds.Count(), 0);
  two = Worker({}, 7, 1);
  two.retired_distributions = b.distributions;
  merged = merger.Merge({&one, &two});
  EXPECT_EQ(merged.exported.size(), 0);
  EXPECT_EQ(CountsAtScale(merged.retired_distributions.response_seconds, 3), (Counts{{-1, 1}, {15, 1}}));
}

TEST(EdgeMerger, AnEdgeThatWasAdmittedAgainAndCaughtUpLosesNoBucket) {
  EdgeMerger merger;
  EdgeView before = Edge(1, 10), again = Edge(1, 10);
  Observe(1, &before);
  Observe(4, &again);
  again.start_time_ns = 100;
  EdgesView worker = Worker({before});
  merger.Merge({&worker});
  worker = Worker({again}, 10, 1);
  worker.retired.response_count = 1;
  worker.retired_distributions = before.distributions;
  const EdgesView merged = merger.Merge({&worker});
  ASSERT_EQ(merged.exported.size(), 1);
  EXPECT_EQ(merged.exported[0].counters.response_count, 2);
  EXPECT_EQ(CountsAtScale(merged.exported[0].distributions.response_seconds, 3), (Counts{{-1, 1}, {15, 1}}));
  EXPECT_EQ(merged.retired.response_count, 0);
}

// Random workers whose edges begin, retire and begin again at any time. Each value is in one account, and no bucket of
// a series falls.
TEST(EdgeMerger, EveryValueIsInOneAccountAndNoBucketFalls) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    constexpr size_t kWorkers = 3;
    std::map<std::pair<uint16_t, uint8_t>, EdgeView> edges[kWorkers];  // by port and local ends
    EdgesView workers[kWorkers];
    EdgeMerger merger;
    EdgeDistributions all;
    std::map<uint16_t, EdgeDistributions> before;
    EdgeDistributions other_before;
    for (int step = 1; step <= 600; ++step) {
      for (int i = random() % 20; i >= 0; --i) {
        const size_t w = random() % kWorkers;
        EdgesView& worker = workers[w];
        const std::pair<uint16_t, uint8_t> name = {1 + random() % 4, random() % 2};
        const auto found = edges[w].find(name);
        if (random() % 8 == 0 && found == edges[w].end()) {
          EdgeView& edge = edges[w][name] = Edge(name.first, 0);
          edge.key.local_ends = name.second;
          edge.start_time_ns = step * 100 + i;
        } else if (random() % 8 == 0 && found != edges[w].end()) {
          AddEdgeCounters(found->second.counters, &worker.retired);
          worker.retired.connections = 0;
          AddEdgeDistributions(found->second.distributions, &worker.retired_distributions);
          ++worker.retired_edges;
          edges[w].erase(found);
        } else {
          const double seconds = random() % 100 == 0 ? std::ldexp(1, static_cast<int>(random() % 60) - 30)
                                                     : 0.001 * name.first * (1 + random() % 64);
          EdgeCounters& counters = found != edges[w].end() ? found->second.counters : worker.other;
          EdgeDistributions& values =
              found != edges[w].end() ? found->second.distributions : worker.other_distributions;
          ++(random() % 2 == 0 ? counters.client_payload_bytes : counters.segments);
          if (random() % 2 == 0) {
            ++counters.response_count;
            values.response_seconds.Observe(seconds);
            all.response_seconds.Observe(seconds);
          } else {
            ++counters.handshake_rtt_count;
            values.handshake_rtt_seconds.Observe(seconds);
            all.handshake_rtt_seconds.Observe(seconds);
          }
        }
      }
      std::vector<const EdgesView*> pointers;
      for (size_t w = 0; w < kWorkers; ++w) {
        workers[w].exported.clear();
        for (const auto& [name, edge] : edges[w]) workers[w].exported.push_back(edge);
        pointers.push_back(&workers[w]);
      }
      const EdgesView merged = merger.Merge(pointers);
      EdgeDistributions sum = merged.other_distributions;
      AddEdgeDistributions(merged.retired_distributions, &sum);
      std::map<uint16_t, EdgeDistributions> now;
      for (const EdgeView& edge : merged.exported) {
        ASSERT_TRUE(CountsAgree(edge.counters, edge.distributions));
        AddEdgeDistributions(edge.distributions, &sum);
        ASSERT_TRUE(now.emplace(edge.key.server.port, edge.distributions).second);
        const auto last = before.find(edge.key.server.port);
        if (last != before.end()) {
          ASSERT_TRUE(OnlyGrew(last->second, edge.distributions)) << "step " << step;
        }
      }
      ASSERT_TRUE(CountsAgree(merged.other, merged.other_distributions));
      ASSERT_TRUE(CountsAgree(merged.retired, merged.retired_distributions));
      ASSERT_TRUE(OnlyGrew(other_before, merged.other_distributions));
      ASSERT_TRUE(AreEqual(sum, all)) << "step " << step;
      before = std::move(now);
      other_before = merged.other_distributions;
    }
  }
}

TEST(EdgeMerger, AnEdgeCountsSinceItsFirstWorkerHadIt) {
  EdgeMerger merger;
  const auto start_of = [&merger](std::vector<EdgeView> a, std::vector<EdgeView> b) {
    const EdgesView worker_a = Worker(std::move(a)), worker_b = Worker(std::move(b));
    return merger.Merge({&worker_a, &worker_b}).exported.at(0).start_time_ns;
  };
  EdgeView early = Edge(1, 10), late = Edge(1, 7);
  early.start_time_ns = 100;
  late.start_time_ns = 200;
  EXPECT_EQ(start_of({late}, {early}), 100);
  EXPECT_EQ(start_of({late}, {}), 100) << "what the other retired is still in it";
  EXPECT_EQ(start_of({}, {early}), 100);
}

TEST(EdgeMerger, EdgesThatDifferOnlyInTheirLocalEndsAreOne) {
  EdgeMerger merger;
  const auto local = [](uint8_t local_ends, uint64_t bytes) {
    EdgeView edge = Edge(1, bytes);
    edge.key.local_ends = local_ends;
    return edge;
  };
  EXPECT_EQ(MergeTwo(&merger, Worker({local(0, 10), local(3, 20)}), Worker({local(1, 5)})), (Seen{35, 0, 0, 3}));
  // One of them retires, and its counts stay with the edge.
  EXPECT_EQ(MergeTwo(&merger, Worker({local(3, 21)}, 10, 1), Worker({local(1, 5)})), (Seen{36, 0, 0, 2}));
  EXPECT_EQ(MergeTwo(&merger, Worker({}, 31, 2), Worker({}, 5, 1)), (Seen{0, 36, 3, 0}));
}

TEST(EdgeMerger, AnEdgeThatBecomesLocalIsNewOnce) {
  EdgeMerger merger;
  const auto new_edges = [&merger](std::vector<uint8_t> local_ends) {
    EdgesView worker;
    for (const uint8_t ends : local_ends) {
      worker.exported.push_back(Edge(1, 10));
      worker.exported.back().key.local_ends = ends;
    }
    worker.new_edges = local_ends.size();
    return merger.Merge({&worker}).new_edges;
  };
  EXPECT_EQ(new_edges({0, 1}), 1u);
  EXPECT_EQ(new_edges({0, 1, 2}), 1u);
}

TEST(EdgeMerger, AnEdgeHasTheServicesThatItsWorkersKnow) {
  EdgeMerger merger;
  const auto with_services = [](std::vector<uint16_t> ports) {
    EdgeView edge = Edge(1, 10);
    for (const uint16_t port : ports) edge.services.Add({IpAddress(), port});
    return Worker({edge});
  };
  const auto ports_of = [&merger](const EdgesView& a, const EdgesView& b) {
    std::vector<uint16_t> ports;
    const EdgesView merged = merger.Merge({&a, &b});
    for (const Endpoint& service : merged.exported.at(0).services.endpoints()) ports.push_back(service.port);
    return ports;
  };
  EXPECT_EQ(ports_of(with_services({7}), with_services({})), (std::vector<uint16_t>{7}));
  EXPECT_EQ(ports_of(with_services({}), with_services({7, 8})), (std::vector<uint16_t>{7, 8}));
  EXPECT_EQ(ports_of(with_services({7}), with_services({7, 8})), (std::vector<uint16_t>{7, 8}));
  EXPECT_EQ(ports_of(with_services({7, 9}), with_services({8})), (std::vector<uint16_t>{7, 9})) << "two at most";
}

}  // namespace
}  // namespace tcpgauge
