// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_DESCRIPTOR_BUDGET_H_
#define TCPGAUGE_EXPORTER_HTTP_DESCRIPTOR_BUDGET_H_

#include <cstddef>

namespace tcpgauge {

// Returns how many descriptors connections may take, and reserves a few for files: a server that accepts connections
// until no descriptor is left can neither refuse the next one nor open a file, and spins. Raises the soft limit
// (RLIMIT_NOFILE) as far as the hard limit allows, but to no more than a server ever needs.
size_t DescriptorBudget();

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_DESCRIPTOR_BUDGET_H_
