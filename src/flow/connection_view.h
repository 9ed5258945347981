// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_VIEW_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_VIEW_H_

#include <cstddef>
#include <cstdint>

#include "src/net/endpoint.h"

namespace tcpgauge {

// One view of a connection, as outputs show it: the addresses, ports and encapsulation that the connection has on one
// part of its way, between two translations or tunnels. A plain value.
struct ConnectionView {
  // The most views of one connection. ConnectionTable finds no more.
  static constexpr size_t kMaxPerConnection = 8;

  Endpoint client;
  Endpoint server;
  uint32_t encapsulation = 0;  // the same kind of number as in the ConnectionSummary of the connection
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_VIEW_H_
