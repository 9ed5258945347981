// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_FILL_RECORD_H_
#define TCPGAUGE_SRC_FLOW_FILL_RECORD_H_

#include "src/flow/connection_record.h"
#include "src/flow/embryo_table.h"

namespace tcpgauge {

// Overwrites `*record` and `*details` with the connection of an embryo: confirmed, in SYN-SENT, not yet in a wheel. The
// result equals the record that the table would hold if it had begun the connection with a record.
//
// Design. The record is filled in directly. Passing an artificial SYN through the whole table would give the same
// record and would handle each connection's SYN twice. A test compares both ways.
void FillRecord(const Embryo& embryo, ConnectionRecord* record, ConnectionDetails* details);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_FILL_RECORD_H_
