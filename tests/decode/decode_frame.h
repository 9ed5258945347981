// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_DECODE_DECODE_FRAME_H_
#define TCPGAUGE_TESTS_DECODE_DECODE_FRAME_H_

#include <string>
#include <vector>

#include "src/decode/decoder.h"
#include "src/decode/link_type.h"
#include "src/net/packet_direction.h"
#include "tests/support/frame.h"

namespace tcpgauge {

using Kind = DecodedPacket::Kind;

// Decodes `frame`. As in a worker, the decoder overwrites a DecodedPacket that holds the values of another packet. So a
// field that the decoder forgets to set has a wrong value.
inline DecodedPacket Decode(const Frame& frame, LinkType link_type = LinkType::kEthernet) {
  DecodedPacket packet;
  packet.kind = Kind::kError;
  packet.protocol = Protocol::kIcmp;
  packet.error = DecodeError::kTooManyLayers;
  packet.is_fragment = true;
  packet.has_timestamps = true;
  packet.interface = 99;
  packet.direction = PacketDirection::kOut;
  packet.option_kinds = 99;
  packet.payload_start = PayloadStart::kHandshake;
  packet.payload_length_bytes = 99999;
  packet.encapsulation.AddVlan(99);
  packet.encapsulation.AddTunnel({TunnelType::kGre, true, 99});
  const std::vector<uint8_t> bytes = frame.Bytes();
  DecodePacket(link_type, bytes, frame.wire_length_bytes(), &packet);
  return packet;
}

// Returns the encapsulation of `packet` as text, for example "vlan 7 / vxlan 42 / ipip". The VLAN tags stand before the
// tunnels. Empty when the packet has neither tags nor tunnels.
inline std::string Around(const DecodedPacket& packet) {
  std::string text;
  const Encapsulation& around = packet.encapsulation;
  for (size_t i = 0; i < around.vlan_count; ++i) text += " / vlan " + std::to_string(around.vlans[i]);
  for (size_t i = 0; i < around.tunnel_count; ++i) {
    text += " / " + std::string(TunnelTypeName(around.tunnels[i].type));
    if (around.tunnels[i].has_id) text += " " + std::to_string(around.tunnels[i].id);
  }
  return text.empty() ? text : text.substr(3);
}

// Returns the main fields of `packet` as text. Examples, by the packet's kind:
//   kTcpSegment   "10.0.0.1:40000 > 10.0.0.2:80 5", where 5 is the number of payload bytes; " error NAME" follows
//                 if the TCP header is broken
//   kTcpFragment  "10.0.0.1 > 10.0.0.2 fragment 64", where 64 is payload_length_bytes
//   kNotTcp       "udp"
//   kError        "udp error NAME"
inline std::string Summary(const DecodedPacket& packet) {
  const std::string protocol(kProtocolNames[static_cast<size_t>(packet.protocol)]);
  switch (packet.kind) {
    case Kind::kTcpSegment:
      return packet.source.ToString() + " > " + packet.destination.ToString() + " " +
             std::to_string(packet.payload_length_bytes) +
             (packet.error == DecodeError::kNone ? "" : " error " + std::string(DecodeErrorName(packet.error)));
    case Kind::kTcpFragment:
      return packet.source.address.ToString() + " > " + packet.destination.address.ToString() + " fragment " +
             std::to_string(packet.payload_length_bytes);
    case Kind::kNotTcp:
      return protocol;
    case Kind::kError:
      return protocol + " error " + std::string(DecodeErrorName(packet.error));
  }
  return "";
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_DECODE_DECODE_FRAME_H_
