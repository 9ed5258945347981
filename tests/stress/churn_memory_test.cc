// SPDX-License-Identifier: Apache-2.0
// Sends two hours (packet time) of steady traffic through the table, the publisher, the collector and an exposition.
// After the first tenth, memory stays flat.
#include <malloc.h>
#include <stdio.h>
#include <sys/prctl.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <queue>
#include <random>
#include <vector>

#include "exporter/metrics/make_exposition.h"
#include "exporter/metrics/text_writer.h"
#include "gtest/gtest.h"
#include "src/flow/connection_table.h"
#include "src/snapshot/collector.h"
#include "src/snapshot/snapshot_hub.h"
#include "src/snapshot/triple_buffer.h"
#include "src/snapshot/worker_publisher.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr int kSeconds = 2 * 3600;
constexpr int kTenth = kSeconds / 10;
constexpr int kBegunPerSecond = 250;
constexpr double kMeanSeconds = 20;  // the mean lifetime of a connection

// The anonymous memory of the process, in memory or swapped out. Pages of the program's file do not count, because the
// kernel drops and rereads them at will. smaps_rollup is exact, while statm counts in steps. malloc_trim() first
// returns the free memory of the heap: it is up to a tenth of the heap, and differs from run to run.
int64_t ResidentBytes() {
  malloc_trim(0);
  FILE* const file = fopen("/proc/self/smaps_rollup", "r");
  int64_t kilobytes = 0;
  char line[256];
  while (fgets(line, sizeof(line), file) != nullptr) {
    long part = 0;
    if (sscanf(line, "Anonymous: %ld", &part) == 1 || sscanf(line, "Swap: %ld", &part) == 1) kilobytes += part;
  }
  fclose(file);
  return kilobytes * 1024;
}

// A model of what a server sees. Connections begin at random, live for random times and send now and then. Some SYNs
// are never answered, some connections end by a reset, and some fall silent.
class SteadyTraffic {
 public:
  // The packets of the next second.
  const std::vector<DecodedPacket>& NextSecond() {
    packets_.clear();
    for (int count = std::poisson_distribution<int>(kBegunPerSecond)(random_); count > 0; --count) Begin();
    while (!due_.empty() && due_.top().second <= second_) {
      Live live = due_.top();
      due_.pop();
      Continue(&live);
    }
    ++second_;
    return packets_;
  }

 private:
  struct Live {
    double second;  // when its next packet comes
    double end_second;
    uint32_t client, port, sequence;
  };
  struct Later {
    bool operator()(const Live& a, const Live& b) const { return a.second > b.second; }
  };

  double Share() { return std::uniform_real_distribution<double>()(random_); }
  Endpoint Client(const Live& live) const {
    const uint8_t bytes[4] = {10, static_cast<uint8_t>(live.client >> 16), static_cast<uint8_t>(live.client >> 8),
                              static_cast<uint8_t>(live.client)};
    return {IpAddress::FromV4(bytes), static_cast<uint16_t>(live.port)};
  }
  Endpoint Server(const Live& live) const {
    const uint8_t bytes[4] = {198, 51, 100, static_cast<uint8_t>(live.client % 20)};
    return {IpAddress::FromV4(bytes), static_cast<uint16_t>(live.port % 3 == 0 ? 443 : 8080)};
  }
  void Add(Segment segment) { packets_.push_back(segment.TimeNs(TestTime(second_)).packet()); }

  void Begin() {
    Live live = {};
    live.client = static_cast<uint32_t>(random_() % (1 << 22));
    live.port = static_cast<uint32_t>(32768 + random_() % 28000);
    Add(Segment(Client(live), Server(live)).Syn(0));
    if (Share() < 0.1) return;  // the SYN is never answered
    Add(Segment(Server(live), Client(live)).Syn(0).Ack(1));
    Add(Segment(Client(live), Server(live)).Seq(1).Ack(1));
    live.sequence = 1;
    live.end_second = second_ + std::exponential_distribution<double>(1 / kMeanSeconds)(random_);
    live.second = second_ + 1;
    due_.push(live);
  }
  void Continue(Live* live) {
    const Endpoint client = Client(*live), server = Server(*live);
    if (second_ < live->end_second) {
      const uint32_t payload = static_cast<uint32_t>(1 + random_() % 1400);
      Add(Segment(client, server).Seq(live->sequence).Ack(1).Payload(payload));
      live->sequence += payload;
      live->second = second_ + 1 + 8 * Share();
      due_.push(*live);
      return;
    }
    const double way = Share();
    if (way < 0.02) return;  // no more packets
    if (way < 0.2) {
      Add(Segment(client, server).Seq(live->sequence).Rst());
      return;
    }
    Add(Segment(client, server).Seq(live->sequence).Ack(1).Fin());
    Add(Segment(server, client).Seq(1).Ack(live->sequence + 1).Fin());
    Add(Segment(client, server).Seq(live->sequence + 1).Ack(2));
  }

  std::mt19937_64 random_{1};
  int second_ = 0;
  std::vector<DecodedPacket> packets_;
  std::priority_queue<Live, std::vector<Live>, Later> due_;
};

TEST(ChurnMemory, IsFlatAfterTheFirstTenth) {
  // The kernel merges pages into huge ones and splits them at will, which changes the resident memory by megabytes.
  ASSERT_EQ(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0), 0);
  TableOptions options;
  // Short enough that, within the first tenth, as many silent connections expire as begin.
  options.idle_timeout_ns = 300LL * 1000000000;
  ConnectionTable table(options, nullptr);
  CaptureCounters counters;
  counters.interfaces.resize(1);
  counters.interfaces[0].name = "eth0";
  TripleBuffer<WorkerSnapshot> buffer;
  WorkerPublisher publisher(&table, &counters, &buffer, 1000000000, 0, 100000);
  Collector collector(CollectorOptions(), {&buffer});
  SnapshotHub hub;
  SteadyTraffic traffic;
  // The highest value in each tenth.
  std::vector<int64_t> resident(10);
  size_t packets = 0;
  for (int second = 1; second <= kSeconds; ++second) {
    const std::vector<DecodedPacket>& arrived = traffic.NextSecond();
    packets += arrived.size();
    table.Apply(arrived);
    while (!table.AdvanceTime(TestTime(second))) {
    }
    if (second % 5 == 0) {  // a reader comes
      publisher.PublishNow();
      hub.Publish(collector.Collect());
      ASSERT_GT(WriteText(MakeExposition(hub.Current(), {5000, 100}, {}), TextFormat::kPrometheus).size(), 1000u);
    }
    int64_t& most = resident[static_cast<size_t>((second - 1) / kTenth)];
    most = std::max(most, ResidentBytes());
  }
  const Totals& totals = table.totals();
  const uint64_t opened = totals.opened_handshake;
  std::cout << packets << " packets, " << opened << " connections, " << table.size()
            << " at the end; resident MB, the most in each tenth:";
  for (const int64_t bytes : resident) std::cout << ' ' << static_cast<double>(bytes) / 1e6;
  std::cout << '\n';
  EXPECT_GT(opened, uint64_t{kSeconds} * kBegunPerSecond * 9 / 10);
  EXPECT_LT(table.size(), 20000u);
  const auto [least, most] = std::minmax_element(resident.begin(), resident.end());
  EXPECT_LE(static_cast<double>(*most - *least), 0.02 * static_cast<double>(resident.front()));
}

}  // namespace
}  // namespace tcpgauge
