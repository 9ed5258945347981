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

// On which interface the packets of a connection's end are counted, so that a packet that crosses several interfaces is
// counted once.
//
// Design. With `any`, or with a bridge and its veths, the same packet is captured several times. Each end of a
// connection is pinned to the interface that saw it first, until it is silent there for a second while another
// interface still sees it. Packets on other interfaces are counted as duplicates. The pin is per direction, because
// asymmetric routing sends the two directions over different interfaces.
//
// Thread: confined to its table. Times are the table's, in nanoseconds.
class InterfacePins {
 public:
  static constexpr size_t kMaxInterfaces = 1024;  // further ones are one

  // Whether what `sender` sent is counted on another interface, which is not silent; counts the packet if so.
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

  // A packet that is no duplicate is counted.
  static void Note(size_t interface, End sender, int64_t time_ns, ConnectionRecord* record) {
    uint16_t& pinned = record->interfaces[static_cast<size_t>(sender)];
    if (pinned == ConnectionRecord::kNoInterface) pinned = Bounded(interface);
    record->end(sender).last_counted_sixteenth = ToSixteenths(time_ns);
  }

  static uint16_t Bounded(size_t interface) {
    return static_cast<uint16_t>(std::min<size_t>(interface, kMaxInterfaces - 1));
  }

  // Packets of connections that are counted on another interface. REQUIRES: interface < kMaxInterfaces.
  uint64_t duplicate_packets(size_t interface) const { return duplicate_packets_[interface]; }

 private:
  // In sixteenths of a second.
  static constexpr uint16_t kSilence = 16;
  // Interfaces are read in turn, so a packet may be this much older than the one counted before it.
  static constexpr uint16_t kSkew = 16;

  static uint16_t ToSixteenths(int64_t time_ns) {
    return static_cast<uint16_t>(time_ns / (kNanosecondsPerSecond / 16));
  }

  std::array<uint64_t, kMaxInterfaces> duplicate_packets_{};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_INTERFACE_PINS_H_
