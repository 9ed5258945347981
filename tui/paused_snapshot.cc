// SPDX-License-Identifier: Apache-2.0
#include "tui/paused_snapshot.h"

#include <limits>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "src/flow/connection_view.h"
#include "src/naming/end_identity.h"
#include "src/net/encapsulation.h"

namespace tcpgauge {
namespace {

// Translates places in the lists of one snapshot into places in those of another.
class Places {
 public:
  Places(const Snapshot& from, Snapshot* to) : from_(from), to_(to) {
    for (size_t i = 0; i < to->interfaces.size(); ++i) interfaces_.emplace(to->interfaces[i].name, i);
    for (size_t i = 0; i < to->encapsulations.size(); ++i) encapsulations_.emplace(to->encapsulations[i], i);
    for (size_t i = 0; i < to->identities.size(); ++i) identities_.emplace(to->identities[i], i);
  }

  // `connection` refers to the lists of `from`. Makes it refer to those of `to`, and adds its views there, and
  // those of its encapsulations and identities that are missing. An interface that is missing becomes kNoInterface.
  void Translate(ConnectionSummary* connection) {
    if (connection->interface < from_.interfaces.size()) {
      const auto found = interfaces_.find(from_.interfaces[connection->interface].name);
      connection->interface = found == interfaces_.end() ? kNoInterface : static_cast<uint32_t>(found->second);
    }
    Translate(&connection->encapsulation);
    TranslateIdentity(&connection->client_identity);
    TranslateIdentity(&connection->server_identity);
    const absl::Span<const ConnectionView> views = from_.views_of(*connection);
    connection->first_view = static_cast<uint32_t>(to_->views.size());
    for (ConnectionView view : views) {
      Translate(&view.encapsulation);
      to_->views.push_back(view);
    }
  }

 private:
  static constexpr uint32_t kNoInterface = std::numeric_limits<uint32_t>::max();

  void Translate(uint32_t* encapsulation_index) {
    if (*encapsulation_index >= from_.encapsulations.size()) return;
    const Encapsulation& encapsulation = from_.encapsulations[*encapsulation_index];
    const auto [place, is_new] = encapsulations_.emplace(encapsulation, to_->encapsulations.size());
    if (is_new) to_->encapsulations.push_back(encapsulation);
    *encapsulation_index = static_cast<uint32_t>(place->second);
  }

  void TranslateIdentity(uint32_t* index) {
    const IdentityRef& identity = from_.identities[*index];
    const auto [place, is_new] = identities_.emplace(identity, to_->identities.size());
    if (is_new) to_->identities.push_back(identity);
    *index = static_cast<uint32_t>(place->second);
  }

  const Snapshot& from_;
  Snapshot* const to_;
  absl::flat_hash_map<std::string, size_t> interfaces_;
  absl::flat_hash_map<Encapsulation, size_t> encapsulations_;
  absl::flat_hash_map<IdentityRef, size_t> identities_;
};

}  // namespace

std::shared_ptr<const Snapshot> PausedSnapshot(const Snapshot& shown, const Snapshot& newest) {
  absl::flat_hash_map<uint64_t, const ConnectionSummary*> by_id;
  by_id.reserve(newest.connections.size());
  for (const ConnectionSummary& connection : newest.connections) by_id.emplace(connection.id, &connection);

  auto paused = std::make_shared<Snapshot>(newest);
  paused->connections = shown.connections;
  Places places(shown, paused.get());
  for (ConnectionSummary& connection : paused->connections) {
    const auto found = by_id.find(connection.id);
    if (found != by_id.end()) {
      connection = *found->second;
    } else {
      places.Translate(&connection);
      connection.client_sent.payload_bytes_per_second = 0;
      connection.server_sent.payload_bytes_per_second = 0;
    }
  }
  return paused;
}

}  // namespace tcpgauge
