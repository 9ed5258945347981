// SPDX-License-Identifier: Apache-2.0
#include "src/agent/status_line.h"

#include <cstddef>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/options/option_value.h"

namespace tcpgauge {

std::string StatusLine(const Snapshot& snapshot) {
  constexpr size_t kMaxNames = 10;
  std::vector<std::string> names;
  for (const InterfaceView& interface : snapshot.interfaces) {
    if (!interface.is_named) continue;
    if (names.size() == kMaxNames) {
      names.emplace_back("...");
      break;
    }
    names.push_back(absl::StrCat(interface.name, interface.up ? "" : " (down)"));
  }
  const size_t open = snapshot.connections.size() + snapshot.connections_not_listed;
  return OneLine(absl::StrCat(open, open == 1 ? " connection" : " connections", names.empty() ? "" : " on ",
                              absl::StrJoin(names, ", ")));
}

}  // namespace tcpgauge
