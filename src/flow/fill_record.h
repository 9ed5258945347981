// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_FILL_RECORD_H_
#define TCPGAUGE_SRC_FLOW_FILL_RECORD_H_

#include "src/flow/connection_record.h"
#include "src/flow/embryo_table.h"

namespace tcpgauge {

// Overwrites `*record` and `*details` (both out) with the connection of `embryo`. The record is confirmed, in SYN-SENT,
// and not yet in a TimeoutWheel. The result is the record that the table would hold if the SYN had begun a record.
// Exception: the window and the timestamp of the SYN are missing, because an embryo does not keep them.
//
// Design. The record is filled in directly. The alternative was to pass an artificial SYN through the whole table. Both
// ways give connections with equal summaries, as a test proves. But the alternative handles the SYN of each connection
// twice.
void FillRecord(const Embryo& embryo, ConnectionRecord* record, ConnectionDetails* details);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_FILL_RECORD_H_
