// SPDX-License-Identifier: Apache-2.0
#include "src/capture/packet_merger.h"

#include <algorithm>

namespace tcpgauge {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

void Move(absl::Span<const DecodedPacket>* from, PacketBatch* to) {
  *to->Add() = from->front();
  from->remove_prefix(1);
}

}  // namespace

PacketMerger::PacketMerger(size_t sources, int64_t kernel_delay_ns)
    : kernel_delay_ns_(kernel_delay_ns), lanes_(sources) {
  for (Lane& lane : lanes_) lane.batch = std::make_unique<PacketBatch>();
}

PacketBatch* PacketMerger::BeginRead(size_t source) {
  PacketBatch* const batch = lanes_[source].batch.get();
  batch->clear();
  return batch;
}

void PacketMerger::EndRead(size_t source, PacketSource::ReadResult result, std::optional<int64_t> last_time_ns) {
  Lane& lane = lanes_[source];
  lane.waiting = lane.batch->packets();
  lane.read_at_ns = steady_ns_;
  lane.may_have_more = result == PacketSource::ReadResult::kPackets;
  const int64_t delivered_until_ns = now_ns_ - kernel_delay_ns_;
  if (last_time_ns.has_value()) {
    lane.read_until_ns = *last_time_ns;
  } else if (lane.read_until_ns > now_ns_) {
    lane.read_until_ns = delivered_until_ns;  // the clock was set back
  }
  if (!lane.may_have_more) lane.read_until_ns = std::max(lane.read_until_ns, delivered_until_ns);
}

void PacketMerger::Close(size_t source) {
  lanes_[source].read_until_ns = kNever;
  lanes_[source].is_closed = true;
}

void PacketMerger::CloseAll() {
  for (size_t i = 0; i < lanes_.size(); ++i) Close(i);
}

bool PacketMerger::Take(PacketBatch* batch) {
  for (Lane& lane : lanes_) TakeUnordered(&lane, batch);
  while (!batch->full()) {
    Lane* first = nullptr;
    int64_t first_time_ns = kNever;
    int64_t others_time_ns = kNever;  // the earliest time that another lane may have
    int64_t read_until_ns = kNever;   // the earliest of the lanes from which no packet waits
    for (Lane& lane : lanes_) {
      const int64_t time_ns = lane.next_time_ns();
      if (lane.waiting.empty()) {
        read_until_ns = std::min(read_until_ns, time_ns);
      } else if (first == nullptr || time_ns < first_time_ns) {
        others_time_ns = first_time_ns;
        first_time_ns = time_ns;
        first = &lane;
      } else {
        others_time_ns = std::min(others_time_ns, time_ns);
      }
    }
    if (first == nullptr || first_time_ns > read_until_ns) break;
    const int64_t limit_ns = std::min(others_time_ns, read_until_ns);
    do {
      Move(&first->waiting, batch);
    } while (!batch->full() && !first->waiting.empty() && first->waiting.front().time_ns < limit_ns);
  }
  for (Lane& lane : lanes_) {
    if (!lane.waiting.empty()) lane.may_have_more = true;  // when these packets leave, further ones may have come
  }
  return !batch->packets().empty();
}

// Takes the packets that do not wait for those of other sources.
void PacketMerger::TakeUnordered(Lane* lane, PacketBatch* batch) const {
  const bool is_overdue = steady_ns_ - lane->read_at_ns >= kLongestWaitNs;
  while (!lane->waiting.empty() && !batch->full() && (is_overdue || lane->waiting.front().time_ns > now_ns_)) {
    Move(&lane->waiting, batch);
  }
}

bool PacketMerger::MayReadMore() const {
  return std::any_of(lanes_.begin(), lanes_.end(),
                     [](const Lane& lane) { return lane.waiting.empty() && lane.may_have_more && !lane.is_closed; });
}

int64_t PacketMerger::taken_until_ns() const {
  int64_t time_ns = kNever;
  for (const Lane& lane : lanes_) time_ns = std::min(time_ns, lane.next_time_ns());
  return time_ns;
}

std::optional<int64_t> PacketMerger::WaitNs() const {
  std::optional<int64_t> wait_ns;
  for (const Lane& lane : lanes_) {
    if (lane.waiting.empty()) continue;
    const int64_t lane_wait_ns = std::min(lane.waiting.front().time_ns + kernel_delay_ns_ - now_ns_,
                                          lane.read_at_ns + kLongestWaitNs - steady_ns_);
    wait_ns = std::min(wait_ns.value_or(kNever), std::max(lane_wait_ns, kShortestWaitNs));
  }
  return wait_ns;
}

}  // namespace tcpgauge
