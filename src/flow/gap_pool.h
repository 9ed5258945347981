// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_GAP_POOL_H_
#define TCPGAUGE_SRC_FLOW_GAP_POOL_H_

#include <array>
#include <cstdint>
#include <vector>

#include "src/net/connection_key.h"

namespace tcpgauge {

// The gaps of all connections. A gap is a range of sequence numbers that was not seen, although bytes above it were. A
// segment that fills a gap was overtaken (out of order); a segment with seen bytes was sent again (retransmitted).
//
// A connection without gaps takes no memory here. A connection with gaps owns a set, which holds the gaps of both ends;
// `*set` in these methods is its id, kept in the connection's record.
//
// Thread: confined to its table.
// Units: sequence numbers are in host order and compare modulo 2^32. Ranges exclude their end.
// Bounds: `max_sets` connections have gaps at a time, and each end has at most kMaxGaps. A gap of a connection that
// gets no set is dropped. A gap beyond kMaxGaps replaces the end's lowest gap. The bytes of a dropped or replaced gap
// count as seen. Both cases are counted in overflows().
class GapPool {
 public:
  using SetId = uint16_t;
  static constexpr SetId kNone = 0;
  static constexpr uint32_t kMaxSets = UINT16_MAX;
  static constexpr size_t kMaxGaps = 4;

  // The most memory that `max_sets` sets take: while the vector grows, its old array exists beside a new one of up to
  // twice the size.
  static uint64_t MemoryBytes(uint32_t max_sets) { return uint64_t{3} * max_sets * sizeof(Set); }

  explicit GapPool(uint32_t max_sets) : max_sets_(max_sets) { sets_.resize(1); }

  // Adds the gap [begin, end) of `sender`. Creates the connection's set when `*set` is kNone.
  // REQUIRES: the gap is above all other gaps of this end.
  void Add(SetId* set, End sender, uint32_t begin, uint32_t end);

  // Notes that bytes [begin, end) were seen now, and removes them from the end's gaps. True when all of them lay in one
  // gap, so that no byte had been seen before. Releases the set when the connection has no gap left.
  bool Fill(SetId* set, End sender, uint32_t begin, uint32_t end);

  // Removes the end's gaps that begin more than 2^31 below `next`, because sequence numbers so far apart cannot be
  // compared. The present segment raised the end's next sequence number from `before` to `next`.
  void ForgetFarBelow(SetId* set, End sender, uint32_t before, uint32_t next);

  // Removes all gaps of the connection and sets `*set` to kNone.
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

  // Adds `range` above the other ranges. Drops the lowest range when there is no room.
  void Append(const Gap& range, Gaps* gaps);
  // Replaces the gaps of an end. Releases the set when both ends have no gap left.
  void Replace(SetId* set, End sender, const Gaps& gaps);

  const uint32_t max_sets_;
  std::vector<Set> sets_;  // by SetId; [0] is kNone and never used
  SetId free_ = kNone;     // head of the list of free sets
  uint64_t overflows_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_GAP_POOL_H_
