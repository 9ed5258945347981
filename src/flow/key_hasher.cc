// SPDX-License-Identifier: Apache-2.0
#include "src/flow/key_hasher.h"

namespace tcpgauge {

KeyHasher::KeyHasher(uint64_t seed) {
  // SplitMix64 derives well-mixed words from one seed.
  for (uint64_t& secret : secrets_) {
    seed += 0x9e3779b97f4a7c15;
    uint64_t mixed = seed;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    secret = mixed ^ mixed >> 31;
  }
}

}  // namespace tcpgauge
