// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_RECENTLY_ENDED_H_
#define TCPGAUGE_SRC_FLOW_RECENTLY_ENDED_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "src/flow/connection_summary.h"

namespace tcpgauge {

// Keeps the heaviest of the connections that ended within the last ranking window, so that a connection that begins and
// ends between two scrapes can still be exported.
//
// Thread: confined to its table.
// Time: table time, in nanoseconds.
// Bounds: `capacity` connections, which may be 0. When all places are taken, a heavier connection replaces the
// lightest. A connection of weight 0 is never kept.
class RecentlyEnded {
 public:
  struct Entry {
    // window_payload_bytes is the weight when the connection ended. Since then, the id `encapsulation` may have been
    // given to another encapsulation.
    ConnectionSummary summary;
    int64_t end_time_ns = 0;
  };

  RecentlyEnded(size_t capacity, int64_t window_ns) : capacity_(capacity), window_ns_(window_ns) {}

  // Whether Add() would keep a connection of this weight now.
  bool WouldKeep(uint64_t window_payload_bytes) const {
    return window_payload_bytes > 0 && capacity_ > 0 &&
           (entries_.size() < capacity_ || window_payload_bytes > entries_.front().summary.window_payload_bytes);
  }
  // Keeps a copy of the entry if it is heavy enough. Otherwise does nothing.
  void Add(const Entry& entry);
  // Removes the connections that ended more than a window before `now_ns`.
  void Expire(int64_t now_ns);

  // The kept connections, in no order. The reference is valid as long as this object; Add() and Expire() change the
  // list.
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  const size_t capacity_;
  const int64_t window_ns_;
  std::vector<Entry> entries_;  // a heap with the lightest in front
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_RECENTLY_ENDED_H_
