// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_HELP_PAGE_H_
#define TCPGAUGE_TUI_HELP_PAGE_H_

#include "tui/frame.h"

namespace tcpgauge {

// All keys, with what they do, and the abbreviations of the list.
Frame BuildHelpPage();

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_HELP_PAGE_H_
