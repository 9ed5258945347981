// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_DECODE_DECODE_FRAME_H_
#define TCPGAUGE_TESTS_DECODE_DECODE_FRAME_H_

#include <string>
#include <vector>

#include "src/decode/decoder.h"
#include "src/decode/link_type.h"
#include "tests/support/frame.h"

namespace tcpgauge {

using Kind = DecodedPacket::Kind;

// Decodes into a packet that holds another packet's values, as a worker does.
inline DecodedPacket Decode(const Frame& frame, LinkType link_type = LinkType::kEthernet) {
  DecodedPacket packet;
  packet.kind = Kind::kError;
  packet.protocol = Protocol::kIcmp;
  packet.error = DecodeError::kTooManyLayers;
  packet.is_fragment = true;
  packet.has_timestamps = true;
  packet.interface = 99;
  packet.payload_length_bytes = 99999;
  packet.encapsulation.AddVlan(99);
  packet.encapsulation.AddTunnel({TunnelType::kGre, true, 99});
  const std::vector<uint8_t> bytes = frame.Bytes();
  DecodePacket(link_type, bytes, frame.wire_length_bytes(), &packet);
  return packet;
}

// The encapsulation of a packet as text: "vlan 7 / vxlan 42 / ipip".
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

// A segment's or fragment's endpoints, payload length and error. For any other packet its protocol and error.
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
