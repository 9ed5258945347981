// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_FRAGMENT_CACHE_H_
#define TCPGAUGE_SRC_FLOW_FRAGMENT_CACHE_H_

#include <array>
#include <cstdint>
#include <optional>

#include "src/base/time_units.h"
#include "src/decode/decoded_packet.h"
#include "src/net/encapsulation.h"
#include "src/net/endpoint.h"

namespace tcpgauge {

// Between which endpoints a fragmented IP datagram goes: its first fragment alone carries the ports, the others have
// them from it.
//
// Thread: confined to its owner. Bounds: kCapacity datagrams, the oldest give way. A datagram is known for 30 s from
// its first fragment (the reassembly time-out of RFC 8200 is 60 s, Linux waits 30 s).
class FragmentCache {
 public:
  static constexpr size_t kCapacity = 256;
  static constexpr int64_t kLifetimeNs = 30 * kNanosecondsPerSecond;

  struct Path {
    Endpoint source;
    Endpoint destination;
  };

  // The path of a fragment that arrives at `time_ns`: a first one is remembered, a following one is given the ports of
  // the first. nullopt for a following one whose first was not seen. REQUIRES: packet.is_fragment.
  std::optional<Path> FindPath(const DecodedPacket& packet, int64_t time_ns);

 private:
  struct Datagram {
    IpAddress source;
    IpAddress destination;
    uint32_t id = 0;
    Encapsulation encapsulation;  // not its number: that may go to another one while the datagram is remembered

    friend bool operator==(const Datagram& a, const Datagram& b) {
      return a.id == b.id && a.encapsulation == b.encapsulation && a.source == b.source &&
             a.destination == b.destination;
    }
  };
  struct Entry {
    Datagram datagram;
    uint16_t source_port = 0;
    uint16_t destination_port = 0;
    int64_t time_ns = 0;
    bool used = false;
  };

  const Entry* Find(const Datagram& datagram, int64_t time_ns) const;  // or null

  std::array<Entry, kCapacity> entries_;
  size_t next_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_FRAGMENT_CACHE_H_
