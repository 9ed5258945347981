// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_DETAILS_PAGE_H_
#define TCPGAUGE_TUI_DETAILS_PAGE_H_

#include "tui/frame.h"
#include "tui/page_input.h"

namespace tcpgauge {

// All that is known of one connection, and how fast it was lately. `gone`: it left the table, and `connection` is what
// was known last.
Frame BuildDetailsPage(const PageInput& input, const ConnectionSummary& connection, bool gone);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_DETAILS_PAGE_H_
