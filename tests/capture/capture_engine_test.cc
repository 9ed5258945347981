// SPDX-License-Identifier: Apache-2.0
// Runs the engine on sources of the test: when capture has ended, and when it is healthy.
#include "src/capture/capture_engine.h"

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "src/base/clock.h"
#include "src/base/time_units.h"
#include "src/capture/packet_source.h"
#include "src/snapshot/listed_rows.h"
#include "src/snapshot/snapshot.h"
#include "tests/support/named_ends.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr int kPatienceMs = 60000;

// A clock that any thread may read while the test moves it.
class SharedClock final : public Clock {
 public:
  int64_t WallNanoseconds() const override { return kTestStartNs + now_ns_; }
  int64_t SteadyNanoseconds() const override { return now_ns_; }
  void Move(int64_t ns) { now_ns_ += ns; }

 private:
  std::atomic<int64_t> now_ns_{0};
};

// A source whose first Read() gives one packet. `then` is what further calls return.
class ScriptedSource final : public PacketSource {
 public:
  explicit ScriptedSource(std::function<absl::StatusOr<ReadResult>()> then) : then_(std::move(then)) {}

  absl::StatusOr<ReadResult> Read(PacketBatch* batch) override {
    if (has_given_) return then_();
    has_given_ = true;
    *batch->Add() = Segment(At("10.0.0.1:40000"), At("10.0.0.2:80")).Syn(1);
    return ReadResult::kPackets;
  }
  int poll_fd() const override { return -1; }
  const std::string& name() const override { return name_; }
  bool has_many_interfaces() const override { return false; }
  uint64_t DroppedPackets() override { return 0; }

 private:
  const std::function<absl::StatusOr<ReadResult>()> then_;
  const std::string name_ = "eth0";
  bool has_given_ = false;
};

using ReadResult = PacketSource::ReadResult;

constexpr uint32_t kConnections = 1000;
constexpr uint32_t kPacketsOfEach = 6;  // see MakeTraffic()

// Returns the packets of connections. The kernel would give most of these packets to workers that do not own their
// connection. Each connection has a handshake, payload in the two fragments of an IPv6 datagram, and payload in a
// tunnel. The SYN in the tunnel has a sequence number of its own, so it begins a connection of its own.
std::vector<DecodedPacket> MakeTraffic() {
  std::vector<DecodedPacket> packets;
  const Endpoint server = At("[2001:db8::2]:443");
  for (uint16_t i = 0; i < kConnections; ++i) {
    const Endpoint client = {At("[2001:db8::1]:0").address, static_cast<uint16_t>(20000 + i)};
    packets.push_back(Segment(client, server).Syn(0));
    packets.push_back(Segment(server, client).Syn(0).Ack(1));
    packets.push_back(Segment(client, server).Seq(1).Ack(1));
    packets.push_back(Segment(client, server).Seq(1).Ack(1).Payload(100).FirstFragment(i));
    packets.push_back(Segment(client, server).Payload(50).FollowingFragment(i));
    packets.push_back(Segment(client, server).Tunnel(TunnelType::kVxlan, 42).Syn(7000));
  }
  return packets;
}

// An interface that has certain packets. Each comes when the clock reaches its time.
class ListSource final : public PacketSource {
 public:
  // Calls `at_end` with the last packets.
  ListSource(std::vector<DecodedPacket> packets, const Clock* clock, std::function<void()> at_end)
      : packets_(std::move(packets)), clock_(*clock), at_end_(std::move(at_end)) {}

  absl::StatusOr<ReadResult> Read(PacketBatch* batch) override {
    if (!HasPacket()) return ReadResult::kNone;
    while (!batch->full() && HasPacket()) *batch->Add() = packets_[next_++];
    if (next_ == packets_.size()) at_end_();
    return ReadResult::kPackets;
  }
  int poll_fd() const override { return -1; }
  const std::string& name() const override { return name_; }
  bool has_many_interfaces() const override { return false; }
  uint64_t DroppedPackets() override { return 0; }

 private:
  bool HasPacket() const { return next_ < packets_.size() && packets_[next_].time_ns <= clock_.WallNanoseconds(); }

  const std::vector<DecodedPacket> packets_;
  const Clock& clock_;
  const std::function<void()> at_end_;
  const std::string name_ = "vpn0";
  size_t next_ = 0;
};

// A file that has certain packets.
class FileOfPackets final : public PacketSource {
 public:
  explicit FileOfPackets(std::vector<DecodedPacket> packets) : packets_(std::move(packets)) {}

