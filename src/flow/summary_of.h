// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_SUMMARY_OF_H_
#define TCPGAUGE_SRC_FLOW_SUMMARY_OF_H_

#include "src/flow/connection_record.h"
#include "src/flow/connection_summary.h"
#include "src/flow/embryo_table.h"

namespace tcpgauge {

// What a connection's place in the table says of it, but for its id, which takes the table's secret.
ConnectionSummary SummaryOf(const ConnectionRecord& record, const ConnectionDetails& details);
ConnectionSummary SummaryOf(const Embryo& embryo);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_SUMMARY_OF_H_
