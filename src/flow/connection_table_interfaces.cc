// SPDX-License-Identifier: Apache-2.0
// The part of ConnectionTable that finds the interfaces to which connections refer.
#include "src/flow/connection_table.h"

namespace tcpgauge {
namespace {

// As many as a slice of WorkerPublisher visits.
constexpr uint32_t kSlotsPerCall = 256;

}  // namespace

void ConnectionTable::BeginInterfaceSweep() {
  used_interfaces_.reset();
  next_swept_slot_ = kEmbryoSlots;
}

bool ConnectionTable::ContinueInterfaceSweep(const InterfaceSet& moved, size_t to) {
  for (uint32_t i = 0; i < kSlotsPerCall; ++i) {
    // Embryos come first: an embryo that becomes a record during the sweep is then seen as one or the other.
    if (next_swept_slot_ == embryo_limit()) next_swept_slot_ = 0;
    if (next_swept_slot_ >= kEmbryoSlots) {
      SweepEmbryo(next_swept_slot_++ & ~kEmbryoSlots, moved, to);
    } else if (next_swept_slot_ < record_limit_) {
      SweepRecord(next_swept_slot_++, moved, to);
    } else {
      recently_ended_.Visit(
          [this](const RecentlyEnded::Entry& entry) { used_interfaces_.set(entry.summary.interface); });
      if (first_stretch_ns_ != 0) used_interfaces_.set(first_stretch_.interface);
      return true;
    }
  }
  return false;
}

void ConnectionTable::SweepEmbryo(uint32_t slot, const InterfaceSet& moved, size_t to) {
  if (!embryos_.InUse(slot)) return;
  Embryo& embryo = embryos_[slot];
  if (moved.test(embryo.interface)) embryo.interface = InterfacePins::Bounded(to) & 0x3ff;
  used_interfaces_.set(embryo.interface);
}

void ConnectionTable::SweepRecord(uint32_t slot, const InterfaceSet& moved, size_t to) {
  ConnectionRecord& record = records_[slot];
  if (!record.has(ConnectionRecord::kInUse)) return;
  for (uint16_t& pinned : record.pins) {
    if (pinned == ConnectionRecord::kNoPin) continue;
    if (moved.test(InterfacePins::Pin(pinned).interface())) pinned = InterfacePins::Pin(pinned).OnInterface(to).bits();
    used_interfaces_.set(InterfacePins::Pin(pinned).interface());
  }
}

}  // namespace tcpgauge