  absl::StatusOr<ReadResult> Read(PacketBatch* batch) override {
    while (!batch->full() && next_ < packets_.size()) *batch->Add() = packets_[next_++];
    return next_ < packets_.size() ? ReadResult::kPackets : ReadResult::kEnd;
  }
  int poll_fd() const override { return -1; }
  const std::string& name() const override { return name_; }
  bool has_many_interfaces() const override { return false; }
  uint64_t DroppedPackets() override { return 0; }

 private:
  const std::vector<DecodedPacket> packets_;
  const std::string name_ = "file";
  size_t next_ = 0;
};

absl::StatusOr<ReadResult> Fail() { return absl::DataLossError("the source is damaged"); }

class CaptureEngineTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(pipe(silent_), 0); }
  void TearDown() override {
    engine_.reset();
    for (const int fd : silent_) {
      if (fd >= 0) close(fd);
    }
  }

  // Gives worker `worker` a source. The engine has at least `worker` + 1 workers.
  void Add(size_t worker, std::function<absl::StatusOr<ReadResult>()> then) {
    if (sources_.size() <= worker) sources_.resize(worker + 1);
    sources_[worker].push_back(std::make_unique<ScriptedSource>(std::move(then)));
  }

  void Start() {
    engine_ = std::make_unique<CaptureEngine>(options_, std::move(sources_), std::vector<EndedQueue*>(), &clock_,
                                              [this](const absl::Status&) { ++source_errors_; });
    engine_->Start();
  }

  // Waits for data that do not come, as in a pipe. Returns when a signal or the end of the test interrupts it.
  absl::StatusOr<ReadResult> WaitForData() {
    ++waits_;
    char byte;
    return read(silent_[0], &byte, 1) < 0 ? ReadResult::kNone : ReadResult::kEnd;
  }
  void EndWaits() {
    close(silent_[1]);
    silent_[1] = -1;
  }

  static void WaitUntil(const std::function<bool()>& condition, const char* what) {
    const absl::Time deadline = absl::Now() + absl::Milliseconds(kPatienceMs);
    while (!condition()) {
      ASSERT_LT(absl::Now(), deadline) << what;
      std::this_thread::yield();
    }
  }

  bool IsFinished(int timeout_ms) const {
    pollfd finished = {engine_->finished_fd(), POLLIN, 0};
    return poll(&finished, 1, timeout_ms) == 1;
  }

  SharedClock clock_;
  EngineOptions options_;
  std::vector<std::vector<std::unique_ptr<PacketSource>>> sources_;
  std::atomic<int> source_errors_{0};
  std::atomic<int> waits_{0};
  int silent_[2] = {-1, -1};
  std::unique_ptr<CaptureEngine> engine_;
};

TEST_F(CaptureEngineTest, AWorkerThatWaitsForASilentPipeIsHealthy) {
  options_.worker.live = false;
  Add(0, [this] { return WaitForData(); });
  Start();
  WaitUntil([this] { return engine_->hub().Current()->connections.size() == 1; }, "the packet is shown");
  clock_.Move(3600 * kNanosecondsPerSecond);
  WaitUntil([this] { return engine_->IsHealthy(); }, "healthy");
  EXPECT_FALSE(IsFinished(0));
  EXPECT_TRUE(engine_->Stop().ok());
}

TEST_F(CaptureEngineTest, IdentitiesThatWerePostedBeforeTheStartNameTheFirstConnection) {
  options_.worker.live = false;
  Add(0, [this] { return WaitForData(); });
  engine_ = std::make_unique<CaptureEngine>(options_, std::move(sources_), std::vector<EndedQueue*>(), &clock_,
                                            [](const absl::Status&) {});
  NamedEnds ends;
  ends.Give("10.0.0.1:0", "web-1");
  engine_->PostIdentities(ends.Take());
  engine_->Start();
  WaitUntil([this] { return waits_ > 0; }, "the packet is read");
  EndWaits();
  ASSERT_TRUE(IsFinished(kPatienceMs));
  ASSERT_TRUE(engine_->Stop().ok());
  const std::shared_ptr<const Snapshot> snapshot = engine_->hub().Current();
  ASSERT_EQ(snapshot->connections.size(), 1u);
  const IdentityRef client = snapshot->identities.at(snapshot->connections[0].client_identity);
  ASSERT_NE(client, nullptr);
  EXPECT_EQ(client->identity.pod, "web-1");
  EXPECT_EQ(snapshot->identity_map->addresses.size(), 1u);
}

