// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_HINT_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_HINT_H_

#include <cstdint>

#include "src/decode/decoded_packet.h"
#include "src/flow/key_hasher.h"
#include "src/net/connection_key.h"

namespace tcpgauge {

// What a thread that has time to spare can find out of a packet before the table sees it: a part of the way to its
// connection. It changes no result.
struct ConnectionHint {
  uint32_t key_hash;
  End sender;
  bool known;  // else the table finds out

  // `hasher` has the table's seed. Numbers of encapsulations and ports of fragments only the table knows.
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
