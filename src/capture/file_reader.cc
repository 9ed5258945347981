// SPDX-License-Identifier: Apache-2.0
#include "src/capture/file_reader.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace tcpgauge {
namespace {

// Partly filled batches are handed over this often, so that packets of a slow pipe are shown in time.
constexpr std::chrono::milliseconds kFlushInterval(10);

}  // namespace

// The worker's end of a queue.
class FileReader::QueueSource final : public PacketSource {
 public:
  // `file` must outlive the source.
  QueueSource(BatchQueue* queue, const PacketSource* file) : queue_(*queue), file_(*file) {}

  absl::StatusOr<ReadResult> Read(PacketBatch* batch) override {
    const PacketBatch* front = queue_.Front();
    if (front == nullptr) {
      if (!queue_.closed()) return ReadResult::kNone;  // stopped
      batch->time_ns = queue_.end_time_ns();
      if (!queue_.status().ok()) return queue_.status();
      return ReadResult::kEnd;
    }
    batch->CopyFrom(*front);
    queue_.Pop();
    return ReadResult::kPackets;
  }

  int poll_fd() const override { return -1; }
  const std::string& name() const override { return file_.name(); }
  bool has_many_interfaces() const override { return file_.has_many_interfaces(); }
  std::string InterfaceName(uint32_t number) const override { return file_.InterfaceName(number); }
  uint64_t DroppedPackets() override { return 0; }

 private:
  BatchQueue& queue_;
  const PacketSource& file_;
};

FileReader::FileReader(std::unique_ptr<PacketSource> source, size_t workers, const TableOptions& table,
                       const StopSignal* stop)
    : source_(std::move(source)), hasher_(table.hash_seed), owners_(table.hash_seed, workers), stop_(*stop) {
  if (workers > 1 && !table.count_views) {
    handshakes_ = std::make_unique<SharedHandshakes>(table.hash_seed, workers);
    routes_ = std::make_unique<ViewRoutes>(table, /*workers=*/1, handshakes_.get());  // those of all owners
  }
  for (size_t i = 0; i < workers; ++i) {
    queues_.push_back(std::make_unique<BatchQueue>(stop));
    backs_.push_back(queues_.back()->Back());
  }
}

FileReader::~FileReader() = default;

std::vector<std::unique_ptr<PacketSource>> FileReader::TakeSources() {
  std::vector<std::unique_ptr<PacketSource>> sources;
  for (const auto& queue : queues_) sources.push_back(std::make_unique<QueueSource>(queue.get(), source_.get()));
  return sources;
}

void FileReader::Run() {
  const absl::Status status = queues_.size() == 1 ? ReadAhead() : ReadAndDistribute();
  for (size_t i = 0; i < queues_.size(); ++i) queues_[i]->Close(i == 0 ? status : absl::OkStatus(), now_ns_);
}

absl::Status FileReader::ReadAhead() {
  PacketBatch* back = backs_[0];
  while (!stop_.stopped()) {
    read_.clear();
    const auto result = source_->Read(&read_);
    if (queues_[0]->is_half_full()) read_.MakeHints(hasher_);
    // Decode into read_ and copy once: decoding makes many small stores, and in the queue's memory each could wait for
    // a cache line that the worker's processor holds.
    back->CopyFrom(read_);
    queues_[0]->Push();  // packets before an error count too
    if (!result.ok()) return stop_.stopped() ? absl::OkStatus() : result.status();
    if (*result == PacketSource::ReadResult::kEnd) break;
    back = queues_[0]->Back();
    if (back == nullptr) break;
  }
  return absl::OkStatus();
}

absl::Status FileReader::ReadAndDistribute() {
  absl::Status status;
  auto next_flush = std::chrono::steady_clock::now() + kFlushInterval;
  while (!stop_.stopped()) {
    read_.clear();
    const auto result = source_->Read(&read_);
    for (DecodedPacket& packet : read_.packets()) {
      if (!Distribute(&packet)) return status;
    }
    if (!result.ok()) {
      if (!stop_.stopped()) status = result.status();  // when stopped, a signal interrupted the read
      break;
    }
    if (*result == PacketSource::ReadResult::kEnd) break;
    const auto now = std::chrono::steady_clock::now();
    if (now < next_flush) continue;
    next_flush = now + kFlushInterval;
    if (!PushAll()) return status;
  }
  PushAll();
  return status;
}

bool FileReader::Distribute(DecodedPacket* packet) {
  if (packet->kind == DecodedPacket::Kind::kTcpSegment || packet->kind == DecodedPacket::Kind::kTcpFragment) {
    now_ns_ = std::max(now_ns_, packet->time_ns);
    packet->time_ns = ConnectionTable::ArrivalTime(packet->time_ns, now_ns_);
  }
  const size_t worker = WorkerOf(*packet);
  *backs_[worker]->Add() = *packet;
  return !backs_[worker]->full() || Push(worker);
}

size_t FileReader::WorkerOf(const DecodedPacket& packet) {
  switch (packet.kind) {
    case DecodedPacket::Kind::kNotTcp:
    case DecodedPacket::Kind::kError:
      return non_tcp_packets_++ % queues_.size();
    case DecodedPacket::Kind::kTcpSegment:
    case DecodedPacket::Kind::kTcpFragment:
      break;
  }
  if (!packet.is_fragment) return RouteOf(packet);
  const auto path = fragments_.FindPath(packet, packet.time_ns);
  if (!path.has_value()) return 0;  // any worker will do: it counts a fragment without a first one
  DecodedPacket fragment = packet;
  fragment.source = path->source;
  fragment.destination = path->destination;
  return RouteOf(fragment);
}

size_t FileReader::RouteOf(const DecodedPacket& packet) {
  const size_t owner = owners_.OwnerOf(packet.source, packet.destination);
  if (routes_ == nullptr) return owner;
  if (!ViewRoutes::IsHandshake(packet)) return routes_->FindWorker(packet, owner);
  return routes_->BeginAt(ViewRoutes::StretchOf(packet.interface, packet), packet, owner);
}

bool FileReader::Push(size_t worker) {
  backs_[worker]->time_ns = now_ns_;
  queues_[worker]->Push();
  backs_[worker] = queues_[worker]->Back();
  return backs_[worker] != nullptr;
}

bool FileReader::PushAll() {
  for (size_t i = 0; i < queues_.size(); ++i) {
    if (!Push(i)) return false;
  }
  return true;
}

}  // namespace tcpgauge
