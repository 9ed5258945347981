// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_RANDOM_TRAFFIC_H_
#define TCPGAUGE_TESTS_SUPPORT_RANDOM_TRAFFIC_H_

#include <cstdint>
#include <random>
#include <vector>

#include "tests/support/segment.h"

namespace tcpgauge {

// Segments without end, of a few conversations at once. Most follow TCP; the rest are lost, repeated, overtaken, sent
// again in other pieces, forged, of any flags and numbers, or seen on a second interface. 4-tuples are used again and
// stand in several VLANs and tunnels at once; sequence numbers wrap; the clock jumps ahead and back.
// Times are whole microseconds. Equal seeds give equal segments.
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
    int step = 0;  // of its life: 0 = the SYN comes next
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
  std::vector<DecodedPacket> held_;    // will be overtaken
  std::vector<DecodedPacket> recent_;  // may be repeated
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_RANDOM_TRAFFIC_H_
