// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NAMING_LOST_SINCE_H_
#define TCPGAUGE_SRC_NAMING_LOST_SINCE_H_

#include "src/naming/identity_map.h"

namespace tcpgauge {

// Returns the addresses and servers that have an identity in `before` and none in `now`, with their identities in
// `before`. A server is a named listener, or an endpoint of a service. An address or server that has another identity
// in `now` is not returned. Sockets of clients are not returned either, because another program may soon have their
// ports.
//
// Takes time in proportion to the size of `before`: some milliseconds for 20,000 endpoints.
//
// Thread: any.
LostNames LostSince(const IdentityMap& before, const IdentityMap& now);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NAMING_LOST_SINCE_H_
