// SPDX-License-Identifier: Apache-2.0
#include "src/capture/file_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "src/capture/batch_queue.h"
#include "src/capture/owner_function.h"
#include "src/flow/connection_hint.h"
#include "src/flow/connection_table.h"
#include "src/flow/key_hasher.h"
#include "tests/support/translated_traffic.h"

namespace tcpgauge {
namespace {

constexpr int64_t kSecond = 1000000000;
constexpr uint64_t kSeed = 7;

TableOptions Options() {
  TableOptions options;
  options.hash_seed = kSeed;
  return options;
}

// A file with the given packets. If `end` is an error, it comes with the last packets.
class FakeFile final : public PacketSource {
 public:
  FakeFile(std::vector<DecodedPacket> packets, absl::Status end) : packets_(std::move(packets)), end_(std::move(end)) {}

  absl::StatusOr<ReadResult> Read(PacketBatch* batch) override {
    while (next_ < packets_.size() && !batch->full()) *batch->Add() = packets_[next_++];
    if (next_ == packets_.size() && !end_.ok()) return end_;
    return batch->packets().empty() ? ReadResult::kEnd : ReadResult::kPackets;
  }
  int poll_fd() const override { return -1; }
  const std::string& name() const override { return name_; }
  bool has_many_interfaces() const override { return true; }
  std::string InterfaceName(uint32_t number) const override { return "eth" + std::to_string(number); }
  uint64_t DroppedPackets() override { return 0; }

