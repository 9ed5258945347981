// SPDX-License-Identifier: Apache-2.0
// Tests that all views of a connection come to one worker, in whichever order the workers read them.
#include <algorithm>
#include <limits>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "src/capture/handover.h"
#include "src/capture/owner_function.h"
#include "src/snapshot/worker_snapshot.h"
#include "tests/support/segment.h"
#include "tests/support/translated_traffic.h"

namespace tcpgauge {
namespace {

constexpr int64_t kAnyTime = std::numeric_limits<int64_t>::max();
constexpr int64_t kMostLagNs = Seconds(0.5);  // between two workers; less than the time until a port is used again

TableOptions Options(uint64_t seed) {
  TableOptions options;
  options.hash_seed = seed;
  return options;
}

// The workers of a capture, driven by one thread.
class Workers {
 public:
  Workers(const TableOptions& table, size_t count) : group_(table, count), workers_(count) {
    for (size_t i = 0; i < count; ++i) {
      workers_[i].handover = std::make_unique<Handover>(&group_, i, &workers_[i].interfaces);
    }
  }

  // Worker `worker` reads up to `most` packets of `captured`, and receives what it may.
  void Step(size_t worker, const std::vector<TranslatedTraffic::Captured>& captured, size_t most) {
    Worker& self = workers_[worker];
    PacketBatch batch;
    for (; most > 0 && self.next < captured.size() && !batch.full(); --most) {
      const TranslatedTraffic::Captured& next = captured[self.next++];
      DecodedPacket* const packet = batch.Add();
      *packet = next.packet;
      packet->interface = static_cast<uint32_t>(self.interfaces.Discover(next.interface));
    }
    self.handover->HandOver(&batch, Lost);
    Keep(worker, &batch);
    const bool at_end = self.next == captured.size();
    Receive(worker, at_end ? kAnyTime : captured[self.next].packet.time_ns - 1);
  }

  // Returns whether there was any packet.
  bool Receive(size_t worker, int64_t read_until_ns) {
    PacketBatch batch;
    bool any = false;
    while (workers_[worker].handover->Receive(read_until_ns, &batch, Lost)) {
      Keep(worker, &batch);
      any = true;
    }
    return any;
  }

  // The end of the capture: each worker receives all that there is.
  void ReceiveAll() {
    for (bool any = true; any;) {
      any = false;
      for (size_t i = 0; i < workers_.size(); ++i) any = Receive(i, kAnyTime) || any;
    }
  }

  // The time of the packet that the worker reads next; kAnyTime at the end.
  int64_t NextNs(size_t worker, const TranslatedTraffic& traffic) const {
    const auto& captured = traffic.captured[worker];
    const size_t next = workers_[worker].next;
    return next == captured.size() ? kAnyTime : captured[next].packet.time_ns;
  }
  // The same of the worker that is furthest behind.
  int64_t SlowestNs(const TranslatedTraffic& traffic) const {
    int64_t slowest_ns = kAnyTime;
    for (size_t i = 0; i < workers_.size(); ++i) slowest_ns = std::min(slowest_ns, NextNs(i, traffic));
    return slowest_ns;
  }
  const std::vector<DecodedPacket>& kept(size_t worker) const { return workers_[worker].kept; }
  const Handover& handover(size_t worker) const { return *workers_[worker].handover; }

 private:
  struct Worker {
    CaptureCounters counters;
    InterfaceRegistry interfaces{&counters, Seconds(60)};
    std::unique_ptr<Handover> handover;
    size_t next = 0;
    std::vector<DecodedPacket> kept;  // what goes to its table
  };
  static void Lost(uint32_t) { FAIL() << "an inbox was full"; }
  void Keep(size_t worker, PacketBatch* batch) {
    std::vector<DecodedPacket>& kept = workers_[worker].kept;
    kept.insert(kept.end(), batch->packets().begin(), batch->packets().end());
    batch->clear();
  }

