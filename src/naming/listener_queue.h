// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NAMING_LISTENER_QUEUE_H_
#define TCPGAUGE_SRC_NAMING_LISTENER_QUEUE_H_

#include <cstdint>

#include "src/naming/end_identity.h"
#include "src/net/endpoint.h"
#include "src/net/ip_address.h"

namespace tcpgauge {

// The accept queue of a listening socket of this network namespace, as sock_diag(7) reports it. If several sockets
// listen on the same endpoint (SO_REUSEPORT), each number is the sum over these sockets.
struct ListenerQueue {
  Endpoint endpoint;         // the address 0.0.0.0 or :: stands for all addresses
  IdentityRef identity;      // of the socket's control group; null if unknown, or if several sockets differ in it
  uint64_t connections = 0;  // established ones that the program has not accepted yet
  uint64_t limit = 0;        // the backlog that the kernel granted to listen(2); one connection more fills the queue
  uint64_t dropped = 0;      // segments that the socket dropped, for example because the queue was full
  uint64_t owners = 0;       // a hash of the sockets' control groups: other groups almost certainly have another one
};

// Whether the address stands for all addresses.
inline bool IsOnAllAddresses(const Endpoint& listener) {
  const uint8_t any_v4[4] = {};
  return listener.address == IpAddress() || listener.address == IpAddress::FromV4(any_v4);
}

// Whether other programs have the endpoint of `now` than at the time when its listener had this identity and these
// `owners`. If the identity is unknown now, the same control groups are taken for the same programs.
inline bool HasChangedHands(const ListenerQueue& now, const IdentityRef& identity, uint64_t owners) {
  return now.identity != nullptr ? now.identity != identity : now.owners != owners;
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NAMING_LISTENER_QUEUE_H_
