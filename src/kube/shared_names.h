// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_SHARED_NAMES_H_
#define TCPGAUGE_SRC_KUBE_SHARED_NAMES_H_

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"

namespace tcpgauge {

// Keeps one copy of each name that many objects have, such as those of nodes and zones.
//
// Thread: one at a time. Names may be released by any thread.
// Bounds: kFew names, or twice as many as were in use when names were last forgotten, whichever is more.
class SharedNames {
 public:
  using Name = std::shared_ptr<const std::string>;  // never null

  static constexpr size_t kFew = 1024;

  SharedNames() : empty_(std::make_shared<const std::string>()) {}

  Name Get(const std::string& text) {
    if (text.empty()) return empty_;
    if (names_.size() >= most_) ForgetUnused();
    Name& name = names_[text];
    if (name == nullptr) name = std::make_shared<const std::string>(text);
    return name;
  }

  size_t size() const { return names_.size(); }

 private:
  void ForgetUnused() {
    for (auto i = names_.begin(); i != names_.end();) {
      const auto here = i++;
      if (here->second.use_count() == 1) names_.erase(here);
    }
    most_ = std::max(kFew, 2 * names_.size());
  }

  const Name empty_;
  absl::flat_hash_map<std::string, Name> names_;
  size_t most_ = kFew;  // when to forget names
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_SHARED_NAMES_H_
