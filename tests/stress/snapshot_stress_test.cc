// SPDX-License-Identifier: Apache-2.0
// The whole path at once: workers with their tables, the collector, and readers of the hub.
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "src/flow/connection_table.h"
#include "src/snapshot/collector.h"
#include "src/snapshot/snapshot_hub.h"
#include "src/snapshot/triple_buffer.h"
#include "src/snapshot/worker_publisher.h"
#include "tests/support/random_traffic.h"

namespace tcpgauge {
namespace {

constexpr int kWorkers = 3;
constexpr int kReaders = 3;
constexpr int kSegments = 30000;

// One worker: counts random traffic, and publishes every few packets.
void Capture(uint64_t seed, TripleBuffer<WorkerSnapshot>* buffer) {
  TableOptions options;
  options.max_connections = 12;
  ConnectionTable table(options, nullptr);
  CaptureCounters counters;
  counters.interfaces.resize(RandomTraffic::kInterfaces);
  for (size_t i = 0; i < counters.interfaces.size(); ++i) counters.interfaces[i].name = "eth" + std::to_string(i);
  WorkerPublisher publisher(&table, &counters, buffer, 1, 0, 8);
  RandomTraffic traffic(seed);
  for (int i = 0; i < kSegments; ++i) {
    const DecodedPacket packet = traffic.Next();
    ++counters.interfaces[packet.interface].packets[0];
    table.Apply({&packet, 1});
    if (i % 4 == 0) publisher.Step(i);
  }
  publisher.PublishNow();
}

uint64_t Packets(const Snapshot& snapshot) {
  uint64_t packets = 0;
  for (const InterfaceView& interface : snapshot.interfaces) packets += interface.packets[0];
  return packets;
}

TEST(SnapshotStress, ReadersSeeConsistentSnapshotsWhoseCountersOnlyGrow) {
  std::vector<std::unique_ptr<TripleBuffer<WorkerSnapshot>>> buffers;
  std::vector<TripleBuffer<WorkerSnapshot>*> workers;
  for (int i = 0; i < kWorkers; ++i) {
    buffers.push_back(std::make_unique<TripleBuffer<WorkerSnapshot>>());
    workers.push_back(buffers.back().get());
  }
  SnapshotHub hub;
  std::atomic<int> capturing{kWorkers};
  std::atomic<bool> done{false};
  std::atomic<uint64_t> read{0};

  std::vector<std::thread> threads;
  for (size_t i = 0; i < kWorkers; ++i) {
    threads.emplace_back([&, i] {
      while (read.load() == 0) std::this_thread::yield();  // otherwise all workers may end before a reader starts
      Capture(uint64_t{i} + 1, workers[i]);
      --capturing;
    });
  }
  threads.emplace_back([&] {
    Collector collector(CollectorOptions(), workers);
    for (bool last = false; !last;) {
      last = capturing.load() == 0;  // true = the workers have published all, so the next snapshot is the last
      if (auto snapshot = collector.Collect()) hub.Publish(std::move(snapshot));
    }
    done.store(true);
  });
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      uint64_t sequence = 0;
      uint64_t packets = 0;
      uint64_t payload_bytes = 0;
      while (!done.load()) {
        const std::shared_ptr<const Snapshot> snapshot = hub.Current();
        EXPECT_GE(snapshot->sequence, sequence);
        EXPECT_GE(Packets(*snapshot), packets);
        EXPECT_GE(snapshot->totals.client_payload_bytes, payload_bytes);
        EXPECT_LE(snapshot->connections.size(), size_t{kWorkers} * 8);
        for (const ConnectionSummary& connection : snapshot->connections) {
          EXPECT_LT(connection.interface, snapshot->interfaces.size());
          EXPECT_LT(connection.encapsulation, snapshot->encapsulations.size());
        }
        sequence = snapshot->sequence;
        packets = Packets(*snapshot);
        payload_bytes = snapshot->totals.client_payload_bytes;
        ++read;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::thread& thread : readers) thread.join();
  EXPECT_EQ(Packets(*hub.Current()), uint64_t{kWorkers} * kSegments) << "the last snapshot holds all";
  EXPECT_GT(read.load(), 0);
}

}  // namespace
}  // namespace tcpgauge
