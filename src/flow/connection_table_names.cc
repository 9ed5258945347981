// SPDX-License-Identifier: Apache-2.0
// The part of ConnectionTable that gives names to the ends of connections.
#include <utility>

#include "src/flow/connection_table.h"

namespace tcpgauge {
namespace {

// As many as a slice of WorkerPublisher visits.
constexpr uint32_t kSlotsPerCall = 256;

}  // namespace

void ConnectionTable::SetIdentities(std::shared_ptr<const IdentityMap> map, int64_t sockets_read_ns) {
  ledger_.SetIdentities(std::move(map), sockets_read_ns, now_ns_);
  next_to_bind_ = kEmbryoSlots;
}

void ConnectionTable::OpenEdgeOfEmbryo(uint32_t slot) {
  Embryo& embryo = embryos_[slot];
  const EdgeBinding bound =
      ledger_.OpenEdge(embryo.key, embryo.sender(), embryo.interface, NameFinder::kSocketUnknown, now_ns_);
  embryo.is_edge_pending = false;
  if (names_.finder().is_on()) embryo_bounds_[slot] = bound;
}

bool ConnectionTable::BindSomeAgain() {
  for (uint32_t i = 0; i < kSlotsPerCall; ++i) {
    // Embryos come first: an embryo that becomes a record meanwhile is then seen as one or the other.
    if (next_to_bind_ == embryo_limit()) next_to_bind_ = 0;
    if (next_to_bind_ >= kEmbryoSlots) {
      BindEmbryoAgain(next_to_bind_++ & ~kEmbryoSlots);
    } else if (next_to_bind_ < record_limit_) {
      BindRecordAgain(next_to_bind_++);
    } else {
      next_to_bind_ = kNoSlot;
      return true;
    }
  }
  return false;
}

void ConnectionTable::BindEmbryoAgain(uint32_t slot) {
  if (!embryos_.InUse(slot)) return;
  const Embryo& embryo = embryos_[slot];
  if (embryo.is_provisional || embryo.is_edge_pending) return;
  EdgeTable::Slot edge = EdgeTable::kNone;
  ledger_.BindAgain(embryo.key, embryo.sender(), NameFinder::kSocketUnknown, now_ns_, &edge, &embryo_bounds_[slot]);
}

// A closed connection keeps unknown ends: another program may have its port by now.
void ConnectionTable::BindRecordAgain(uint32_t slot) {
  ConnectionRecord& record = records_[slot];
  if (!record.has(ConnectionRecord::kInUse) || !record.has(ConnectionRecord::kConfirmed)) return;
  if (record.is_edge_pending || !IsOpen(record.state)) return;
  if (untold_.Has(slot)) TellEdge(slot);  // what it carried belongs to the edge of now
  ledger_.BindAgain(record.key, record.client_end(), BegunOfSocket(slot), now_ns_, &record.edge, &record.bound);
}

}  // namespace tcpgauge
