// SPDX-License-Identifier: Apache-2.0
#include "src/flow/key_finder.h"

namespace tcpgauge {

bool KeyFinder::FindOfFragment(const DecodedPacket& packet, int64_t time_ns, ConnectionKey* key, End* sender) {
  Endpoint source = packet.source;
  Endpoint destination = packet.destination;
  const FragmentCache::Datagram datagram{source.address, destination.address, packet.fragment_id, packet.encapsulation};
  if (packet.kind == DecodedPacket::Kind::kTcpSegment) {
    fragments_.Insert(datagram, {source.port, destination.port}, time_ns);
  } else if (const auto ports = fragments_.Find(datagram, time_ns)) {
    source.port = ports->source;
    destination.port = ports->destination;
  } else {
    return false;
  }
  *key = ConnectionKey::Of(source, destination, encapsulations_.Acquire(packet.encapsulation), sender);
  return true;
}

}  // namespace tcpgauge
