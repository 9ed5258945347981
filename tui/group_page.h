// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_GROUP_PAGE_H_
#define TCPGAUGE_TUI_GROUP_PAGE_H_

#include "tui/columns.h"
#include "tui/frame.h"
#include "tui/page_input.h"

namespace tcpgauge {

// Builds the list of groups, laid out as that of connections (see BuildListPage()). If the agent that the view is
// attached to does not tell its edges, a line says so below the rows. `widths` is as in BuildListPage().
Frame BuildGroupPage(const PageInput& input, EndpointWidths* widths);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_GROUP_PAGE_H_
