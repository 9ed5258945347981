// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_RANDOM_TRAFFIC_H_
#define TCPGAUGE_TESTS_SUPPORT_RANDOM_TRAFFIC_H_

#include <cstdint>
#include <random>
#include <vector>

#include "tests/support/segment.h"

namespace tcpgauge {

// Generates segments of a few conversations at once, without end. Most follow TCP. Others are lost, repeated,
// overtaken, retransmitted in other pieces, forged, seen on a second interface, or have random flags and numbers.
// 4-tuples are used again, and exist in several VLANs and tunnels at once. Sequence numbers wrap. The clock jumps ahead
// and back.
//
// Thread: confined to one. Units: times are whole microseconds, in nanoseconds. Equal seeds give equal segments.
class RandomTraffic {
 public:
  explicit RandomTraffic(uint64_t seed);

  DecodedPacket Next();

  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>(random_() % bound); }

 private:
  struct Conversation {
    Endpoint ends[2];
    Encapsulation encapsulation;
    bool timestamps = false;
    int step = 0;  // how many segments it has sent; 0 = the SYN comes next
    uint32_t next[2] = {0, 0};
    uint32_t initial[2] = {0, 0};
    uint32_t timestamp[2] = {0, 0};
  };

  int64_t NextTime();
  uint32_t InitialSequence();
  Segment From(const Conversation& conversation, int sender) const;
  Segment Expected(Conversation* conversation);
  Segment Unexpected(Conversation* conversation);
  void Finish(Segment* segment, Conversation* conversation, int sender);

  std::mt19937_64 random_;
  int64_t clock_ns_ = kTestStartNs;
  int64_t latest_ns_ = kTestStartNs;
  std::vector<Conversation> conversations_;
  std::vector<DecodedPacket> held_;    // packets that later ones overtake
  std::vector<DecodedPacket> recent_;  // packets that may be repeated
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_RANDOM_TRAFFIC_H_
