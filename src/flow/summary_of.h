// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_SUMMARY_OF_H_
#define TCPGAUGE_SRC_FLOW_SUMMARY_OF_H_

#include "src/flow/connection_record.h"
#include "src/flow/connection_summary.h"
#include "src/flow/embryo_table.h"
#include "src/flow/latency_record.h"

namespace tcpgauge {

// Returns the summary of a record or of an embryo. Its `encapsulation` is an id of the table's EncapsulationTable. Its
// `interface` is InterfacePins::InterfaceOf().
//
// `service` is the server's own address and port. ConnectionTable changes it if the server's address was translated,
// and fills in `id`. The users of the table fill in the rates, `rank` and the other members that keep their defaults
// (see ConnectionSummary).
ConnectionSummary SummaryOf(const ConnectionRecord& record, const ConnectionDetails& details,
                            const LatencyRecord& latency);
ConnectionSummary SummaryOf(const Embryo& embryo);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_SUMMARY_OF_H_
