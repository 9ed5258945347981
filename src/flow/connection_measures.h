// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_MEASURES_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_MEASURES_H_

#include "src/flow/latency_record.h"
#include "src/flow/payload_marks.h"

namespace tcpgauge {

// What is measured of a connection beside its counts: delays, rates and weight. Lies in an array beside the records,
// under the same slot.
//
// Design. Most packets only raise the counts of the record, and do not touch the measures. These packets touch the
// measures: the first packet of each part of time (see PayloadMarks; usually a second), a packet of an exchange, and a
// packet that ends a sample of the round-trip time. All measures lie in one cache line, so such a packet waits for at
// most one more line.
struct alignas(64) ConnectionMeasures {
  LatencyRecord latency;
  PayloadMarks marks;
};
static_assert(sizeof(ConnectionMeasures) == 64, "one cache line");

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_MEASURES_H_
