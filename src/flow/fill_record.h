// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_FILL_RECORD_H_
#define TCPGAUGE_SRC_FLOW_FILL_RECORD_H_

#include "src/flow/connection_record.h"
#include "src/flow/embryo_table.h"

namespace tcpgauge {

// Makes of an embryo's one SYN the record that the table would hold if it had begun with it: confirmed, in SYN-SENT,
// not yet in a wheel. What the record held before is gone.
void FillRecord(const Embryo& embryo, ConnectionRecord* record, ConnectionDetails* details);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_FILL_RECORD_H_
