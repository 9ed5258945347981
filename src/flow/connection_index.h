#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_INDEX_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_INDEX_H_

#include <cstddef>
#include <cstdint>

#include "absl/container/flat_hash_set.h"
#include "src/base/stable_array.h"
#include "src/flow/connection_record.h"

namespace tcpgauge {

// From a connection's key to its slot in the array of records.
//
// An entry is eight bytes: the slot, and 32 bits of the key's hash, from which the set's own hash is made. So growing
// the set reads no record, and a lookup reads one only when those 32 bits agree.
//
// Thread: confined to its table. `records` must outlive it.
class ConnectionIndex {
 public:
  static constexpr uint32_t kNotFound = UINT32_MAX;

  ConnectionIndex(const StableArray<ConnectionRecord>* records, uint64_t seed)
      : seed_(seed), entries_(0, Hash(), Equal{records}) {}

  // Seeded, so that nobody outside can choose keys that collide.
  uint32_t HashOf(const ConnectionKey& key) const;

  void Prefetch(uint32_t hash) const { entries_.prefetch(HashOnly{hash}); }

  // A slot whose key has this hash: most probably that of the key, but its record must be compared. Reads no record.
  uint32_t FindCandidate(uint32_t hash) const { return Slot(entries_.find(HashOnly{hash})); }

  uint32_t Find(const ConnectionKey& key, uint32_t hash) const { return Slot(entries_.find(Probe{&key, hash})); }

  // REQUIRES: the record's key is set and not in the index.
  void Insert(uint32_t slot, uint32_t hash) { entries_.insert(Entry{slot, hash}); }
  // REQUIRES: the record's key is in the index.
  void Erase(const ConnectionKey& key, uint32_t hash) { entries_.erase(entries_.find(Probe{&key, hash})); }

  size_t size() const { return entries_.size(); }

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
  struct Hash {
    using is_transparent = void;
    template <typename T>
    size_t operator()(const T& value) const {
      return value.hash * uint64_t{0x9e3779b97f4a7c15};
    }
  };
  struct Equal {
    using is_transparent = void;
    const StableArray<ConnectionRecord>* records;

    bool operator()(const Entry& a, const Entry& b) const { return a.slot == b.slot; }
    bool operator()(const Entry& a, const HashOnly& b) const { return a.hash == b.hash; }
    bool operator()(const Entry& a, const Probe& b) const {
      return a.hash == b.hash && (*records)[a.slot].key == *b.key;
    }
  };
  using Set = absl::flat_hash_set<Entry, Hash, Equal>;

  uint32_t Slot(Set::const_iterator found) const { return found == entries_.end() ? kNotFound : found->slot; }

  const uint64_t seed_;
  Set entries_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_INDEX_H_
