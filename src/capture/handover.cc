// SPDX-License-Identifier: Apache-2.0
#include "src/capture/handover.h"

#include "absl/types/span.h"

namespace tcpgauge {
namespace {

bool IsTcp(const DecodedPacket& packet) {
  return packet.kind == DecodedPacket::Kind::kTcpSegment || packet.kind == DecodedPacket::Kind::kTcpFragment;
}

}  // namespace

HandoverGroup::HandoverGroup(uint64_t seed, size_t workers) : owners_(seed, workers), inboxes_(workers) {
  for (std::atomic<size_t>& count : not_at_end_) count.store(workers, std::memory_order_relaxed);
}

Handover::Handover(HandoverGroup* group, size_t self, InterfaceRegistry* interfaces)
    : group_(*group),
      self_(self),
      owners_(group->owners_),
      inbox_(group->inboxes_[self]),
      interfaces_(*interfaces),
      to_wake_(group->inboxes_.size()) {}

void Handover::HandOver(PacketBatch* batch, OnLost on_lost) {
  const absl::Span<DecodedPacket> packets = batch->packets();
  size_t kept = 0;
  while (kept < packets.size() && IsOwn(packets[kept])) ++kept;
  for (size_t i = kept; i < packets.size(); ++i) {
    const DecodedPacket& packet = packets[i];
    bool is_for_owner = true;
    const size_t worker = WorkerOf(packet, &is_for_owner);
    if (worker == self_) {
      if (kept != i) packets[kept] = packet;
      ++kept;
    } else if (!Push(worker, packet, &interfaces_.Name(packet.interface), is_for_owner)) {
      on_lost(packet.interface);
    }
  }
  batch->Truncate(kept);
  WakeOthers();
}

size_t Handover::WorkerOf(const DecodedPacket& packet, bool* is_for_owner) {
  if (!IsTcp(packet)) return self_;
  if (packet.is_fragment) {
    const size_t collector = owners_.OwnerOfDatagrams(packet.source.address, packet.destination.address);
    *is_for_owner = collector == self_;
    if (!*is_for_owner) return collector;
  }
  return OwnerOf(packet);
}

bool Handover::Receive(int64_t read_until_ns, PacketBatch* batch, OnLost on_lost) {
  bool received = false;
  while (!batch->full()) {
    const PacketInbox::Item* const item = inbox_.Front();
    if (item == nullptr || (item->packet.time_ns > read_until_ns && !inbox_.is_half_full())) break;
    received = true;
    const size_t worker = item->is_for_owner ? self_ : OwnerOf(item->packet);
    if (worker == self_) {
      DecodedPacket* const packet = batch->Add();
      *packet = item->packet;
      packet->interface = PlaceOf(item->interface);
    } else if (!Push(worker, item->packet, item->interface, /*is_for_owner=*/true)) {
      on_lost(PlaceOf(item->interface));
    }
    inbox_.Pop();
  }
  WakeOthers();
  return received;
}

size_t Handover::OwnerOf(const DecodedPacket& packet) {
  if (!packet.is_fragment) return owners_.OwnerOf(packet.source, packet.destination);
  const auto path = fragments_.FindPath(packet, packet.time_ns);
  return path.has_value() ? owners_.OwnerOf(path->source, path->destination) : self_;
}

bool Handover::Push(size_t worker, const DecodedPacket& packet, const std::string* interface, bool is_for_owner) {
  to_wake_[worker] = wakes_any_ = true;
  return group_.inboxes_[worker].Push(packet, interface, is_for_owner);
}

void Handover::WakeOthers() {
  if (!wakes_any_) return;
  wakes_any_ = false;
  for (size_t i = 0; i < to_wake_.size(); ++i) {
    if (!to_wake_[i]) continue;
    to_wake_[i] = false;
    group_.inboxes_[i].WakeOwner();
  }
}

std::optional<int64_t> Handover::PrepareToSleep() {
  const PacketInbox::Item* const earliest = inbox_.PrepareToSleep();
  if (earliest == nullptr) return std::nullopt;
  return earliest->packet.time_ns;
}

uint32_t Handover::PlaceOf(const std::string* interface) {
  const auto known = places_.find(interface);
  if (known != places_.end()) return known->second;
  return places_.emplace(interface, static_cast<uint32_t>(interfaces_.Add(*interface))).first->second;
}

void Handover::Reach(Stage stage) {
  group_.not_at_end_[static_cast<size_t>(stage)].fetch_sub(1, std::memory_order_acq_rel);
  for (PacketInbox& inbox : group_.inboxes_) inbox.WakeOwner();
}

bool Handover::AllReached(Stage stage) const {
  return group_.not_at_end_[static_cast<size_t>(stage)].load(std::memory_order_acquire) == 0;
}

}  // namespace tcpgauge
