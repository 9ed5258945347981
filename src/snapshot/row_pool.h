// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_ROW_POOL_H_
#define TCPGAUGE_SRC_SNAPSHOT_ROW_POOL_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "src/snapshot/heaviest_rows.h"

namespace tcpgauge {

// A part of the rows of a WorkerSnapshot, for the heaviest connections of one kind. Several pools share the list of
// rows, and each knows the places of its own rows in it.
//
// Thread: confined to one thread.
// Bounds: `max_rows` rows, and 8 bytes for each.
class RowPool {
 public:
  static constexpr uint32_t kNone = HeaviestRows::kNone;

  explicit RowPool(size_t max_rows) : choice_(max_rows) {}

  // Frees all rows.
  void Clear() {
    choice_.Clear();
    places_.clear();
  }

  // Returns the place in the list for a connection of this weight (see HeaviestRows::AssignRow()). The place is one of
  // these: `next` (the place after the end of the list) if the list gets a further row; the place of a lighter
  // connection, which loses its row; kNone if the connection gets no row.
  uint32_t Assign(uint64_t weight, uint32_t next) {
    const uint32_t row = choice_.AssignRow(weight);
    if (row == kNone) return kNone;
    if (row == places_.size()) places_.push_back(next);
    return places_[row];
  }

 private:
  HeaviestRows choice_;
  std::vector<uint32_t> places_;  // by row of choice_
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_ROW_POOL_H_
