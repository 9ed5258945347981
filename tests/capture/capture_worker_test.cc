// SPDX-License-Identifier: Apache-2.0
// Runs a worker's loop on sources that also move the clock.
#include "src/capture/capture_worker.h"

#include <prometheus/counter.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "src/base/haste.h"
#include "src/base/patience.h"
#include "src/capture/handover.h"
#include "src/capture/owner_function.h"
#include "src/capture/packet_inbox.h"
#include "src/snapshot/listed_rows.h"
#include "tests/support/hand_moved_clock.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr int64_t kHourNs = 3600 * kNanosecondsPerSecond;
constexpr int kTurns = 100;
constexpr uint32_t kPayload = 1000;  // bytes of the one segment with payload in each turn

WorkerLinks Links(const Clock* clock, const StopSignal* stop, Wakeup* published, EndedQueue* ended = nullptr) {
  WorkerLinks links;
  links.published = published;
  links.stop = stop;
  links.clock = clock;
  links.ended = ended;
  links.on_source_error = [](const absl::Status&) {};
  return links;
}

// One connection that sends a segment in each turn. A turn takes a tenth of a second. `at_turn` may set the clock.
class TickingSource final : public PacketSource {
 public:
  TickingSource(HandMovedClock* clock, StopSignal* stop, std::function<void(int)> at_turn)
      : clock_(*clock), stop_(*stop), at_turn_(std::move(at_turn)) {}

  absl::StatusOr<ReadResult> Read(PacketBatch* batch) override {
    clock_.Move(kNanosecondsPerSecond / 10);
    const Endpoint client = At("10.0.0.1:40000");
    const Endpoint server = At("10.0.0.2:80");
    if (turn_ == 0) {
      Add(Segment(client, server).Syn(0), batch);
      Add(Segment(server, client).Syn(0).Ack(1), batch);
    }
    Add(Segment(client, server).Seq(1 + static_cast<uint32_t>(turn_) * kPayload).Ack(1).Payload(kPayload), batch);
    clock_.Move(1000000);
    Add(Segment(server, client).Seq(1).Ack(1 + static_cast<uint32_t>(turn_ + 1) * kPayload), batch);
    at_turn_(turn_);  // after the packets were stamped, and before the worker reads the clock
    if (++turn_ == kTurns) stop_.Stop();
    return ReadResult::kPackets;
  }
  int poll_fd() const override { return -1; }
  const std::string& name() const override { return name_; }
  bool has_many_interfaces() const override { return false; }
  uint64_t DroppedPackets() override { return 0; }

 private:
  void Add(Segment segment, PacketBatch* batch) { *batch->Add() = segment.TimeNs(clock_.WallNanoseconds()); }

  HandMovedClock& clock_;
  StopSignal& stop_;
  const std::function<void(int)> at_turn_;
  const std::string name_ = "eth0";
  int turn_ = 0;
};

TEST(CaptureWorker, ClockStepsEndNoConnectionAndMakeNoRateOrDelayUp) {
  for (const int64_t step_ns : {int64_t{0}, kHourNs, -kHourNs}) {
    HandMovedClock clock;
    StopSignal stop;
    Wakeup published;
    prometheus::Counter lost;
    const Haste haste;
    const Patience patience(&clock, &haste);
    EndedQueue ended(false, &patience, &published, &lost);
    std::vector<std::unique_ptr<PacketSource>> sources;
    sources.push_back(std::make_unique<TickingSource>(&clock, &stop, [&](int turn) {
      if (turn == 50 || turn == 97) clock.StepWall(step_ns);
    }));
    CaptureWorker worker(std::move(sources), TableOptions(), WorkerOptions(), Links(&clock, &stop, &published, &ended));
    ASSERT_TRUE(worker.Run().ok());
    EXPECT_EQ(ended.Front(), nullptr);
    worker.EndConnections();
    ASSERT_TRUE(worker.buffer()->TakeLatest());
    const WorkerSnapshot& last = worker.buffer()->front();
    ASSERT_EQ(last.rows.size(), 1) << step_ns;
    EXPECT_NEAR(last.rows[0].client_sent.payload_bytes_per_second, 10 * kPayload, kPayload) << step_ns;
    EXPECT_EQ(last.totals.opened_handshake, 1) << step_ns;
    for (const uint64_t count : last.totals.closed) EXPECT_EQ(count, 0) << step_ns;
    EXPECT_NEAR(static_cast<double>(last.rows[0].rtt_ns), 1e6, 1e5) << step_ns;

    const NamedEndedConnection* const connection = ended.Front();
    ASSERT_NE(connection, nullptr) << "open at the end";
    EXPECT_EQ(connection->connection.reason, std::nullopt);
    EXPECT_EQ(connection->connection.summary.client_sent.payload_bytes, kTurns * kPayload);
    // The connection log has wall time, which includes the steps.
    EXPECT_EQ(connection->connection.summary.last_packet_time_ns, clock.WallNanoseconds()) << step_ns;
    EXPECT_EQ(last.counters.clock_stepped_ns, 2 * step_ns);
  }
}

