// SPDX-License-Identifier: Apache-2.0
#include "src/capture/handover.h"

#include <utility>

#include "absl/types/span.h"

namespace tcpgauge {
namespace {

bool IsTcp(const DecodedPacket& packet) {
  return packet.kind == DecodedPacket::Kind::kTcpSegment || packet.kind == DecodedPacket::Kind::kTcpFragment;
}

}  // namespace

HandoverGroup::HandoverGroup(const TableOptions& table, size_t workers)
    : table_(table), owners_(table.hash_seed, workers), handshakes_(table.hash_seed, workers), inboxes_(workers) {
  for (std::atomic<size_t>& count : not_at_end_) count.store(workers, std::memory_order_relaxed);
}

uint64_t HandoverGroup::MemoryBytes(const TableOptions& table, size_t workers) {
  if (table.count_views) return 0;
  return SharedHandshakes::MemoryBytes() + workers * ViewRoutes::MemoryBytes(table, workers);
}

Handover::Handover(HandoverGroup* group, size_t self, InterfaceRegistry* interfaces)
    : group_(*group),
      self_(self),
      owners_(group->owners_),
      inbox_(group->inboxes_[self]),
      interfaces_(*interfaces),
      routes_(group->table_.count_views
                  ? nullptr
                  : std::make_unique<ViewRoutes>(group->table_, group->inboxes_.size(), &group->handshakes_)),
      to_wake_(group->inboxes_.size()) {}

void Handover::HandOver(PacketBatch* batch, OnLost on_lost) {
  const absl::Span<DecodedPacket> packets = batch->packets();
  size_t kept = 0;
  while (kept < packets.size() && IsOwn(packets[kept])) ++kept;
  if (routes_ != nullptr) {
    for (size_t i = kept; i < packets.size(); ++i) routes_->Prefetch(packets[i]);
  }
  for (size_t i = kept; i < packets.size(); ++i) {
    DecodedPacket& packet = packets[i];
    const Next next = AfterCapture(&packet);
    if (next.worker == self_) {
      if (kept != i) packets[kept] = packet;
      ++kept;
    } else if (!Push(next, packet, NumberOf(packet.interface))) {
      on_lost(packet.interface);
    }
  }
  batch->Truncate(kept);
  WakeOthers();
}

bool Handover::Receive(int64_t read_until_ns, PacketBatch* batch, OnLost on_lost) {
  bool received = false;
  while (!batch->full()) {
    const PacketInbox::Item* const item = inbox_.Front();
    if (item == nullptr || (item->packet.time_ns > read_until_ns && !inbox_.is_half_full())) break;
    received = true;
    const uint64_t interface = item->interface;
    const Role role = item->role;
    DecodedPacket* const packet = batch->Add();
    *packet = item->packet;
    inbox_.Pop();
    Next next = {self_, Role::kHolder};
    if (role == Role::kCollector) next = AfterCollector(interface, packet);
    if (role == Role::kOwner) next = AfterOwner(interface, *packet);
    if (next.worker == self_) {
      packet->interface = PlaceOf(interface);
      continue;
    }
    if (!Push(next, *packet, interface)) on_lost(PlaceOf(interface));
    batch->Truncate(batch->packets().size() - 1);
  }
  WakeOthers();
  return received;
}

Handover::Next Handover::AfterCapture(DecodedPacket* packet) {
  if (!IsTcp(*packet)) return {self_, Role::kHolder};
  if (packet->is_fragment) {
    const size_t collector = owners_.OwnerOfDatagrams(packet->source.address, packet->destination.address);
    if (collector != self_) return {collector, Role::kCollector};
  }
  return AfterCollector(/*interface=*/0, packet);
}

Handover::Next Handover::AfterCollector(uint64_t interface, DecodedPacket* packet) {
  if (packet->is_fragment) {
    const auto path = fragments_.FindPath(*packet, packet->time_ns);
    if (!path.has_value()) return {self_, Role::kHolder};
    packet->source = path->source;
    packet->destination = path->destination;
  }
  const size_t owner = owners_.OwnerOf(packet->source, packet->destination);
  if (owner != self_) return {owner, Role::kOwner};
  return AfterOwner(interface, *packet);
}

Handover::Next Handover::AfterOwner(uint64_t interface, const DecodedPacket& packet) {
  if (routes_ == nullptr) return {self_, Role::kHolder};
  if (!ViewRoutes::IsHandshake(packet)) return {routes_->FindWorker(packet, self_), Role::kHolder};
  if (interface == 0) interface = NumberOf(packet.interface);
  return {routes_->BeginAt(ViewRoutes::StretchOf(interface, packet), packet, self_), Role::kHolder};
}

bool Handover::Push(Next next, const DecodedPacket& packet, uint64_t interface) {
  to_wake_[next.worker] = wakes_any_ = true;
  return group_.inboxes_[next.worker].Push(packet, interface, next.role);
}

OverflowCounts Handover::overflows() const {
  OverflowCounts counts{};
  if (routes_ == nullptr) return counts;
  counts[static_cast<size_t>(Overflow::kFingerprints)] = routes_->lost_handshakes();
  counts[static_cast<size_t>(Overflow::kViews)] = routes_->lost_routes();
  return counts;
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

uint32_t Handover::PlaceOf(uint64_t interface) {
  const auto known = places_.find(interface);
  if (known != places_.end()) return known->second;
  const std::optional<SharedInterfaceNames::Entry> entry = group_.interface_names_.Find(interface);
  if (!entry.has_value()) return static_cast<uint32_t>(interfaces_.Other());
  const size_t place = entry->is_named ? interfaces_.AddNamed(entry->name) : interfaces_.Discover(entry->name);
  return places_.emplace(interface, static_cast<uint32_t>(place)).first->second;
}

uint64_t Handover::AcquireNumber(size_t place) {
  if (place >= numbers_.size()) numbers_.resize(place + 1, 0);
  return numbers_[place] = group_.interface_names_.Acquire(interfaces_.Name(place), interfaces_.IsNamed(place));
}

void Handover::Forget(size_t place) {
  absl::erase_if(places_, [place](const auto& entry) { return entry.second == place; });
  if (place >= numbers_.size() || numbers_[place] == 0) return;
  group_.interface_names_.Release(std::exchange(numbers_[place], 0));
}

void Handover::Reach(Stage stage) {
  group_.not_at_end_[static_cast<size_t>(stage)].fetch_sub(1, std::memory_order_acq_rel);
  for (PacketInbox& inbox : group_.inboxes_) inbox.WakeOwner();
}

bool Handover::AllReached(Stage stage) const {
  return group_.not_at_end_[static_cast<size_t>(stage)].load(std::memory_order_acquire) == 0;
}

}  // namespace tcpgauge
