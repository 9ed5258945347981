// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_RECENTLY_ENDED_H_
#define TCPGAUGE_SRC_FLOW_RECENTLY_ENDED_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "src/flow/connection_summary.h"

namespace tcpgauge {

// The heaviest of the connections that ended within the ranking window. It gives a connection that lived between two
// scrapes its chance to be exported.
//
// Thread: confined to its table.
// Bounds: `capacity` connections; when it is full, a heavier one replaces the lightest.
class RecentlyEnded {
 public:
  struct Entry {
    ConnectionSummary summary;
    int64_t end_time_ns = 0;
  };

  RecentlyEnded(size_t capacity, int64_t window_ns) : capacity_(capacity), window_ns_(window_ns) {}

  // Whether a connection of this weight would be kept.
  bool WouldKeep(uint64_t window_payload_bytes) const {
    return window_payload_bytes > 0 && capacity_ > 0 &&
           (entries_.size() < capacity_ || window_payload_bytes > entries_.front().summary.window_payload_bytes);
  }
  // Keeps the entry if it is heavy enough.
  void Add(const Entry& entry);
  // Removes connections that ended more than a window before `now_ns`.
  void Expire(int64_t now_ns);

  // In no order.
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  const size_t capacity_;
  const int64_t window_ns_;
  std::vector<Entry> entries_;  // a heap with the lightest in front
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_RECENTLY_ENDED_H_