TEST(CaptureWorker, PublishesWhenAskedAndElseSeldom) {
  HandMovedClock clock;
  StopSignal stop;
  Wakeup published;
  CaptureWorker* publisher = nullptr;
  std::vector<int> turns;  // turns before which the worker had published
  std::vector<std::unique_ptr<PacketSource>> sources;
  sources.push_back(std::make_unique<TickingSource>(&clock, &stop, [&](int turn) {
    if (publisher->buffer()->TakeLatest()) turns.push_back(turn);
    if (turn == 30) publisher->WantSnapshot(clock.SteadyNanoseconds(), ListedRows::kAll);
    if (turn == 39)
      publisher->WantSnapshot(clock.SteadyNanoseconds() - kNanosecondsPerSecond,
                              ListedRows::kAll);  // the last one is new enough
    if (turn == 60) publisher->WantSnapshot(clock.SteadyNanoseconds() - kNanosecondsPerSecond, ListedRows::kAll);
    if (turn == 80) clock.Move(CaptureWorker::kUnaskedIntervalNs);
  }));
  WorkerOptions options;
  options.publish_when_asked = true;
  CaptureWorker worker(std::move(sources), TableOptions(), options, Links(&clock, &stop, &published));
  publisher = &worker;
  ASSERT_TRUE(worker.Run().ok());
  // A pass takes two turns. The first pass comes at the start, the last one by kUnaskedIntervalNs.
  EXPECT_EQ(turns, std::vector<int>({2, 32, 62, 82}));
  ASSERT_TRUE(worker.buffer()->TakeLatest());
  EXPECT_EQ(worker.buffer()->front().begun_ns, INT64_MAX) << "the last one, at the end";
}

// One connection that sends a segment every tenth of a second. The worker gets no processor for a while; then it reads
// the segments of that while one by one, long after they were stamped. If `tells_the_last`, the source marks the last
// available segment (kLastPackets).
class HeldUpSource final : public PacketSource {
 public:
  HeldUpSource(HandMovedClock* clock, StopSignal* stop, bool tells_the_last, std::function<void()> at_read)
      : clock_(*clock),
        stop_(*stop),
        tells_the_last_(tells_the_last),
        at_read_(std::move(at_read)),
        time_ns_(clock->WallNanoseconds()) {}

  absl::StatusOr<ReadResult> Read(PacketBatch* batch) override {
    at_read_();
    if (turn_ % 20 == 15 && !was_held_up_) return ReadResult::kNone;
    was_held_up_ = false;
    time_ns_ += kTenthNs;
    if (time_ns_ > clock_.WallNanoseconds()) clock_.Move(time_ns_ - clock_.WallNanoseconds());
    Segment segment(At("10.0.0.1:40000"), At("10.0.0.2:80"));
    segment.Seq(1 + turn_ * kPayload).Ack(1).Payload(kPayload);
    *batch->Add() = segment.TimeNs(time_ns_);
    if (++turn_ == kTurns) stop_.Stop();
    return tells_the_last_ && turn_ % 20 == 15 ? ReadResult::kLastPackets : ReadResult::kPackets;
  }
  // The worker calls this when it is about to wait. It is then held up for 0.8 s.
  int poll_fd() const override {
    clock_.Move(8 * kTenthNs);
    was_held_up_ = true;
    return -1;
  }
  const std::string& name() const override { return name_; }
  bool has_many_interfaces() const override { return false; }
  uint64_t DroppedPackets() override { return 0; }

 private:
  static constexpr int64_t kTenthNs = kNanosecondsPerSecond / 10;

  HandMovedClock& clock_;
  StopSignal& stop_;
  const bool tells_the_last_;
  const std::function<void()> at_read_;
  const std::string name_ = "eth0";
  int64_t time_ns_;
  uint32_t turn_ = 0;
  mutable bool was_held_up_ = false;
};

