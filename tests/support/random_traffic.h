// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_RANDOM_TRAFFIC_H_
#define TCPGAUGE_TESTS_SUPPORT_RANDOM_TRAFFIC_H_

#include <cstdint>
#include <random>
#include <vector>

#include "tests/support/random_ways.h"
#include "tests/support/segment.h"

namespace tcpgauge {

// Generates an endless stream of TCP segments and fragments from 14 conversations at once. About half of the
// conversations are captured on several stretches of their way (see RandomWays). Most segments follow TCP.
// Others are lost, repeated, overtaken, retransmitted in other pieces, forged, seen on a second interface, or have
// random flags and numbers. A 4-tuple is used again by later connections, and exists in several VLANs and tunnels at
// once. Sequence numbers wrap. The clock jumps ahead and back.
//
// Some episodes last for seconds to minutes: a SYN is repeated at growing gaps, a conversation is silent after a FIN,
// and segments come long after the end of their connection. The sequence numbers of RSTs lie in, beside and far from
// the window. Windows close and are probed. Now and then everything that happens on one stretch is read before the
// copies on the next stretch.
//
// Equal seeds give equal streams.
// Thread: confined to one. Times: nanoseconds of the Unix epoch, always whole microseconds.
class RandomTraffic {
 public:
  static constexpr uint32_t kInterfaces = 8;  // the packets' interfaces are below this number

  explicit RandomTraffic(uint64_t seed);

  // Returns the next packet in the form in which the decoder gives it to the connection table.
  DecodedPacket Next();

  // Returns a random number in [0, bound), from the same generator as the stream. REQUIRES: `bound` > 0.
  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>(random_() % bound); }

 private:
  struct Conversation {
    // In all arrays, index 0 is the client's and index 1 the server's.
    Endpoint ends[2];
    Encapsulation encapsulation;
    bool timestamps = false;         // whether segments have TCP timestamps
    int step = 0;                    // what comes next: 0 the SYN, 1 the SYN-ACK, 2 the ACK, then data
    uint32_t next[2] = {0, 0};       // the next sequence number of each end
    uint32_t initial[2] = {0, 0};    // the sequence number of each end's SYN
    uint32_t timestamp[2] = {0, 0};  // the last timestamp that each end sent
    uint16_t window[2] = {1000, 1000};
    uint8_t window_scale[2] = {DecodedPacket::kNoWindowScale, DecodedPacket::kNoWindowScale};
    bool fin[2] = {false, false};  // whether each end sent a FIN
    int64_t silent_until_ns = 0;   // until then, the conversation sends no packet
    int64_t syn_gap_ns = 0;        // the time until the SYN is repeated; 0: it is not repeated
    int late = 0;                  // how many late segments come before the next connection
  };

  // Returns a packet as it is on the first way. Sets `speaker_` and `from_client_`, or sets `speaker_` to null for a
  // packet that is repeated or overtaken as it is.
  DecodedPacket NextOnFirstWay();
  int64_t NextTime();
  uint32_t InitialSequence();
  Segment From(const Conversation& conversation, int sender) const;
  Segment Expected(Conversation* conversation);
  Segment Unexpected(Conversation* conversation);
  Segment Reset(const Conversation& conversation, int sender);
  Segment Probing(Conversation* conversation, int closed);
  Segment AfterTheEnd(Conversation* conversation);
  void FallSilent(Conversation* conversation, int64_t duration_ns);
  Conversation& Choose();
  void Finish(Segment* segment, Conversation* conversation, int sender);

  std::mt19937_64 random_;
  int64_t clock_ns_ = kTestStartNs;
  int64_t latest_ns_ = kTestStartNs;
  std::vector<Conversation> conversations_;
  std::vector<RandomWays> ways_;  // of each conversation
  const Conversation* speaker_ = nullptr;
  bool from_client_ = false;
  std::vector<RandomWays::Copy> copies_;  // copies that are not yet returned, the next one last
  uint32_t burst_ = 0;                    // how many packets are still collected, to be returned way by way
  std::vector<DecodedPacket> held_;       // packets that are held back, so that later ones overtake them
  std::vector<DecodedPacket> recent_;     // the last packets, which may be repeated
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_RANDOM_TRAFFIC_H_
