// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_STRETCH_H_
#define TCPGAUGE_SRC_FLOW_STRETCH_H_

#include <cstdint>

#include "src/net/packet_direction.h"

namespace tcpgauge {

// A part of the way of packets through a host: an interface, a direction on the interface, and an encapsulation. A
// packet that crosses the host is captured once on each stretch of its way. A plain value.
struct Stretch {
  uint32_t encapsulation;  // an id of the table's EncapsulationTable
  uint16_t interface;      // as InterfacePins::Bounded() returns it
  PacketDirection direction;

  // Whether the two are certainly different. An unknown direction may be any direction.
  bool DiffersFrom(const Stretch& other) const {
    const bool directions_known =
        direction != PacketDirection::kUnknown && other.direction != PacketDirection::kUnknown;
    return encapsulation != other.encapsulation || interface != other.interface ||
           (directions_known && direction != other.direction);
  }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_STRETCH_H_
