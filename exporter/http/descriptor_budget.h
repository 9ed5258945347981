// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_DESCRIPTOR_BUDGET_H_
#define TCPGAUGE_EXPORTER_HTTP_DESCRIPTOR_BUDGET_H_

#include <cstddef>

namespace tcpgauge {

// Returns how many more descriptors the HTTP server may use; 0 = too few are left. The result leaves out five
// descriptors, which are reserved for files. Without a reserve, a server that has used its last descriptor can open no
// file. It cannot even accept the next connection in order to refuse it, so its accepting thread spins.
//
// If the soft limit of open files (RLIMIT_NOFILE) is below 8192, first raises it to 8192, or to the hard limit if the
// hard limit is lower. Descriptors beyond 8192 are not counted, because a server needs no more.
//
// Thread: any. Descriptors that other threads open later, or at the same time, are not counted as in use.
size_t DescriptorBudget();

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_DESCRIPTOR_BUDGET_H_
