// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_PCAP_PAGE_H_
#define TCPGAUGE_TUI_PCAP_PAGE_H_

#include "tui/frame.h"
#include "tui/pcap_filter.h"

namespace tcpgauge {

// Builds the page that shows a filter for packet captures, ready to copy: the lines of the filter begin at the left
// edge and hold nothing else. A long filter is broken between two words, which changes nothing for pcap-filter(7). A
// command for tcpdump(8) follows, and then PcapFilter::note. If the filter is empty, the page says that there is none.
// `columns` is the width of the screen.
Frame BuildPcapPage(const PcapFilter& filter, int columns);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_PCAP_PAGE_H_
