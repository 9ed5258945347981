#include "src/flow/connection_index.h"

#include <utility>

#include "absl/hash/hash.h"

namespace tcpgauge {
namespace {

struct SeededKey {
  uint64_t seed;
  const ConnectionKey* key;

  template <typename H>
  friend H AbslHashValue(H state, const SeededKey& value) {
    return H::combine_contiguous(H::combine(std::move(state), value.seed),
                                 reinterpret_cast<const uint8_t*>(value.key), sizeof(*value.key));
  }
};

}  // namespace

uint32_t ConnectionIndex::HashOf(const ConnectionKey& key) const {
  const size_t hash = absl::Hash<SeededKey>()(SeededKey{seed_, &key});
  return static_cast<uint32_t>(hash ^ hash >> 32);
}

}  // namespace tcpgauge