TEST_F(CaptureEngineTest, IdentitiesThatArePostedLaterReachALiveWorker) {
  Add(0, [] { return ReadResult::kNone; });
  Start();
  NamedEnds ends;
  ends.Give("10.0.0.1:0", "web-1");
  engine_->PostIdentities(ends.Take());
  WaitUntil(
      [this] {
        clock_.Move(kNanosecondsPerSecond / 10);
        return engine_->hub().Current()->identity_map->addresses.size() == 1;
      },
      "the worker has the map");
}

TEST_F(CaptureEngineTest, AllWorkersOfASilentPipeAreHealthy) {
  options_.worker.live = false;
  Add(0, [this] { return WaitForData(); });
  sources_.resize(3);
  Start();
  WaitUntil([this] { return waits_ > 0; }, "the pipe is read");
  clock_.Move(3600 * kNanosecondsPerSecond);
  WaitUntil([this] { return engine_->IsHealthy(); }, "healthy");
}

TEST_F(CaptureEngineTest, ALiveWorkerThatHangsIsUnhealthy) {
  Add(0, [this] { return WaitForData(); });
  Start();
  WaitUntil([this] { return waits_ > 0; }, "the source is read");
  EXPECT_TRUE(engine_->IsHealthy());
  clock_.Move(11 * kNanosecondsPerSecond);
  EXPECT_FALSE(engine_->IsHealthy());
  EndWaits();
}

TEST_F(CaptureEngineTest, IsFinishedWhenTheLastSourceFailedEvenIfAWorkerNeverHadOne) {
  Add(0, Fail);
  sources_.resize(3);
  Start();
  EXPECT_TRUE(IsFinished(kPatienceMs));
  EXPECT_EQ(engine_->Stop().message(), "the source is damaged");
}

TEST_F(CaptureEngineTest, IsNotFinishedWhileASourceIsLeft) {
  std::atomic<bool> fails{false};
  Add(0, Fail);
  Add(0, [&fails]() -> absl::StatusOr<ReadResult> { return fails ? Fail() : ReadResult::kNone; });
  Add(1, Fail);
  Start();
  WaitUntil([this] { return source_errors_ == 2; }, "two sources failed");
  EXPECT_FALSE(IsFinished(0));
  fails = true;
  EXPECT_TRUE(IsFinished(kPatienceMs));
  EXPECT_FALSE(engine_->Stop().ok());
}

TEST_F(CaptureEngineTest, IsFinishedAtADamagedFileThoughWorkersStayAtItsEnd) {
  options_.worker.live = false;
  options_.worker.stay_at_end = true;
  for (const size_t workers : {1, 2, 4}) {
    Add(0, Fail);
    sources_.resize(workers);
    Start();
    EXPECT_TRUE(IsFinished(kPatienceMs)) << workers;
    EXPECT_EQ(engine_->Stop().message(), "the source is damaged") << workers;
    EXPECT_EQ(engine_->hub().Current()->connections.size(), 1u) << "the packet before the error counts";
    engine_.reset();
    sources_.clear();
  }
}

TEST_F(CaptureEngineTest, IsNotFinishedAtTheEndOfAFileWhereWorkersStay) {
  options_.worker.live = false;
  options_.worker.stay_at_end = true;
  Add(0, []() -> absl::StatusOr<ReadResult> { return ReadResult::kEnd; });
  sources_.resize(2);
  Start();
  WaitUntil([this] { return engine_->hub().Current()->connections.size() == 1; }, "the final snapshot");
  clock_.Move(3600 * kNanosecondsPerSecond);
  WaitUntil([this] { return engine_->IsHealthy(); }, "healthy");
  EXPECT_FALSE(IsFinished(0));
  EXPECT_TRUE(engine_->Stop().ok());
}

TEST_F(CaptureEngineTest, TablesOfAllWorkersHaveWhatOneOfThemReadsEvenIfItIsStoppedAtOnce) {
  for (const size_t workers : {1u, 2u, 4u, 16u}) {
    std::atomic<bool> is_read{false};
    sources_.clear();
    sources_.resize(workers);
    sources_[workers / 2].push_back(
        std::make_unique<ListSource>(MakeTraffic(), &clock_, [&is_read] { is_read = true; }));
    Start();
    WaitUntil([&is_read] { return is_read.load(); }, "the packets are read");
    EXPECT_TRUE(engine_->Stop().ok());
    const auto snapshot = engine_->hub().Current();
    EXPECT_EQ(snapshot->connections.size(), 2 * kConnections) << workers;
    EXPECT_EQ(snapshot->totals.opened_handshake, 2 * kConnections) << workers;
    uint64_t payload_bytes = 0;
    for (const ConnectionSummary& connection : snapshot->connections) {
      payload_bytes += connection.payload_bytes();
      EXPECT_EQ(snapshot->interfaces[connection.interface].name, "vpn0");
    }
    EXPECT_EQ(payload_bytes, 150 * kConnections) << workers;
    ASSERT_EQ(snapshot->interfaces.size(), 1u);
    EXPECT_EQ(snapshot->interfaces[0].packets[0] + snapshot->interfaces[0].packets[1], kPacketsOfEach * kConnections);
    EXPECT_EQ(snapshot->interfaces[0].dropped_packets, 0u);
    engine_.reset();
  }
}

