// SPDX-License-Identifier: Apache-2.0
#include "src/flow/first_peers.h"

namespace tcpgauge {
namespace {

constexpr uint16_t kLowestClientPort = 512;       // systems give clients no lower port
constexpr uint16_t kLowestEphemeralPort = 32768;  // Linux's default; from here on, ports rarely stand for a service

bool AreTwoClients(const Endpoint& x, const Endpoint& y) {
  return x.port != y.port || (x.port >= kLowestEphemeralPort && x != y);
}

}  // namespace

bool FirstPeers::Note(const Endpoint& endpoint, const Endpoint& peer, int64_t time_ns) {
  if (peer.port < kLowestClientPort) return false;
  const auto known = peers_.find(endpoint);
  if (known == peers_.end()) {
    if (peers_.size() == kCapacity) {
      peers_.clear();
      peers_.reserve(kCapacity);  // clear() gave the memory back
      ++overflows_;
    }
    peers_.insert({endpoint, {peer, time_ns}});
    return false;
  }
  if (time_ns - known->second.time_ns > kWindowNs) {
    known->second = {peer, time_ns};
    return false;
  }
  if (!AreTwoClients(known->second.peer, peer)) return false;
  peers_.erase(known);
  return true;
}

}  // namespace tcpgauge
