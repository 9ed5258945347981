#include "tui/row_order.h"

#include <algorithm>
#include <cstring>

#include "src/base/check.h"

namespace tcpgauge {
namespace {

// Sorts at least this many at a time: a screenful, and some to scroll.
constexpr size_t kMinSorted = 256;

// Doubles that are not negative sort as their bits do.
uint64_t BitsOf(double value) {
  if (!(value > 0)) value = 0;
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

// Smallest first.
uint64_t SortValue(const ConnectionView& connection, SortKey sort) {
  switch (sort) {
    case SortKey::kRate:
      return ~BitsOf(connection.payload_bytes_per_second());
    case SortKey::kBytes:
      return ~connection.payload_bytes();
    case SortKey::kIdle:
      return ~static_cast<uint64_t>(connection.last_packet_time_ns);
    case SortKey::kUnsorted:
      break;
  }
  return static_cast<uint64_t>(connection.start_time_ns);
}

}  // namespace

void RowOrder::Rebuild(const Snapshot& snapshot, SortKey sort) {
  snapshot_ = &snapshot;
  sorted_ = 0;
  entries_.clear();
  entries_.reserve(snapshot.connections.size());
  for (size_t i = 0; i < snapshot.connections.size(); ++i) {
    entries_.push_back({SortValue(snapshot.connections[i], sort), static_cast<uint32_t>(i)});
  }
}

size_t RowOrder::IndexAt(size_t position) {
  TCPGAUGE_CHECK(position < entries_.size());
  if (position >= sorted_) SortUpTo(position + 1);
  return entries_[position].index;
}

void RowOrder::SortUpTo(size_t count) {
  // Doubling keeps the cost of scrolling to the end within a small factor of one full sort.
  const size_t target = std::min(entries_.size(), std::max({count, 2 * sorted_, kMinSorted}));
  const auto before = [this](const Entry& a, const Entry& b) {
    if (a.key != b.key) return a.key < b.key;
    const ConnectionView& left = snapshot_->connections[a.index];
    const ConnectionView& right = snapshot_->connections[b.index];
    if (left.start_time_ns != right.start_time_ns) return left.start_time_ns < right.start_time_ns;
    return left.id < right.id;
  };
  const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(sorted_);
  const auto end = entries_.begin() + static_cast<std::ptrdiff_t>(target);
  if (end != entries_.end()) std::nth_element(begin, end, entries_.end(), before);
  std::sort(begin, end, before);
  sorted_ = target;
}

}  // namespace tcpgauge
