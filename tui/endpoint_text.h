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

// Returns `endpoint` in full, as "host:port"; an IPv6 address is in brackets. A host or service whose name `names`
// knows is written by name. Unknown names are looked up for later calls. If `names` is null, host and service are
// written as numbers.
std::string EndpointText(const Endpoint& endpoint, Names* names);

// Returns `endpoint` in at most `columns` characters: the first of these texts that fits.
// 1. The text in full.
// 2. With Keep::kAddress: the host without the port.
// 3. A shortened host and the port, if at least 5 characters are left for the host (12 with Keep::kAddress).
// 4. The host without the port, shortened if it does not fit.
//
// To shorten a host, `ellipsis` replaces the end of a name, or the middle of an address. The end of an address stays,
// because it tells the addresses of one network apart. If there is no room for `ellipsis` and 2 more characters, the
// host is cut at the end, without `ellipsis`.
std::string EndpointText(const Endpoint& endpoint, Names* names, int columns, Keep keep, std::string_view ellipsis);

// Returns a host in at most `columns` characters: its name if `names` knows it, otherwise its address. Shortens it as
// above.
std::string HostText(const IpAddress& address, Names* names, int columns, std::string_view ellipsis);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_ENDPOINT_TEXT_H_
