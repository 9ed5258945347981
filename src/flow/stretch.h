// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_STRETCH_H_
#define TCPGAUGE_SRC_FLOW_STRETCH_H_

#include <cstdint>

#include "src/net/packet_direction.h"

namespace tcpgauge {

// A part of a packet's way across the host: an interface, a direction on the interface, and an encapsulation. A packet
// that crosses the host is captured once on each stretch of its way. A plain value.
struct Stretch {
  uint32_t encapsulation;  // an id of the table's EncapsulationTable
  uint16_t interface;      // from InterfacePins::Bounded(), so all interfaces beyond the bound are one
  PacketDirection direction;

  // Whether this stretch is certainly another one than `other`. A direction of kUnknown counts as equal to every
  // direction.
  bool DiffersFrom(const Stretch& other) const {
    const bool directions_known =
        direction != PacketDirection::kUnknown && other.direction != PacketDirection::kUnknown;
    return encapsulation != other.encapsulation || interface != other.interface ||
           (directions_known && direction != other.direction);
  }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_STRETCH_H_
