// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_FRAGMENT_CACHE_H_
#define TCPGAUGE_SRC_FLOW_FRAGMENT_CACHE_H_

#include <array>
#include <cstdint>
#include <optional>

#include "src/net/encapsulation.h"
#include "src/net/endpoint.h"

namespace tcpgauge {

// Which connection a fragmented IP datagram belongs to: its first fragment alone carries the ports.
//
// Thread: confined to its table. Bounds: kCapacity datagrams, the oldest give way. A datagram is known for 30 s from
// its first fragment (the reassembly time-out of RFC 8200 is 60 s, Linux waits 30 s).
class FragmentCache {
 public:
  static constexpr size_t kCapacity = 256;
  static constexpr int64_t kLifetimeNs = 30LL * 1000000000;

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
  struct Ports {
    uint16_t source = 0;
    uint16_t destination = 0;
  };

  void Insert(const Datagram& datagram, Ports ports, int64_t time_ns);

  // The ports of a datagram whose first fragment was seen.
  std::optional<Ports> Find(const Datagram& datagram, int64_t time_ns) const;

 private:
  struct Entry {
    Datagram datagram;
    Ports ports;
    int64_t time_ns = 0;
    bool used = false;
  };
  std::array<Entry, kCapacity> entries_;
  size_t next_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_FRAGMENT_CACHE_H_
