// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the decoder. An input is a link type, the number of bytes that were not captured (two bytes), and a
// packet.
#include <algorithm>
#include <cstring>
#include <vector>

#include "src/base/check.h"
#include "src/decode/decoder.h"
#include "src/decode/link_type.h"

namespace tcpgauge {
namespace {

constexpr size_t kPrefixBytes = 3;

DecodedPacket FilledWith(uint8_t byte) {
  DecodedPacket packet;
  packet.wire_length_bytes = packet.interface = packet.sequence_number = packet.acknowledgment_number = byte;
  packet.timestamp_value = packet.timestamp_echo_reply = packet.payload_length_bytes = packet.ip_length_bytes = byte;
  packet.fragment_id = packet.window = packet.tcp_flags = byte;
  packet.source.port = packet.destination.port = byte;
  packet.has_timestamps = packet.is_fragment = byte % 2 != 0;
  packet.encapsulation.AddVlan(byte);
  packet.encapsulation.AddTunnel({TunnelType::kGre, true, byte});
  return packet;
}

// Compares the fields that each kind of packet promises. The two packets differed before they were decoded, so a field
// that the decoder did not set makes the check fail.
void CheckSame(const DecodedPacket& a, const DecodedPacket& b) {
  TCPGAUGE_CHECK(a.kind == b.kind && a.protocol == b.protocol && a.error == b.error);
  TCPGAUGE_CHECK(a.wire_length_bytes == b.wire_length_bytes && a.interface == b.interface);
  const bool is_segment = a.kind == DecodedPacket::Kind::kTcpSegment;
  if (!is_segment && a.kind != DecodedPacket::Kind::kTcpFragment) return;
  TCPGAUGE_CHECK(a.encapsulation == b.encapsulation);
  TCPGAUGE_CHECK(a.source.address == b.source.address && a.destination.address == b.destination.address);
  TCPGAUGE_CHECK(a.payload_length_bytes == b.payload_length_bytes && a.ip_length_bytes == b.ip_length_bytes);
  TCPGAUGE_CHECK(a.is_fragment == b.is_fragment && (!a.is_fragment || a.fragment_id == b.fragment_id));
  if (!is_segment) return;
  TCPGAUGE_CHECK(a.source == b.source && a.destination == b.destination);
  TCPGAUGE_CHECK(a.sequence_number == b.sequence_number && a.acknowledgment_number == b.acknowledgment_number);
  TCPGAUGE_CHECK(a.tcp_flags == b.tcp_flags && a.window == b.window && a.has_timestamps == b.has_timestamps);
  TCPGAUGE_CHECK((a.tcp_flags & kTcpSyn) == 0 || a.window_scale == b.window_scale);
  TCPGAUGE_CHECK(!a.has_timestamps ||
                 (a.timestamp_value == b.timestamp_value && a.timestamp_echo_reply == b.timestamp_echo_reply));
}

void CheckSense(LinkType link_type, const DecodedPacket& packet, const std::vector<uint8_t>& captured,
                size_t on_wire_bytes) {
  const bool failed = packet.kind == DecodedPacket::Kind::kError;
  const bool is_segment = packet.kind == DecodedPacket::Kind::kTcpSegment;
  TCPGAUGE_CHECK(packet.error == DecodeError::kNone ? !failed : failed || is_segment);
  TCPGAUGE_CHECK(packet.error == DecodeError::kNone || !is_segment || packet.tcp_flags == 0);
  if (packet.kind == DecodedPacket::Kind::kNotTcp || packet.kind == DecodedPacket::Kind::kError) return;
  TCPGAUGE_CHECK(packet.protocol == Protocol::kTcp);
  TCPGAUGE_CHECK(packet.payload_length_bytes < packet.ip_length_bytes);
  // A packet may be longer than the capture's frame only inside a fragment of an outer datagram or of an IEEE 802.11
  // frame. MPLS in IP is not recorded as a tunnel, so look for the number of its protocol.
  constexpr uint8_t kMplsInIp = 137;
  const bool may_be_longer = link_type == LinkType::k80211 || link_type == LinkType::kRadiotap ||
                             packet.encapsulation.tunnel_count > 0 ||
                             std::find(captured.begin(), captured.end(), kMplsInIp) != captured.end();
  TCPGAUGE_CHECK(packet.ip_length_bytes <= (may_be_longer ? on_wire_bytes + 65575 : on_wire_bytes));
}

void Run(const uint8_t* data, size_t size) {
  if (size < kPrefixBytes) return;
  const auto link_type = static_cast<LinkType>(data[0] % (static_cast<int>(LinkType::kIpOverInfiniband) + 1));
  // In a copy of exactly this size, the sanitizer sees reads beyond the end.
  const std::vector<uint8_t> captured(data + kPrefixBytes, data + size);
  const uint32_t wire_length_bytes = static_cast<uint32_t>(captured.size()) + (data[1] << 8 | data[2]);
  DecodedPacket packet = FilledWith(0);
  DecodedPacket again = FilledWith(0xff);
  DecodePacket(link_type, captured, wire_length_bytes, &packet);
  DecodePacket(link_type, captured, wire_length_bytes, &again);
  CheckSame(packet, again);
  // Twice, as a fragment may wait for another one.
  TcpHeaderPieces header_pieces;
  DecodePacket(link_type, captured, wire_length_bytes, &again, &header_pieces);
  DecodePacket(link_type, captured, wire_length_bytes, &again, &header_pieces);
  CheckSense(link_type, packet, captured, wire_length_bytes);
}

}  // namespace
}  // namespace tcpgauge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tcpgauge::Run(data, size);
  return 0;
}
