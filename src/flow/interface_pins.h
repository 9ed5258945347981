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

// Chooses, for each end of a connection, the interface on which the end's packets are counted. So a packet that crosses
// several interfaces is counted once.
//
// Design. When all interfaces are captured, or a bridge and the interfaces attached to it, the same packet is captured
// several times. Each end is pinned to the interface that saw it first. The end's packets on other interfaces are
// counted as duplicates. When the end has been silent on its interface for a second, the next interface that sees it
// becomes its interface. The pin belongs to an end and not to a connection, because asymmetric routing sends the two
// directions over different interfaces.
//
// The pins are stored in the records (ConnectionRecord::interfaces). This class holds only the counts of duplicates.
//
// Thread: confined to its table.
// Time: table time, in nanoseconds. A record keeps the time of an end's last packet modulo 4,096 s. After a silence of
// almost exactly that length, the end's packets on another interface count as duplicates for up to two seconds.
// Bounds: kMaxInterfaces interfaces. All interfaces with the number kMaxInterfaces - 1 or above count as one interface.
class InterfacePins {
 public:
  static constexpr size_t kMaxInterfaces = 1024;

  // Whether a packet from `sender` is a duplicate: the sender is pinned to another interface and was not silent there.
  // Counts the packet if it is a duplicate. Moves the pin to `interface` if the sender was silent.
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

  // Notes that a packet from `sender` was counted on `interface`, and pins the sender there if it has no pin. REQUIRES:
  // the packet begins its connection, or IsDuplicate() returned false for it.
  static void Note(size_t interface, End sender, int64_t time_ns, ConnectionRecord* record) {
    uint16_t& pinned = record->interfaces[static_cast<size_t>(sender)];
    if (pinned == ConnectionRecord::kNoInterface) pinned = Bounded(interface);
    record->end(sender).last_counted_sixteenth = ToSixteenths(time_ns);
  }

  // Returns the smaller of `interface` and kMaxInterfaces - 1.
  static uint16_t Bounded(size_t interface) {
    return static_cast<uint16_t>(std::min<size_t>(interface, kMaxInterfaces - 1));
  }

  // The duplicates that came on `interface`. REQUIRES: interface < kMaxInterfaces.
  uint64_t duplicate_packets(size_t interface) const { return duplicate_packets_[interface]; }

 private:
  // The silence, in sixteenths of a second, after which a pin moves.
  static constexpr uint16_t kSilence = 16;
  // Interfaces are read in turn, so a packet may be older than the packet that was counted before it. kSkew is the
  // greatest difference that is allowed for, in sixteenths of a second.
  static constexpr uint16_t kSkew = 16;

  static uint16_t ToSixteenths(int64_t time_ns) {
    return static_cast<uint16_t>(time_ns / (kNanosecondsPerSecond / 16));
  }

  std::array<uint64_t, kMaxInterfaces> duplicate_packets_{};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_INTERFACE_PINS_H_
