#ifndef TCPGAUGE_TUI_ENDPOINT_TEXT_H_
#define TCPGAUGE_TUI_ENDPOINT_TEXT_H_

#include <string>
#include <string_view>

#include "src/net/endpoint.h"

namespace tcpgauge {

// Which part of an endpoint goes first where room is short.
enum class Keep : uint8_t {
  kPort,     // a server's: the service
  kAddress,  // a client's: its port says little
};

// `endpoint` as text of at most `columns`, on one line: in full where that fits, else with `ellipsis`, one column wide
// for each character, in the place of the address's middle, whose two ends tell addresses of one network apart.
std::string EndpointText(const Endpoint& endpoint, int columns, Keep keep, std::string_view ellipsis);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_ENDPOINT_TEXT_H_
