// SPDX-License-Identifier: Apache-2.0
#include "tests/support/segment.h"

#include <cstdlib>
#include <string>

#include "src/base/check.h"

namespace tcpgauge {

Endpoint At(std::string_view text) {
  const size_t colon = text.rfind(':');
  TCPGAUGE_CHECK(colon != std::string_view::npos);
  std::string_view address = text.substr(0, colon);
  if (address.front() == '[') address = address.substr(1, address.size() - 2);
  const auto parsed = IpAddress::Parse(address);
  TCPGAUGE_CHECK(parsed.has_value());
  return {*parsed, static_cast<uint16_t>(std::atoi(std::string(text.substr(colon + 1)).c_str()))};
}

Segment::Segment(const Endpoint& source, const Endpoint& destination) {
  packet_.time_ns = kTestStartNs;
  packet_.wire_length_bytes = 54;
  packet_.kind = DecodedPacket::Kind::kTcpSegment;
  packet_.protocol = Protocol::kTcp;
  packet_.window = 1000;
  packet_.source = source;
  packet_.destination = destination;
  packet_.ip_length_bytes = 40;
}

Segment& Segment::Time(double seconds_after_start) { return TimeNs(TestTime(seconds_after_start)); }

Segment& Segment::TimeNs(int64_t time_ns) {
  packet_.time_ns = time_ns;
  return *this;
}

Segment& Segment::Flags(uint8_t flags) {
  packet_.tcp_flags = flags;
  return *this;
}

Segment& Segment::Seq(uint32_t number) {
  packet_.sequence_number = number;
  return *this;
}

Segment& Segment::Ack(uint32_t number) {
  packet_.tcp_flags |= kTcpAck;
  packet_.acknowledgment_number = number;
  return *this;
}

Segment& Segment::Syn(uint32_t number) {
  packet_.tcp_flags |= kTcpSyn;
  return Seq(number);
}

Segment& Segment::Fin() {
  packet_.tcp_flags |= kTcpFin;
  return *this;
}

Segment& Segment::Rst() {
  packet_.tcp_flags |= kTcpRst;
  return *this;
}

Segment& Segment::Payload(uint32_t count) {
  const uint32_t more = count - packet_.payload_length_bytes;
  packet_.payload_length_bytes += more;
  packet_.ip_length_bytes += more;
  packet_.wire_length_bytes += more;
  return *this;
}

Segment& Segment::Starts(PayloadStart start) {
  packet_.payload_start = start;
  return *this;
}

Segment& Segment::Window(uint16_t window) {
  packet_.window = window;
  return *this;
}

Segment& Segment::WindowScale(uint8_t shift) {
  packet_.window_scale = shift;
  return *this;
}

Segment& Segment::OptionKinds(uint32_t hash) {
  packet_.option_kinds = hash;
  return *this;
}

Segment& Segment::Timestamps(uint32_t value, uint32_t echo_reply) {
  packet_.has_timestamps = true;
  packet_.timestamp_value = value;
  packet_.timestamp_echo_reply = echo_reply;
  return *this;
}

Segment& Segment::On(uint32_t interface) {
  packet_.interface = interface;
  return *this;
}

Segment& Segment::Direction(PacketDirection direction) {
  packet_.direction = direction;
  return *this;
}

Segment& Segment::Vlan(uint16_t id) {
  packet_.encapsulation.AddVlan(id);
  return *this;
}

Segment& Segment::Tunnel(TunnelType type, uint32_t id) {
  packet_.encapsulation.AddTunnel({type, true, id});
  return *this;
}

Segment& Segment::FirstFragment(uint32_t id) {
  packet_.is_fragment = true;
  packet_.fragment_id = id;
  return *this;
}

Segment& Segment::FollowingFragment(uint32_t id) {
  packet_.kind = DecodedPacket::Kind::kTcpFragment;
  packet_.source.port = packet_.destination.port = 0;
  packet_.ip_length_bytes = 20 + packet_.payload_length_bytes;
  return FirstFragment(id);
}

}  // namespace tcpgauge
