#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_INDEX_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_INDEX_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "src/base/lazy_allocator.h"
#include "src/base/stable_array.h"
#include "src/flow/connection_record.h"
#include "src/flow/embryo_table.h"

namespace tcpgauge {

// From a connection's key to its slot: that of a record, or that of an embryo with kEmbryo set.
//
// An entry is eight bytes: the slot, and 32 bits of the key's hash, from which the sets' own hash is made. So growing
// a set reads no key, and a lookup reads one only when those 32 bits agree.
//
// There are up to eight sets, chosen by the hash: each copies itself when it grows, a short pause instead of a long
// one, and their number is such that `capacity` entries fill them, where a single one would have up to half of its room
// left.
//
// Thread: confined to its table. Bounds: see MemoryBytes(). The arrays must outlive it.
class ConnectionIndex {
 public:
  static constexpr uint32_t kNotFound = UINT32_MAX;
  static constexpr uint32_t kEmbryo = 1u << 31;

  ConnectionIndex(const StableArray<ConnectionRecord>* records, const EmbryoTable* embryos, uint64_t seed,
                  uint32_t capacity);

  // That an index of `capacity` entries can take: while one of its sets grows, the array half as large is there too.
  static uint64_t MemoryBytes(uint32_t capacity);

  // Seeded, so that nobody outside can choose keys that collide.
  uint64_t HashOf(const ConnectionKey& key) const {
    uint64_t words[5];
    static_assert(sizeof(words) == sizeof(key), "all of it");
    std::memcpy(words, &key, sizeof(words));
    const uint64_t a = Fold(words[0] ^ secrets_[0], words[1] ^ secrets_[1]);
    const uint64_t b = Fold(words[2] ^ secrets_[2], words[3] ^ secrets_[3]);
    return Fold(a ^ b ^ secrets_[4], words[4] ^ secrets_[5] ^ a);
  }

  void Prefetch(uint32_t hash) const { SetOf(hash).prefetch(HashOnly{hash}); }

  // A slot whose key has this hash: most probably that of the key, but its record must be compared. Reads no record.
  uint32_t FindCandidate(uint32_t hash) const { return FindIn(SetOf(hash), HashOnly{hash}); }

  uint32_t Find(const ConnectionKey& key, uint32_t hash) const { return FindIn(SetOf(hash), Probe{&key, hash}); }

  const ConnectionKey& KeyOf(uint32_t slot) const { return keys_.Of(slot); }

  // REQUIRES: the slot's key is set and not in the index.
  void Insert(uint32_t slot, uint32_t hash) {
    SetOf(hash).insert(Entry{slot, hash});
    ++size_;
  }
  // REQUIRES: the slot is in the index under this hash.
  void Erase(uint32_t slot, uint32_t hash) {
    Set& set = SetOf(hash);
    set.erase(set.find(Entry{slot, hash}));
    --size_;
  }

  size_t size() const { return size_; }

 private:
  struct Entry {
    uint32_t slot;
    uint32_t hash;
  };
  struct HashOnly {
    uint32_t hash;
  };
  struct Probe {
    const ConnectionKey* key;
    uint32_t hash;
  };
  struct Keys {
    const StableArray<ConnectionRecord>* records;
    const EmbryoTable* embryos;

    const ConnectionKey& Of(uint32_t slot) const {
      return slot & kEmbryo ? (*embryos)[slot & ~kEmbryo].key : (*records)[slot].key;
    }
  };
  struct Hash {
    using is_transparent = void;
    template <typename T>
    size_t operator()(const T& value) const {
      return value.hash * uint64_t{0x9e3779b97f4a7c15};
    }
  };
  struct Equal {
    using is_transparent = void;
    Keys keys;

    bool operator()(const Entry& a, const Entry& b) const { return a.slot == b.slot; }
    bool operator()(const Entry& a, const HashOnly& b) const { return a.hash == b.hash; }
    bool operator()(const Entry& a, const Probe& b) const { return a.hash == b.hash && keys.Of(a.slot) == *b.key; }
  };
  using Set = absl::flat_hash_set<Entry, Hash, Equal, LazyAllocator<Entry>>;

  // Both halves of the 128-bit product.
  static uint64_t Fold(uint64_t a, uint64_t b) {
    const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }

  Set& SetOf(uint32_t hash) { return sets_[hash * uint64_t{sets_.size()} >> 32]; }
  const Set& SetOf(uint32_t hash) const { return sets_[hash * uint64_t{sets_.size()} >> 32]; }

  template <typename T>
  static uint32_t FindIn(const Set& set, const T& what) {
    const auto found = set.find(what);
    return found == set.end() ? kNotFound : found->slot;
  }

  std::array<uint64_t, 6> secrets_;
  const Keys keys_;
  std::vector<Set> sets_;
  size_t size_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_INDEX_H_
