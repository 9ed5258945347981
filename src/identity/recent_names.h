// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_RECENT_NAMES_H_
#define TCPGAUGE_SRC_IDENTITY_RECENT_NAMES_H_

#include <cstddef>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "src/base/time_units.h"
#include "src/naming/end_identity.h"

namespace tcpgauge {

// Remembers whose an address or endpoint was, for kKeepNs after it died. Without this, the last packets of a pod that
// was deleted would come from an unknown end.
//
// Thread: confined to the thread that makes identity maps.
// Bounds: the keys that Note() was called for since the last AddDead(), and those that AddDead() had room for. Note
// only keys that have died: to remember all that live as well would take as much memory as a map.
template <typename Key>
class RecentNames {
 public:
  using Names = absl::flat_hash_map<Key, IdentityRef>;

  static constexpr int64_t kKeepNs = 120 * kNanosecondsPerSecond;

  // Notes that `key` had this identity when it was last seen. Does nothing if an identity of the key is noted already.
  // Time: Clock::SteadyNanoseconds().
  void Note(const Key& key, const IdentityRef& identity, int64_t last_seen_ns) {
    names_.insert({key, {identity, last_seen_ns}});
  }
  bool contains(const Key& key) const { return names_.contains(key); }
  // Forgets the identity of `key`, because another one has the key now.
  void Forget(const Key& key) { names_.erase(key); }

  // Adds the keys that are dead: those that are not in `names`. Adds at most `room` of them, in any order. Forgets the
  // others, and those that died long ago.
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
