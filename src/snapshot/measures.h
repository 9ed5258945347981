// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_MEASURES_H_
#define TCPGAUGE_SRC_SNAPSHOT_MEASURES_H_

#include <cstdint>

#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The numbers that connections are sorted by and added up in, of one connection or of several together. Up is what the
// client sent, down is what the server sent; bytes are payload. A plain value.
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

// As the snapshot has them: rates over its rate window, bytes and segments since the connection's start.
Measures MeasuresOf(const ConnectionSummary& connection);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_MEASURES_H_