TEST_F(CaptureEngineTest, AnIdleWorkerReceivesWhatAnotherOneReads) {
  options_.worker.publish_when_asked = true;
  sources_.resize(3);
  sources_[1].push_back(std::make_unique<ListSource>(MakeTraffic(), &clock_, [] {}));
  Start();
  clock_.Move(kNanosecondsPerSecond);  // packets of this moment are held back until the kernel has given all of them
  const auto shows_all = [this] {
    clock_.Move(kNanosecondsPerMillisecond);
    return engine_->hub().Fresh(ListedRows::kAll)->connections.size() == 2 * kConnections;
  };
  WaitUntil(shows_all, "all connections");
}

TEST_F(CaptureEngineTest, AWorkerWhoseSourcesFailedStillOwnsItsConnections) {
  Add(0, Fail);
  Add(1, Fail);
  sources_.resize(4);
  std::atomic<bool> is_read{false};
  std::vector<DecodedPacket> traffic = MakeTraffic();
  sources_[2].push_back(std::make_unique<ListSource>(std::move(traffic), &clock_, [&] {
    WaitUntil([this] { return source_errors_ == 2; }, "both sources failed");
    is_read = true;
  }));
  Start();
  WaitUntil([&is_read] { return is_read.load(); }, "the packets are read");
  EXPECT_FALSE(IsFinished(0));
  EXPECT_EQ(engine_->Stop().message(), "the source is damaged");
  EXPECT_EQ(engine_->hub().Current()->connections.size(), 2 * kConnections + 1) << "and that of the failed sources";
}

TEST_F(CaptureEngineTest, TheFirstWindowOfEdgesIsOneForAllWorkers) {
  options_.worker.publish_when_asked = true;
  options_.table.edges.max_new_per_minute = 0;
  constexpr uint32_t kClients = 100;
  std::vector<DecodedPacket> packets;
  for (uint32_t i = 0; i < kClients; ++i) {
    const Endpoint client = At(absl::StrCat("10.0.0.", i, ":40000"));
    const Endpoint server = At("192.0.2.1:443");
    const double seconds = i == 0 ? 0 : 100;
    packets.push_back(Segment(client, server).Time(seconds).Syn(i));
    packets.push_back(Segment(server, client).Time(seconds).Syn(0).Ack(i + 1));
  }
  sources_.resize(4);
  sources_[1].push_back(std::make_unique<ListSource>(std::move(packets), &clock_, [] {}));
  Start();
  const auto opens = [this](uint64_t connections) {
    clock_.Move(kNanosecondsPerMillisecond);
    return engine_->hub().Fresh(ListedRows::kAll)->totals.opened_handshake == connections;
  };
  WaitUntil([&] { return opens(1); }, "the first connection");
  EXPECT_EQ(engine_->hub().Fresh(ListedRows::kAll)->edges.new_edges, 1u);
  clock_.Move(100 * kNanosecondsPerSecond);
  WaitUntil([&] { return opens(kClients); }, "all connections");
  EXPECT_EQ(engine_->hub().Fresh(ListedRows::kAll)->edges.new_edges, 1u);
}

TEST_F(CaptureEngineTest, KeepsNoHistoryUnlessAsked) {
  Add(0, Fail);
  Start();
  EXPECT_EQ(engine_->history(), nullptr);
}

