// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_FILL_RECORD_H_
#define TCPGAUGE_SRC_FLOW_FILL_RECORD_H_

#include "src/flow/connection_record.h"
#include "src/flow/embryo_table.h"

namespace tcpgauge {

// Turns an embryo into the record that the table would hold if it had begun with a record: confirmed, in SYN-SENT, not
// yet in a wheel. Overwrites the record.
//
// Design. The record is filled in directly. Taking a made-up SYN through the whole table would give the same record and
// cost a second pass for each connection. A test compares both ways.
void FillRecord(const Embryo& embryo, ConnectionRecord* record, ConnectionDetails* details);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_FILL_RECORD_H_
