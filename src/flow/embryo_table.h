// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EMBRYO_TABLE_H_
#define TCPGAUGE_SRC_FLOW_EMBRYO_TABLE_H_

#include <cstdint>

#include "src/base/fetch_ahead.h"
#include "src/base/stable_array.h"
#include "src/net/connection_key.h"

namespace tcpgauge {

// A connection of which one SYN was seen and nothing more: all that a SYN flood can make, in one cache line.
struct alignas(64) Embryo {
  ConnectionKey key;
  int64_t time_ns;           // of the SYN
  uint32_t sequence_number;  // of the SYN, host order
  uint16_t ip_length_bytes;
  uint16_t interface : 15;
  uint16_t sent_by_b : 1;
  // Neighbours in the order of age.
  uint32_t older;
  uint32_t newer;

  End sender() const { return sent_by_b ? End::kB : End::kA; }
};
static_assert(sizeof(Embryo) == 64, "one cache line");

// The embryos of one table, in slots that never move, from the oldest to the newest.
//
// Design. All that is known of a SYN without an answer fits into 64 bytes. A record with its windows takes more than
// five times as much. So a flood of SYNs fills small places, and the places that it takes away are those of the oldest
// embryos, not those of real connections. The first packet after the SYN turns an embryo into a record (see
// FillRecord).
//
// Thread: confined to its table.
// Bounds: `capacity`, which the caller keeps to.
class EmbryoTable {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  explicit EmbryoTable(uint32_t capacity) : embryos_(capacity) {}

  // A slot for a new embryo, the newest, to be filled in. REQUIRES: size() < capacity.
  uint32_t Add();
  void Remove(uint32_t slot);

  // Fetches the cache lines that Remove() of this embryo changes besides its own: without it, each SYN-ACK waited for
  // two lines from memory (6 % of the time of a million connections).
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
  uint32_t slot_limit() const { return slot_limit_; }

 private:
  static constexpr uint32_t kFree = UINT32_MAX - 1;  // in Embryo::older; then `newer` is the next free slot

  StableArray<Embryo> embryos_;
  uint32_t oldest_ = kNone;
  uint32_t newest_ = kNone;
  uint32_t free_ = kNone;
  uint32_t slot_limit_ = 0;
  uint32_t size_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_EMBRYO_TABLE_H_
