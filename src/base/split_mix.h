// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_SPLIT_MIX_H_
#define TCPGAUGE_SRC_BASE_SPLIT_MIX_H_

#include <cstdint>

namespace tcpgauge {

// A generator of pseudo-random 64-bit numbers (SplitMix64). Equal seeds give the same sequence. The numbers are well
// mixed, but whoever sees one of them can compute all others.
//
// Thread: confined to one thread.
class SplitMix {
 public:
  explicit SplitMix(uint64_t seed) : state_(seed) {}

  // Returns the next number of the sequence.
  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t mixed = state_;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
  }

 private:
  uint64_t state_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_SPLIT_MIX_H_
