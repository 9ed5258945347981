// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_TRANSLATED_TRAFFIC_H_
#define TCPGAUGE_TESTS_SUPPORT_TRANSLATED_TRAFFIC_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "src/capture/owner_function.h"
#include "src/decode/decoded_packet.h"

namespace tcpgauge {

// The packets of random connections, as several workers of a live capture read them. Most connections are captured in
// several views: behind destination NAT, source NAT, both, a hairpin, NAT64, an overlay, or direct server return, whose
// answers leave by a view that no SYN shows. Some connections are cut into IP fragments. Ports and 4-tuples are used
// again by later connections.
struct TranslatedTraffic {
  struct Captured {
    DecodedPacket packet;  // its wire_length_bytes is the number of its connection
    std::string interface;
  };
  // Indexed by worker: what the kernel gives to the worker, in the order of its time.
  std::vector<std::vector<Captured>> captured;
  struct Connection {
    std::size_t packets = 0;  // captured ones, copies included
    bool has_one_view = false;
    size_t owner = 0;  // of its first view
  };
  std::vector<Connection> connections;
};

// Returns the packets of `connections` connections, most of which overlap. Equal seeds give equal traffic.
TranslatedTraffic MakeTranslatedTraffic(uint64_t seed, const OwnerFunction& owners, size_t connections);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_TRANSLATED_TRAFFIC_H_
