// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_IDENTITY_LOOKUPS_H_
#define TCPGAUGE_SRC_FLOW_IDENTITY_LOOKUPS_H_

#include <cstdint>

namespace tcpgauge {

// The results of looking up the names of ends when connections begin: how many names were found, and how many ends were
// unknown. An end that gets its name later still counts as unknown. The numbers never fall.
struct IdentityLookups {
  uint64_t found = 0;
  uint64_t unknown = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_IDENTITY_LOOKUPS_H_
