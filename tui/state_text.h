// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_STATE_TEXT_H_
#define TCPGAUGE_TUI_STATE_TEXT_H_

#include <string_view>

#include "src/net/connection_state.h"
#include "tui/frame.h"

namespace tcpgauge {

// Returns tcptrack's name of a state: "SYN_SENT", "SYN|ACK-ACK", "ESTABLISHED", "CLOSING", "CLOSED" or "RESET".
std::string_view StateText(ConnectionState state);

// Returns a name of at most five characters: "SYN", "SYN2", "ESTAB", "FIN", "CLOSE" or "RESET".
std::string_view ShortStateText(ConnectionState state);

// Returns the style of a state's name.
Style StateStyle(ConnectionState state);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_STATE_TEXT_H_
