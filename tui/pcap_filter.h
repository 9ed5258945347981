// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_PCAP_FILTER_H_
#define TCPGAUGE_TUI_PCAP_FILTER_H_

#include <cstddef>
#include <string>

#include "src/snapshot/snapshot.h"
#include "tui/group_order.h"
#include "tui/grouping.h"

namespace tcpgauge {

// What a packet capture needs to see the packets of a row. A plain value.
struct PcapFilter {
  std::string filter;     // for pcap-filter(7); empty: the row has none
  std::string interface;  // where the packets were captured, printable; empty: unknown
  std::string note;       // what the filter does not see, one line; empty if it sees all
};

// The filter of a group holds at most this many addresses. If the group has more, PcapFilter::note says so.
constexpr size_t kMaxPcapAddresses = 16;

// Returns the filter of a connection, with the addresses of all its views. If ConnectionSummary::encapsulation has VLAN
// tags, the filter looks behind them. If it has a tunnel, the note says that pcap-filter(7) cannot look into it.
// `connection` is one of `snapshot`.
PcapFilter PcapFilterOf(const ConnectionSummary& connection, const Snapshot& snapshot);

// Returns the filter of a group. The filter of a service also has the addresses by which clients knew the service.
// `snapshot` is that of the row.
PcapFilter PcapFilterOf(const GroupRow& row, Grouping grouping, const Snapshot& snapshot);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_PCAP_FILTER_H_
