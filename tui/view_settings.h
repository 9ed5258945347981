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
  // As tcptrack(1) looks: its columns, in the order of appearance, with closed connections among the others. Then no
  // member but `palette` and `mouse` is used.
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
