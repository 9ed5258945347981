// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_SEGMENT_H_
#define TCPGAUGE_TESTS_SUPPORT_SEGMENT_H_

#include <cstdint>
#include <string_view>

#include "src/decode/decoded_packet.h"

namespace tcpgauge {

// "192.0.2.1:443" or "[2001:db8::1]:443" as an endpoint.
Endpoint At(std::string_view text);

// When the segments of tests begin: so many nanoseconds of the Unix epoch.
constexpr int64_t kTestStartNs = 1700000000LL * 1000000000;
constexpr int64_t Seconds(double seconds) { return static_cast<int64_t>(seconds * 1e9); }
constexpr int64_t TestTime(double seconds) { return kTestStartNs + Seconds(seconds); }

// A TCP segment as the decoder gives it to the table, put together in few words:
//
//   Segment(client, server).Time(0.5).Syn(1000)
//   Segment(client, server).Time(0.7).Seq(1001).Ack(5001).Payload(100)
//
// It has 20 bytes of IPv4 and of TCP header, a window of 1000 and time kTestStartNs unless something else is said.
class Segment {
 public:
  Segment(const Endpoint& source, const Endpoint& destination);

  Segment& Time(double seconds_after_start);
  Segment& TimeNs(int64_t time_ns);
  Segment& Flags(uint8_t flags);  // exactly these
  Segment& Seq(uint32_t number);
  Segment& Ack(uint32_t number);  // with the ACK flag
  Segment& Syn(uint32_t number);  // with the SYN flag and this sequence number
  Segment& Fin();
  Segment& Rst();
  Segment& Payload(uint32_t count);
  Segment& Window(uint16_t window);
  Segment& Timestamps(uint32_t value, uint32_t echo_reply);
  Segment& On(uint32_t interface);
  Segment& Vlan(uint16_t id);
  Segment& Tunnel(TunnelType type, uint32_t id);
  Segment& FirstFragment(uint32_t id);
  Segment& FollowingFragment(uint32_t id);  // no ports, no TCP fields

  operator const DecodedPacket&() const { return packet_; }
  const DecodedPacket& packet() const { return packet_; }

 private:
  DecodedPacket packet_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_SEGMENT_H_
