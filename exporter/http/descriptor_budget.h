// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_DESCRIPTOR_BUDGET_H_
#define TCPGAUGE_EXPORTER_HTTP_DESCRIPTOR_BUDGET_H_

#include <cstddef>

namespace tcpgauge {

XX
// for files, and for the names of ends, which are read in folders and over connections. Without this reserve, a server
// that has used its last descriptor can open no file. Nor can it accept and refuse the next connection, so its
// accepting thread spins.
//
// If the soft limit of open files (RLIMIT_NOFILE) is below 8192, first raises the soft limit to 8192, or to the hard
// limit if the hard limit is lower. A limit above 8192 counts as 8192, because a server needs no more.
//
// Thread: any. The result does not consider descriptors that other threads open during the call or after it.
size_t DescriptorBudget();

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_DESCRIPTOR_BUDGET_H_
