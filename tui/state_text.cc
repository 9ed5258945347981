// SPDX-License-Identifier: Apache-2.0
#include "tui/state_text.h"

#include <iterator>

namespace tcpgauge {
namespace {

struct Look {
  std::string_view text;
  Style style;
};

// In the order of ConnectionState.
constexpr Look kLooks[] = {{"SYN_SENT", Style::kOpening}, {"SYN|ACK-ACK", Style::kOpening},
                           {"ESTABLISHED", Style::kOpen}, {"CLOSING", Style::kEnding},
                           {"CLOSED", Style::kFaint},     {"RESET", Style::kFailed}};
static_assert(std::size(kLooks) == kConnectionStateCount, "a look for each");

}  // namespace

std::string_view StateText(ConnectionState state) { return kLooks[static_cast<size_t>(state)].text; }

Style StateStyle(ConnectionState state) { return kLooks[static_cast<size_t>(state)].style; }

}  // namespace tcpgauge
