// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_GAP_POOL_H_
#define TCPGAUGE_SRC_FLOW_GAP_POOL_H_

#include <array>
#include <cstdint>
#include <vector>

#include "src/net/connection_key.h"

namespace tcpgauge {

// The gaps of all connections of a table. A gap is a range of sequence numbers that was not seen, although higher ones
// were. A segment that fills a gap is out of order: another segment overtook it. A segment whose bytes were seen before
// was sent again (a retransmission).
//
// A connection without gaps takes no memory here. A connection with gaps owns a set, which holds the gaps of both ends.
// The parameter `*set` (in and out) is the id of the connection's set. The caller keeps the id in the connection's
// record; it is kNone at first.
//
// Thread: confined to the thread of its connection table.
// Units: sequence numbers are in host order and compare modulo 2^32. A range [begin, end) excludes `end`.
// Bounds: at most `max_sets` connections have gaps at a time, and each of their ends has at most kMaxGaps gaps. If a
// connection gets no set, its gap is dropped. If an end has kMaxGaps already, the new gap replaces the end's lowest
// one. The bytes of a dropped or replaced gap count as seen. overflows() counts both cases.
class GapPool {
 public:
  using SetId = uint16_t;
  static constexpr SetId kNone = 0;  // no set: the connection has no gaps
  static constexpr uint32_t kMaxSets = UINT16_MAX;
  static constexpr size_t kMaxGaps = 4;  // of one end

  // Returns the most memory that `max_sets` sets take. While the vector grows, its old array exists beside a new one of
  // up to twice the size.
  static uint64_t MemoryBytes(uint32_t max_sets) { return uint64_t{3} * max_sets * sizeof(Set); }

  // REQUIRES: max_sets <= kMaxSets.
  explicit GapPool(uint32_t max_sets) : max_sets_(max_sets) { sets_.resize(1); }

  // Adds the gap [begin, end) of `sender`. Creates the connection's set if `*set` is kNone.
  // REQUIRES: the gap is not empty, and lies above all other gaps of this end.
  void Add(SetId* set, End sender, uint32_t begin, uint32_t end);

  // Notes that a segment with the bytes [begin, end) came, and removes them from the gaps of `sender`. Returns true if
  // all these bytes lay in one gap, so that none of them had been seen before. Releases the set when the connection has
  // no gap left. If `*set` is kNone, does nothing and returns false.
  // REQUIRES: the range is not empty.
  bool Fill(SetId* set, End sender, uint32_t begin, uint32_t end);

  // Removes the gaps of `sender` that begin more than 2^31 below `next`, because sequence numbers so far apart cannot
  // be compared. Call it when a segment raises the next sequence number of `sender` from `before` to `next`.
  void ForgetFarBelow(SetId* set, End sender, uint32_t before, uint32_t next);

  // Removes all gaps of the connection and sets `*set` to kNone. Does nothing if `*set` is kNone.
  void Release(SetId* set);

  uint64_t overflows() const { return overflows_; }

 private:
  struct Gap {
    uint32_t begin = 0;
    uint32_t end = 0;
  };
  struct Gaps {
    uint8_t count = 0;
    std::array<Gap, kMaxGaps> ranges;  // the first `count` are used; ascending, disjoint
  };
  struct Set {
    std::array<Gaps, 2> ends;
    SetId next_free = kNone;  // of a free set: the next one in the list
  };

  // Adds `range` above the other ranges. Drops the lowest range, and counts an overflow, if there is no room.
  void Append(const Gap& range, Gaps* gaps);
  // Replaces the gaps of an end. Releases the set if neither end has a gap now.
  void Replace(SetId* set, End sender, const Gaps& gaps);

  const uint32_t max_sets_;
  std::vector<Set> sets_;  // by SetId; [0] is kNone and never used
  SetId free_ = kNone;     // head of the list of free sets
  uint64_t overflows_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_GAP_POOL_H_
