// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_OPTIONS_HELP_TEXT_H_
#define TCPGAUGE_SRC_OPTIONS_HELP_TEXT_H_

#include <string>

namespace tcpgauge {

// Returns what --help prints: examples, all options in groups, how the environment sets options, and the exit statuses.
// Lines have at most 80 columns.
std::string HelpText();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_HELP_TEXT_H_
