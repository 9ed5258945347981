#include "src/flow/connection_index.h"

#include <cmath>

namespace tcpgauge {
namespace {

constexpr size_t kMaxSets = 8;

// How the entries of a full index are spread.
struct Spread {
  size_t sets;
  uint64_t slots_each;
};

// With deletions a set may grow from 25/32 on. Hashing gives no set more than its share by four standard deviations.
Spread SpreadOf(uint32_t capacity) {
  for (uint64_t slots = 16;; slots *= 2) {
    for (size_t sets = 1; sets <= kMaxSets; ++sets) {
      const double share = static_cast<double>(capacity) / static_cast<double>(sets);
      const double most = sets == 1 ? share : share + 4 * std::sqrt(share);
      if (most <= static_cast<double>(slots * 25 / 32)) return {sets, slots};
    }
  }
}

}  // namespace

ConnectionIndex::ConnectionIndex(const StableArray<ConnectionRecord>* records, const EmbryoTable* embryos,
                                 uint64_t seed, uint32_t capacity)
    : keys_{records, embryos}, sets_(SpreadOf(capacity).sets, Set(0, Hash(), Equal{keys_})) {
  // SplitMix64: well-mixed words from one seed.
  for (uint64_t& secret : secrets_) {
    seed += 0x9e3779b97f4a7c15;
    uint64_t mixed = seed;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    secret = mixed ^ mixed >> 31;
  }
}

uint64_t ConnectionIndex::MemoryBytes(uint32_t capacity) {
  const Spread spread = SpreadOf(capacity);
  return (spread.sets * spread.slots_each + spread.slots_each / 2) * (sizeof(Entry) + 1);
}

}  // namespace tcpgauge
