// SPDX-License-Identifier: Apache-2.0
#include "src/flow/key_finder.h"

namespace tcpgauge {

bool KeyFinder::FindOfFragment(const DecodedPacket& packet, int64_t time_ns, ConnectionKey* key, End* sender) {
  const auto path = fragments_.FindPath(packet, time_ns);
  if (!path.has_value()) return false;
  *key = ConnectionKey::Of(path->source, path->destination, encapsulations_.Acquire(packet.encapsulation), sender);
  return true;
}

}  // namespace tcpgauge
