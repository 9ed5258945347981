// SPDX-License-Identifier: Apache-2.0
#include "src/capture/interface_name_rules.h"

#include <net/if.h>

namespace tcpgauge {

bool CanNameInterface(std::string_view name) {
  return !name.empty() && name.size() < IF_NAMESIZE && name != "." && name != ".." &&
         name.find_first_of("/: \t\n\v\f\r\xa0") == std::string_view::npos;
}

}  // namespace tcpgauge
