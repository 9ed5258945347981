// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_HEAVIEST_ROWS_H_
#define TCPGAUGE_SRC_SNAPSHOT_HEAVIEST_ROWS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tcpgauge {

// Gives the bounded number of rows of a WorkerSnapshot to the heaviest connections of a table. The caller offers the
// connections one after the other. A row is only a number here; the caller stores its content.
//
// Design. One round through the table must be enough, because a second round would double the cost of a pass. So a
// heavier connection takes the row of a lighter one that came earlier. Choosing by the weights of the previous pass was
// rejected. These weights are old when a reader comes only every 15 s. Also, they admit too many connections if the
// table has grown since that pass. The connections in the first slots then take all rows.
//
// Weights are compared approximately, by buckets: four buckets for each power of two. Within a bucket, the connections
// that came first keep their rows.
//
// Thread: confined to one thread.
// Bounds: 4 bytes per row. AssignRow() takes constant time, apart from at most 256 steps in total between two calls of
// Clear().
class HeaviestRows {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;  // no row

  // If `max_rows` is 0, no connection gets a row.
  explicit HeaviestRows(size_t max_rows) : max_rows_(max_rows) { Clear(); }

  // Frees all rows.
  void Clear();

  // Returns the row for a connection of this weight.
  //
  // - While rows are free: the next free one, in the order 0, 1, 2 and so on.
  // - After that: the row of a connection in the lightest bucket in use, if that bucket is lighter than this weight's.
  //   That connection loses its row, and the caller overwrites the row's content.
  // - Otherwise: kNone.
  uint32_t AssignRow(uint64_t weight);

 private:
  static constexpr size_t kBuckets = 256;

  // Puts `row` in front of the list of `bucket`.
  void Push(size_t bucket, uint32_t row);

  const size_t max_rows_;
  // Each bucket has a linked list of its rows, which kNone ends.
  std::array<uint32_t, kBuckets> heads_;  // by bucket: the first row
  std::vector<uint32_t> next_;            // by row: the next row of its bucket
  size_t lightest_;                       // once all rows are taken, the buckets below this one have no rows
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_HEAVIEST_ROWS_H_
