// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_BINDING_TABLE_H_
#define TCPGAUGE_SRC_FLOW_BINDING_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/naming/end_identity.h"

namespace tcpgauge {

// Who is at the two ends of a connection, and which of the ends are local to this node. Each end that is known keeps
// its identity for the life of the connection.
struct Binding {
  enum LocalEnd : uint8_t { kClientIsLocal = 1, kServerIsLocal = 2 };

  IdentityRef client;      // null: unknown
  IdentityRef server;      // null: unknown
  uint8_t local_ends = 0;  // the sum of LocalEnd values

  void SetLocal(LocalEnd end, bool is_local) {
    local_ends = static_cast<uint8_t>(is_local ? local_ends | end : local_ends & ~end);
  }
  // NumberedIdentity::number of each end; 0 if the end is unknown.
  uint32_t client_number() const { return client == nullptr ? 0 : client->number; }
  uint32_t server_number() const { return server == nullptr ? 0 : server->number; }
  // NumberedIdentity::label_number of each end; 0 if the end is unknown.
  uint32_t client_label() const { return client == nullptr ? 0 : client->label_number; }
  uint32_t server_label() const { return server == nullptr ? 0 : server->label_number; }
  friend bool operator==(const Binding& a, const Binding& b) {
    return a.client_number() == b.client_number() && a.server_number() == b.server_number() &&
           a.local_ends == b.local_ends;
  }
  template <typename H>
  friend H AbslHashValue(H state, const Binding& binding) {
    return H::combine(std::move(state), binding.client_number(), binding.server_number(), binding.local_ends);
  }
};

// Gives ids of two bytes to bindings. Equal bindings have the same id. A binding keeps its id while anybody uses it.
//
// Thread: confined to the thread of its connection table.
// Bounds: kCapacity bindings. Beyond them, Acquire() returns kNobody, and overflows() counts that.
class BindingTable {
 public:
  using Id = uint16_t;
  static constexpr Id kNobody = 0;  // both ends are unknown, and neither is local; always there
  static constexpr size_t kCapacity = UINT16_MAX;

  // Returns the most memory that a table takes if its bindings have at most `max_users` users in all.
  static uint64_t MemoryBytes(uint64_t max_users);

  BindingTable() : entries_(1) {}

  // Returns the id of the binding, which has one user more now.
  Id Acquire(const Binding& binding);
  // Adds a user to a binding that already has a user. Does nothing for kNobody.
  void AcquireAgain(Id id) {
    if (id != kNobody) ++entries_[id].users;
  }
  // Takes a user from the binding. Does nothing for kNobody.
  void Release(Id id);
  // REQUIRES: the binding has a user, or `id` is kNobody. The reference is valid until the next Acquire() or Release().
  const Binding& Get(Id id) const { return entries_[id].binding; }

  // The number of bindings that have users now.
  size_t size() const { return ids_.size(); }
  uint64_t overflows() const { return overflows_; }

 private:
  struct Entry {
    Binding binding;
    uint32_t users = 0;
  };

  std::vector<Entry> entries_;  // by Id; [0] is kNobody
  std::vector<Id> free_;
  absl::flat_hash_map<Binding, Id> ids_;
  uint64_t overflows_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_BINDING_TABLE_H_
