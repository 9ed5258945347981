// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_IDENTITY_MEMORY_H_
#define TCPGAUGE_SRC_IDENTITY_IDENTITY_MEMORY_H_

#include <cstddef>
#include <cstdint>

namespace tcpgauge {

// Returns the most memory, in bytes, that the names of ends take if `max_endpoints` addresses and sockets have names.
// Counts the identities, two maps, RecentNames, the draft of the next map, and what the sources keep.
//
// Why 1,000 bytes for an endpoint. With a pod for each endpoint, and with names as long as in a large cluster, an
// endpoint took 535 bytes: 50 in the sources of the Kubernetes API, 450 in two maps and the identity, and the rest
// while the next map was made. Three things are not in these 535 bytes. When all pods are replaced at the same time,
// their identities exist twice, with 240 bytes each. An address of a pod on this node takes 80 bytes more in the draft.
// The draft also holds up to `max_endpoints` connected sockets, of about 100 bytes each, computed from the sizes of the
// types. Hash tables may be half empty.
constexpr uint64_t IdentityMemoryBytes(size_t max_endpoints) {
  constexpr uint64_t kEndpointBytes = 1000;
  constexpr uint64_t kSourcesBytes = 512 << 10;  // independent of the number of endpoints
  return max_endpoints == 0 ? 0 : kSourcesBytes + max_endpoints * kEndpointBytes;
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_IDENTITY_MEMORY_H_
