// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_OPTIONS_HELP_TEXT_H_
#define TCPGAUGE_SRC_OPTIONS_HELP_TEXT_H_

#include <string>

namespace tcpgauge {

// What --help prints: examples, then all options in groups, at most 80 columns wide.
std::string HelpText();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_HELP_TEXT_H_
