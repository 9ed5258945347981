// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_SHARED_NAMES_H_
#define TCPGAUGE_SRC_KUBE_SHARED_NAMES_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"

namespace tcpgauge {

// Keeps one copy of each name that many objects have, such as those of nodes and zones.
//
// Thread: one at a time. Names may be released by any thread.
// Bounds: the names that are in use, and those released since the last ForgetUnused().
class SharedNames {
 public:
  using Name = std::shared_ptr<const std::string>;  // never null

  SharedNames() : empty_(std::make_shared<const std::string>()) {}

  Name Get(const std::string& text) {
    if (text.empty()) return empty_;
    Name& name = names_[text];
    if (name == nullptr) name = std::make_shared<const std::string>(text);
    return name;
  }

  void ForgetUnused() {
    for (auto i = names_.begin(); i != names_.end();) {
      const auto here = i++;
      if (here->second.use_count() == 1) names_.erase(here);
    }
  }

  size_t size() const { return names_.size(); }

 private:
  const Name empty_;
  absl::flat_hash_map<std::string, Name> names_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_SHARED_NAMES_H_
