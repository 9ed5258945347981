// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_NAMES_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_NAMES_H_

#include <cstdint>

#include "src/flow/binding_table.h"
#include "src/flow/identity_lookups.h"
#include "src/flow/name_finder.h"
#include "src/net/endpoint.h"

namespace tcpgauge {

// Binds connections to the names of their ends.
//
// Thread: confined to the thread of its connection table.
// Time: table time (see ConnectionTable), in nanoseconds.
// Bounds: those of NameFinder and BindingTable.
class ConnectionNames {
 public:
  NameFinder& finder() { return finder_; }
  const NameFinder& finder() const { return finder_; }
  BindingTable& bindings() { return bindings_; }
  const BindingTable& bindings() const { return bindings_; }
  const IdentityLookups& lookups() const { return lookups_; }

  // Returns the binding of a new connection (see NameFinder::Find), which has one user more now. Counts the lookups.
  // Returns kNobody if there is no identity map, if nothing is known of the ends, or if there is no room.
  BindingTable::Id Bind(const Endpoint& client, const Endpoint& server, int64_t begun_ns, int64_t now_ns) {
    if (!finder_.is_on()) return BindingTable::kNobody;
    const Binding binding = finder_.Find(client, server, begun_ns, now_ns);
    ++(binding.client != nullptr ? lookups_.found : lookups_.unknown);
    ++(binding.server != nullptr ? lookups_.found : lookups_.unknown);
    return bindings_.Acquire(binding);
  }

  // Looks again for the names of the unknown ends of an open connection, whose binding is `id`. If there are new names,
  // returns the binding with them, which has one user more now. Returns `id`, without another user, if there are no new
  // names, or if there is no room for another binding.
  BindingTable::Id BindAgain(BindingTable::Id id, const Endpoint& client, const Endpoint& server, int64_t begun_ns,
                             int64_t now_ns);

 private:
  NameFinder finder_;
  BindingTable bindings_;
  IdentityLookups lookups_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_NAMES_H_
