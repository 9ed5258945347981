// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_ROW_ORDER_H_
#define TCPGAUGE_TUI_ROW_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "src/snapshot/connection_sort.h"
#include "src/snapshot/measures.h"
#include "src/snapshot/snapshot.h"
#include "tui/meter.h"

namespace tcpgauge {

// Where the list shows connections that are closed or reset.
enum class ClosedRows : uint8_t {
  kAmongOthers,  // where the order puts them
  kLast,         // below all open connections, in the same order
  kHidden,       // in no row; they count in RowOrder::total() all the same
};

// The order of the list: says which connection is in which row. Sorts only the rows that are requested, those above
// them and some below. So the top of a list of 100,000 connections takes one pass over the connections instead of a
// sort.
//
// Thread: confined to one thread.
class RowOrder {
 public:
  // Makes a row for each connection of `snapshot` for which `wanted` returns true. The rows are in the order of `sort`,
  // or in the opposite order with `reverse`. `closed` says where closed connections are. `snapshot` must live until the
  // next Rebuild(); `meter` and `wanted` are used during the call only.
  void Rebuild(const Snapshot& snapshot, const Meter& meter, ConnectionSort sort, bool reverse, ClosedRows closed,
               absl::FunctionRef<bool(const ConnectionSummary&)> wanted);

  // Holds the present order until Thaw(). Meanwhile, Rebuild() ignores `sort` and `reverse`, and a connection that
  // closes stays in its row unless closed ones are hidden. Connections that have a row now keep their order; they are
  // recognised by id. All others come below them, by start time. REQUIRES: Rebuild() was called.
  void Freeze();
  // Takes effect with the next Rebuild().
  void Thaw() { frozen_ = false; }

  // The number of rows.
  size_t size() const { return entries_.size(); }

  // The sum of the measures of all rows, of hidden closed connections, and of Meter::OfNotListed(). Its rates are
  // always averages over the rate window, even if the rows show averages over another time. Lifetime averages do not
  // add up to the rate of any traffic, because a closed connection still counts with what it once carried. When
  // connections that lasted a tenth of a second carried 4.9 Mbit/s together, the sum of their lifetime averages was 9.7
  // Mbit/s, because each of them was shown for two seconds.
  const Measures& total() const { return total_; }

  // The sum of the rates that total() adds up, but as the rows show them. A row's rate can be compared with it, because
  // both are averages over the same time. Equals total().bytes_per_second() while rows show averages over the rate
  // window.
  double shown_bytes_per_second() const { return shown_bytes_per_second_; }

  // Returns the index in Snapshot::connections of the connection in row `position`; 0 = the top. REQUIRES: position <
  // size().
  size_t IndexAt(size_t position);

 private:
  void SortUpTo(size_t count);
  // Sorts the entries from `sorted_` on, up to `end`, so far that the first `count` of them are in order.
  void SortMore(size_t count, size_t end);

  const Snapshot* snapshot_ = nullptr;
  ConnectionSort sort_ = ConnectionSort::kStart;
  bool reverse_ = false;
  std::vector<SortEntry> entries_;  // the first `sorted_` are sorted, and come before all others
  size_t sorted_ = 0;
  size_t open_ = 0;                // how many entries come before those of closed_, whatever the order
  std::vector<SortEntry> closed_;  // scratch of Rebuild(): the entries that come last
  Measures total_;
  double shown_bytes_per_second_ = 0;
  bool frozen_ = false;
  absl::flat_hash_map<uint64_t, uint64_t> frozen_ranks_;  // the frozen row, by connection id
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_ROW_ORDER_H_
