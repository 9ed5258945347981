// SPDX-License-Identifier: Apache-2.0
#include "tui/row_order.h"

#include <algorithm>

#include "absl/types/span.h"
#include "src/base/check.h"

namespace tcpgauge {
namespace {

// Sorts at least this many rows at a time: a screenful, and some to scroll.
constexpr size_t kMinSorted = 256;

// The key of a connection that was not there at Freeze(): larger than every frozen rank.
constexpr uint64_t kNotFrozen = uint64_t{1} << 63;

}  // namespace

void RowOrder::Rebuild(const Snapshot& snapshot, const Meter& meter, ConnectionSort sort, bool reverse,
                       ClosedRows closed, absl::FunctionRef<bool(const ConnectionSummary&)> wanted) {
  snapshot_ = &snapshot;
  sort_ = frozen_ ? ConnectionSort::kStart : sort;
  reverse_ = reverse && !frozen_;
  sorted_ = 0;
  const NameRanks names(snapshot, sort_);
  total_ = meter.OfNotListed(snapshot);
  shown_bytes_per_second_ = total_.bytes_per_second();
  entries_.clear();
  closed_.clear();
  entries_.reserve(snapshot.connections.size());
  for (size_t i = 0; i < snapshot.connections.size(); ++i) {
    const ConnectionSummary& connection = snapshot.connections[i];
    if (!wanted(connection)) continue;
    const Measures measures = meter.Of(connection, snapshot.time_ns);
    Measures counted = measures;
    counted.up_bytes_per_second = connection.client_sent.payload_bytes_per_second;
    counted.down_bytes_per_second = connection.server_sent.payload_bytes_per_second;
    total_.Add(counted);
    shown_bytes_per_second_ += measures.bytes_per_second();
    const bool is_open = IsOpen(connection.state);
    if (!is_open && closed == ClosedRows::kHidden) continue;
    uint64_t key;
    if (frozen_) {
      const auto rank = frozen_ranks_.find(connection.id);
      key = rank != frozen_ranks_.end() ? rank->second : kNotFrozen;
    } else {
      key = SortKey(connection, measures, sort_, names);
    }
    const bool is_last = !is_open && closed == ClosedRows::kLast && !frozen_;
    (is_last ? closed_ : entries_).push_back({key, static_cast<uint32_t>(i)});
  }
  open_ = entries_.size();
  entries_.insert(entries_.end(), closed_.begin(), closed_.end());
}

void RowOrder::Freeze() {
  SortUpTo(entries_.size());
  frozen_ = true;
  frozen_ranks_.clear();
  for (size_t i = 0; i < entries_.size(); ++i) frozen_ranks_[snapshot_->connections[entries_[i].index].id] = i;
}

size_t RowOrder::IndexAt(size_t position) {
  TCPGAUGE_CHECK(position < entries_.size());
  if (position >= sorted_) SortUpTo(position + 1);
  return entries_[position].index;
}

void RowOrder::SortUpTo(size_t count) {
  // Doubling keeps the cost of scrolling to the end within a small factor of one full sort.
  const size_t target = std::min(entries_.size(), std::max({count, 2 * sorted_, kMinSorted}));
  if (sorted_ < open_) SortMore(std::min(target, open_) - sorted_, open_);
  if (sorted_ < target) SortMore(target - sorted_, entries_.size());
}

void RowOrder::SortMore(size_t count, size_t end) {
  SortFirst(absl::MakeSpan(entries_).subspan(sorted_, end - sorted_), count, snapshot_->connections, sort_, reverse_);
  sorted_ += count;
}

}  // namespace tcpgauge
