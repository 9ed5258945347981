// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_SLOT_BITS_H_
#define TCPGAUGE_SRC_FLOW_SLOT_BITS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "src/base/stable_array.h"

namespace tcpgauge {

// A set of the slots of an array: one bit for each slot. So a set of few slots is read quickly, in ascending order.
//
// Thread: confined to its owner.
// Bounds: `slots` slots, with one bit for each.
class SlotBits {
 public:
  explicit SlotBits(size_t slots) : words_(slots / kBits + 1) {}

  static constexpr uint64_t MemoryBytes(size_t slots) { return (slots / kBits + 1) * sizeof(uint64_t); }

  // REQUIRES, for the next three methods: the slot is below the constructor's `slots`.
  void Add(uint32_t slot) { words_[slot / kBits] |= BitOf(slot); }
  void Remove(uint32_t slot) { words_[slot / kBits] &= ~BitOf(slot); }
  bool Has(uint32_t slot) const { return (words_[slot / kBits] & BitOf(slot)) != 0; }

  // Returns the first slot of the set from `begin` on, or `end` if there is none below `end`. REQUIRES: end <= slots.
  uint32_t Next(uint32_t begin, uint32_t end) const {
    if (begin >= end) return end;
    uint32_t word = begin / kBits;
    uint64_t bits = words_[word] & ~(BitOf(begin) - 1);
    while (bits == 0) {
      if (++word * kBits >= end) return end;
      bits = words_[word];
    }
    return std::min(word * kBits + static_cast<uint32_t>(__builtin_ctzll(bits)), end);
  }

 private:
  static constexpr uint32_t kBits = 64;

  static uint64_t BitOf(uint32_t slot) { return uint64_t{1} << slot % kBits; }

  StableArray<uint64_t> words_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_SLOT_BITS_H_
