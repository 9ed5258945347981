// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_LIST_PAGE_H_
#define TCPGAUGE_TUI_LIST_PAGE_H_

#include <cstddef>

#include "tui/columns.h"
#include "tui/frame.h"
#include "tui/page_input.h"

namespace tcpgauge {

// How many connections fit on a screen of `rows` lines.
size_t ListRows(int rows);

// The list as tcptrack draws it: the header, one line for each connection, the line "TOTAL" with the filter, and the
// status line with the number of connections, the pause and the order. Formats only the visible connections. `widths`
// holds the widest endpoints since the caller reset it. It only grows, so that columns do not jump back and forth.
Frame BuildListPage(const PageInput& input, EndpointWidths* widths);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_LIST_PAGE_H_
