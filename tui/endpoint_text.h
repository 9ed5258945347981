// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_ENDPOINT_TEXT_H_
#define TCPGAUGE_TUI_ENDPOINT_TEXT_H_

#include <string>
#include <string_view>

#include "src/net/endpoint.h"
#include "tui/names.h"

namespace tcpgauge {

// Which part of an endpoint to keep when the room is short.
enum class Keep : uint8_t {
  kPort,     // for a server: its port tells the service
  kAddress,  // for a client: its port says little
};

// `endpoint` in full, with the names that `names` knows. `names` may be null.
std::string EndpointText(const Endpoint& endpoint, Names* names);

// The same in at most `columns`. When it does not fit, Keep::kAddress leaves the port out if the host then fits.
// Otherwise `ellipsis` replaces the end of a name or the middle of an address, because its ends tell the addresses of
// one network apart. In very little room, only the shortened host remains.
std::string EndpointText(const Endpoint& endpoint, Names* names, int columns, Keep keep, std::string_view ellipsis);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_ENDPOINT_TEXT_H_
