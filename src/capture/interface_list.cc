// SPDX-License-Identifier: Apache-2.0
#include "src/capture/interface_list.h"

#include <pcap/pcap.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/capture/socket_address.h"

namespace tcpgauge {

absl::StatusOr<std::vector<InterfaceDescription>> ListInterfaces() {
  char error[PCAP_ERRBUF_SIZE] = "";
  pcap_if_t* devices = nullptr;
  if (pcap_findalldevs(&devices, error) != 0) {
    return absl::UnavailableError(absl::StrCat("cannot list the interfaces: ", error));
  }
  std::vector<InterfaceDescription> interfaces;
  for (const pcap_if_t* device = devices; device != nullptr; device = device->next) {
    InterfaceDescription interface;
    interface.name = device->name;
    if (device->description != nullptr) interface.description = device->description;
    interface.up = device->flags & PCAP_IF_UP;
    interface.loopback = device->flags & PCAP_IF_LOOPBACK;
    for (const pcap_addr* address = device->addresses; address != nullptr; address = address->next) {
      const auto parsed = AddressOf(address->addr);
      if (parsed.has_value()) interface.addresses.push_back(parsed->ToString());
    }
    interfaces.push_back(std::move(interface));
  }
  pcap_freealldevs(devices);
  return interfaces;
}

absl::StatusOr<std::string> DefaultInterface() {
  const auto interfaces = ListInterfaces();
  if (!interfaces.ok()) return interfaces.status();
  for (const InterfaceDescription& interface : *interfaces) {
    if (interface.up && !interface.loopback && interface.name != "any" && !interface.addresses.empty()) {
      return interface.name;
    }
  }
  return absl::NotFoundError(
      absl::StrCat("no interface is up except loopback; name one with -i, for example -i any or -i lo (available: ",
                   NamesOfInterfaces(), ")"));
}

std::string NamesOfInterfaces() {
  const auto interfaces = ListInterfaces();
  if (!interfaces.ok()) return "";
  return absl::StrJoin(*interfaces, ", ", [](std::string* out, const InterfaceDescription& interface) {
    absl::StrAppend(out, interface.name);
  });
}

}  // namespace tcpgauge
