// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EDGE_BINDING_H_
#define TCPGAUGE_SRC_FLOW_EDGE_BINDING_H_

#include <cstdint>

#include "src/flow/edge.h"

namespace tcpgauge {

// What a connection keeps of the names of its ends. Both members are 0 until the connection's edge was told of the
// connection. Without an identity map, they stay 0.
struct EdgeBinding {
  uint16_t binding = 0;  // BindingTable::Id: who is at the ends
  uint16_t cell = 0;     // WorkloadCells::Id: the cell of the connection
};

// The edge of a connection, and the EdgeBinding of the connection.
struct BoundEdge {
  BoundEdge() = default;
  // Implicit, so that a key without names can be passed as it is.
  // NOLINTNEXTLINE(google-explicit-constructor): see above
  BoundEdge(const EdgeKey& the_key, EdgeBinding names = EdgeBinding()) : key(the_key), bound(names) {}

  EdgeKey key;
  EdgeBinding bound;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_EDGE_BINDING_H_