// 20 segments a second and then silence, again and again. So seconds begin in the middle of batches, and one batch has
// several seconds.
TEST_F(CaptureEngineTest, TheHistoryOfAFileIsExact) {
  options_.worker.live = false;
  options_.keep_history = true;
  constexpr uint32_t kBytes = 100;
  const Endpoint client = At("10.0.0.1:40000"), server = At("10.0.0.2:80");
  std::vector<DecodedPacket> packets = {Segment(client, server).Syn(0).Time(0.001).packet(),
                                        Segment(server, client).Syn(0).Ack(1).Time(0.002).packet()};
  uint32_t sent = 0;
  for (const int second : {0, 1, 2, 5, 6, 100}) {
    for (int i = 0; i < 20; ++i, sent += kBytes) {
      packets.push_back(
          Segment(client, server).Seq(1 + sent).Ack(1).Payload(kBytes).Time(second + 0.01 + 0.04 * i).packet());
    }
  }
  sources_.resize(1);
  sources_[0].push_back(std::make_unique<FileOfPackets>(packets));
  Start();
  EXPECT_TRUE(IsFinished(kPatienceMs));
  EXPECT_TRUE(engine_->Stop().ok());

  const HistoryView history = engine_->history()->Now();
  const std::vector<HistoryCounts> edges = history.SumOf([](const HistoryEdge&) { return true; });
  struct Second {
    int64_t end_ns;
    uint64_t bytes;
  };
  const std::vector<Second> expected = {{TestTime(1), 2000}, {TestTime(2), 2000},           {TestTime(3), 2000},
                                        {TestTime(5), 0},    {TestTime(6), 2000},           {TestTime(7), 2000},
                                        {TestTime(100), 0},  {packets.back().time_ns, 2000}};
  ASSERT_EQ(history.seconds().size(), expected.size());
  EXPECT_EQ(history.seconds()[0].begin_ns, kTestStartNs);
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(history.seconds()[i].end_ns, expected[i].end_ns) << i;
    EXPECT_EQ(history.seconds()[i].totals.payload_bytes(), expected[i].bytes) << i;
    EXPECT_EQ(edges[i].payload_bytes(), expected[i].bytes) << i;
  }
}

TEST_F(CaptureEngineTest, AFileIsReadToItsEndByAllWorkersThoughTheyWaitForTheHistory) {
  options_.worker.live = false;
  options_.keep_history = true;
  std::vector<DecodedPacket> packets = MakeTraffic();
  for (size_t i = 0; i < packets.size(); ++i) packets[i].time_ns = TestTime(static_cast<double>(i) / 10);
  sources_.resize(3);
  sources_[0].push_back(std::make_unique<FileOfPackets>(packets));
  Start();
  EXPECT_TRUE(IsFinished(kPatienceMs));
  EXPECT_TRUE(engine_->Stop().ok());
  const std::shared_ptr<const Snapshot> last = engine_->hub().Current();
  const HistoryView history = engine_->history()->Now();
  uint64_t opened = history.before().connections_opened;
  for (const HistorySecond& second : history.seconds()) opened += second.totals.connections_opened;
  EXPECT_EQ(opened, last->totals.opened_handshake + last->totals.opened_midstream);
}

TEST_F(CaptureEngineTest, TheHistoryOfALiveCaptureGoesOnWithoutReaders) {
  options_.worker.publish_when_asked = true;
  options_.keep_history = true;
  for (uint16_t worker = 0; worker < 2; ++worker) {
    std::vector<DecodedPacket> packets;
    for (uint16_t i = 0; i < 100; ++i) {
      const Endpoint client = {At("10.0.0.1:0").address, static_cast<uint16_t>(20000 + 2 * i + worker)};
      packets.push_back(Segment(client, At("10.0.0.2:80")).Syn(0).Time(0.1 * i).packet());
    }
    sources_.emplace_back().push_back(std::make_unique<ListSource>(std::move(packets), &clock_, [] {}));
  }
  Start();
  const auto seconds = [&] { return engine_->history()->Now().seconds(); };
  WaitUntil([&] { return seconds().size() == 1; }, "the first sample");
  for (size_t second = 2; second <= 12; ++second) {
    clock_.Move(kNanosecondsPerSecond);
    WaitUntil([&] { return seconds().size() == second; }, "the next sample");
  }
  uint64_t opened = 0;
  for (const HistorySecond& second : seconds()) opened += second.totals.connections_opened;
  EXPECT_EQ(opened, 200);
  EXPECT_EQ(seconds().back().totals.connections, 200);
  EXPECT_LE(engine_->hub().Current()->sequence, 2) << "nobody asked for snapshots";
}

TEST_F(CaptureEngineTest, IsFinishedAtTheEndOfAFile) {
  options_.worker.live = false;
  Add(0, []() -> absl::StatusOr<ReadResult> { return ReadResult::kEnd; });
  sources_.resize(2);
  Start();
  EXPECT_TRUE(IsFinished(kPatienceMs));
  EXPECT_TRUE(engine_->Stop().ok());
}

}  // namespace
}  // namespace tcpgauge
