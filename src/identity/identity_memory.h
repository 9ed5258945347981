// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_IDENTITY_MEMORY_H_
#define TCPGAUGE_SRC_IDENTITY_IDENTITY_MEMORY_H_

#include <cstddef>
#include <cstdint>

namespace tcpgauge {

// Returns how much memory names of ends take at most, if `max_endpoints` addresses and sockets have names. Counts the
// identities, two maps, what is remembered of dead addresses, the draft of the next map, and the copies of the sources.
//
// An endpoint was seen to take 535 bytes when each is one of a pod of its own, and all names are as long as in a large
// cluster: 50 in the sources of the Kubernetes API, 450 in two maps and in the identity, and the rest while the next
// map is made. When all pods are replaced at once, their identities exist twice, with 240 bytes each. An address of a
// pod on this node takes 80 more in the draft. The draft collects as many connected sockets beside them, of about 100
// bytes each by the sizes of the types. Hash tables may be half empty.
constexpr uint64_t IdentityMemoryBytes(size_t max_endpoints) {
  constexpr uint64_t kEndpointBytes = 1000;
  constexpr uint64_t kSourcesBytes = 512 << 10;  // what does not depend on the number of endpoints
  return max_endpoints == 0 ? 0 : kSourcesBytes + max_endpoints * kEndpointBytes;
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_IDENTITY_MEMORY_H_
