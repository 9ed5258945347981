// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_GAP_POOL_H_
#define TCPGAUGE_SRC_FLOW_GAP_POOL_H_

#include <array>
#include <cstdint>
#include <vector>

#include "src/net/connection_key.h"

namespace tcpgauge {

// Ranges of sequence numbers that were jumped over: bytes above them were seen, they themselves were not yet. They tell
// a segment that was overtaken (out of order) from one that is sent again (retransmitted).
//
// Thread: confined to its table. Sequence numbers are host order and compare modulo 2^32.
// Bounds: kMaxGaps ranges an end; one more takes the place of the lowest, whose bytes then count as seen, and is
// counted in overflows(). `max_sets` connections with gaps at a time; what does not fit is counted there too.
class GapPool {
 public:
  using SetId = uint16_t;
  static constexpr SetId kNone = 0;
  static constexpr uint32_t kMaxSets = UINT16_MAX;
  static constexpr size_t kMaxGaps = 4;

  // That `max_sets` can take: while the array grows, the old one is there beside one up to twice as large.
  static uint64_t MemoryBytes(uint32_t max_sets) { return uint64_t{3} * max_sets * sizeof(Set); }

  explicit GapPool(uint32_t max_sets) : max_sets_(max_sets) { sets_.resize(1); }

  // Bytes [begin, end) of `sender` were jumped over. `*set` is the connection's set, made when it is kNone.
  void Add(SetId* set, End sender, uint32_t begin, uint32_t end);

  // Bytes [begin, end) were seen now. True when all of them lay in one gap, that is, none had been seen before. Frees
  // the connection's set, and sets `*set` to kNone, with the last gap.
  bool Fill(SetId* set, End sender, uint32_t begin, uint32_t end);

  // The end has sent up to `next` now, and up to `before` until now: gaps that begin more than 2^31 below are no longer
  // comparable, and forgotten.
  void ForgetFarBelow(SetId* set, End sender, uint32_t before, uint32_t next);

  // Gives the set back; `*set` becomes kNone.
  void Release(SetId* set);

  uint64_t overflows() const { return overflows_; }

 private:
  struct Gap {
    uint32_t begin = 0;
    uint32_t end = 0;
  };
  struct Gaps {
    uint8_t count = 0;
    std::array<Gap, kMaxGaps> ranges;  // ascending, disjoint
  };
  struct Set {
    std::array<Gaps, 2> ends;
    SetId next_free = kNone;
  };

  // Puts `range` above the others; the lowest gives way when there is no room.
  void Append(const Gap& range, Gaps* gaps);
  // Replaces what is known of an end; gives the set back when nothing is left in it.
  void Replace(SetId* set, End sender, const Gaps& gaps);

  const uint32_t max_sets_;
  std::vector<Set> sets_;  // [0] stands for "none"
  SetId free_ = kNone;
  uint64_t overflows_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_GAP_POOL_H_
