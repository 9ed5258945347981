// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_INTERFACE_PINS_H_
#define TCPGAUGE_SRC_FLOW_INTERFACE_PINS_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "src/base/time_units.h"
#include "src/flow/connection_record.h"
#include "src/flow/duplicate_kind.h"
#include "src/flow/view_table.h"
#include "src/net/packet_direction.h"

namespace tcpgauge {

// Chooses, for each end of a connection, the stretch on which the packets of that end are counted (see Stretch). So a
// packet is counted once even if it crosses several interfaces, or is translated or encapsulated on its way.
//
// Design. When all interfaces are captured, or a bridge and the interfaces attached to it, the same packet is captured
// several times. Each end is pinned to the stretch that saw it first: the interface, the direction on it, and the view
// (see ConnectionTable). The end's packets on other stretches are counted as duplicates. When the end has been silent
// on its stretch for a second, the next stretch that sees the end becomes its stretch. The pin belongs to an end and
// not to a connection, because asymmetric routing sends the two directions over different interfaces.
//
// The pins are stored in the records (ConnectionRecord::pins). This class holds only the counts of duplicates.
//
// Thread: confined to the thread of its connection table.
// Time: table time (see ConnectionTable), in nanoseconds. A record keeps the time of an end's last counted packet in
// sixteenths of a second, modulo 4,096 s. After a silence of almost exactly that length or a multiple of it, the end's
// packets on another stretch count as duplicates for up to two seconds.
// Bounds: kMaxInterfaces interfaces. All interfaces with the number kMaxInterfaces - 1 or above count as one interface.
class InterfacePins {
 public:
  static constexpr size_t kMaxInterfaces = 1024;

  // A stretch in 16 bits: ten for the interface, two for the direction, three for the number of the view, and one that
  // says whether the view is wrapped (View::is_wrapped).
  class Pin {
   public:
    // A pin without a value. Only assignment to it is allowed.
    Pin() = default;
    // For the record's own key, `view_number` is View::kFirstNumber and `view_is_wrapped` is false. REQUIRES:
    // view_number <= View::kMaxNumber.
    Pin(size_t interface, PacketDirection direction, uint8_t view_number, bool view_is_wrapped)
        : bits_(static_cast<uint16_t>(Bounded(interface) | static_cast<unsigned>(direction) << kDirectionShift |
                                      static_cast<unsigned>(view_is_wrapped) << kWrappedShift |
                                      static_cast<unsigned>(view_number) << kViewShift)) {}
    // Makes a pin again from what bits() returned.
    explicit Pin(uint16_t bits) : bits_(bits) {}

    uint16_t bits() const { return bits_; }  // never ConnectionRecord::kNoPin
    uint16_t interface() const { return bits_ & (kMaxInterfaces - 1); }
    uint8_t view_number() const { return static_cast<uint8_t>(bits_ >> kViewShift); }

    // Returns the same interface and direction on the first view.
    Pin OnFirstView() const { return Pin(static_cast<uint16_t>(bits_ & ((1u << kWrappedShift) - 1))); }
    // Returns the same interface and direction on another view.
    Pin OnView(uint8_t view_number, bool view_is_wrapped) const {
      return Pin(static_cast<uint16_t>(OnFirstView().bits_ | static_cast<unsigned>(view_is_wrapped) << kWrappedShift |
                                       static_cast<unsigned>(view_number) << kViewShift));
    }
    // Returns the same direction and view on another interface.
    Pin OnInterface(size_t interface) const {
      return Pin(static_cast<uint16_t>((bits_ & ~(kMaxInterfaces - 1)) | Bounded(interface)));
    }

    // Whether `other` may be the same stretch as this pin. A direction of kUnknown may be any direction.
    bool MayBe(Pin other) const {
      const unsigned differing = bits_ ^ other.bits_;
      if ((differing & ~kDirectionMask) != 0) return false;
      return differing == 0 || (bits_ & kDirectionMask) == 0 || (other.bits_ & kDirectionMask) == 0;
    }
    // Returns how a packet at `other` differs from its copy that was counted here. If the two views are equal, the
    // result is kInterface. If they differ, the result is kEncapsulated if one of them or both are wrapped, and
    // kTranslated if neither is. REQUIRES: !MayBe(other).
    DuplicateKind DuplicateAt(Pin other) const {
      const unsigned differing = bits_ ^ other.bits_;
      if (differing >> kWrappedShift == 0) return DuplicateKind::kInterface;
      return ((bits_ | other.bits_) >> kWrappedShift & 1) != 0 ? DuplicateKind::kEncapsulated
                                                               : DuplicateKind::kTranslated;
    }