 private:
  const std::vector<DecodedPacket> packets_;
  const absl::Status end_;
  const std::string name_ = "fake";
  size_t next_ = 0;
};

DecodedPacket Segment(uint16_t client_port, bool from_client, int64_t time_ns) {
  DecodedPacket packet;
  packet.kind = DecodedPacket::Kind::kTcpSegment;
  packet.time_ns = time_ns;
  packet.source = {*IpAddress::Parse("192.0.2.1"), client_port};
  packet.destination = {*IpAddress::Parse("198.51.100.2"), 443};
  if (!from_client) std::swap(packet.source, packet.destination);
  return packet;
}

struct Share {
  std::vector<DecodedPacket> packets;
  absl::Status status;
  int64_t end_time_ns = 0;
};

// Returns what each of `workers` reads from a file with these packets.
std::vector<Share> Distribute(std::vector<DecodedPacket> packets, size_t workers, absl::Status end = absl::OkStatus(),
                              const TableOptions& options = Options()) {
  StopSignal stop;
  FileReader file_reader(std::make_unique<FakeFile>(std::move(packets), std::move(end)), workers, options, &stop);
  auto sources = file_reader.TakeSources();
  std::vector<Share> shares(workers);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < workers; ++i) {
    threads.emplace_back([&source = *sources[i], &share = shares[i]] {
      PacketBatch batch;
      while (true) {
        batch.clear();
        const auto result = source.Read(&batch);
        share.packets.insert(share.packets.end(), batch.packets().begin(), batch.packets().end());
        share.status = result.status();
        share.end_time_ns = batch.time_ns;
        if (!result.ok() || *result == PacketSource::ReadResult::kEnd) return;
      }
    });
  }
  file_reader.Run();
  for (std::thread& thread : threads) thread.join();
  return shares;
}

TEST(FileReader, KeepsBothDirectionsOfAConnectionTogetherAndInOrder) {
  std::vector<DecodedPacket> packets;
  for (uint32_t i = 0; i < 20000; ++i) {
    packets.push_back(Segment(static_cast<uint16_t>(30000 + i % 500), i / 500 % 2 == 0, kSecond));
    packets.back().sequence_number = i;
  }
  const std::vector<Share> shares = Distribute(packets, 3);
  std::map<uint16_t, size_t> worker_of;
  size_t count = 0;
  for (size_t worker = 0; worker < shares.size(); ++worker) {
    std::map<uint16_t, uint32_t> last;
    EXPECT_GT(shares[worker].packets.size(), packets.size() / 5) << "a fair share";
    for (const DecodedPacket& packet : shares[worker].packets) {
      const uint16_t client_port = std::max(packet.source.port, packet.destination.port);
      EXPECT_EQ(worker_of.emplace(client_port, worker).first->second, worker);
      EXPECT_GE(packet.sequence_number, last[client_port]);
      last[client_port] = packet.sequence_number;
      ++count;
    }
  }
  EXPECT_EQ(count, packets.size());
}

TEST(FileReader, SendsFragmentsWhereTheFirstOneWent) {
  std::vector<DecodedPacket> packets;
  for (uint16_t i = 0; i < 100; ++i) {
    DecodedPacket first = Segment(static_cast<uint16_t>(30000 + i), true, kSecond);
    first.is_fragment = true;
    first.fragment_id = i;
    DecodedPacket second = first;
    second.kind = DecodedPacket::Kind::kTcpFragment;
    second.source.port = second.destination.port = 0;
    packets.push_back(first);
    packets.push_back(second);
  }
  for (const Share& share : Distribute(packets, 4)) {
    ASSERT_EQ(share.packets.size() % 2, 0u);
    for (size_t i = 0; i < share.packets.size(); i += 2) {
      EXPECT_EQ(share.packets[i].fragment_id, share.packets[i + 1].fragment_id);
    }
  }
}

TEST(FileReader, GivesAllViewsOfAConnectionToOneWorkerUnlessViewsAreCounted) {
  constexpr size_t kWorkers = 3;
  const OwnerFunction owners(kSeed, kWorkers);
  const TranslatedTraffic traffic = MakeTranslatedTraffic(1, owners, 2000);
  const std::map<std::string, uint32_t> numbers = {{"br0", 1}, {"eth0", 2}, {"eth1", 3}, {"veth1", 4}, {"vxlan0", 5}};
  std::vector<DecodedPacket> packets;
  for (const auto& captured : traffic.captured) {
    for (const auto& each : captured) {
      packets.push_back(each.packet);
      packets.back().interface = numbers.at(each.interface);
    }
  }
  std::stable_sort(packets.begin(), packets.end(),
                   [](const DecodedPacket& a, const DecodedPacket& b) { return a.time_ns < b.time_ns; });
  for (const bool count_views : {false, true}) {
    TableOptions options = Options();
    options.count_views = count_views;
    std::map<uint32_t, std::set<size_t>> workers_of;
    const std::vector<Share> shares = Distribute(packets, kWorkers, absl::OkStatus(), options);
    for (size_t worker = 0; worker < kWorkers; ++worker) {
      for (const DecodedPacket& packet : shares[worker].packets) workers_of[packet.wire_length_bytes].insert(worker);
    }
    size_t split = 0;
    for (const auto& [connection, workers] : workers_of) split += workers.size() > 1;
    if (count_views) {
      EXPECT_GT(split, traffic.connections.size() / 4);
    } else {
      EXPECT_EQ(split, 0u);
    }
  }
}

TEST(FileReader, TellsEachWorkerTheTimeOfAll) {
  // The second packet's time steps back. It is the only packet of its connection, and perhaps of its worker.
  const std::vector<Share> shares =
      Distribute({Segment(30000, true, 100 * kSecond), Segment(30001, true, 50 * kSecond)}, 8);
  size_t seen = 0;
  for (const Share& share : shares) {
    EXPECT_EQ(share.end_time_ns, 100 * kSecond);
    for (const DecodedPacket& packet : share.packets) {
      EXPECT_EQ(packet.time_ns, 100 * kSecond);
      ++seen;
    }
  }
  EXPECT_EQ(seen, 2u);
}

TEST(FileReader, TellsEachWorkerTheNamesOfInterfaces) {
  StopSignal stop;
  FileReader file_reader(std::make_unique<FakeFile>(std::vector<DecodedPacket>(), absl::OkStatus()), 2, Options(),
                         &stop);
  for (const auto& source : file_reader.TakeSources()) {
    EXPECT_EQ(source->name(), "fake");
    EXPECT_TRUE(source->has_many_interfaces());
    EXPECT_EQ(source->InterfaceName(7), "eth7");
  }
}

TEST(FileReader, TellsTheFirstWorkerOfADamagedFile) {
  const std::vector<Share> shares = Distribute({Segment(30000, true, kSecond)}, 2, absl::DataLossError("cut off"));
  EXPECT_TRUE(absl::IsDataLoss(shares[0].status));
  EXPECT_TRUE(shares[1].status.ok());
  EXPECT_EQ(shares[0].packets.size() + shares[1].packets.size(), 1u);
}

TEST(FileReader, ReadsAheadForASingleWorker) {
  std::vector<DecodedPacket> packets;
  for (uint32_t i = 0; i < 20001; ++i) {
    packets.push_back(Segment(static_cast<uint16_t>(30000 + i % 500), true, (i % 2 == 0 ? 100 : 50) * kSecond));
    packets.back().sequence_number = i;
  }
  const std::vector<Share> shares = Distribute(packets, 1, absl::DataLossError("cut off"));
  ASSERT_EQ(shares[0].packets.size(), packets.size());
  for (uint32_t i = 0; i < packets.size(); ++i) {
    ASSERT_EQ(shares[0].packets[i].sequence_number, i);
    ASSERT_EQ(shares[0].packets[i].time_ns, packets[i].time_ns);
  }
  EXPECT_TRUE(absl::IsDataLoss(shares[0].status));
}

TEST(FileReader, GivesHintsWhileTheWorkerIsBehind) {
  constexpr size_t kBatches = BatchQueue::kCapacity - 2;  // leaves room for the last, empty batch
  std::vector<DecodedPacket> packets;
  for (size_t i = 0; i < kBatches * PacketBatch::kCapacity; ++i) {
    packets.push_back(Segment(static_cast<uint16_t>(30000 + i), i % 3 == 0, kSecond));
  }
  StopSignal stop;
  FileReader file_reader(std::make_unique<FakeFile>(packets, absl::OkStatus()), 1, Options(), &stop);
  const auto source = std::move(file_reader.TakeSources()[0]);
  file_reader.Run();
  for (size_t i = 0; i < kBatches; ++i) {
    PacketBatch batch;
    ASSERT_TRUE(source->Read(&batch).ok());
    ASSERT_EQ(batch.packets().size(), PacketBatch::kCapacity);
    ASSERT_EQ(batch.hints().size(), i < BatchQueue::kCapacity / 2 ? 0 : PacketBatch::kCapacity) << i;
    for (size_t j = 0; j < batch.hints().size(); ++j) {
      const ConnectionHint expected = ConnectionHint::Of(packets[i * PacketBatch::kCapacity + j], KeyHasher(kSeed));
      ASSERT_TRUE(batch.hints()[j].known);
      ASSERT_EQ(batch.hints()[j].key_hash, expected.key_hash);
      ASSERT_EQ(batch.hints()[j].sender, expected.sender);
    }
  }
}

TEST(FileReader, EndsWhenStoppedThoughNobodyReads) {
  for (const size_t workers : {1u, 2u}) {
    StopSignal stop;
    const std::vector<DecodedPacket> packets(100000, Segment(30000, true, kSecond));
    FileReader file_reader(std::make_unique<FakeFile>(packets, absl::OkStatus()), workers, Options(), &stop);
    std::thread thread([&] { file_reader.Run(); });
    stop.Stop();
    thread.join();
  }
}

}  // namespace
}  // namespace tcpgauge
