// The way of the numbers from a capture thread to its readers, with all of them running at once. Under the thread
// sanitizer this shows that no access is unordered; under any, that what readers see is consistent.

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "src/base/wakeup.h"
#include "src/flow/connection_table.h"
#include "src/snapshot/collector.h"
#include "src/snapshot/ended_queue.h"
#include "src/snapshot/shard_publisher.h"
#include "src/snapshot/shard_snapshot.h"
#include "src/snapshot/snapshot.h"
#include "src/snapshot/snapshot_hub.h"
#include "src/snapshot/triple_buffer.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr int kRounds = 150;
constexpr uint32_t kConnections = 600;  // more than a slice
constexpr uint32_t kPayload = 100;

struct Publication {
  uint64_t number = 0;
  std::vector<uint64_t> copies;
};

TEST(TripleBuffer, ShowsWholeValuesInTheOrderOfPublication) {
  TripleBuffer<Publication> buffer;
  constexpr uint64_t kLast = 20000;
  std::thread writer([&buffer] {
    for (uint64_t number = 1; number <= kLast; ++number) {
      buffer.back().number = number;
      buffer.back().copies.assign(number % 7, number);
      buffer.Publish();
    }
  });
  uint64_t seen = 0;
  while (seen < kLast) {
    if (!buffer.TakeLatest()) continue;
    const Publication& front = buffer.front();
    EXPECT_GT(front.number, seen);
    seen = front.number;
    EXPECT_EQ(front.copies, std::vector<uint64_t>(seen % 7, seen));
  }
  writer.join();
}

// Each round every client sends one segment, in a batch of its own; a slice is published after each batch.
void Capture(ConnectionTable* table, ShardPublisher* publisher) {
  const Endpoint server = At("192.0.2.1:443");
  int64_t steady_ns = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<DecodedPacket> batch;
    for (uint32_t i = 0; i < kConnections; ++i) {
      Endpoint client = At("198.51.100.7:0");
      client.port = static_cast<uint16_t>(40000 + i);
      Segment segment(client, server);
      segment.TimeNs(kTestStartNs + steady_ns);
      if (round == 0) {
        segment.Syn(1000);
      } else {
        segment.Seq(1001 + (static_cast<uint32_t>(round) - 1) * kPayload).Ack(1).Payload(kPayload);
      }
      batch.push_back(segment);
    }
    table->Apply(batch);
    steady_ns += 1000000;
    publisher->Step(steady_ns);
  }
  publisher->PublishNow();
}

void CheckAgainst(const Snapshot& before, const Snapshot& now) {
  EXPECT_GE(now.sequence, before.sequence);
  EXPECT_GE(now.time_ns, before.time_ns);
  EXPECT_GE(now.totals.client_payload_bytes, before.totals.client_payload_bytes);
  // Rows are copied before the totals, and what they count only grows.
  uint64_t of_rows = 0;
  for (const ConnectionView& connection : now.connections) of_rows += connection.client_sent.payload_bytes;
  EXPECT_LE(of_rows, now.totals.client_payload_bytes);
  EXPECT_LE(now.connections.size(), kConnections);
}

TEST(HandOver, ReadersSeeConsistentSnapshotsWhileCaptureGoesOn) {
  TableOptions options;
  options.max_connections = 1000;
  ConnectionTable table(options, nullptr);
  const CaptureCounters counters;
  TripleBuffer<ShardSnapshot> buffer;
  ShardPublisher publisher(&table, &counters, &buffer, /*interval_ns=*/1000000, /*lateness_ns=*/0, /*max_rows=*/10000);
  SnapshotHub hub;
  std::atomic<bool> captured{false};
  std::atomic<bool> collected{false};

  std::thread capture([&] {
    Capture(&table, &publisher);
    captured.store(true);
  });
  std::thread collector([&] {
    Collector collect({}, {&buffer});
    bool last = false;
    while (!last) {
      last = captured.load();
      if (auto snapshot = collect.Collect()) hub.Publish(std::move(snapshot));
    }
    collected.store(true);
  });
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      // One that is held for ever holds up nobody.
      const std::shared_ptr<const Snapshot> first = hub.Current();
      std::shared_ptr<const Snapshot> before = first;
      while (!collected.load()) {
        std::shared_ptr<const Snapshot> now = hub.Current();
        CheckAgainst(*before, *now);
        before = std::move(now);
      }
    });
  }
  capture.join();
  collector.join();
  for (std::thread& reader : readers) reader.join();

  const auto last = hub.Current();
  EXPECT_GT(last->sequence, 0u);
  EXPECT_EQ(last->connections.size(), kConnections);
  EXPECT_EQ(last->totals.client_payload_bytes, uint64_t{kConnections} * kPayload * (kRounds - 1));
}

TEST(EndedQueue, HandsEveryConnectionOnInOrderWhenItMayWait) {
  Wakeup wakeup;
  EndedQueue queue(/*lossless=*/true, &wakeup);
  constexpr uint64_t kCount = 3 * EndedQueue::kCapacity;
  std::thread capture([&queue] {
    NamedEndedConnection ended;
    for (uint64_t id = 0; id < kCount; ++id) {
      ended.connection.summary.id = id;
      queue.Push(ended);
    }
  });
  uint64_t next = 0;
  while (next < kCount) {
    const NamedEndedConnection* front = queue.Front();
    if (front == nullptr) {
      if (queue.PrepareToWait()) wakeup.Wait(-1, -1);
      continue;
    }
    EXPECT_EQ(front->connection.summary.id, next);
    ++next;
    queue.Pop();
  }
  capture.join();
  EXPECT_EQ(queue.lost(), 0u);
}

TEST(EndedQueue, CountsWhatAFullOneLoses) {
  Wakeup wakeup;
  EndedQueue queue(/*lossless=*/false, &wakeup);
  for (uint64_t id = 0; id < EndedQueue::kCapacity + 5; ++id) queue.Push({});
  EXPECT_EQ(queue.lost(), 5u);
}

}  // namespace
}  // namespace tcpgauge
