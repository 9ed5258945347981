// SPDX-License-Identifier: Apache-2.0
#include "tui/row_order.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "src/base/check.h"

namespace tcpgauge {
namespace {

// Sorts at least this many at a time: a screenful, and some to scroll.
constexpr size_t kMinSorted = 256;

// Above every rank of a frozen order.
constexpr uint64_t kNotFrozen = uint64_t{1} << 63;

// Doubles that are not negative sort as their bits do.
uint64_t BitsOf(double value) {
  if (!(value > 0)) value = 0;
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

// Ascends as far as 64 bits can tell endpoints apart; IPv4 first.
uint64_t EndpointKey(const Endpoint& endpoint) {
  const bool v4 = endpoint.address.is_v4();
  uint64_t key = 0;
  for (size_t i = v4 ? 12 : 0; i < (v4 ? 16u : 8u); ++i) key = key << 8 | endpoint.address.bytes()[i];
  return v4 ? key << 16 | endpoint.port : key >> 1 | kNotFrozen;
}

// Smallest first.
uint64_t SortValue(const ConnectionSummary& connection, const Measures& measures, SortKey sort) {
  switch (sort) {
    case SortKey::kRate:
      return ~BitsOf(measures.bytes_per_second());
    case SortKey::kBytes:
      return ~measures.bytes();
    case SortKey::kIdle:
      return ~static_cast<uint64_t>(connection.last_packet_time_ns);
    case SortKey::kClient:
      return EndpointKey(connection.client);
    case SortKey::kServer:
      return EndpointKey(connection.server);
    case SortKey::kState:
      return static_cast<uint64_t>(connection.state);
    case SortKey::kUp:
      return ~BitsOf(measures.up_bytes_per_second);
    case SortKey::kDown:
      return ~BitsOf(measures.down_bytes_per_second);
    case SortKey::kRtt:
      return ~static_cast<uint64_t>(std::max<int64_t>(connection.rtt_ns, 0));
    case SortKey::kRetransmissions:
      return ~measures.retransmitted_segments;
    case SortKey::kUnsorted:
    case SortKey::kCount:
      break;
  }
  return static_cast<uint64_t>(connection.start_time_ns);
}

}  // namespace

void RowOrder::Rebuild(const Snapshot& snapshot, const Meter& meter, SortKey sort, bool reverse,
                       absl::FunctionRef<bool(const ConnectionSummary&)> wanted) {
  snapshot_ = &snapshot;
  sort_ = frozen_ ? SortKey::kUnsorted : sort;
  reverse_ = reverse && !frozen_;
  sorted_ = 0;
  total_ = meter.OfNotListed(snapshot);
  entries_.clear();
  entries_.reserve(snapshot.connections.size());
  for (size_t i = 0; i < snapshot.connections.size(); ++i) {
    const ConnectionSummary& connection = snapshot.connections[i];
    if (!wanted(connection)) continue;
    const Measures measures = meter.Of(connection, snapshot.time_ns);
    total_.Add(measures);
    uint64_t key;
    if (frozen_) {
      const auto rank = frozen_ranks_.find(connection.id);
      key = rank != frozen_ranks_.end() ? rank->second : kNotFrozen;
    } else {
      key = SortValue(connection, measures, sort_);
    }
    entries_.push_back({key, static_cast<uint32_t>(i)});
  }
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

bool RowOrder::Before(const Entry& a, const Entry& b) const {
  if (a.key != b.key) return a.key < b.key;
  const ConnectionSummary& left = snapshot_->connections[a.index];
  const ConnectionSummary& right = snapshot_->connections[b.index];
  if (sort_ == SortKey::kClient && left.client != right.client) return left.client < right.client;
  if (sort_ == SortKey::kServer && left.server != right.server) return left.server < right.server;
  if (left.start_time_ns != right.start_time_ns) return left.start_time_ns < right.start_time_ns;
  return left.id < right.id;
}

void RowOrder::SortUpTo(size_t count) {
  // Doubling keeps the cost of scrolling to the end within a small factor of one full sort.
  const size_t target = std::min(entries_.size(), std::max({count, 2 * sorted_, kMinSorted}));
  const auto before = [this](const Entry& a, const Entry& b) { return reverse_ ? Before(b, a) : Before(a, b); };
  const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(sorted_);
  const auto end = entries_.begin() + static_cast<std::ptrdiff_t>(target);
  if (end != entries_.end()) std::nth_element(begin, end, entries_.end(), before);
  std::sort(begin, end, before);
  sorted_ = target;
}

}  // namespace tcpgauge
