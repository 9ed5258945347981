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
// The weight is the payload of both ends, in which older bytes count less. A byte of age t counts as exp(-t / ranking
// window) bytes, where t is counted in whole parts of time (see Design). So at a constant rate, the weight is about the
// payload of one ranking window. A connection without a packet in the ranking window has no weight.
//
// Design. A record counts all payload of its connection. So the payload of a part of time is the difference between two
// counts, and no packet needs to be added to a sum. Only the first packet of a connection in a new part changes the
// marks (see PayloadMarks): it stores the count, and the payload of the parts before the new one. If the rate window is
// one tick long, a part is one rate window, and the marks tell the rates. Otherwise a part is one second, and the marks
// do not tell the rates. WindowedSums then keeps the sums for the rates, which takes more memory, and time for each
// packet.
//
// A weight that decays needs one number. An alternative was tried: the sums of the quarters of a ranking window. They
// took a cache line of their own. With a million connections, this line took a tenth of the time of a packet.
//
// Thread: confined to its table, except for Populate().
// Time: table time, in nanoseconds. For the weight, and for rates that the marks tell, a packet that is older than the
// last packet of its connection counts in the part of that last packet.
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

  // Whether Advance() may change the marks of the connection, so that they should be prefetched. If false, it does not.
  bool WouldAdvance(const ConnectionRecord& record, int64_t time_ns) const {
    return !IsInLatestPart(record.last_packet_time_ns) || !IsInLatestPart(time_ns);
  }
  // Call it for each packet of a connection, before the packet changes last_packet_time_ns and payload_bytes of
  // `record`. `time_ns` is the time of the packet.
  void Advance(const ConnectionRecord& record, int64_t time_ns, PayloadMarks* marks) {
    if (WouldAdvance(record, time_ns)) AdvanceParts(record, time_ns, marks);
  }
  // Call it for each packet with payload.
  void Add(size_t slot, End sender, uint64_t payload_bytes, int64_t time_ns) {
    if (sums_.has_value()) sums_->Add(slot, static_cast<size_t>(sender), payload_bytes, time_ns);
  }

  // Returns the payload bytes per second that `sender` sent over the rate window. The window ends at the last multiple
  // of the tick at or before `time_ns`. If the window ends more than a tick before the connection's last packet, the
  // result may be too low, down to 0, because old parts are forgotten.
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

  // Whether `time_ns` lies in the part of the last packet for which AdvanceParts() was called, of whichever connection.
  // The times of most packets lie there. So most packets need no division, which takes long.
  bool IsInLatestPart(int64_t time_ns) const {
    return static_cast<uint64_t>(time_ns - latest_part_begin_ns_) < static_cast<uint64_t>(part_ns_);
  }
  // Advance() for a packet that may be in a later part than the packet before it.
  void AdvanceParts(const ConnectionRecord& record, int64_t time_ns, PayloadMarks* marks);
  // The share of a weight that is left after `parts` parts.
  double DecayOf(int64_t parts) const {
    return parts < static_cast<int64_t>(decays_.size()) ? decays_[static_cast<size_t>(parts)] : 0;
  }

  const double rate_window_seconds_;
  const int64_t part_ns_;
  std::vector<double> decays_;  // by number of parts
  int64_t latest_part_begin_ns_ = 0;
  std::optional<WindowedSums> sums_;  // of rates; nullopt if the marks tell the rates
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_PAYLOAD_WINDOWS_H_
