// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_TUI_TCPTRACK_SETTINGS_H_
#define TCPGAUGE_TESTS_TUI_TCPTRACK_SETTINGS_H_

#include "tui/view_settings.h"

namespace tcpgauge {

// The settings of a view that was started as tcptrack.
inline ViewSettings TcptrackSettings() {
  ViewSettings settings;
  settings.as_tcptrack = true;
  return settings;
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_TUI_TCPTRACK_SETTINGS_H_
