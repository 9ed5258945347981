// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_RECENT_NAMES_H_
#define TCPGAUGE_SRC_IDENTITY_RECENT_NAMES_H_

#include <cstddef>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "src/base/time_units.h"
#include "src/naming/end_identity.h"

namespace tcpgauge {

// Remembers the identities of keys that the sources no longer name. A key is an address or an endpoint. It is kept for
// kKeepNs after it was last seen. Otherwise the last packets of a deleted pod would have an unknown end.
//
// Thread: confined to the thread that makes identity maps.
// Bounds: the keys for which Note() was called since the last AddDead(), and those for which AddDead() had room. Call
// Note() only for keys that the sources no longer name. To remember all other keys too would take as much memory as a
// map.
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
  // Forgets the identity of `key`, because another one has the key now.
  void Forget(const Key& key) { names_.erase(key); }

  // Adds to `*names` the noted keys that it lacks and that were last seen less than kKeepNs ago. Adds at most `room`
  // keys, in any order. Forgets the keys that it lacks and does not get.
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
