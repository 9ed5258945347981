// SPDX-License-Identifier: Apache-2.0
#include "src/capture/interface_name_rules.h"

#include <net/if.h>

#include "absl/strings/str_cat.h"

namespace tcpgauge {

bool CanNameInterface(std::string_view name) {
  return !name.empty() && name.size() < IF_NAMESIZE && name != "." && name != ".." &&
         name.find_first_of("/: \t\n\v\f\r\xa0") == std::string_view::npos;
}

absl::Status NoPossibleInterface(const std::string& name) {
  return absl::InvalidArgumentError(
      absl::StrCat("no interface can be called '", name,
                   "': a name has at most 15 bytes, no white space, / or :, and is not . or ..; use a name that "
                   "--list-interfaces shows"));
}

}  // namespace tcpgauge
