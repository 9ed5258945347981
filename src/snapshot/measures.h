// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_MEASURES_H_
#define TCPGAUGE_SRC_SNAPSHOT_MEASURES_H_

#include <cstdint>

#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The numbers of one connection, or their sum over several, for sorting and for totals. "Up" is what the client sent,
// "down" is what the server sent. Bytes are TCP payload. A plain value.
struct Measures {
  double up_bytes_per_second = 0;
  double down_bytes_per_second = 0;
  uint64_t up_bytes = 0;
  uint64_t down_bytes = 0;
  uint64_t retransmitted_segments = 0;

  double bytes_per_second() const { return up_bytes_per_second + down_bytes_per_second; }
  uint64_t bytes() const { return up_bytes + down_bytes; }

  void Add(const Measures& other);
};

// The values in the snapshot: rates over its rate window, bytes and segments since the connection's start.
Measures MeasuresOf(const ConnectionSummary& connection);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_MEASURES_H_
