// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_KEY_FINDER_H_
#define TCPGAUGE_SRC_FLOW_KEY_FINDER_H_

#include <cstdint>

#include "src/decode/decoded_packet.h"
#include "src/flow/encapsulation_table.h"
#include "src/flow/fragment_cache.h"
#include "src/net/connection_key.h"

namespace tcpgauge {

// Which connection a packet is of: its 4-tuple, which following fragments have from the first, and its encapsulation.
//
// Thread: confined to its table. Bounds: those of FragmentCache.
class KeyFinder {
 public:
  // `encapsulations` must outlive it.
  explicit KeyFinder(EncapsulationTable* encapsulations) : encapsulations_(*encapsulations) {}

  // The key of a TCP segment or fragment that arrives at `time_ns`, which holds a use of its encapsulation, and the end
  // that sent it. False for a fragment of whose datagram the first was not seen.
  bool Find(const DecodedPacket& packet, int64_t time_ns, ConnectionKey* key, End* sender) {
    if (packet.is_fragment) return FindOfFragment(packet, time_ns, key, sender);
    *key = ConnectionKey::Of(packet.source, packet.destination, encapsulations_.Acquire(packet.encapsulation), sender);
    return true;
  }

 private:
  bool FindOfFragment(const DecodedPacket& packet, int64_t time_ns, ConnectionKey* key, End* sender);

  EncapsulationTable& encapsulations_;
  FragmentCache fragments_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_KEY_FINDER_H_
