// SPDX-License-Identifier: Apache-2.0
#include "src/flow/connection_names.h"

namespace tcpgauge {

BindingTable::Id ConnectionNames::BindAgain(BindingTable::Id id, const Endpoint& client, const Endpoint& server,
                                            int64_t begun_ns, int64_t now_ns) {
  const Binding& before = bindings_.Get(id);
  if (before.client != nullptr && before.server != nullptr) return id;
  Binding binding = before;
  if (binding.client == nullptr) {
    binding.client = finder_.FindClient(client, begun_ns, now_ns);
    if (binding.client != nullptr) {
      binding.SetLocal(Binding::kClientIsLocal, finder_.map()->IsLocal(client.address));
    }
  }
  if (binding.server == nullptr) {
    binding.server = finder_.FindServer(server);
    if (binding.server != nullptr) {
      binding.SetLocal(Binding::kServerIsLocal, finder_.map()->IsLocal(server.address));
    }
  }
  if (binding == before) return id;
  const BindingTable::Id now = bindings_.Acquire(binding);
  return now == BindingTable::kNobody ? id : now;
}

}  // namespace tcpgauge
