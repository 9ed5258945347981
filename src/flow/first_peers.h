// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_FIRST_PEERS_H_
#define TCPGAUGE_SRC_FLOW_FIRST_PEERS_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "src/base/time_units.h"
#include "src/net/endpoint.h"

namespace tcpgauge {

// Finds the endpoints that several connections share: remembers the first peer of an endpoint, and notices a second
// peer. A shared endpoint is a server, because a client takes another port for each connection to a server.
//
// Exception: a client may use one port towards several servers, and then these servers often have the same port. So two
// peers make an endpoint shared only if both peers could be clients: their ports are 512 or higher, and the ports
// differ or are ephemeral (32768 or higher).
//
// Thread: confined to the thread of its connection table.
// Time: table time (see ConnectionTable), in nanoseconds.
// Bounds: kCapacity endpoints. When all places are taken, all endpoints are forgotten before a new one is added.
// overflows() counts how often this happens.
class FirstPeers {
 public:
  static constexpr size_t kCapacity = 896;

  // A second peer makes the endpoint shared only if it comes within this time after the first peer. After a longer
  // time, the endpoint may be a client's port that another client had before.
  static constexpr int64_t kWindowNs = 300 * kNanosecondsPerSecond;

  FirstPeers() { peers_.reserve(kCapacity); }

  // Notes a connection between `endpoint` and `peer`. The same connection may be noted again. Returns true if the
  // connection makes `endpoint` shared. Then `endpoint` is forgotten here.
  bool Note(const Endpoint& endpoint, const Endpoint& peer, int64_t time_ns);

  uint64_t overflows() const { return overflows_; }

 private:
  struct FirstPeer {
    Endpoint peer;
    int64_t time_ns;
  };

  absl::flat_hash_map<Endpoint, FirstPeer> peers_;
  uint64_t overflows_ = 0;

 public:
  // The memory that kCapacity endpoints take: the map's array is then 7/8 full.
  static constexpr uint64_t kMemoryBytes = kCapacity * (sizeof(std::pair<Endpoint, FirstPeer>) + 1) * 8 / 7;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_FIRST_PEERS_H_
