// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_INTERFACE_VIEW_H_
#define TCPGAUGE_SRC_SNAPSHOT_INTERFACE_VIEW_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "src/flow/duplicate_kind.h"
#include "src/flow/edge.h"
#include "src/net/protocol.h"

namespace tcpgauge {

// What was captured on one interface, or on several together. A plain value.
struct InterfaceCounts {
  std::array<uint64_t, kProtocolCount> packets{};     // indexed by Protocol
  std::array<uint64_t, kProtocolCount> wire_bytes{};  // indexed by Protocol; includes bytes that were not captured
  // The kernel dropped these because the capture buffer was full. With several workers, includes captured packets for
  // which another worker's inbox had no room (see Handover).
  uint64_t dropped_packets = 0;
  DuplicateCounts duplicate_packets{};  // captured here, counted elsewhere (see InterfacePins)
  // What the connections of the interface were credited with (see InterfaceAccounts). The gauges are 0. Metrics do not
  // show it.
  EdgeCounters account{};

  void Add(const InterfaceCounts& other) {
    for (size_t i = 0; i < kProtocolCount; ++i) {
      packets[i] += other.packets[i];
      wire_bytes[i] += other.wire_bytes[i];
    }
    dropped_packets += other.dropped_packets;
    AddDuplicateCounts(other.duplicate_packets, &duplicate_packets);
    AddEdgeCounters(other.account, &account);
  }
  // Whether nothing was captured.
  bool IsZero() const {
    uint64_t any = dropped_packets;
    for (size_t i = 0; i < kProtocolCount; ++i) any |= packets[i] | wire_bytes[i];
    for (const uint64_t count : duplicate_packets) any |= count;
    return any == 0;
  }
  // REQUIRES: no count of `other` is larger than the same count of this object.
  void Subtract(const InterfaceCounts& other) {
    for (size_t i = 0; i < kProtocolCount; ++i) {
      packets[i] -= other.packets[i];
      wire_bytes[i] -= other.wire_bytes[i];
    }
    dropped_packets -= other.dropped_packets;
    for (size_t i = 0; i < kDuplicateKindCount; ++i) duplicate_packets[i] -= other.duplicate_packets[i];
    SubtractEdgeCounters(other.account, &account);
  }
};

// An interface, or the file that is read, and what was captured there. A plain value.
//
// An interface is named if the user named it (-i, -T) or if the agent chose it because the user named none. Otherwise
// it is discovered: a packet captured on `any`, or in a file, belongs to it. A discovered interface is forgotten a
// ranking window after it went away (see InterfaceRegistry). Its name stays as long as connections refer to it. In a
// Snapshot, its counts are then 0: they have moved to those of forgotten interfaces.
struct InterfaceView : InterfaceCounts {
  std::string name;
  bool up = true;        // true for a file
  bool is_named = true;  // false: the interface was discovered
  bool is_forgotten = false;
  // Gauges of the connections whose interface this is, also if it is forgotten: those that are neither closed nor reset
  // now, and those of them that make no progress. WorkerPublisher fills them in.
  int64_t open_connections = 0;
  int64_t stalled_connections = 0;
  // Set by the worker, used by InterfaceMerger: identifies the interface among all that the worker has known.
  // When an interface is forgotten and comes back, it has another number.
  uint64_t number = 0;
  // The members below are set by InterfaceMerger.
  bool has_series = true;     // false: metrics count the interface under "other"
  int64_t start_time_ns = 0;  // table time at which the counts were 0: for a named interface, the start of the capture

  // Merges `is_named` and `up` of `other`, which stands for the same interface or is shown together with this one. If
  // one of the two is named and the other is discovered, takes both members from the named one. Otherwise the result is
  // up if both are.
  void MergeCondition(const InterfaceView& other) {
    if (other.is_named == is_named) {
      up = up && other.up;
    } else if (other.is_named) {
      is_named = true;
      up = other.up;
    }
  }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_INTERFACE_VIEW_H_
