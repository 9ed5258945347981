// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EMBRYO_TABLE_H_
#define TCPGAUGE_SRC_FLOW_EMBRYO_TABLE_H_

#include <cstdint>

#include "src/base/fetch_ahead.h"
#include "src/base/stable_array.h"
#include "src/net/connection_key.h"

namespace tcpgauge {

// A connection of which one SYN was seen and no other packet, in one cache line. A SYN flood creates only embryos.
struct alignas(64) Embryo {
  ConnectionKey key;
  int64_t time_ns;           // of the SYN
  uint32_t sequence_number;  // of the SYN, host order
  uint16_t ip_length_bytes;
  uint16_t interface : 15;
  uint16_t sent_by_b : 1;
  // Neighbours in the order of age, or EmbryoTable::kNone.
  uint32_t older;
  uint32_t newer;

  End sender() const { return sent_by_b ? End::kB : End::kA; }
};
static_assert(sizeof(Embryo) == 64, "one cache line");

// The embryos of one table, in slots that never move, linked from the oldest to the newest.
//
// Design. Everything that is known about an unanswered SYN fits into 64 bytes. A record with its windows takes more
// than five times as much. So a SYN flood fills small slots, and it displaces the oldest embryos instead of real
// connections. The first packet after the SYN turns an embryo into a record (see FillRecord).
//
// Thread: confined to its table.
// Bounds: `capacity` embryos. The caller makes room before Add().
class EmbryoTable {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  explicit EmbryoTable(uint32_t capacity) : embryos_(capacity) {}

  // Adds an embryo as the newest and returns its slot, which the caller must fill in. REQUIRES: size() < capacity.
  uint32_t Add();
  void Remove(uint32_t slot);

  // Prefetches the two neighbours' cache lines, which Remove(slot) changes. Without this, each SYN-ACK waited for two
  // lines from memory (6 % of the time of a million connections).
  void FetchNeighbors(uint32_t slot) const {
    const Embryo& embryo = embryos_[slot];
    if (embryo.older < kFree) FetchAhead(&embryos_[embryo.older]);
    if (embryo.newer < kFree) FetchAhead(&embryos_[embryo.newer]);
  }

  Embryo& operator[](uint32_t slot) { return embryos_[slot]; }
  const Embryo& operator[](uint32_t slot) const { return embryos_[slot]; }
  // Whether a slot below slot_limit() holds an embryo.
  bool InUse(uint32_t slot) const { return embryos_[slot].older != kFree; }

  uint32_t oldest() const { return oldest_; }  // kNone when empty
  uint32_t size() const { return size_; }
  uint32_t slot_limit() const { return slot_limit_; }  // all slots that were ever used are below

 private:
  // Marks a free slot, in Embryo::older. Embryo::newer of a free slot is the next free slot.
  static constexpr uint32_t kFree = UINT32_MAX - 1;

  StableArray<Embryo> embryos_;
  uint32_t oldest_ = kNone;
  uint32_t newest_ = kNone;
  uint32_t free_ = kNone;  // head of the list of free slots
  uint32_t slot_limit_ = 0;
  uint32_t size_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_EMBRYO_TABLE_H_
