// SPDX-License-Identifier: Apache-2.0
// Series are the same, whether a pass lists few rows or all.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "src/flow/connection_table.h"
#include "src/snapshot/collector.h"
#include "src/snapshot/listed_rows.h"
#include "src/snapshot/snapshot.h"
#include "src/snapshot/triple_buffer.h"
#include "src/snapshot/worker_publisher.h"
#include "src/snapshot/worker_snapshot.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr size_t kWithSeries = 5;
constexpr int64_t kWindowSeconds = 60;

CollectorOptions Options() {
  CollectorOptions options;
  options.exported_connections = kWithSeries;
  options.series_choice = SeriesChoiceOptions{kWithSeries, 3, Seconds(kWindowSeconds)};
  return options;
}

// A publisher and a collector of one table.
class Reader {
 public:
  Reader(ConnectionTable* table, std::optional<WorkerPublisher::FewRows> few)
      : publisher_(table, &counters_, &buffer_, Seconds(1), 0, 100000, few), collector_(Options(), {&buffer_}) {
    counters_.interfaces.emplace_back();
    counters_.interfaces[0].name = "eth0";
  }

  std::shared_ptr<const Snapshot> Read() {
    publisher_.PublishNow(ListedRows::kFew);
    auto snapshot = collector_.Collect();
    publisher_.KeepListed(collector_.slots_with_series()[0]);
    return snapshot;
  }

 private:
  CaptureCounters counters_;
  TripleBuffer<WorkerSnapshot> buffer_;
  WorkerPublisher publisher_;
  Collector collector_;
};

std::set<std::string> WithSeries(const Snapshot& snapshot) {
  std::set<std::string> clients;
  for (const uint32_t index : snapshot.connections_with_series) {
    clients.insert(snapshot.connection(index).client.ToString());
  }
  return clients;
}

class FewRows : public testing::Test {
 protected:
  FewRows() : table_(TableOptionsOfTest(), nullptr), all_(&table_, std::nullopt), few_(&table_, {{50, Seconds(60)}}) {}

  static TableOptions TableOptionsOfTest() {
    TableOptions options;
    options.max_connections = 20000;
    options.ranking_window_ns = Seconds(kWindowSeconds);
    return options;
  }
  static Endpoint ClientOf(uint32_t number) {
    return Endpoint{At("10.0.0.1:0").address, static_cast<uint16_t>(1 + number)};
  }
  void Feed(const Segment& segment) { table_.Apply({&segment.packet(), 1}); }
  void Open(uint32_t number, double seconds) {
    Feed(Segment(ClientOf(number), server_).Syn(1).Time(seconds));
    Feed(Segment(server_, ClientOf(number)).Syn(1).Ack(2).Time(seconds));
  }
  void Send(uint32_t number, uint32_t bytes, double seconds) {
    Feed(Segment(ClientOf(number), server_).Seq(2).Ack(2).Payload(bytes).Time(seconds));
  }
  void Reset(uint32_t number, double seconds) { Feed(Segment(ClientOf(number), server_).Seq(2).Rst().Time(seconds)); }
  // Expects both readers to see equally many connections and, unless many are equally heavy, to choose the same ones.
  void Read(double seconds, bool has_equals = false) {
    while (!table_.AdvanceTime(TestTime(seconds))) {
    }
    const auto all = all_.Read();
    const auto few = few_.Read();
    if (!has_equals) {
      ASSERT_EQ(WithSeries(*few), WithSeries(*all)) << "at " << seconds << " s";
    }
    EXPECT_EQ(all->listed_rows, ListedRows::kAll);
    EXPECT_EQ(few->listed_rows, ListedRows::kFew);
    EXPECT_LE(few->connections.size(), 2 * 50 + kWithSeries);
    EXPECT_EQ(few->connections.size() + few->connections_not_listed,
              all->connections.size() + all->connections_not_listed);
    with_series_ = WithSeries(*few);
  }

  const Endpoint server_ = At("10.0.0.2:80");
  ConnectionTable table_;
  Reader all_;
  Reader few_;
  std::set<std::string> with_series_;
};

TEST_F(FewRows, AmongManyShortOnesAnOldConnectionHasSeries) {
  Open(0, 0);
  Send(0, 10, 0.5);
  for (uint32_t second = 1; second < 100; ++second) {
    for (uint32_t i = 0; i < 100; ++i) {
      const uint32_t number = 1 + second * 100 + i;
      Open(number, second);
      Send(number, 1000, second + 0.1);
      Reset(number, second + 0.2);
    }
    Read(second + 0.5, /*has_equals=*/true);
  }
  EXPECT_EQ(with_series_.count(ClientOf(0).ToString()), 1u);
}

TEST_F(FewRows, AmongManySilentOnesAConnectionKeepsItsSeries) {
  for (uint32_t number = 0; number < 500; ++number) Open(number, 0.001 * number);
  for (uint32_t number = 495; number < 500; ++number) Send(number, 1000, 1);
  for (int second = 2; second < 300; second += 5) Read(second);
  std::set<std::string> sent;
  for (uint32_t number = 495; number < 500; ++number) sent.insert(ClientOf(number).ToString());
  EXPECT_EQ(with_series_, sent) << "all are equally light now";
}

TEST_F(FewRows, OfRandomTrafficTheSameConnectionsHaveSeries) {
  std::mt19937 random(7);
  std::vector<uint32_t> open;
  uint32_t next = 0;
  for (int second = 0; second < 300; ++second) {
    for (int i = 0; i < 40; ++i) {
      if (open.size() < 300 || random() % 3 == 0) {
        Open(next, second);
        open.push_back(next++);
      }
      const size_t which = random() % open.size();
      // Weights far enough apart that HeaviestRows tells the heavy ones from the others.
      Send(open[which], 10u << open[which] % 10, second + 0.3);
      if (random() % 4 == 0) {
        Reset(open[which], second + 0.4);
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(which));
      }
    }
    if (second % 3 == 0) Read(second + 0.5);
  }
  EXPECT_EQ(with_series_.size(), kWithSeries);
}

}  // namespace
}  // namespace tcpgauge
