// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_HEAVIEST_ROWS_H_
#define TCPGAUGE_SRC_SNAPSHOT_HEAVIEST_ROWS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tcpgauge {

// Which of any number of connections, seen one after the other, get one of a bounded number of rows: the heaviest.
// Weights are told apart by a quarter of a power of two; of those that are not, the first keep their rows.
//
// Thread: confined to one. Bounds: 4 bytes a row; constant time each, but for 256 steps in all from Clear() to Clear().
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
