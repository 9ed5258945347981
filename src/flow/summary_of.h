#ifndef TCPGAUGE_SRC_FLOW_SUMMARY_OF_H_
#define TCPGAUGE_SRC_FLOW_SUMMARY_OF_H_

#include <cstdint>

#include "src/flow/connection_record.h"
#include "src/flow/connection_summary.h"
#include "src/flow/embryo_table.h"

namespace tcpgauge {

// How long a handshake took, as seen from where it was captured; ConnectionSummary::kUnknown where a segment was not
// seen.
struct HandshakeRtt {
  int64_t server_ns;  // from the SYN to the SYN-ACK
  int64_t client_ns;  // from the SYN-ACK to the ACK
  int64_t whole_ns;   // known when both parts are
};
HandshakeRtt HandshakeRttOf(const ConnectionRecord& record, const ConnectionDetails& details);

// What a connection's place in the table says of it, but for its id, which takes the table's secret.
ConnectionSummary SummaryOf(const ConnectionRecord& record, const ConnectionDetails& details);
ConnectionSummary SummaryOf(const Embryo& embryo);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_SUMMARY_OF_H_