TEST(CaptureWorker, PublishesNoRateOfASecondOfWhichPacketsStillWait) {
  int reads[2] = {0, 0};
  for (const bool tells_the_last : {false, true}) {
    HandMovedClock clock;
    StopSignal stop;
    Wakeup published;
    CaptureWorker* publisher = nullptr;
    std::vector<double> rates;
    std::vector<std::unique_ptr<PacketSource>> sources;
    sources.push_back(std::make_unique<HeldUpSource>(&clock, &stop, tells_the_last, [&] {
      ++reads[tells_the_last];
      if (!publisher->buffer()->TakeLatest() || publisher->buffer()->front().rows.empty()) return;
      rates.push_back(publisher->buffer()->front().rows[0].client_sent.payload_bytes_per_second);
    }));
    CaptureWorker worker(std::move(sources), TableOptions(), WorkerOptions(), Links(&clock, &stop, &published));
    publisher = &worker;
    ASSERT_TRUE(worker.Run().ok());
    ASSERT_GE(rates.size(), 8u);
    // The first two rates include the time before the connection began.
    for (size_t i = 2; i < rates.size(); ++i) EXPECT_NEAR(rates[i], 10 * kPayload, kPayload) << tells_the_last << i;
  }
  EXPECT_LT(reads[true], reads[false]) << "after the last it waits at once";
}

// An interface with segments of a connection that another worker owns, more than fit into an inbox.
class OthersSource final : public PacketSource {
 public:
  static constexpr size_t kPackets = PacketInbox::kCapacity + 904;

  OthersSource(const Endpoint& client, const Endpoint& server, StopSignal* stop)
      : client_(client), server_(server), stop_(*stop) {}

  absl::StatusOr<ReadResult> Read(PacketBatch* batch) override {
    while (count_ < kPackets && !batch->full()) {
      *batch->Add() = Segment(client_, server_).Seq(static_cast<uint32_t>(count_)).Ack(1);
      ++count_;
    }
    if (count_ == kPackets) stop_.Stop();
    return ReadResult::kPackets;
  }
  int poll_fd() const override { return -1; }
  const std::string& name() const override { return name_; }
  bool has_many_interfaces() const override { return false; }
  uint64_t DroppedPackets() override { return 7; }

 private:
  const Endpoint client_;
  const Endpoint server_;
  StopSignal& stop_;
  const std::string name_ = "eth0";
  size_t count_ = 0;
};

TEST(CaptureWorker, CountsPacketsForWhichTheirOwnerHasNoRoomAsDropped) {
  HandMovedClock clock;
  StopSignal stop;
  Wakeup published;
  TableOptions table;
  const OwnerFunction owners(table.hash_seed, 2);
  Endpoint client = At("10.0.0.1:40000");
  const Endpoint server = At("10.0.0.2:80");
  while (owners.OwnerOf(client, server) != 1) ++client.port;
  // The owner does not run: it has come to its end already.
  HandoverGroup group(table, 2);
  CaptureCounters counters_of_owner;
  InterfaceRegistry interfaces_of_owner(&counters_of_owner, Seconds(60));
  Handover owner(&group, 1, &interfaces_of_owner);
  owner.Reach(Handover::Stage::kReadsNoMore);
  owner.Reach(Handover::Stage::kCollectsNoMore);
  owner.Reach(Handover::Stage::kHandsOverNoMore);
  std::vector<std::pair<std::string, uint64_t>> of_kernel, of_handover;
  DropWarnings drop_warnings(&clock, [&](const std::string& name, uint64_t count) {
    of_kernel.push_back({name, count});
  });
  DropWarnings handover_warnings(&clock, [&](const std::string& name, uint64_t count) {
    of_handover.push_back({name, count});
  });
  std::vector<std::unique_ptr<PacketSource>> sources;
  sources.push_back(std::make_unique<OthersSource>(client, server, &stop));
  WorkerLinks links = Links(&clock, &stop, &published);
  links.handover = &group;
  links.drop_warnings = &drop_warnings;
  links.handover_warnings = &handover_warnings;
  CaptureWorker worker(std::move(sources), table, WorkerOptions(), std::move(links));
  ASSERT_TRUE(worker.Run().ok());
  ASSERT_TRUE(worker.buffer()->TakeLatest());
  const WorkerSnapshot& last = worker.buffer()->front();
  EXPECT_TRUE(last.rows.empty());
  ASSERT_EQ(last.counters.interfaces.size(), 1u);
  const InterfaceView& interface = last.counters.interfaces[0];
  EXPECT_EQ(interface.packets[static_cast<size_t>(Protocol::kTcp)], OthersSource::kPackets) << "where it was captured";
  EXPECT_EQ(interface.dropped_packets, 904u + 7) << "by the handover and by the kernel";
  uint64_t warned = 0;
  for (const auto& [name, count] : of_handover) warned += count;
  EXPECT_LE(warned, 904u);
  EXPECT_GT(warned, 0u) << "further warnings come a minute later";
  ASSERT_EQ(of_kernel.size(), 1u);
  EXPECT_EQ(of_kernel[0], std::pair(std::string("eth0"), uint64_t{7}));
}

