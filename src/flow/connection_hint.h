// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_HINT_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_HINT_H_

#include <cstdint>

#include "src/decode/decoded_packet.h"
#include "src/flow/key_hasher.h"
#include "src/net/connection_key.h"

namespace tcpgauge {

// The part of a packet's lookup that needs no table: the hash of the packet's key, and the end that sent the packet.
// Another thread computes the hint before the packet reaches the table's thread. A hint saves time on the table's
// thread and changes no result.
//
// Thread: any; a plain value.
struct ConnectionHint {
  uint32_t key_hash;  // the low 32 bits of KeyHasher::HashOf(key)
  End sender;
  bool known;  // false: the table ignores the other two fields and computes them itself

  // Returns the hint of `packet`. The hint is unknown if the packet is encapsulated or a fragment, because only the
  // table has the ids of encapsulations and the ports of fragments. It is also unknown if the packet is not TCP.
  // REQUIRES: `hasher` has the seed of the packet's table (TableOptions::hash_seed).
  static ConnectionHint Of(const DecodedPacket& packet, const KeyHasher& hasher) {
    ConnectionHint hint = {0, End::kA, false};
    if (packet.kind != DecodedPacket::Kind::kTcpSegment || packet.is_fragment || !packet.encapsulation.empty()) {
      return hint;
    }
    hint.key_hash = static_cast<uint32_t>(
        hasher.HashOf(ConnectionKey::Of(packet.source, packet.destination, /*encapsulation=*/0, &hint.sender)));
    hint.known = true;
    return hint;
  }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_HINT_H_
