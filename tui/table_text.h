// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TABLE_TEXT_H_
#define TCPGAUGE_TUI_TABLE_TEXT_H_

#include <string>

#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The rows of the top view as plain text for a pipe: the header, every connection, those with the most bytes first, and
// the total. As wide as it takes, so that nothing is cut; ASCII, no control characters but line feeds.
std::string TableText(const Snapshot& snapshot);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TABLE_TEXT_H_
