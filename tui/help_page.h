// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_HELP_PAGE_H_
#define TCPGAUGE_TUI_HELP_PAGE_H_

#include "tui/frame.h"

namespace tcpgauge {

// Builds the help page: all keys and their effects, and the meaning of the short column titles. The page may have more
// lines than the screen; the caller scrolls it.
Frame BuildHelpPage();

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_HELP_PAGE_H_
