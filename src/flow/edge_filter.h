// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EDGE_FILTER_H_
#define TCPGAUGE_SRC_FLOW_EDGE_FILTER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/hash/hash.h"
#include "src/flow/edge.h"

namespace tcpgauge {

// Tells which edges were noted before, as a Bloom filter. It never takes an edge that was noted for a new one. It takes
// about one in a hundred new edges for one that was noted. So of a flood of edges that each come once, about one in a
// hundred passes.
//
// Design. The four bits of an edge lie in one word, so that a call reads one cache line. With more than kMaxNoted edges
// the filter would err more often. So when it is full, it forgets all of them. At 98,000 new edges a second it still
// remembers for a second.
//
// Thread: confined to one thread.
// Bounds: 128 KiB.
class EdgeFilter {
 public:
  static constexpr uint64_t kMemoryBytes = 128 * 1024;

  EdgeFilter() : words_(kMemoryBytes / sizeof(uint64_t)) {}

  // Notes the edge. Returns whether it was noted before.
  bool NoteAgain(const EdgeKey& key);
  void Forget();

 private:
  static constexpr size_t kMaxNoted = kMemoryBytes / sizeof(uint64_t) * 6;  // six edges a word

  std::vector<uint64_t> words_;
  size_t noted_ = 0;
};

inline bool EdgeFilter::NoteAgain(const EdgeKey& key) {
  const uint64_t hash = absl::Hash<EdgeKey>()(key);
  uint64_t& word = words_[(hash >> 32) % words_.size()];
  const uint64_t bits =
      1ull << (hash & 63) | 1ull << (hash >> 6 & 63) | 1ull << (hash >> 12 & 63) | 1ull << (hash >> 18 & 63);
  if ((word & bits) == bits) return true;
  if (noted_ == kMaxNoted) Forget();
  word |= bits;
  ++noted_;
  return false;
}

inline void EdgeFilter::Forget() {
  words_.assign(words_.size(), 0);
  noted_ = 0;
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_EDGE_FILTER_H_
