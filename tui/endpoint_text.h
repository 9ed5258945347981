// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_ENDPOINT_TEXT_H_
#define TCPGAUGE_TUI_ENDPOINT_TEXT_H_

#include <string>
#include <string_view>

#include "src/net/endpoint.h"
#include "tui/names.h"

namespace tcpgauge {

// Which part of an endpoint goes first where room is short.
enum class Keep : uint8_t {
  kPort,     // a server's: the service
  kAddress,  // a client's: its port says little
};

// `endpoint` as text in full; with `names`, by those that are known. `names` may be null.
std::string EndpointText(const Endpoint& endpoint, Names* names);

// The same in at most `columns`, on one line: in full where that fits, else with `ellipsis` in the place of an
// address's middle, whose two ends tell addresses of one network apart, or of a name's end.
std::string EndpointText(const Endpoint& endpoint, Names* names, int columns, Keep keep, std::string_view ellipsis);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_ENDPOINT_TEXT_H_
