// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EDGE_RENAMER_H_
#define TCPGAUGE_SRC_FLOW_EDGE_RENAMER_H_

#include <cstdint>
#include <vector>

#include "src/flow/edge_table.h"
#include "src/flow/name_finder.h"
#include "src/naming/end_identity.h"

namespace tcpgauge {

// Replaces exported edges when a new identity map names their ends differently. The names are a part of an edge's
// identity (EdgeKey), so an edge with other names is another edge, and takes the place of the exported one. An edge is
// replaced in two cases:
// - An end of the edge had no name, the old map had none for it either, and the new map has one. The name must hold for
//   all connections of the edge. So the name must be that of an address or, for a server, of an address and port. An
//   end that is a prefix has no such name.
// - The old map had the edge's name for the address of an end, and the new map has another name for it.
//
// When the new map lacks a name that the old map had, the edge stays.
//
// The edge's names are compared with those of the old map, so that only a change of the map has an effect. Otherwise,
// if connections keep a name that their address has lost, each new map would replace their edge.
//
// Thread: confined to the thread of its connection table.
class EdgeRenamer {
 public:
  // Notes the names that the old map has for the exported edges. `names` has the old map. `edges` must outlive this
  // object.
  EdgeRenamer(const NameFinder& names, EdgeTable* edges);

  // Replaces edges. `names` has the new map. Call it once.
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