// An interface with packets that the kernel hands over some time after they were captured.
class LateSource final : public PacketSource {
 public:
  struct Packet {
    int64_t delivered_ms;  // since the start of the test
    Segment segment;
  };

  // `packets` are in the order in which they are delivered. If `fails`, the source fails with the last one.
  LateSource(const HandMovedClock* clock, std::string name, std::vector<Packet> packets, bool fails = false)
      : clock_(*clock),
        start_ns_(clock->WallNanoseconds()),
        name_(std::move(name)),
        packets_(std::move(packets)),
        fails_(fails) {
    readable_.Notify();
  }

  absl::StatusOr<ReadResult> Read(PacketBatch* batch) override {
    ++reads_;
    const size_t before = next_;
    for (; next_ < packets_.size(); ++next_) {
      if (start_ns_ + packets_[next_].delivered_ms * kNanosecondsPerMillisecond > clock_.WallNanoseconds()) break;
      *batch->Add() = packets_[next_].segment;
    }
    if (next_ == before) return ReadResult::kNone;
    if (fails_ && next_ == packets_.size()) return absl::UnavailableError("failed");
    return ReadResult::kLastPackets;
  }
  int poll_fd() const override {
    ++polls_;
    return readable_.fd();
  }
  const std::string& name() const override { return name_; }
  bool has_many_interfaces() const override { return false; }
  uint64_t DroppedPackets() override { return 0; }

  int reads() const { return reads_; }
  int polls() const { return polls_; }

 private:
  const HandMovedClock& clock_;
  const int64_t start_ns_;
  const std::string name_;
  const std::vector<Packet> packets_;
  const bool fails_;
  Wakeup readable_;
  size_t next_ = 0;
  int reads_ = 0;
  mutable int polls_ = 0;
};

// An interface without packets. Each time the worker is about to wait, moves the clock by 5 ms. The worker does not
// wait in fact. After `end_ms`, stops the worker.
class IdleSource final : public PacketSource {
 public:
  IdleSource(HandMovedClock* clock, StopSignal* stop, int64_t end_ms, std::function<void()> at_wait)
      : clock_(*clock),
        stop_(*stop),
        end_ns_(clock->SteadyNanoseconds() + end_ms * kNanosecondsPerMillisecond),
        at_wait_(std::move(at_wait)) {
    readable_.Notify();
  }

  absl::StatusOr<ReadResult> Read(PacketBatch*) override { return ReadResult::kNone; }
  int poll_fd() const override {
    at_wait_();
    clock_.Move(5 * kNanosecondsPerMillisecond);
    if (clock_.SteadyNanoseconds() > end_ns_) stop_.Stop();
    return readable_.fd();
  }
  const std::string& name() const override { return name_; }
  bool has_many_interfaces() const override { return false; }
  uint64_t DroppedPackets() override { return 0; }

 private:
  HandMovedClock& clock_;
  StopSignal& stop_;
  const int64_t end_ns_;
  const std::function<void()> at_wait_;
  const std::string name_ = "idle0";
  Wakeup readable_;
};

constexpr int64_t kEndMs = 200;

// A connection of five packets, whose first packet is captured `first_ms` after the start of the test and the others 1
// ms after each other. All are delivered at `delivered_ms`.
std::vector<LateSource::Packet> Connection(double first_ms, int64_t delivered_ms) {
  const Endpoint client = At("10.0.0.1:40000");
  const Endpoint server = At("10.0.0.2:80");
  std::vector<LateSource::Packet> packets = {
      {delivered_ms, Segment(client, server).Syn(0)},
      {delivered_ms, Segment(server, client).Syn(0).Ack(1)},
      {delivered_ms, Segment(client, server).Seq(1).Ack(1).Payload(kPayload)},
      {delivered_ms, Segment(client, server).Seq(1 + kPayload).Ack(1).Payload(kPayload)},
      {delivered_ms, Segment(client, server).Seq(1 + 2 * kPayload).Ack(1).Payload(kPayload)}};
  for (LateSource::Packet& packet : packets) {
    packet.segment.Time(first_ms / 1000);
    first_ms += 1;
  }
  return packets;
}

