// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EDGE_RENAMER_H_
#define TCPGAUGE_SRC_FLOW_EDGE_RENAMER_H_

#include <cstdint>
#include <vector>

#include "src/flow/edge_table.h"
#include "src/flow/name_finder.h"
#include "src/naming/end_identity.h"

namespace tcpgauge {

// Lets the edges with the names of a new identity map take the places of exported edges. An exported edge gives up its
// place in two cases:
// - One of its ends had no name, and the map has one now. The end must have one name for the whole edge: that of an
//   address of its own or, for a server, of its port. Neither applies to a prefix.
// - The address of one of its ends had the name that the edge has, and has another one now.
// A name that the map loses changes nothing.
//
// Only a change of the map counts, and not a difference between edge and map. Otherwise an edge whose connections
// outlive the name of their address would begin and end with each map.
//
// Thread: confined to the thread of its connection table.
class EdgeRenamer {
 public:
  // Notes the names that the exported edges have by `names`, which is about to change. `edges` must outlive this
  // object.
  EdgeRenamer(const NameFinder& names, EdgeTable* edges);

  // Supersedes edges by the names that `names` finds now. Call it once.
  void Rename(const NameFinder& names, int64_t now_ns);

 private:
  struct Noted {
    EdgeKey key;
    uint32_t client_number;  // NumberedIdentity::label_number that the address had; 0: unknown
    uint32_t server_number;
  };

  IdentityRef FindClient(const NameFinder& names, const EdgeKey& key) const;
  static IdentityRef FindServer(const NameFinder& names, const EdgeKey& key);

  EdgeTable& edges_;
  std::vector<Noted> noted_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_EDGE_RENAMER_H_
