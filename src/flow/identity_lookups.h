// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_IDENTITY_LOOKUPS_H_
#define TCPGAUGE_SRC_FLOW_IDENTITY_LOOKUPS_H_

#include <cstdint>

namespace tcpgauge {

// How often the name of an end was looked up because its connection began, by result. An end that gets its name later
// still counts as unknown. The numbers never fall.
struct IdentityLookups {
  uint64_t found = 0;
  uint64_t unknown = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_IDENTITY_LOOKUPS_H_
