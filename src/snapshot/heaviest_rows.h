// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_HEAVIEST_ROWS_H_
#define TCPGAUGE_SRC_SNAPSHOT_HEAVIEST_ROWS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tcpgauge {

// Gives a bounded number of rows to the heaviest of any number of connections, which it sees one after the other.
//
// Design. One round through the table must be enough, because a second round doubles the cost of a pass. So a heavier
// connection takes the row of a lighter one. Choosing by the weights of the previous pass was rejected: they are old
// when a reader comes every 15 s, and with a fast-growing table the connections that came first would stay listed.
// Weights are compared by buckets, four to each power of two. Within a bucket, the first connections keep their rows.
//
// Thread: confined to one thread.
// Bounds: 4 bytes a row. AssignRow() takes constant time, plus at most 256 steps in total between two Clear() calls.
class HeaviestRows {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  explicit HeaviestRows(size_t max_rows) : max_rows_(max_rows) { Clear(); }

  // Frees all rows.
  void Clear();

  // The row for a connection of this weight. While rows are free, the next free row; then the row of a lighter
  // connection, which loses it; kNone when no connection is lighter.
  uint32_t AssignRow(uint64_t weight);

 private:
  static constexpr size_t kBuckets = 256;  // four to each power of two

  void Push(size_t bucket, uint32_t row);

  const size_t max_rows_;
  // A linked list of rows for each bucket.
  std::array<uint32_t, kBuckets> heads_;
  std::vector<uint32_t> next_;
  size_t lightest_;  // all buckets below it are empty once all rows are taken
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_HEAVIEST_ROWS_H_
