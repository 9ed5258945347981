// SPDX-License-Identifier: Apache-2.0
#include "src/agent/print_interfaces.h"

#include <stdio.h>

#include "absl/strings/str_join.h"
#include "src/capture/interface_list.h"
#include "src/options/option_value.h"

namespace tcpgauge {

absl::Status PrintInterfaces() {
  const auto interfaces = ListInterfaces();
  if (!interfaces.ok()) return interfaces.status();
  for (const InterfaceDescription& interface : *interfaces) {
    printf("%s%s%s%s%s\n", OneLine(interface.name).c_str(), interface.up ? "" : " (down)",
           interface.loopback ? " (loopback)" : "", interface.addresses.empty() ? "" : "  ",
           absl::StrJoin(interface.addresses, " ").c_str());
  }
  return absl::OkStatus();
}

}  // namespace tcpgauge
