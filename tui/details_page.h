// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_DETAILS_PAGE_H_
#define TCPGAUGE_TUI_DETAILS_PAGE_H_

#include "tui/frame.h"
#include "tui/page_input.h"

namespace tcpgauge {

// Everything that is known about one connection, and a chart of its rate. `gone` means that the snapshot no longer
// lists the connection; `connection` then holds its last values.
Frame BuildDetailsPage(const PageInput& input, const ConnectionSummary& connection, bool gone);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_DETAILS_PAGE_H_
