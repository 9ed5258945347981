// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_INTERFACE_PINS_H_
#define TCPGAUGE_SRC_FLOW_INTERFACE_PINS_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "src/base/time_units.h"
#include "src/flow/connection_record.h"

namespace tcpgauge {

// Chooses the interface on which the packets of a connection's end are counted, so that a packet that crosses several
// interfaces is counted once.
//
// Design. With `any`, or with a bridge and its veths, the same packet is captured several times. Each end of a
// connection is pinned to the interface that saw it first. Packets on other interfaces are counted as duplicates. When
// an end has been silent on its interface for a second and another interface sees it, the end is pinned to that one.
// The pin is per direction, because asymmetric routing sends the two directions over different interfaces.
//
// Thread: confined to its table.
// Time: the table's, in nanoseconds.
// Bounds: kMaxInterfaces. All interfaces from kMaxInterfaces - 1 up count as one.
class InterfacePins {
 public:
  static constexpr size_t kMaxInterfaces = 1024;

  // Whether a packet from `sender` is a duplicate, because the sender is pinned to another interface and is not silent
  // there. Counts a duplicate.
  bool IsDuplicate(size_t interface, End sender, int64_t time_ns, ConnectionRecord* record) {
    uint16_t& pinned = record->interfaces[static_cast<size_t>(sender)];
    const uint16_t here = Bounded(interface);
    if (pinned == here || pinned == ConnectionRecord::kNoInterface) return false;
    const uint16_t silence = static_cast<uint16_t>(ToSixteenths(time_ns) - record->end(sender).last_counted_sixteenth);
    if (silence >= kSilence && silence <= UINT16_MAX - kSkew) {
      pinned = here;
      return false;
    }
    ++duplicate_packets_[here];
    return true;
  }

  // Notes that a packet from `sender` was counted on `interface`. REQUIRES: it is no duplicate.
  static void Note(size_t interface, End sender, int64_t time_ns, ConnectionRecord* record) {
    uint16_t& pinned = record->interfaces[static_cast<size_t>(sender)];
    if (pinned == ConnectionRecord::kNoInterface) pinned = Bounded(interface);
    record->end(sender).last_counted_sixteenth = ToSixteenths(time_ns);
  }

  static uint16_t Bounded(size_t interface) {
    return static_cast<uint16_t>(std::min<size_t>(interface, kMaxInterfaces - 1));
  }

  // Duplicates that came on `interface`. REQUIRES: interface < kMaxInterfaces.
  uint64_t duplicate_packets(size_t interface) const { return duplicate_packets_[interface]; }

 private:
  // Both are in sixteenths of a second.
  static constexpr uint16_t kSilence = 16;
  // Interfaces are read in turn, so a packet may be older by this much than the packet that was counted before it.
  static constexpr uint16_t kSkew = 16;

  static uint16_t ToSixteenths(int64_t time_ns) {
    return static_cast<uint16_t>(time_ns / (kNanosecondsPerSecond / 16));
  }

  std::array<uint64_t, kMaxInterfaces> duplicate_packets_{};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_INTERFACE_PINS_H_
