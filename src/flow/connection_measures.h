// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_MEASURES_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_MEASURES_H_

#include "src/flow/latency_record.h"
#include "src/flow/payload_marks.h"

namespace tcpgauge {

// What is measured of a connection beside its counts: delays, rates and weight. Lies in an array beside the records,
// under the same slot.
//
// Design. Most packets do not touch it: they only raise the counts of the record. The first packet of each second
// does, a packet of an exchange, and one that ends a sample of the round-trip time. One cache line has room for all of
// it, so each of them waits for one line at most. Before, the sums of the rates and of the ranking had a line each,
// which every packet with payload changed.
struct alignas(64) ConnectionMeasures {
  LatencyRecord latency;
  PayloadMarks marks;
};
static_assert(sizeof(ConnectionMeasures) == 64, "one cache line");

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_MEASURES_H_