  HandoverGroup group_;
  std::vector<Worker> workers_;
};

// The worker that the tables of each connection are in, and how many packets they got.
struct Outcome {
  std::set<size_t> workers;
  size_t packets = 0;
};
std::vector<Outcome> OutcomesOf(const Workers& workers, size_t count, size_t connections) {
  std::vector<Outcome> outcomes(connections);
  for (size_t worker = 0; worker < count; ++worker) {
    for (const DecodedPacket& packet : workers.kept(worker)) {
      Outcome& outcome = outcomes[packet.wire_length_bytes];
      outcome.workers.insert(worker);
      ++outcome.packets;
    }
  }
  return outcomes;
}

TEST(HandoverViews, AllViewsOfAConnectionComeToOneWorkerHoweverTheWorkersRead) {
  for (const size_t count : {2, 3, 4}) {
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      const OwnerFunction owners(seed, count);
      const TranslatedTraffic traffic = MakeTranslatedTraffic(seed, owners, 2000);
      Workers workers(Options(seed), count);
      std::mt19937 random(static_cast<uint32_t>(seed));
      for (int64_t slowest_ns; (slowest_ns = workers.SlowestNs(traffic)) != kAnyTime;) {
        const size_t worker = random() % count;
        if (workers.NextNs(worker, traffic) > slowest_ns + kMostLagNs) continue;
        workers.Step(worker, traffic.captured[worker], 1 + random() % 64);
      }
      workers.ReceiveAll();
      const std::vector<Outcome> outcomes = OutcomesOf(workers, count, traffic.connections.size());
      size_t moved = 0;
      for (size_t i = 0; i < outcomes.size(); ++i) {
        const TranslatedTraffic::Connection& connection = traffic.connections[i];
        ASSERT_EQ(outcomes[i].workers.size(), 1u) << "connection " << i << ", seed " << seed << ", of " << count;
        ASSERT_EQ(outcomes[i].packets, connection.packets);
        const bool has_moved = *outcomes[i].workers.begin() != connection.owner;
        if (connection.has_one_view) {
          ASSERT_FALSE(has_moved) << i;
        }
        moved += has_moved;
      }
      EXPECT_GT(moved, outcomes.size() / 10) << "the test must have views that move";
      for (size_t i = 0; i < count; ++i) EXPECT_EQ(workers.handover(i).overflows(), OverflowCounts{});
    }
  }
}

TEST(HandoverViews, CountViewsLeavesEachViewWithItsOwner) {
  constexpr size_t kWorkers = 4;
  TableOptions options = Options(1);
  options.count_views = true;
  const OwnerFunction owners(options.hash_seed, kWorkers);
  const TranslatedTraffic traffic = MakeTranslatedTraffic(1, owners, 1000);
  Workers workers(options, kWorkers);
  for (size_t worker = 0; worker < kWorkers; ++worker) {
    while (workers.NextNs(worker, traffic) != kAnyTime) {
      workers.Step(worker, traffic.captured[worker], 64);
      workers.ReceiveAll();
    }
  }
  size_t packets = 0;
  for (size_t worker = 0; worker < kWorkers; ++worker) {
    packets += workers.kept(worker).size();
    for (const DecodedPacket& packet : workers.kept(worker)) {
      ASSERT_EQ(owners.OwnerOf(packet.source, packet.destination), worker);
    }
  }
  size_t expected = 0;
  for (const TranslatedTraffic::Connection& connection : traffic.connections) expected += connection.packets;
  EXPECT_EQ(packets, expected);
}

// Two views and up to four workers in every order: which worker reads its packets when.
TEST(HandoverViews, EveryOrderOfReadingTwoViewsHasOneOutcome) {
  constexpr size_t kWorkers = 2;
  const OwnerFunction owners(1, kWorkers);
  Endpoint client = At("192.0.2.1:40000"), node = At("203.0.113.1:50000");
  const Endpoint service = At("10.96.0.10:443"), pod = At("10.244.1.1:8443");
  while (owners.OwnerOf(client, service) != 0) ++client.port;
  while (owners.OwnerOf(node, pod) != 1) ++node.port;
  TranslatedTraffic traffic;
  traffic.captured.resize(kWorkers);
  const auto capture = [&](const Segment& segment, const char* interface) {
    const DecodedPacket& packet = segment;
    traffic.captured[owners.OwnerOf(packet.source, packet.destination)].push_back({packet, interface});
    traffic.captured[owners.OwnerOf(packet.source, packet.destination)].back().packet.wire_length_bytes = 0;
  };
  capture(Segment(client, service).Time(0.0001).Syn(100), "eth0");
  capture(Segment(node, pod).Time(0.0002).Syn(100), "veth1");
  capture(Segment(pod, node).Time(0.0003).Syn(500).Ack(101), "veth1");
  capture(Segment(service, client).Time(0.0004).Syn(500).Ack(101), "eth0");
  capture(Segment(client, service).Time(0.0005).Seq(101).Ack(501).Payload(10), "eth0");
  capture(Segment(node, pod).Time(0.0006).Seq(101).Ack(501).Payload(10), "veth1");
  std::vector<size_t> order = {0, 0, 0, 1, 1, 1};
  do {
    Workers workers(Options(1), kWorkers);
    for (const size_t worker : order) workers.Step(worker, traffic.captured[worker], 1);
    workers.ReceiveAll();
    const size_t first = order[0];
    EXPECT_EQ(workers.kept(first).size(), 6u) << "the worker that reads a SYN first has the connection";
    EXPECT_TRUE(workers.kept(1 - first).empty());
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace
}  // namespace tcpgauge
