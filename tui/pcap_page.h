// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_PCAP_PAGE_H_
#define TCPGAUGE_TUI_PCAP_PAGE_H_

#include "tui/frame.h"
#include "tui/pcap_filter.h"

namespace tcpgauge {

// Builds the page that shows a filter for packet captures, ready to copy: nothing else is on its lines, which begin at
// the left edge. A long filter is broken between two words, and blanks mean nothing to pcap-filter(7). A command for
// tcpdump(8) follows. `columns` is the width of the screen.
Frame BuildPcapPage(const PcapFilter& filter, int columns);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_PCAP_PAGE_H_