uint64_t TcpPackets(const InterfaceView& interface) { return interface.packets[static_cast<size_t>(Protocol::kTcp)]; }

uint64_t DuplicatePackets(const InterfaceView& interface) {
  return interface.duplicate_packets[static_cast<size_t>(DuplicateKind::kInterface)];
}

TEST(CaptureWorker, AppliesThePacketsOfSeveralInterfacesInTheOrderOfTheirTimes) {
  for (const bool server_side_is_late : {true, false}) {
    HandMovedClock clock;
    StopSignal stop;
    Wakeup published;
    std::vector<std::unique_ptr<PacketSource>> sources;
    // The worker reads eth0 first. There, the packets come half a millisecond after, or before, those of veth1.
    sources.push_back(std::make_unique<LateSource>(&clock, "eth0", Connection(server_side_is_late ? 1.5 : 1, 10)));
    sources.push_back(std::make_unique<LateSource>(&clock, "veth1", Connection(server_side_is_late ? 1 : 1.5, 25)));
    sources.push_back(std::make_unique<IdleSource>(&clock, &stop, kEndMs, [] {}));
    CaptureWorker worker(std::move(sources), TableOptions(), WorkerOptions(), Links(&clock, &stop, &published));
    ASSERT_TRUE(worker.Run().ok());
    ASSERT_TRUE(worker.buffer()->TakeLatest());
    const WorkerSnapshot& last = worker.buffer()->front();
    ASSERT_EQ(last.rows.size(), 1u);
    const size_t first = server_side_is_late ? 1 : 0;
    EXPECT_EQ(last.rows[0].interface, first);
    EXPECT_EQ(last.totals.client_payload_bytes, 3 * kPayload);
    EXPECT_EQ(DuplicatePackets(last.counters.interfaces[first]), 0u);
    EXPECT_EQ(DuplicatePackets(last.counters.interfaces[1 - first]), 5u);
    EXPECT_EQ(TcpPackets(last.counters.interfaces[0]), 5u);
    EXPECT_EQ(TcpPackets(last.counters.interfaces[1]), 5u);
  }
}

TEST(CaptureWorker, DoesNotWatchAnInterfaceWhosePacketsWait) {
  HandMovedClock clock;
  StopSignal stop;
  Wakeup published;
  std::vector<std::unique_ptr<PacketSource>> sources;
  auto late = std::make_unique<LateSource>(&clock, "eth0", Connection(12, 20));
  const LateSource* const eth0 = late.get();
  sources.push_back(std::move(late));
  std::vector<std::pair<int, int>> reads_and_polls;  // of eth0, each time the worker is about to wait
  sources.push_back(std::make_unique<IdleSource>(&clock, &stop, 60, [&] {
    reads_and_polls.push_back({eth0->reads(), eth0->polls()});
  }));
  CaptureWorker worker(std::move(sources), TableOptions(), WorkerOptions(), Links(&clock, &stop, &published));
  ASSERT_TRUE(worker.Run().ok());
  // The worker looks every 5 ms. The packets of 12 to 16 ms wait from 20 ms until 50 ms, when all are 30 ms old.
  EXPECT_EQ(
      reads_and_polls,
      (std::vector<std::pair<int, int>>{
          {1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 4}, {5, 4}, {5, 4}, {5, 4}, {5, 4}, {5, 4}, {6, 5}, {7, 6}, {8, 7}}));
}

