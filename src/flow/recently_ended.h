// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_RECENTLY_ENDED_H_
#define TCPGAUGE_SRC_FLOW_RECENTLY_ENDED_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "src/flow/connection_summary.h"

namespace tcpgauge {

// Keeps connections that ended within the last ranking window. So a connection that begins and ends between two scrapes
// can still be exported, and a connection that had series keeps them for a window after its end.
//
// There are two kinds. A connection that lived for a window is kept even if it carried nothing lately: it may have
// series. Any other connection is kept only if it carried payload in the window. Each kind has half of the places for
// itself, and may use all places that the other kind leaves free.
//
// Thread: confined to the thread of its connection table.
// Time: table time (see ConnectionTable), in nanoseconds.
// Bounds: `capacity` connections, which may be 0. When all places are taken, a new connection takes the place of a kept
// one. If the kind of the new connection has less than half of the places, the lightest connection of the other kind
// goes. Otherwise the lightest of the same kind goes, provided that the new connection is heavier.
class RecentlyEnded {
 public:
  struct Entry {
    // window_payload_bytes is the weight when the connection ended. Since then, the id `encapsulation` may have been
    // given to another encapsulation.
    ConnectionSummary summary;
    int64_t end_time_ns = 0;
    bool lived_for_a_window = false;
  };

  RecentlyEnded(size_t capacity, int64_t window_ns) : capacity_(capacity), window_ns_(window_ns) {}

  // Whether Add() would keep a connection of this weight now.
  bool WouldKeep(uint64_t window_payload_bytes, bool lived_for_a_window) const;
  // Keeps a copy of the entry if WouldKeep(). Otherwise does nothing.
  void Add(const Entry& entry);
  // Removes the connections that ended more than a window before `now_ns`.
  void Expire(int64_t now_ns);

  // The number of connections that are kept.
  size_t size() const { return kept_[0].size() + kept_[1].size(); }
  // Calls `visit(const Entry&)` for each connection that is kept, in no order.
  template <typename Visitor>
  void Visit(Visitor visit) const {
    for (const std::vector<Entry>& entries : kept_) {
      for (const Entry& entry : entries) visit(entry);
    }
  }

 private:
  const size_t capacity_;
  const int64_t window_ns_;
  std::vector<Entry> kept_[2];  // indexed by lived_for_a_window; each is a heap with the lightest in front
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_RECENTLY_ENDED_H_
