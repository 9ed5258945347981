// SPDX-License-Identifier: Apache-2.0
#include "src/flow/connection_index.h"

#include <algorithm>
#include <cmath>

namespace tcpgauge {
namespace {

constexpr size_t kMaxSets = 8;
constexpr size_t kSmallestSetBytes = 2 << 20;  // a smaller array gets no huge pages
constexpr size_t kFirstBuckets = 256;

// The number of sets of an index, and the number of buckets of each set.
struct Spread {
  size_t sets;
  size_t first_buckets;  // of each set, when it is empty
  size_t last_buckets;   // of each set, when the index is full
};

Spread SpreadOf(size_t capacity) {
  const size_t bytes = SlotSet::BucketsFor(capacity) * SlotSet::kBucketBytes;
  const size_t sets = std::clamp<size_t>(bytes / kSmallestSetBytes, 1, kMaxSets);
  // A set gets its share of the entries by chance, practically never more than four standard deviations above the mean.
  const double share = static_cast<double>(capacity) / static_cast<double>(sets);
  const double most = sets == 1 ? share : share + 4 * std::sqrt(share);
  const size_t needed = SlotSet::BucketsFor(static_cast<size_t>(std::ceil(most)));
  int doublings = 0;
  while (needed >> doublings > kFirstBuckets) ++doublings;
  const size_t first = (needed >> doublings) + 1;
  return {sets, first, first << doublings};
}

std::vector<SlotSet> MakeSets(size_t capacity) {
  const Spread spread = SpreadOf(capacity);
  std::vector<SlotSet> sets;
  for (size_t i = 0; i < spread.sets; ++i) sets.emplace_back(spread.first_buckets);
  return sets;
}

}  // namespace

ConnectionIndex::ConnectionIndex(const StableArray<ConnectionRecord>* records, const EmbryoTable* embryos,
                                 const ViewTable* views, uint64_t seed, size_t capacity)
    : hasher_(seed), records_(*records), embryos_(*embryos), views_(*views), sets_(MakeSets(capacity)) {}

uint64_t ConnectionIndex::MemoryBytes(size_t capacity) {
  const Spread spread = SpreadOf(capacity);
  return (spread.sets * spread.last_buckets + spread.last_buckets / 2) * SlotSet::kBucketBytes;
}

}  // namespace tcpgauge
