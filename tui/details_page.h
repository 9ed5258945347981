// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_DETAILS_PAGE_H_
#define TCPGAUGE_TUI_DETAILS_PAGE_H_

#include "tui/frame.h"
#include "tui/page_input.h"

namespace tcpgauge {

// Builds the page of one connection: everything that is known about it, and a chart of its rate. With `gone`, the page
// says that the snapshot no longer lists the connection, and `connection` holds the last values. The page may have more
// lines than the screen; the caller scrolls it.
Frame BuildDetailsPage(const PageInput& input, const ConnectionSummary& connection, bool gone);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_DETAILS_PAGE_H_
