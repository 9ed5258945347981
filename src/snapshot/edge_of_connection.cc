// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/edge_of_connection.h"

#include <cstdint>

#include "src/flow/edge.h"
#include "src/naming/end_identity.h"

namespace tcpgauge {
namespace {

uint32_t LabelNumber(const Snapshot& snapshot, uint32_t identity) {
  const IdentityRef& ref = snapshot.identities[identity];
  return ref == nullptr ? 0 : ref->label_number;
}

}  // namespace

const EdgeView* EdgeOfConnection(const ConnectionSummary& connection, const Snapshot& snapshot) {
  const EdgesView& edges = snapshot.edges;
  EdgeKey key;
  key.client = connection.client.address.Prefix(edges.v4_prefix_bits, edges.v6_prefix_bits);
  key.server = connection.server;
  key.client_identity = LabelNumber(snapshot, connection.client_identity);
  key.server_identity = LabelNumber(snapshot, connection.server_identity);
  EdgeKey grouped = key;
  grouped.server.address = connection.server.address.Prefix(edges.v4_server_prefix_bits, edges.v6_server_prefix_bits);
  grouped.is_server_prefix = true;
  const EdgeView* found = nullptr;
  for (const EdgeView& edge : edges.exported) {
    if (edge.key == key) return &edge;
    if (edge.key == grouped) found = &edge;
  }
  return found;
}

}  // namespace tcpgauge
