// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_DESCRIPTOR_BUDGET_H_
#define TCPGAUGE_EXPORTER_HTTP_DESCRIPTOR_BUDGET_H_

#include <cstddef>

namespace tcpgauge {

// Returns how many more descriptors the HTTP server may use; 0 = too few are left. Eight descriptors are kept back for
// files, and for the folders in which the names of the ends of connections are looked up. Without this reserve, a
// server that has used its last descriptor can open no file. Nor can it accept a new connection, although it would then
// close an old one.
//
// If the soft limit of open files (RLIMIT_NOFILE) is below 8192, first raises the soft limit to 8192, or to the hard
// limit if the hard limit is lower. A limit above 8192 counts as 8192, because a server needs no more.
//
// Thread: any. The result does not consider descriptors that other threads open during the call or after it.
size_t DescriptorBudget();

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_DESCRIPTOR_BUDGET_H_
