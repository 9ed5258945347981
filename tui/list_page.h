// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_LIST_PAGE_H_
#define TCPGAUGE_TUI_LIST_PAGE_H_

#include <cstddef>

#include "tui/columns.h"
#include "tui/frame.h"
#include "tui/page_input.h"

namespace tcpgauge {

// Connections that fit on a screen of `rows` lines.
size_t ListRows(int rows);

// The list as tcptrack draws it: the header, one line for each connection, "TOTAL" with the filter, and the line with
// their number, the pause and the order. Formats only what is visible.
// `widths` holds what endpoints took up to now and grows with them, so that columns do not jump to and fro.
Frame BuildListPage(const PageInput& input, EndpointWidths* widths);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_LIST_PAGE_H_
