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

// Remembers the ports of the latest fragmented IP datagrams. Only the first fragment of a datagram carries the ports,
// so the following fragments get them from here.
//
// Thread: confined to one thread.
// Time: table time (see ConnectionTable), in nanoseconds.
// Bounds: kCapacity datagrams; a new one replaces the oldest. A datagram is remembered for 30 s from its first fragment
// (the time-out of reassembly is 60 s in RFC 8200 section 4.5, and 30 s in Linux).
class FragmentCache {
 public:
  static constexpr size_t kCapacity = 256;
  static constexpr int64_t kLifetimeNs = 30 * kNanosecondsPerSecond;

  struct Path {
    Endpoint source;
    Endpoint destination;
  };

  // Returns the endpoints of a fragment that arrives at `time_ns`.
  // - First fragment (Kind::kTcpSegment): remembers the ports of the datagram, and returns the packet's own endpoints.
  // - Following fragment (Kind::kTcpFragment): takes the ports of the datagram's first fragment. Returns nullopt if the
  //   first fragment is not remembered, or has not come yet.
  // REQUIRES: packet.is_fragment, and packet.kind is one of these two.
  std::optional<Path> FindPath(const DecodedPacket& packet, int64_t time_ns);

 private:
  // The identity of a datagram: all its fragments have the same values.
  struct Datagram {
    IpAddress source;
    IpAddress destination;
    uint32_t id = 0;
    Encapsulation encapsulation;  // not its number in EncapsulationTable, because numbers are used again

    friend bool operator==(const Datagram& a, const Datagram& b) {
      return a.id == b.id && a.encapsulation == b.encapsulation && a.source == b.source &&
             a.destination == b.destination;
    }
  };
  struct Entry {
    Datagram datagram;
    uint16_t source_port = 0;
    uint16_t destination_port = 0;
    int64_t time_ns = 0;  // when the first fragment came
    bool used = false;
  };

  // Returns the newest entry of the datagram, or null if there is none within kLifetimeNs.
  const Entry* Find(const Datagram& datagram, int64_t time_ns) const;

  std::array<Entry, kCapacity> entries_;  // a ring
  size_t next_ = 0;                       // the entry to write next
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_FRAGMENT_CACHE_H_
