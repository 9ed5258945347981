// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_RANDOM_WAYS_H_
#define TCPGAUGE_TESTS_SUPPORT_RANDOM_WAYS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "src/decode/decoded_packet.h"
#include "src/net/encapsulation.h"
#include "src/net/endpoint.h"
#include "src/net/packet_direction.h"

namespace tcpgauge {

// The stretches on which the packets of one conversation are captured, and what the packets look like there: translated
// addresses, VLAN tags and tunnels that may differ by direction, another interface, or the other direction on the same
// interface. A proxy on the way sends the client's numbers on, but has numbers of its own for the server.
//
// The first way is the packet as it is. Which of the other ways are in use changes from time to time. The conversation
// uses a few keys only, so that a small table remembers all of them.
//
// Thread: confined to one.
class RandomWays {
 public:
  // One copy of a packet. `way` is the place of the copy's stretch in the client's direction.
  struct Copy {
    DecodedPacket packet;
    size_t way;
  };

  // Chooses the ways of a conversation. `number` tells the conversations apart. `others` are endpoints of other
  // conversations, to which an address may be translated.
  RandomWays(uint32_t number, const std::vector<Endpoint>& others, std::mt19937_64* random);

  // Appends the copies of `packet` to `*copies`, in the order in which the packet travels: on the first way first if
  // the client sent it, otherwise on the last one first. Some copies are lost or late.
  void Spread(const DecodedPacket& packet, bool from_client, std::vector<Copy>* copies);

 private:
  struct Way {
    std::optional<Endpoint> client;
    std::optional<Endpoint> server;
    std::optional<Encapsulation> up;    // of packets from the client
    std::optional<Encapsulation> down;  // of packets from the server
    uint32_t interface = 0;
    PacketDirection direction = PacketDirection::kUnknown;  // of packets from the client
    uint32_t server_offset = 0;                             // what a proxy adds to the numbers of the server
    bool changes_options = false;                           // a SYN has other options after this way
  };

  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>(random_() % bound); }
  Way MakeWay(uint32_t number, uint32_t place, const std::vector<Endpoint>& others);
  void ChooseAgain();
  DecodedPacket CopyOn(const Way& way, const DecodedPacket& packet, bool from_client);

  std::mt19937_64& random_;
  std::vector<Way> ways_;             // without the first
  std::vector<size_t> in_use_;        // indices into `ways_`, plus one; 0 is the first way
  std::optional<size_t> answers_on_;  // the only way of the server's packets
  PacketDirection first_direction_ = PacketDirection::kUnknown;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_RANDOM_WAYS_H_
