// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NAMING_LOST_SINCE_H_
#define TCPGAUGE_SRC_NAMING_LOST_SINCE_H_

#include "src/naming/identity_map.h"

namespace tcpgauge {

// Returns the addresses and servers that have an identity in `before` and none in `now`, with their identities in
// `before`. A server is a named listener, or an endpoint of a service. An address or server that has another identity
// in `now` is not returned. Neither is a listener on whose endpoint other control groups listen in `now`, even if their
// identity is unknown. Sockets of clients are not returned either, because another program may soon have their ports.
//
// A port on which several programs listen on all addresses has no identity in a map. So their listeners are returned as
// long as they listen. NameFinder knows that none of them may name the connections of another one.
//
// Takes time in proportion to the size of `before` and to the listeners of `now`: some milliseconds for 20,000
// endpoints.
//
// Thread: any.
LostNames LostSince(const IdentityMap& before, const IdentityMap& now);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NAMING_LOST_SINCE_H_
