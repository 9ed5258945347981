// SPDX-License-Identifier: Apache-2.0
#include "tui/state_text.h"

#include <iterator>

namespace tcpgauge {
namespace {

struct Look {
  std::string_view text;
  std::string_view short_text;
  Style style;
};

// In the order of ConnectionState.
constexpr Look kLooks[] = {{"SYN_SENT", "SYN", Style::kOpening},   {"SYN|ACK-ACK", "SYN2", Style::kOpening},
                           {"ESTABLISHED", "ESTAB", Style::kOpen}, {"CLOSING", "FIN", Style::kEnding},
                           {"CLOSED", "CLOSE", Style::kFaint},     {"RESET", "RESET", Style::kFailed}};
static_assert(std::size(kLooks) == kConnectionStateCount, "a look for each");

}  // namespace

std::string_view StateText(ConnectionState state) { return kLooks[static_cast<size_t>(state)].text; }

std::string_view ShortStateText(ConnectionState state) { return kLooks[static_cast<size_t>(state)].short_text; }

Style StateStyle(ConnectionState state) { return kLooks[static_cast<size_t>(state)].style; }

}  // namespace tcpgauge