   private:
    static constexpr int kDirectionShift = 10, kWrappedShift = 12, kViewShift = 13;
    static constexpr unsigned kDirectionMask = 3u << kDirectionShift;
    static_assert(View::kMaxNumber < 1 << (16 - kViewShift) && kMaxInterfaces == 1 << kDirectionShift,
                  "a pin has 16 bits");

    uint16_t bits_;
  };

  // Whether a packet that `sender` sent, captured at `here`, is a duplicate: `sender` is pinned to another stretch and
  // was not silent there. Counts a duplicate for the interface of `here`. If `sender` was silent, moves the pin to
  // `here` and returns false. Returns false without a change if `sender` has no pin.
  bool IsDuplicate(Pin here, End sender, int64_t time_ns, ConnectionRecord* record) {
    uint16_t& pinned = record->pins[static_cast<size_t>(sender)];
    if (pinned == here.bits() || pinned == ConnectionRecord::kNoPin || Pin(pinned).MayBe(here)) return false;
    const uint16_t silence = static_cast<uint16_t>(ToSixteenths(time_ns) - record->end(sender).last_counted_sixteenth);
    if (silence >= kSilence && silence <= UINT16_MAX - kSkew) {
      pinned = here.bits();
      return false;
    }
    CountDuplicate(here.interface(), Pin(pinned).DuplicateAt(here), 1);
    return true;
  }

  // Counts `packets` duplicates: packets that were captured on `interface` and are not counted for their connection.
  void CountDuplicate(size_t interface, DuplicateKind kind, uint64_t packets) {
    duplicate_packets_[Bounded(interface)][static_cast<size_t>(kind)] += packets;
  }

  // Notes that a packet that `sender` sent was counted at `here`. If `sender` has no pin, pins it there. REQUIRES: the
  // packet begins its connection, or IsDuplicate() returned false for it.
  static void Note(Pin here, End sender, int64_t time_ns, ConnectionRecord* record) {
    uint16_t& pinned = record->pins[static_cast<size_t>(sender)];
    if (pinned == ConnectionRecord::kNoPin) pinned = here.bits();
    record->end(sender).last_counted_sixteenth = ToSixteenths(time_ns);
  }

  // Returns the interface of a connection: the one on which the client's packets are counted or, if the client sent
  // none, the server's. REQUIRES: a packet of the connection was noted.
  static uint16_t InterfaceOf(const ConnectionRecord& record) {
    const uint16_t of_client = record.pins[static_cast<size_t>(record.client_end())];
    const uint16_t of_server = record.pins[static_cast<size_t>(OtherEnd(record.client_end()))];
    return Pin(of_client != ConnectionRecord::kNoPin ? of_client : of_server).interface();
  }

  // Returns the smaller of `interface` and kMaxInterfaces - 1.
  static uint16_t Bounded(size_t interface) {
    return static_cast<uint16_t>(std::min<size_t>(interface, kMaxInterfaces - 1));
  }

  // The duplicates that were captured on `interface`, since the start or TakeDuplicatePackets(). REQUIRES: interface <
  // kMaxInterfaces.
  uint64_t duplicate_packets(size_t interface, DuplicateKind kind) const {
    return duplicate_packets_[interface][static_cast<size_t>(kind)];
  }
  // Returns the duplicates that were captured on `interface` since the start or the last call, and sets them to 0.
  // REQUIRES: interface < kMaxInterfaces.
  DuplicateCounts TakeDuplicatePackets(size_t interface) {
    return std::exchange(duplicate_packets_[interface], DuplicateCounts{});
  }

 private:
  // The silence, in sixteenths of a second, after which a pin moves.
  static constexpr uint16_t kSilence = 16;
  // Interfaces are read in turn, so a packet may be older than the packet that was counted before it. kSkew, in
  // sixteenths of a second, is the greatest difference that is allowed for. A packet that is older by more counts as a
  // packet after a long silence.
  static constexpr uint16_t kSkew = 16;

  static uint16_t ToSixteenths(int64_t time_ns) {
    return static_cast<uint16_t>(time_ns / (kNanosecondsPerSecond / 16));
  }

  std::array<DuplicateCounts, kMaxInterfaces> duplicate_packets_{};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_INTERFACE_PINS_H_
