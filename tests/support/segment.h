// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_SEGMENT_H_
#define TCPGAUGE_TESTS_SUPPORT_SEGMENT_H_

#include <cstdint>
#include <string_view>

#include "src/decode/decoded_packet.h"
#include "src/decode/payload_start.h"
#include "src/net/packet_direction.h"

namespace tcpgauge {

// Parses "192.0.2.1:443" or "[2001:db8::1]:443". Ends the process if `text` has no colon or no valid address.
Endpoint At(std::string_view text);

// The start of time in tests (2023-11-14 22:13:20 UTC), in nanoseconds of the Unix epoch.
constexpr int64_t kTestStartNs = 1700000000LL * 1000000000;
// Converts seconds to nanoseconds.
constexpr int64_t Seconds(double seconds) { return static_cast<int64_t>(seconds * 1e9); }
// Returns the time `seconds` after the start, in nanoseconds of the Unix epoch.
constexpr int64_t TestTime(double seconds) { return kTestStartNs + Seconds(seconds); }

// Builds a TCP segment in the form in which the decoder gives it to the table:
//
//   Segment(client, server).Time(0.5).Syn(1000)
//   Segment(client, server).Time(0.7).Seq(1001).Ack(5001).Payload(100)
//
// Defaults: the time kTestStartNs, interface 0, an unknown direction, no flags, no payload, sequence and acknowledgment
// numbers 0, a window of 1000. The lengths are computed for Ethernet, and for IPv4 and TCP headers of 20 bytes each,
// even if the endpoints are IPv6. Numbers are in host order. A plain value: a test can copy a segment and change the
// copy.
class Segment {
 public:
  Segment(const Endpoint& source, const Endpoint& destination);

  Segment& Time(double seconds_after_start);
  Segment& TimeNs(int64_t time_ns);
  Segment& Flags(uint8_t flags);  // replaces all flags that were set before
  Segment& Seq(uint32_t number);
  Segment& Ack(uint32_t number);  // sets the ACK flag too
  Segment& Syn(uint32_t number);  // sets the SYN flag and the sequence number
  Segment& Fin();
  Segment& Rst();
  Segment& Payload(uint32_t count);     // bytes; replaces an earlier payload, and adapts the lengths
  Segment& Starts(PayloadStart start);  // of the payload; kNotCaptured without this call
  Segment& Window(uint16_t window);
  Segment& WindowScale(uint8_t shift);  // a SYN's option; without this call, the SYN has no such option
  Segment& OptionKinds(uint32_t hash);  // a SYN's; 0 without this call
  Segment& Timestamps(uint32_t value, uint32_t echo_reply);
  Segment& On(uint32_t interface);  // an interface's index
  Segment& Direction(PacketDirection direction);

  // Add a VLAN tag or a tunnel inside those that were added before.
  Segment& Vlan(uint16_t id);
  Segment& Tunnel(TunnelType type, uint32_t id);

  // Make the packet the first or a following IP fragment of the datagram `id`. A following fragment has no ports and no
  // TCP header; fields of the TCP header that were set before keep their values, but have no meaning.
  Segment& FirstFragment(uint32_t id);
  Segment& FollowingFragment(uint32_t id);

  // The packet as built so far. The reference lives as long as the segment. The conversion is implicit because a
  // Segment stands for the packet that it builds. NOLINTNEXTLINE(google-explicit-constructor)
  operator const DecodedPacket&() const { return packet_; }
  const DecodedPacket& packet() const { return packet_; }

 private:
  DecodedPacket packet_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_SEGMENT_H_
