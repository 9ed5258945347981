// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_VIEW_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_VIEW_H_

#include <cstddef>
#include <cstdint>

#include "src/net/endpoint.h"

namespace tcpgauge {

// One view of a connection: how the connection looks on one part of its way, between two translations or tunnels.
struct ConnectionView {
  // The most views that a connection has. ConnectionTable keeps no more.
  static constexpr size_t kMaxPerConnection = 8;

  Endpoint client;
  Endpoint server;
  uint32_t encapsulation = 0;  // as in the ConnectionSummary that the view belongs to
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_VIEW_H_
