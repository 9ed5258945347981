// SPDX-License-Identifier: Apache-2.0
#include "src/flow/edge_renamer.h"

#include <utility>

#include "src/flow/edge_services.h"

namespace tcpgauge {
namespace {

// Names with the same labels have the same number.
uint32_t NumberOf(const IdentityRef& identity) { return identity == nullptr ? 0 : identity->label_number; }

// Replaces `*end`, the name of one end of an edge, if the name of its address changed from `before` to `now`.
bool Replace(uint32_t before, IdentityRef now, IdentityRef* end) {
  if (NumberOf(now) == 0 || NumberOf(*end) != before || NumberOf(now) == before) return false;
  *end = std::move(now);
  return true;
}

}  // namespace

EdgeRenamer::EdgeRenamer(const NameFinder& names, EdgeTable* edges) : edges_(*edges) {
  edges->VisitExported([&](const EdgeKey& key, const EdgeCounters&, const EdgeServices&, int64_t) {
    noted_.push_back({key, NumberOf(FindClient(names, key)), NumberOf(FindServer(names, key))});
  });
}

IdentityRef EdgeRenamer::FindClient(const NameFinder& names, const EdgeKey& key) const {
  return names.is_on() && edges_.HasOneClient(key) ? names.FindAddress(key.client) : nullptr;
}

IdentityRef EdgeRenamer::FindServer(const NameFinder& names, const EdgeKey& key) {
  return names.is_on() && !key.is_server_prefix ? names.FindServer(key.server) : nullptr;
}

void EdgeRenamer::Rename(const NameFinder& names, int64_t now_ns) {
  for (const Noted& noted : noted_) {
    Binding ends = edges_.EndsOf(noted.key);
    const bool had_client = noted.key.client_identity != 0;
    const bool had_server = noted.key.server_identity != 0;
    const bool is_client_new = Replace(noted.client_number, FindClient(names, noted.key), &ends.client);
    const bool is_server_new = Replace(noted.server_number, FindServer(names, noted.key), &ends.server);
    if (!is_client_new && !is_server_new) continue;
    if (is_client_new) ends.SetLocal(Binding::kClientIsLocal, names.map()->IsLocal(noted.key.client));
    if (is_server_new) ends.SetLocal(Binding::kServerIsLocal, names.map()->IsLocal(noted.key.server.address));
    const bool is_first_name = (is_client_new && !had_client) || (is_server_new && !had_server);
    if (edges_.Supersede(noted.key, ends, now_ns) && is_first_name) edges_.CountRenamed();
  }
}

}  // namespace tcpgauge
