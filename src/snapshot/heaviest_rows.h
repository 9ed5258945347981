// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_HEAVIEST_ROWS_H_
#define TCPGAUGE_SRC_SNAPSHOT_HEAVIEST_ROWS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tcpgauge {

// Which of any number of connections, seen one after the other, get one of a bounded number of rows: the heaviest.
//
// Design. One round through the table must be enough, for a second round doubles the cost of a pass. So a heavier
// connection takes the row of a lighter one. Choosing by the weights of the pass before was rejected: they are old when
// a reader comes every 15 s, and a table that grows fast then lists the connections that came first. Weights are told
// apart by a quarter of a power of two; among equals, the first keep their rows.
//
// Thread: confined to one.
// Bounds: 4 bytes a row; constant time each, plus 256 steps in all from Clear() to Clear().
class HeaviestRows {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  explicit HeaviestRows(size_t max_rows) : max_rows_(max_rows) { Clear(); }

  // No row is taken.
  void Clear();

  // The row for a connection of this weight: the next one while fewer than max_rows are taken, then that of a lighter
  // connection, which loses it; kNone when none is lighter.
  uint32_t AssignRow(uint64_t weight);

 private:
  static constexpr size_t kBuckets = 256;  // four to a power of two

  void Push(size_t bucket, uint32_t row);

  const size_t max_rows_;
  // The rows of each bucket, chained.
  std::array<uint32_t, kBuckets> heads_;
  std::vector<uint32_t> next_;
  size_t lightest_;  // once all rows are taken: no bucket below it has one
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_HEAVIEST_ROWS_H_
