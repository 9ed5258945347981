// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_HINT_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_HINT_H_

#include <cstdint>

#include "src/decode/decoded_packet.h"
#include "src/flow/key_hasher.h"
#include "src/net/connection_key.h"

namespace tcpgauge {

// A part of the table's lookup work that another thread has done for a packet: the hash of its key and the end that
// sent it. A hint saves the table's thread time and changes no result.
//
// Thread: any; a plain value.
struct ConnectionHint {
  uint32_t key_hash;
  End sender;
  bool known;  // false: the other fields mean nothing, and the table computes them

  // `hasher` must have the table's seed. Encapsulated packets and fragments get an unknown hint, because only the table
  // knows the ids of encapsulations and the ports of fragments.
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
