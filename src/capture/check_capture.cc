// SPDX-License-Identifier: Apache-2.0
#include "src/capture/check_capture.h"

#include <pcap/pcap.h>

#include <cstdint>
#include <set>

#include "src/capture/distinct_interfaces.h"
#include "src/capture/filter_program.h"
#include "src/capture/interface_name_rules.h"
#include "src/capture/live_filter.h"
#include "src/capture/netfilter_device.h"
#include "src/capture/pcap_reader.h"

namespace tcpgauge {
namespace {

constexpr char kAny[] = "any";
constexpr int kSnaplenBytes = 262144;  // the longest that libpcap accepts

int LinkTypeByName(const std::string& name) {
  if (name == kAny) return DLT_LINUX_SLL2;
  return IsNetfilterName(name) ? DLT_NFLOG : DLT_EN10MB;
}

}  // namespace

absl::Status CheckCapture(const std::vector<std::string>& names, const std::string& filter) {
  for (const std::string& name : names) {
    if (absl::Status status = CheckNetfilterName(name); !status.ok()) return status;
    if (!IsNetfilterName(name) && !CanNameInterface(name)) return NoPossibleInterface(name);
  }
  const auto no_index = [](const std::string&) { return uint32_t{0}; };
  const auto distinct = DistinctInterfaces(names, /*wait=*/true, no_index);
  if (!distinct.ok()) return distinct.status();
  std::set<int> link_types;
  for (const std::string& name : *distinct) link_types.insert(LinkTypeByName(name));
  if (link_types.empty()) link_types.insert(DLT_EN10MB);
  for (const int link_type : link_types) {
    const PcapHandle handle(pcap_open_dead(link_type, kSnaplenBytes));
    const auto program = FilterProgram::Compile(handle.get(), filter);
    if (!program.ok()) return program.status();
    if (link_type != DLT_NFLOG) continue;
    if (absl::Status status = LiveFilter::CheckForNetfilter(*program, filter); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace tcpgauge