TEST(CaptureWorker, ASnapshotNeitherCountsNorShowsPacketsThatWait) {
  HandMovedClock clock;
  StopSignal stop;
  Wakeup published;
  CaptureWorker* publisher = nullptr;
  std::vector<std::unique_ptr<PacketSource>> sources;
  sources.push_back(std::make_unique<LateSource>(&clock, "eth0", Connection(12, 20)));
  std::vector<uint64_t> counted;
  sources.push_back(std::make_unique<IdleSource>(&clock, &stop, kEndMs, [&] {
    publisher->WantSnapshot(clock.SteadyNanoseconds() + 1, ListedRows::kAll);
    if (!publisher->buffer()->TakeLatest()) return;
    const WorkerSnapshot& snapshot = publisher->buffer()->front();
    const uint64_t packets = TcpPackets(snapshot.counters.interfaces[0]);
    counted.push_back(packets);
    EXPECT_EQ(snapshot.totals.client_payload_bytes, packets < 2 ? 0 : (packets - 2) * kPayload);
  }));
  WorkerOptions options;
  options.publish_when_asked = true;
  CaptureWorker worker(std::move(sources), TableOptions(), options, Links(&clock, &stop, &published));
  publisher = &worker;
  ASSERT_TRUE(worker.Run().ok());
  ASSERT_GE(counted.size(), 10u);
  EXPECT_EQ(counted.front(), 0u);
  EXPECT_EQ(std::count(counted.begin(), counted.end(), 4u), 1) << "at 45 ms the packet of 16 ms waits";
  EXPECT_EQ(counted.back(), 5u);
}

TEST(CaptureWorker, PacketsThatWaitWhenItIsStoppedAreCounted) {
  HandMovedClock clock;
  StopSignal stop;
  Wakeup published;
  std::vector<std::unique_ptr<PacketSource>> sources;
  sources.push_back(std::make_unique<LateSource>(&clock, "eth0", Connection(1.5, 10)));
  sources.push_back(std::make_unique<LateSource>(&clock, "veth1", Connection(1, 10)));
  sources.push_back(std::make_unique<IdleSource>(&clock, &stop, 14, [] {}));
  CaptureWorker worker(std::move(sources), TableOptions(), WorkerOptions(), Links(&clock, &stop, &published));
  ASSERT_TRUE(worker.Run().ok());
  ASSERT_TRUE(worker.buffer()->TakeLatest());
  const WorkerSnapshot& last = worker.buffer()->front();
  ASSERT_EQ(last.rows.size(), 1u);
  EXPECT_EQ(last.rows[0].interface, 1u);
  EXPECT_EQ(last.totals.client_payload_bytes, 3 * kPayload);
  EXPECT_EQ(TcpPackets(last.counters.interfaces[0]) + TcpPackets(last.counters.interfaces[1]), 10u);
}

TEST(CaptureWorker, PacketsOfAnInterfaceThatFailsAreAppliedInOrder) {
  HandMovedClock clock;
  StopSignal stop;
  Wakeup published;
  std::vector<std::unique_ptr<PacketSource>> sources;
  sources.push_back(std::make_unique<LateSource>(&clock, "eth0", Connection(1.5, 10), /*fails=*/true));
  sources.push_back(std::make_unique<LateSource>(&clock, "veth1", Connection(1, 25)));
  sources.push_back(std::make_unique<IdleSource>(&clock, &stop, kEndMs, [] {}));
  CaptureWorker worker(std::move(sources), TableOptions(), WorkerOptions(), Links(&clock, &stop, &published));
  ASSERT_TRUE(worker.Run().ok());
  ASSERT_TRUE(worker.buffer()->TakeLatest());
  const WorkerSnapshot& last = worker.buffer()->front();
  ASSERT_EQ(last.rows.size(), 1u);
  EXPECT_EQ(last.rows[0].interface, 1u);
  EXPECT_FALSE(last.counters.interfaces[0].up);
  EXPECT_EQ(TcpPackets(last.counters.interfaces[0]) + TcpPackets(last.counters.interfaces[1]), 10u);
}

TEST(CaptureWorker, PacketsOfTheOnlyInterfaceDoNotWait) {
  HandMovedClock clock;
  StopSignal stop;
  Wakeup published;
  std::vector<std::unique_ptr<PacketSource>> sources;
  CaptureWorker* publisher = nullptr;
  uint64_t applied = 0;
  sources.push_back(std::make_unique<TickingSource>(&clock, &stop, [&](int turn) {
    if (turn == 0) publisher->WantSnapshot(clock.SteadyNanoseconds(), ListedRows::kAll);
    if (turn == 2 && publisher->buffer()->TakeLatest()) {
      applied = publisher->buffer()->front().totals.client_payload_bytes;
    }
  }));
  WorkerOptions options;
  options.publish_when_asked = true;
  CaptureWorker worker(std::move(sources), TableOptions(), options, Links(&clock, &stop, &published));
  publisher = &worker;
  ASSERT_TRUE(worker.Run().ok());
  EXPECT_EQ(applied, kPayload) << "what was read before the pass began";
}

