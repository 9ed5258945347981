// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EMBRYO_TABLE_H_
#define TCPGAUGE_SRC_FLOW_EMBRYO_TABLE_H_

#include <cstdint>

#include "src/base/fetch_ahead.h"
#include "src/base/stable_array.h"
#include "src/flow/duplicate_kind.h"
#include "src/net/connection_key.h"

namespace tcpgauge {

// A connection of which only one bare SYN was seen, or a provisional view. A provisional view is a SYN that is probably
// a copy of the SYN of another embryo or record: captured on another stretch, with other addresses or in another
// encapsulation (see ConnectionTable).
//
// A bare SYN has no other TCP flag and no payload, is not a fragment, and has an IP datagram of at most
// kMaxIpLengthBytes. Any other packet that begins a connection begins a record. The SYN of a provisional view may have
// further flags and payload.
struct alignas(64) Embryo {
  ConnectionKey key;
  int64_t time_ns;                // table time of the SYN
  uint32_t sequence_number;       // of the SYN, in host order
  uint32_t ip_length_bytes : 11;  // of the SYN's datagram, IP header included
  uint32_t interface : 10;        // as InterfacePins::Bounded() returns it
  uint32_t direction : 2;         // PacketDirection of the SYN
  uint32_t sent_by_b : 1;         // whether end B sent the SYN; the sender is the client
  uint32_t window_scale : 4;      // DecodedPacket::window_scale of the SYN
  uint32_t is_provisional : 1;    // the embryo is a provisional view
  uint32_t is_wrapped : 1;        // of a provisional view: the copied SYN has another encapsulation
  uint32_t is_edge_pending : 1;   // the edge was not told of the connection yet; false for a provisional view
  uint32_t has_copies : 1;        // provisional views copy this SYN
  // The slots of the next older and the next newer embryo, or EmbryoTable::kNone. EmbryoTable sets them.
  uint32_t older;
  uint32_t newer;

  static constexpr uint32_t kMaxIpLengthBytes = 2047;

  End sender() const { return sent_by_b ? End::kB : End::kA; }
  // How the SYN of a provisional view differs from the SYN of which it is a copy.
  DuplicateKind duplicate_kind() const {
    return is_wrapped ? DuplicateKind::kEncapsulated : DuplicateKind::kTranslated;
  }
};
static_assert(sizeof(Embryo) == 64, "one cache line");

// The embryos of one connection table, in slots that never move, linked from the oldest to the newest.
//
// Design. What the table needs of an unanswered SYN fits into 64 bytes. A record takes more than four times as much,
// with its details and measures. So a flood of SYNs fills small slots, and displaces the oldest embryos instead of real
// connections. The next packet of a connection turns its embryo into a record (see FillRecord). A provisional view has
// rules of its own (see Views in ConnectionTable).
//
// Thread: confined to the thread of its connection table.
// Bounds: `capacity` embryos. The caller makes room before Add().
class EmbryoTable {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  explicit EmbryoTable(uint32_t capacity) : embryos_(capacity) {}

  // Adds an embryo as the newest, and returns its slot. Sets `older` and `newer`; the caller must fill in all other
  // members. REQUIRES: size() < capacity.
  uint32_t Add();
  // Removes the embryo and frees its slot. REQUIRES: the slot holds an embryo.
  void Remove(uint32_t slot);

  // Prefetches the neighbours of an embryo, the next older and the next newer one, because Remove(slot) changes both.
  // Without this, each SYN-ACK waits for two cache lines from memory (6 % of the processor's time in a capture of a
  // million connections). The slot may be free.
  void FetchNeighbors(uint32_t slot) const {
    const Embryo& embryo = embryos_[slot];
    if (embryo.older < kFree) FetchAhead(&embryos_[embryo.older]);
    if (embryo.newer < kFree) FetchAhead(&embryos_[embryo.newer]);
  }

  // The reference stays valid as long as the table lives. After Remove(slot), the slot may get another embryo.
  Embryo& operator[](uint32_t slot) { return embryos_[slot]; }
  const Embryo& operator[](uint32_t slot) const { return embryos_[slot]; }
  // Whether the slot holds an embryo. REQUIRES: slot < slot_limit().
  bool InUse(uint32_t slot) const { return embryos_[slot].older != kFree; }

  uint32_t oldest() const { return oldest_; }  // a slot; kNone when the table is empty
  uint32_t newest() const { return newest_; }  // a slot; kNone when the table is empty
  uint32_t size() const { return size_; }
  uint32_t slot_limit() const { return slot_limit_; }  // one more than the highest slot ever used, or 0; never falls

 private:
  // The value of Embryo::older in a free slot. In such a slot, Embryo::newer is the next free slot.
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
