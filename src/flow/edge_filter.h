// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EDGE_FILTER_H_
#define TCPGAUGE_SRC_FLOW_EDGE_FILTER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/hash/hash.h"
#include "src/flow/edge.h"

namespace tcpgauge {

// A Bloom filter that tells whether an edge was noted before. The filter recognises every edge that was noted since the
// last Forget(). It also takes about one in a hundred new edges for edges that were noted before. So about one in a
// hundred edges of a flood passes the filter, even if each edge comes only once.
//
// Design. The four bits of an edge lie in one word, so that a call reads one cache line. With more than kMaxNoted edges
// (98,304) the filter would err more often. So when kMaxNoted edges are noted, the filter forgets them all before it
// notes another edge. Even with 98,000 new edges a second, that happens only once a second.
//
// Thread: confined to one thread.
// Bounds: 128 KiB.
class EdgeFilter {
 public:
  static constexpr uint64_t kMemoryBytes = 128 * 1024;

  EdgeFilter() : words_(kMemoryBytes / sizeof(uint64_t)) {}

  // Returns whether the edge was noted before. Notes it if it was not.
  bool NoteAgain(const EdgeKey& key);
  // Forgets all edges.
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
