// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_LIST_PAGE_H_
#define TCPGAUGE_TUI_LIST_PAGE_H_

#include <cstddef>

#include "tui/columns.h"
#include "tui/frame.h"
#include "tui/page_input.h"

namespace tcpgauge {

// Returns how many connections fit on a screen of `rows` lines. The header and the two lines at the bottom are not for
// connections. The result is never negative.
size_t ListRows(int rows);

// Widens `widths` so that they cover the ends of `connection`, which is one of `snapshot`, and their names. `names` is
// as in PageInput.
void CoverEnds(const Snapshot& snapshot, const ConnectionSummary& connection, Names* names, EndpointWidths* widths);

// Builds the list of connections, laid out as tcptrack does:
// - the header with the titles of the columns,
// - one line for each connection, from row ViewState::offset on; a bar behind the line shows the connection's share of
//   the rate of all rows, except with PageInput::as_tcptrack; only connections on the screen are formatted,
// - TotalLine() and StatusLine().
//
// The frame has `input.rows` lines, or three lines if `input.rows` is less. `widths` (in and out) covers all endpoints
// and names that were on the screen since the caller last set its members to 0. BuildListPage() never makes a width
// smaller, so that columns do not jump back and forth.
Frame BuildListPage(const PageInput& input, EndpointWidths* widths);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_LIST_PAGE_H_
