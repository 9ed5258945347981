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

// Remembers the ports of fragmented IP datagrams. Only the first fragment carries the ports, so the following fragments
// get them from here.
//
// Thread: confined to its owner.
// Time: the table's, in nanoseconds.
// Bounds: kCapacity datagrams; a new one replaces the oldest. A datagram is remembered for 30 s from its first fragment
// (the reassembly time-out is 60 s in RFC 8200 section 4.5, and 30 s in Linux).
class FragmentCache {
 public:
  static constexpr size_t kCapacity = 256;
  static constexpr int64_t kLifetimeNs = 30 * kNanosecondsPerSecond;

  struct Path {
    Endpoint source;
    Endpoint destination;
  };

  // The endpoints of a fragment that arrives at `time_ns`. Remembers the ports of a first fragment. For a following
  // fragment, uses the ports of its first fragment, or returns nullopt if that is not remembered.
  // REQUIRES: packet.is_fragment.
  std::optional<Path> FindPath(const DecodedPacket& packet, int64_t time_ns);

 private:
  struct Datagram {
    IpAddress source;
    IpAddress destination;
    uint32_t id = 0;
    Encapsulation encapsulation;  // not its id: another encapsulation may get that id meanwhile

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

  // The newest entry of the datagram, or null.
  const Entry* Find(const Datagram& datagram, int64_t time_ns) const;

  std::array<Entry, kCapacity> entries_;  // a ring
  size_t next_ = 0;                       // the entry to write next
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_FRAGMENT_CACHE_H_
