// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_COLUMNS_H_
#define TCPGAUGE_TUI_COLUMNS_H_

#include <cstdint>
#include <string_view>
#include <vector>

namespace tcpgauge {

enum class ColumnId : uint8_t {
  kClient,
  kServer,
  kState,
  kIdle,
  kActivity,
  kSpeed,
  kUp,
  kDown,
  kTotal,
  kRtt,
  kRetransmissions,
  kHistory
};

struct Column {
  ColumnId id = ColumnId::kServer;
  std::string_view title;
  int left = 0;   // where it starts
  int width = 0;  // without the gap to the next
  bool align_right = false;
};

// What the widest endpoints on the screen would take.
struct EndpointWidths {
  int client = 0;
  int server = 0;
};

// The columns that fit, left to right. At 80 they stand where tcptrack has them; in less room the less important are
// left out, and endpoints are shortened before the rate is lost; in more, endpoints grow to what they want, then
// further columns follow. Server and speed are always there.
std::vector<Column> LayOutColumns(int columns, const EndpointWidths& wanted);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_COLUMNS_H_
