// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_RECENT_NAMES_H_
#define TCPGAUGE_SRC_IDENTITY_RECENT_NAMES_H_

#include <cstddef>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "src/base/time_units.h"
#include "src/naming/end_identity.h"

namespace tcpgauge {

// Remembers the identities of keys that the sources no longer name. A key is an address or an endpoint. A key is kept
// for kKeepNs after it was last seen. Otherwise the last packets of a deleted pod would have an unknown end.
//
// Thread: confined to the thread that makes identity maps.
// Bounds: the keys for which Note() was called since the last AddDead(), and the noted keys that were in `*names` after
// that AddDead(). Call Note() only for keys that the sources no longer name. To remember all other keys too would take
// as much memory as a map.
template <typename Key>
class RecentNames {
 public:
  using Names = absl::flat_hash_map<Key, IdentityRef>;

  static constexpr int64_t kKeepNs = 120 * kNanosecondsPerSecond;

  // Notes that `key` had this identity at the steady time `last_seen_ns`. Has no effect if `key` is noted already.
  void Note(const Key& key, const IdentityRef& identity, int64_t last_seen_ns) {
    names_.insert({key, {identity, last_seen_ns}});
  }
  bool contains(const Key& key) const { return names_.contains(key); }
  // Forgets the identity of `key`, because another identity has the key now.
  void Forget(const Key& key) { names_.erase(key); }

  // Adds the noted keys that `*names` lacks, at most `room` of them, in any order. Forgets those for which there is no
  // room, and those that were last seen kKeepNs ago or earlier. A key that `*names` has already stays noted. Time:
  // steady.
  void AddDead(int64_t now_ns, size_t room, Names* names) {
    for (auto i = names_.begin(); i != names_.end();) {
      const auto here = i++;
      if (names->contains(here->first)) continue;
      if (room == 0 || here->second.last_seen_ns + kKeepNs <= now_ns) {
        names_.erase(here);
      } else {
        names->insert({here->first, here->second.identity});
        --room;
      }
    }
  }

  size_t size() const { return names_.size(); }

 private:
  struct Name {
    IdentityRef identity;
    int64_t last_seen_ns = 0;
  };
  absl::flat_hash_map<Key, Name> names_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_RECENT_NAMES_H_
