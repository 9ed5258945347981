// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NAMING_LOST_SINCE_H_
#define TCPGAUGE_SRC_NAMING_LOST_SINCE_H_

#include "src/naming/identity_map.h"

namespace tcpgauge {

// Returns the identities that `before` has and `now` lacks. Takes time in proportion to the size of the maps: some
// milliseconds for 20,000 endpoints.
//
// Thread: any.
LostNames LostSince(const IdentityMap& before, const IdentityMap& now);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NAMING_LOST_SINCE_H_
