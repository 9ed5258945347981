// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_MEASURES_H_
#define TCPGAUGE_SRC_SNAPSHOT_MEASURES_H_

#include <cstdint>
#include <optional>

#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The numbers of one connection, or their sums over several connections. Connections can be sorted by them. "Up" is
// what the client sent, and "down" is what the server sent. Bytes are TCP payload, retransmissions included.
// Thread: one thread at a time; a plain value.
struct Measures {
  double up_bytes_per_second = 0;
  double down_bytes_per_second = 0;
  uint64_t up_bytes = 0;
  uint64_t down_bytes = 0;
  uint64_t retransmitted_segments = 0;  // of both ends

  double bytes_per_second() const { return up_bytes_per_second + down_bytes_per_second; }
  uint64_t bytes() const { return up_bytes + down_bytes; }

  void Add(const Measures& other);
};

// Returns the numbers of a connection of a snapshot. Its rates are averages over Snapshot::rate_window_seconds. Its
// bytes and segments count from its first packet that was seen.
Measures MeasuresOf(const ConnectionSummary& connection);

// Returns the loss of a connection, from 0 to 1: the share of an end's packets that repeated payload. The end with the
// greater share counts, because the other end may send acknowledgments alone. nullopt if no packet was counted.
std::optional<double> LossOf(const ConnectionSummary& connection);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_MEASURES_H_
