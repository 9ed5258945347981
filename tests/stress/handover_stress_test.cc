// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <limits>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "src/capture/handover.h"
#include "src/capture/owner_function.h"
#include "src/snapshot/worker_snapshot.h"
#include "tests/support/segment.h"
#include "tests/support/translated_traffic.h"

namespace tcpgauge {
namespace {

constexpr size_t kWorkers = 4;
constexpr int64_t kAnyTime = std::numeric_limits<int64_t>::max();
constexpr int64_t kMostLagNs = Seconds(0.1);  // between two workers; so that no inbox becomes full

struct Worker {
  CaptureCounters counters;
  InterfaceRegistry interfaces{&counters, Seconds(60)};
  std::unique_ptr<Handover> handover;
  std::vector<DecodedPacket> kept;
  std::atomic<int64_t> read_until_ns{0};
  size_t lost = 0;
};

// What CaptureWorker does with packets, from the first to the end of the capture.
void Work(const std::vector<TranslatedTraffic::Captured>& captured, std::vector<Worker>* workers, size_t index) {
  Worker& self = (*workers)[index];
  PacketBatch batch;
  const auto keep = [&] {
    self.kept.insert(self.kept.end(), batch.packets().begin(), batch.packets().end());
    batch.clear();
  };
  const auto lost = [&](uint32_t) { ++self.lost; };
  const auto receive = [&](int64_t read_until_ns) {
    while (self.handover->Receive(read_until_ns, &batch, lost)) keep();
  };
  for (size_t next = 0; next < captured.size();) {
    const int64_t now_ns = captured[next].packet.time_ns;
    self.read_until_ns.store(now_ns, std::memory_order_relaxed);
    receive(now_ns - 1);
    bool is_ahead = false;
    for (const Worker& other : *workers) {
      is_ahead = is_ahead || other.read_until_ns.load(std::memory_order_relaxed) + kMostLagNs < now_ns;
    }
    if (is_ahead) {
      std::this_thread::yield();
      continue;
    }
    for (; next < captured.size() && !batch.full() && captured[next].packet.time_ns < now_ns + kMostLagNs; ++next) {
      DecodedPacket* const packet = batch.Add();
      *packet = captured[next].packet;
      packet->interface = static_cast<uint32_t>(self.interfaces.Discover(captured[next].interface));
    }
    self.handover->HandOver(&batch, lost);
    keep();
  }
  self.read_until_ns.store(kAnyTime - kMostLagNs, std::memory_order_relaxed);
  for (const auto stage :
       {Handover::Stage::kReadsNoMore, Handover::Stage::kCollectsNoMore, Handover::Stage::kHandsOverNoMore}) {
    self.handover->Reach(stage);
    while (!self.handover->AllReached(stage)) {
      receive(kAnyTime);
      std::this_thread::yield();
    }
    receive(kAnyTime);
  }
}

TEST(HandoverStress, EachConnectionComesToOneWorkerWithAllItsPackets) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    TableOptions options;
    options.hash_seed = seed;
    const TranslatedTraffic traffic = MakeTranslatedTraffic(seed, OwnerFunction(seed, kWorkers), 4000);
    HandoverGroup group(options, kWorkers);
    std::vector<Worker> workers(kWorkers);
    for (size_t i = 0; i < kWorkers; ++i) {
      workers[i].handover = std::make_unique<Handover>(&group, i, &workers[i].interfaces);
    }
    std::vector<std::thread> threads;
    for (size_t i = 0; i < kWorkers; ++i) {
      threads.emplace_back([&, i] { Work(traffic.captured[i], &workers, i); });
    }
    for (std::thread& thread : threads) thread.join();
    std::vector<std::set<size_t>> workers_of(traffic.connections.size());
    std::vector<size_t> packets(traffic.connections.size());
    for (size_t i = 0; i < kWorkers; ++i) {
      ASSERT_EQ(workers[i].lost, 0u);
      for (const DecodedPacket& packet : workers[i].kept) {
        workers_of[packet.wire_length_bytes].insert(i);
        ++packets[packet.wire_length_bytes];
      }
    }
    for (size_t i = 0; i < traffic.connections.size(); ++i) {
      ASSERT_EQ(workers_of[i].size(), 1u) << "connection " << i << ", seed " << seed;
      ASSERT_EQ(packets[i], traffic.connections[i].packets) << "connection " << i << ", seed " << seed;
    }
  }
}

}  // namespace
}  // namespace tcpgauge
