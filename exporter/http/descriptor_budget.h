// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_DESCRIPTOR_BUDGET_H_
#define TCPGAUGE_EXPORTER_HTTP_DESCRIPTOR_BUDGET_H_

#include <cstddef>

namespace tcpgauge {

// How many descriptors connections may take. A server that accepts until none is left can neither close the rest nor
// open a file, and goes round and round. The soft limit (RLIMIT_NOFILE) is raised as far as the hard one allows, up to
// what a server ever needs; some are left for files.
size_t DescriptorBudget();

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_DESCRIPTOR_BUDGET_H_
