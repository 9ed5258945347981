// SPDX-License-Identifier: Apache-2.0
#include "src/flow/payload_windows.h"

#include <cmath>

#include "src/base/check.h"

namespace tcpgauge {
namespace {

bool MarksTellRates(int64_t rate_tick_ns, int64_t rate_window_ns) { return rate_tick_ns == rate_window_ns; }

uint64_t SinceBegin(const ConnectionRecord& record, const PayloadMarks& marks, size_t end) {
  return marks.ends[end].SinceBegin(record.ends[end].payload_bytes);
}

}  // namespace

size_t PayloadWindows::BytesPerSlot(int64_t rate_tick_ns, int64_t rate_window_ns) {
  return MarksTellRates(rate_tick_ns, rate_window_ns)
             ? 0
             : WindowedSums::BytesPerSlot(kLanes, rate_tick_ns, rate_window_ns);
}

PayloadWindows::PayloadWindows(size_t slots, int64_t rate_tick_ns, int64_t rate_window_ns, int64_t ranking_window_ns)
    : rate_window_seconds_(static_cast<double>(rate_window_ns) / kNanosecondsPerSecond),
      part_ns_(MarksTellRates(rate_tick_ns, rate_window_ns) ? rate_window_ns : kNanosecondsPerSecond) {
  TCPGAUGE_CHECK(rate_tick_ns > 0 && rate_window_ns > 0 && ranking_window_ns > 0);
  const double parts_of_window = static_cast<double>(ranking_window_ns) / static_cast<double>(part_ns_);
  for (double part = 0; part <= parts_of_window; ++part) decays_.push_back(std::exp(-part / parts_of_window));
  if (!MarksTellRates(rate_tick_ns, rate_window_ns)) sums_.emplace(slots, kLanes, rate_tick_ns, rate_window_ns);
}

void PayloadWindows::AdvanceParts(const ConnectionRecord& record, int64_t time_ns, PayloadMarks* marks) {
  const int64_t part = time_ns / part_ns_;
  latest_part_begin_ns_ = part * part_ns_;
  const int64_t parts = part - record.last_packet_time_ns / part_ns_;
  if (parts <= 0) return;
  uint64_t bytes_of_part = 0;
  for (size_t end = 0; end < 2; ++end) {
    const uint64_t bytes = SinceBegin(record, *marks, end);
    bytes_of_part += bytes;
    if (parts == 1) {
      marks->before_last[end] = marks->last[end];
      marks->last[end] = PackAmount(bytes);
    } else {
      marks->before_last[end] = parts == 2 ? PackAmount(bytes) : 0;
      marks->last[end] = 0;
    }
    marks->ends[end].Begin(record.ends[end].payload_bytes);
  }
  const uint64_t weight = UnpackAmount(marks->weight) + bytes_of_part;
  marks->weight = PackAmount(static_cast<uint64_t>(static_cast<double>(weight) * DecayOf(parts)));
}

double PayloadWindows::Rate(size_t slot, End sender, const ConnectionRecord& record, const PayloadMarks& marks,
                            int64_t time_ns) const {
  const auto end = static_cast<size_t>(sender);
  if (sums_.has_value()) return sums_->Sum(slot, end, time_ns) / rate_window_seconds_;
  const int64_t window = time_ns / part_ns_ - 1;
  uint64_t bytes = 0;
  switch (record.last_packet_time_ns / part_ns_ - window) {
    case 0:
      bytes = SinceBegin(record, marks, end);
      break;
    case 1:
      bytes = UnpackAmount(marks.last[end]);
      break;
    case 2:
      bytes = UnpackAmount(marks.before_last[end]);
      break;
  }
  return static_cast<double>(bytes) / rate_window_seconds_;
}

uint64_t PayloadWindows::Weight(const ConnectionRecord& record, const PayloadMarks& marks, int64_t time_ns) const {
  const int64_t parts = time_ns / part_ns_ - record.last_packet_time_ns / part_ns_;
  const uint64_t weight = UnpackAmount(marks.weight) + SinceBegin(record, marks, 0) + SinceBegin(record, marks, 1);
  if (parts <= 0) return weight;
  return static_cast<uint64_t>(static_cast<double>(weight) * DecayOf(parts));
}

}  // namespace tcpgauge
