// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_PAYLOAD_WINDOWS_H_
#define TCPGAUGE_SRC_FLOW_PAYLOAD_WINDOWS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "src/base/time_units.h"
#include "src/flow/connection_record.h"
#include "src/flow/payload_marks.h"
#include "src/flow/windowed_sums.h"
#include "src/net/connection_key.h"

namespace tcpgauge {

// The payload rates of both ends of every connection, and the weight of every connection in the ranking. Rates are
// computed over the rate window, which ends at a multiple of the tick.
//
// The weight is the payload of both ends, of which older bytes weigh less: a byte that is t old weighs exp(-t / ranking
// window). So at a constant rate, the weight is the payload of one ranking window. A connection without a packet in the
// ranking window has no weight.
//
// Design. A record counts all payload of its connection. So the payload of a part of time is the difference between two
// counts, and no packet needs to be added to a sum. Only the first packet of a connection in another part takes a mark
// (see PayloadMarks): it stores the count, and the payload of the parts before it. A part is one second, or the rate
// window, if that is as long as a tick. Longer and overlapping rate windows do not come out of three parts. They are
// kept by WindowedSums, which takes more memory, and time for each packet. They are asked for by an option.
//
// A weight that decays needs one number. The sums of the quarters of a window were tried before. They took a cache line
// of their own, which was a tenth of the time of a packet with a million connections.
//
// Thread: confined to its table, except for Populate().
// Time: table time, in nanoseconds. A packet that is older than the last one of its connection counts in the part of
// that one.
// Bounds: `slots` slots. Each takes BytesPerSlot() once it is used, beside the PayloadMarks.
class PayloadWindows {
 public:
  // Rates change at multiples of `rate_tick_ns`. REQUIRES: all times are positive.
  PayloadWindows(size_t slots, int64_t rate_tick_ns, int64_t rate_window_ns, int64_t ranking_window_ns);

  // Returns the memory of one slot.
  static size_t BytesPerSlot(int64_t rate_tick_ns, int64_t rate_window_ns);

  // Forgets what was added to `slot`. Call it when another connection gets the slot.
  void Clear(size_t slot) {
    if (sums_.has_value()) sums_->Clear(slot);
  }

  // Whether Advance() would change the marks of the connection, so that they should be prefetched.
  bool WouldAdvance(const ConnectionRecord& record, int64_t time_ns) const {
    return !IsInLatestPart(record.last_packet_time_ns) || !IsInLatestPart(time_ns);
  }
  // Call it for each packet of a connection, before the packet changes last_packet_time_ns and payload_bytes of
  // `*record`. `time_ns` is the time of the packet.
  void Advance(const ConnectionRecord& record, int64_t time_ns, PayloadMarks* marks) {
    if (WouldAdvance(record, time_ns)) AdvanceParts(record, time_ns, marks);
  }
  // Call it for each packet with payload.
  void Add(size_t slot, End sender, uint64_t payload_bytes, int64_t time_ns) {
    if (sums_.has_value()) sums_->Add(slot, static_cast<size_t>(sender), payload_bytes, time_ns);
  }

  // Returns the payload bytes per second that `sender` sent over the rate window. The window ends at the last multiple
  // of the tick at or before `time_ns`. Returns 0 if that is more than a window before the last packet of the
  // connection.
  double Rate(size_t slot, End sender, const ConnectionRecord& record, const PayloadMarks& marks,
              int64_t time_ns) const;

  // Returns the connection's weight at `time_ns`. Bytes after `time_ns` are included.
  uint64_t Weight(const ConnectionRecord& record, const PayloadMarks& marks, int64_t time_ns) const;

  // Prefetches what Add() changes.
  void Prefetch(size_t slot) const {
    if (sums_.has_value()) sums_->Prefetch(slot);
  }

  // See PopulateLazyMemory(). REQUIRES: first_slot + count <= slots. Thread: any.
  void Populate(size_t first_slot, size_t count) {
    if (sums_.has_value()) sums_->Populate(first_slot, count);
  }

 private:
  static constexpr size_t kLanes = 2;  // indexed by End

  // Parts are numbered by time. The latest one that was asked for is remembered: the times of packets mostly lie in it,
  // and divisions take long.
  bool IsInLatestPart(int64_t time_ns) const {
    return static_cast<uint64_t>(time_ns - latest_part_begin_ns_) < static_cast<uint64_t>(part_ns_);
  }
  // Advance() for a packet that may be in a later part than the packet before it.
  void AdvanceParts(const ConnectionRecord& record, int64_t time_ns, PayloadMarks* marks);
  // The part of a weight that is left after `parts` parts.
  double DecayOf(int64_t parts) const {
    return parts < static_cast<int64_t>(decays_.size()) ? decays_[static_cast<size_t>(parts)] : 0;
  }

  const double rate_window_seconds_;
  const int64_t part_ns_;
  std::vector<double> decays_;  // by number of parts
  int64_t latest_part_begin_ns_ = 0;
  std::optional<WindowedSums> sums_;  // of rates; none if the marks tell the rates
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_PAYLOAD_WINDOWS_H_
