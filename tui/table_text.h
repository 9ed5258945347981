// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TABLE_TEXT_H_
#define TCPGAUGE_TUI_TABLE_TEXT_H_

#include <string>

#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The rows of the top view as plain text for a pipe: the header, every connection, the one with the most bytes first,
// and the total. The lines are wide enough that no text is cut. The text is ASCII, without control characters except
// line feeds.
std::string TableText(const Snapshot& snapshot);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TABLE_TEXT_H_