TEST(CaptureWorker, PacketsOfOtherWorkersAreHandedOverBeforeItsOwnLeaveTheMerge) {
  HandMovedClock clock;
  StopSignal stop;
  Wakeup published;
  TableOptions table;
  HandoverGroup group(table, 2);
  CaptureCounters counters_of_other;
  InterfaceRegistry interfaces_of_other(&counters_of_other, Seconds(60));
  Handover other(&group, 1, &interfaces_of_other);
  other.Reach(Handover::Stage::kReadsNoMore);
  other.Reach(Handover::Stage::kCollectsNoMore);
  other.Reach(Handover::Stage::kHandsOverNoMore);
  const OwnerFunction owners(table.hash_seed, 2);
  const Endpoint server = At("10.0.0.2:80");
  std::vector<LateSource::Packet> packets;
  constexpr size_t kConnections = 5;  // of each worker
  for (const size_t owner : {0, 1}) {
    Endpoint client = At("10.0.0.1:40000");
    for (size_t i = 0; i < kConnections; ++client.port) {
      if (owners.OwnerOf(client, server) != owner) continue;
      ++i;
      packets.push_back({10, Segment(client, server).Time(0.005).Syn(0)});
      packets.push_back({10, Segment(server, client).Time(0.005).Syn(0).Ack(1)});
    }
  }
  std::vector<std::unique_ptr<PacketSource>> sources;
  sources.push_back(std::make_unique<LateSource>(&clock, "eth0", std::move(packets)));
  size_t received = 0;
  int64_t received_at_ns = 0;
  sources.push_back(std::make_unique<IdleSource>(&clock, &stop, kEndMs, [&] {
    PacketBatch batch;
    if (!other.Receive(INT64_MAX, &batch, [](uint32_t) {})) return;
    received += batch.packets().size();
    received_at_ns = clock.SteadyNanoseconds();
  }));
  WorkerLinks links = Links(&clock, &stop, &published);
  links.handover = &group;
  CaptureWorker worker(std::move(sources), table, WorkerOptions(), std::move(links));
  ASSERT_TRUE(worker.Run().ok());
  EXPECT_EQ(received, 2 * kConnections);
  EXPECT_EQ(received_at_ns, 10 * kNanosecondsPerMillisecond);
  ASSERT_TRUE(worker.buffer()->TakeLatest());
  EXPECT_EQ(worker.buffer()->front().rows.size(), kConnections);
  EXPECT_EQ(TcpPackets(worker.buffer()->front().counters.interfaces[0]), 4 * kConnections)
      << "where they were captured";
}

// A file in which each segment of a connection was captured twice.
class TwiceCapturedFile final : public PacketSource {
 public:
  // `interfaces` are those on which a segment was captured: number and name.
  explicit TwiceCapturedFile(std::vector<std::pair<uint32_t, std::string>> interfaces)
      : interfaces_(std::move(interfaces)) {}

  absl::StatusOr<ReadResult> Read(PacketBatch* batch) override {
    if (turn_ == kTurns) return ReadResult::kEnd;
    for (const auto& [number, name] : interfaces_) {
      Segment segment(At("10.0.0.1:40000"), At("10.0.0.2:80"));
      segment.Seq(1 + turn_ * kPayload).Ack(1).Payload(kPayload);
      DecodedPacket* const packet = batch->Add();
      *packet = segment.TimeNs(kHourNs + turn_ * int64_t{1000000});
      packet->interface = number;
    }
    ++turn_;
    return ReadResult::kPackets;
  }
  int poll_fd() const override { return -1; }
  const std::string& name() const override { return name_; }
  bool has_many_interfaces() const override { return true; }
  std::string InterfaceName(uint32_t number) const override {
    for (const auto& [known, name] : interfaces_) {
      if (known == number) return name;
    }
    return "";
  }
  uint64_t DroppedPackets() override { return 0; }

 private:
  const std::vector<std::pair<uint32_t, std::string>> interfaces_;
  const std::string name_ = "a.pcapng";
  uint32_t turn_ = 0;
};

