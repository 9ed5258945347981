// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NAMING_SHARED_NAMES_H_
#define TCPGAUGE_SRC_NAMING_SHARED_NAMES_H_

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "src/naming/shared_text.h"

namespace tcpgauge {

// Finds an existing copy of a name, so that many objects share the names of nodes, zones and the like.
//
// Thread: one thread at a time. Names may be released by any thread.
// Bounds: kFew names, or twice as many as were in use when unused names were last forgotten, whichever is more.
class SharedNames {
 public:
  static constexpr size_t kFew = 1024;

  // Returns the text that equals `name`. If there is none yet, makes a copy of `name`.
  SharedText Get(std::string_view name) { return GetEqual(name); }
  // Like Get(), but if there is no equal text yet, returns one that shares the bytes of `name`.
  SharedText Share(const SharedText& name) { return GetEqual(name); }

  size_t size() const { return names_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return absl::HashOf(text); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const { return a == b; }
  };

  template <typename Text>
  SharedText GetEqual(const Text& name) {
    if (name.empty()) return SharedText();
    if (names_.size() >= most_) ForgetUnused();
    return *names_.lazy_emplace(std::string_view(name), [&name](const auto& construct) { construct(name); });
  }

  void ForgetUnused() {
    for (auto i = names_.begin(); i != names_.end();) {
      const auto here = i++;
      if (here->is_only_copy()) names_.erase(here);
    }
    most_ = std::max(kFew, 2 * names_.size());
  }

  absl::flat_hash_set<SharedText, Hash, Equal> names_;
  size_t most_ = kFew;  // at this size of names_, unused names are forgotten before another is added
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NAMING_SHARED_NAMES_H_
