// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_SUMMARY_OF_H_
#define TCPGAUGE_SRC_FLOW_SUMMARY_OF_H_

#include "src/flow/connection_record.h"
#include "src/flow/connection_summary.h"
#include "src/flow/embryo_table.h"

namespace tcpgauge {

// The summary of a record or of an embryo. Its `id` stays 0: only the table, which has the hash seed, can fill it in.
ConnectionSummary SummaryOf(const ConnectionRecord& record, const ConnectionDetails& details);
ConnectionSummary SummaryOf(const Embryo& embryo);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_SUMMARY_OF_H_