TEST(CaptureWorker, CountsAPacketOfTwoNamedInterfacesOfAFileOnce) {
  const struct {
    std::vector<std::pair<uint32_t, std::string>> interfaces;
    std::vector<std::string> names;
    uint64_t payload_bytes;
  } kCases[] = {
      {{{2, "eth0"}, {3, "eth1"}}, {"a.pcapng", "eth0", "eth1"}, kTurns * kPayload},
      {{{7, "veth1"}, {1, "a.pcapng"}}, {"a.pcapng", "veth1"}, kTurns * kPayload},
      {{{2, "any"}, {2, "any"}}, {"a.pcapng", "any"}, 2 * kTurns * kPayload},
      {{{1, "a.pcapng"}, {1, "a.pcapng"}}, {"a.pcapng"}, 2 * kTurns * kPayload},
  };
  for (const auto& each : kCases) {
    HandMovedClock clock;
    StopSignal stop;
    Wakeup published;
    std::vector<std::unique_ptr<PacketSource>> sources;
    sources.push_back(std::make_unique<TwiceCapturedFile>(each.interfaces));
    WorkerOptions options;
    options.live = false;
    CaptureWorker worker(std::move(sources), TableOptions(), options, Links(&clock, &stop, &published));
    ASSERT_TRUE(worker.Run().ok());
    ASSERT_TRUE(worker.buffer()->TakeLatest());
    const WorkerSnapshot& last = worker.buffer()->front();
    std::vector<std::string> names;
    for (const InterfaceView& interface : last.counters.interfaces) names.emplace_back(interface.name);
    EXPECT_EQ(names, each.names);
    ASSERT_EQ(last.rows.size(), 1);
    EXPECT_EQ(last.rows[0].client_sent.payload_bytes, each.payload_bytes) << each.names.back();
  }
}

// `any` on a machine whose interfaces come and go: in each turn, which takes half a second, a packet of another
// interface that the kernel has deleted meanwhile.
class ComingAndGoing final : public PacketSource {
 public:
  ComingAndGoing(HandMovedClock* clock, StopSignal* stop, uint32_t turns)
      : clock_(*clock), stop_(*stop), turns_(turns) {}

  absl::StatusOr<ReadResult> Read(PacketBatch* batch) override {
    clock_.Move(kNanosecondsPerSecond / 2);
    if (turn_ == turns_) {
      stop_.Stop();
      return ReadResult::kNone;
    }
    Endpoint client = At("10.0.0.1:1000");
    client.port = static_cast<uint16_t>(client.port + turn_);
    DecodedPacket packet = Segment(client, At("10.0.0.2:80")).Syn(turn_ * 1000);
    packet.time_ns = clock_.WallNanoseconds();
    packet.interface = kFirst + turn_++;
    *batch->Add() = packet;
    return ReadResult::kPackets;
  }
  int poll_fd() const override { return -1; }
  const std::string& name() const override { return name_; }
  bool has_many_interfaces() const override { return true; }
  std::string InterfaceName(uint32_t number) const override { return "gone" + std::to_string(number - kFirst); }
  uint64_t DroppedPackets() override { return 0; }

 private:
  static constexpr uint32_t kFirst = 1000000;

  HandMovedClock& clock_;
  StopSignal& stop_;
  const uint32_t turns_;
  const std::string name_ = "any";
  uint32_t turn_ = 0;
};

TEST(CaptureWorker, GivesThePlacesOfInterfacesThatAreGoneToLaterOnes) {
  constexpr uint32_t kInterfaces = 3000;
  HandMovedClock clock;
  StopSignal stop;
  Wakeup published;
  std::vector<std::unique_ptr<PacketSource>> sources;
  sources.push_back(std::make_unique<ComingAndGoing>(&clock, &stop, kInterfaces));
  TableOptions table;
  table.ranking_window_ns = 2 * kNanosecondsPerSecond;
  CaptureWorker worker(std::move(sources), table, WorkerOptions(), Links(&clock, &stop, &published));
  ASSERT_TRUE(worker.Run().ok());
  ASSERT_TRUE(worker.buffer()->TakeLatest());
  const WorkerSnapshot& last = worker.buffer()->front();
  // An attempt lives for 35 s, which are 70 turns.
  EXPECT_LT(last.counters.interfaces.size(), 100u);
  uint64_t packets = last.counters.retired.packets[0];
  EXPECT_GT(packets, kInterfaces - 100);
  for (const InterfaceView& interface : last.counters.interfaces) {
    packets += interface.packets[0];
    EXPECT_NE(interface.name, "other");
  }
  EXPECT_EQ(packets, kInterfaces);
  // Each attempt is still shown on its own interface.
  EXPECT_GT(last.rows.size(), 60u);
  for (const ConnectionSummary& row : last.rows) {
    EXPECT_EQ(last.counters.interfaces.at(row.interface).name, "gone" + std::to_string(row.client.port - 1000));
  }
}

}  // namespace
}  // namespace tcpgauge
