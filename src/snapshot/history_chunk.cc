// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/history_chunk.h"

#include <algorithm>

#include "src/base/check.h"

namespace tcpgauge {
namespace {

constexpr size_t kMaxVarintBytes = 10;
// The edge's number, a bit for the gauge, for each counter and for the response times, the amounts, and of the response
// times the number of buckets, their places and amounts.
constexpr size_t kMaxRecordBytes =
    1 + 3 + (kHistoryCounterCount + 1) * kMaxVarintBytes + 1 + ResponseCounts::kBuckets * (1 + 5);
constexpr uint64_t kHasResponseTimes = uint64_t{2} << kHistoryCounterCount;
static_assert(kHistoryCounterCount + 2 <= 21, "the bits must fit into three bytes of a varint");
static_assert(ResponseCounts::kBuckets < 256, "a bucket's place has one byte");
static_assert(HistoryChunk::kMaxEdges <= 256, "an edge's number has one byte");

uint8_t* AppendVarint(uint64_t value, uint8_t* to) {
  for (; value >= 0x80; value >>= 7) *to++ = static_cast<uint8_t>(value | 0x80);
  *to++ = static_cast<uint8_t>(value);
  return to;
}

uint64_t TakeVarint(const uint8_t** from) {
  uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    const uint8_t byte = *(*from)++;
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}

uint8_t* AppendResponseTimes(const ResponseCounts& times, uint8_t* to) {
  uint8_t* const grown = to++;
  *grown = 0;
  for (size_t i = 0; i < ResponseCounts::kBuckets; ++i) {
    if (times.counts[i] == 0) continue;
    ++*grown;
    *to++ = static_cast<uint8_t>(i);
    to = AppendVarint(times.counts[i], to);
  }
  return to;
}

void TakeResponseTimes(const uint8_t** from, ResponseCounts* times) {
  for (uint8_t grown = *(*from)++; grown > 0; --grown) {
    const size_t place = *(*from)++;
    times->counts[place] = static_cast<uint32_t>(TakeVarint(from));
  }
}

// A small change in either direction becomes a small number.
uint64_t ZigZag(uint64_t change) { return change << 1 ^ (change >> 63 != 0 ? ~uint64_t{0} : 0); }
uint64_t UnZigZag(uint64_t value) { return value >> 1 ^ (~(value & 1) + 1); }

}  // namespace

size_t HistoryChunk::AddEdge(const HistoryEdge& edge) {
  TCPGAUGE_CHECK(edge_count_ < kMaxEdges);
  edges_[edge_count_] = edge;
  return edge_count_++;
}

bool HistoryChunk::Append(size_t edge, const HistoryCounts& counts, const ResponseCounts& response_times) {
  uint8_t record[kMaxRecordBytes];
  uint64_t bits = counts.connections != gauges_[edge] ? 1 : 0;
  for (size_t i = 0; i < kHistoryCounterCount; ++i) {
    if (counts.*kHistoryCounters[i].member > 0) bits |= uint64_t{2} << i;
  }
  if (!response_times.IsZero()) bits |= kHasResponseTimes;
  if (bits == 0) return true;
  record[0] = static_cast<uint8_t>(edge);
  uint8_t* end = AppendVarint(bits, record + 1);
  if ((bits & 1) != 0) end = AppendVarint(ZigZag(counts.connections - gauges_[edge]), end);
  for (const HistoryCounter& counter : kHistoryCounters) {
    if (counts.*counter.member > 0) end = AppendVarint(counts.*counter.member, end);
  }
  if ((bits & kHasResponseTimes) != 0) end = AppendResponseTimes(response_times, end);
  const size_t room = kBytes * (second_count_ + 1) / kSeconds - byte_count_;
  if (static_cast<size_t>(end - record) > room) return false;
  std::copy(record, end, bytes_.begin() + static_cast<ptrdiff_t>(byte_count_));
  byte_count_ += static_cast<size_t>(end - record);
  gauges_[edge] = counts.connections;
  return true;
}

void HistoryChunk::EndSecond(int64_t end_ns, const HistoryCounts& totals) {
  TCPGAUGE_CHECK(second_count_ < kSeconds);
  seconds_[second_count_++] = {end_ns, totals, static_cast<uint32_t>(edge_count_), static_cast<uint32_t>(byte_count_)};
}

void HistoryChunk::Visit(size_t count, SecondVisitor visit) const {
  std::array<HistoryCounts, kMaxEdges> counts;
  std::array<ResponseCounts, kMaxEdges> response_times;
  const uint8_t* from = bytes_.data();
  for (size_t i = 0; i < count; ++i) {
    const uint8_t* const end = bytes_.data() + seconds_[i].bytes;
    const size_t edges = seconds_[i].edges;
    for (size_t edge = 0; edge < edges; ++edge) {
      const uint64_t connections = counts[edge].connections;
      counts[edge] = HistoryCounts();
      counts[edge].connections = connections;
      response_times[edge] = ResponseCounts();
    }
    while (from < end) {
      const size_t number = *from++;
      HistoryCounts& edge = counts[number];
      const uint64_t bits = TakeVarint(&from);
      if ((bits & 1) != 0) edge.connections += UnZigZag(TakeVarint(&from));
      for (size_t member = 0; member < kHistoryCounterCount; ++member) {
        if ((bits >> member & 2) != 0) edge.*kHistoryCounters[member].member = TakeVarint(&from);
      }
      if ((bits & kHasResponseTimes) != 0) TakeResponseTimes(&from, &response_times[number]);
    }
    visit(i, absl::MakeConstSpan(counts).subspan(0, edges), absl::MakeConstSpan(response_times).subspan(0, edges));
  }
}

}  // namespace tcpgauge
