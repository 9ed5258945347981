// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TABLE_TEXT_H_
#define TCPGAUGE_TUI_TABLE_TEXT_H_

#include <string>

#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Returns the list of the top view as plain text, for a pipe, with TcptrackColumns(). The text has a header, a line for
// each connection of `snapshot` (the most bytes first) and a line of totals. If Snapshot::connections_not_listed is not
// 0, a last line gives this number.
//
// The lines are wide enough for all columns except the history, and for the endpoints and names in full. The text is
// ASCII, without control characters except line feeds.
std::string TableText(const Snapshot& snapshot);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TABLE_TEXT_H_
