// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_VIEW_SETTINGS_H_
#define TCPGAUGE_TUI_VIEW_SETTINGS_H_

#include "src/snapshot/connection_sort.h"

namespace tcpgauge {

// How the top view looks and starts. A plain value.
struct ViewSettings {
  // As tcptrack(1) looks: its columns, in the order of appearance, with closed connections among the others.
  bool as_tcptrack = false;
  ConnectionSort sort = ConnectionSort::kRate;  // not used with as_tcptrack
  bool mouse = true;                            // whether the view uses the mouse; see Screen::SetMouse()
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_VIEW_SETTINGS_H_
