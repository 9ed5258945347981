// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_VIEW_SETTINGS_H_
#define TCPGAUGE_TUI_VIEW_SETTINGS_H_

#include <vector>

#include "src/snapshot/connection_sort.h"
#include "tui/column_table.h"
#include "tui/palette.h"

namespace tcpgauge {

// How the top view looks and starts. A plain value.
struct ViewSettings {
  // Whether the view looks as tcptrack(1) does: its columns, connections in the order in which they began, and closed
  // ones among the others. If so, only `palette` and `mouse` of the other members are used.
  bool as_tcptrack = false;
  ConnectionSort sort = ConnectionSort::kRate;
  bool reverse = false;
  bool hide_closed = false;
  bool bits = false;
  bool names = false;
  std::vector<Column> columns;  // of the list of connections; empty: OwnColumns()
  Palette palette = MakePalette(/*light_background=*/false);
  bool mouse = true;  // whether the view uses the mouse; see Screen::SetMouse()
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_VIEW_SETTINGS_H_
