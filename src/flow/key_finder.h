// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_KEY_FINDER_H_
#define TCPGAUGE_SRC_FLOW_KEY_FINDER_H_

#include <cstdint>

#include "src/decode/decoded_packet.h"
#include "src/flow/encapsulation_table.h"
#include "src/flow/fragment_cache.h"
#include "src/net/connection_key.h"

namespace tcpgauge {

// Finds the connection key of a packet: the 4-tuple and the id of the encapsulation. A following fragment gets its
// ports from the first fragment of its datagram.
//
// Thread: confined to the thread of its connection table.
// Time: table time (see ConnectionTable), in nanoseconds.
// Bounds: those of FragmentCache and EncapsulationTable.
class KeyFinder {
 public:
  // `encapsulations` must outlive the finder.
  explicit KeyFinder(EncapsulationTable* encapsulations) : encapsulations_(*encapsulations) {}

  // Sets `*key` and `*sender` for a TCP segment or fragment that arrives at `time_ns`. Acquires a use of
  // key->encapsulation, which the caller must release.
  //
  // Returns false if the packet is a following fragment whose first fragment is not remembered. In that case, Find()
  // acquires no use and leaves `*key` and `*sender` as they were.
  bool Find(const DecodedPacket& packet, int64_t time_ns, ConnectionKey* key, End* sender) {
    if (packet.is_fragment) return FindOfFragment(packet, time_ns, key, sender);
    *key = ConnectionKey::Of(packet.source, packet.destination, encapsulations_.Acquire(packet.encapsulation), sender);
    return true;
  }

 private:
  // Find() for a packet with `is_fragment`.
  bool FindOfFragment(const DecodedPacket& packet, int64_t time_ns, ConnectionKey* key, End* sender);

  EncapsulationTable& encapsulations_;
  FragmentCache fragments_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_KEY_FINDER_H_
