// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_SEGMENT_H_
#define TCPGAUGE_TESTS_SUPPORT_SEGMENT_H_

#include <cstdint>
#include <string_view>

#include "src/decode/decoded_packet.h"

namespace tcpgauge {

// Parses "192.0.2.1:443" or "[2001:db8::1]:443".
Endpoint At(std::string_view text);

// The time of the first segment in tests, in nanoseconds of the Unix epoch.
constexpr int64_t kTestStartNs = 1700000000LL * 1000000000;
constexpr int64_t Seconds(double seconds) { return static_cast<int64_t>(seconds * 1e9); }
constexpr int64_t TestTime(double seconds) { return kTestStartNs + Seconds(seconds); }

// Builds a TCP segment in the form in which the decoder gives it to the table:
//
//   Segment(client, server).Time(0.5).Syn(1000)
//   Segment(client, server).Time(0.7).Seq(1001).Ack(5001).Payload(100)
//
// Defaults: headers of IPv4 and TCP with 20 bytes each, a window of 1000, and the time kTestStartNs. Numbers are in
// host order.
class Segment {
 public:
  Segment(const Endpoint& source, const Endpoint& destination);

  Segment& Time(double seconds_after_start);
  Segment& TimeNs(int64_t time_ns);
  Segment& Flags(uint8_t flags);  // replaces all flags
  Segment& Seq(uint32_t number);
  Segment& Ack(uint32_t number);  // sets the ACK flag too
  Segment& Syn(uint32_t number);  // sets the SYN flag and the sequence number
  Segment& Fin();
  Segment& Rst();
  Segment& Payload(uint32_t count);
  Segment& Window(uint16_t window);
  Segment& Timestamps(uint32_t value, uint32_t echo_reply);
  Segment& On(uint32_t interface);
  Segment& Vlan(uint16_t id);
  Segment& Tunnel(TunnelType type, uint32_t id);
  Segment& FirstFragment(uint32_t id);
  Segment& FollowingFragment(uint32_t id);  // has no ports and no TCP fields

  // Implicit, because a Segment stands for the packet that it builds. NOLINTNEXTLINE(google-explicit-constructor)
  operator const DecodedPacket&() const { return packet_; }
  const DecodedPacket& packet() const { return packet_; }

 private:
  DecodedPacket packet_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_SEGMENT_H_
