// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/connection_sort.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "src/base/strings.h"
#include "src/naming/end_identity.h"
#include "src/naming/identity_text.h"
#include "src/net/endpoint.h"

namespace tcpgauge {
namespace {

// In the order of ConnectionSort.
constexpr std::string_view kNames[] = {
    "start", "rate", "bytes", "idle", "client",   "client_name",     "server", "server_name",
    "state", "up",   "down",  "rtt",  "response", "retransmissions", "loss"};
static_assert(std::size(kNames) == static_cast<size_t>(ConnectionSort::kCount), "a name for each");

constexpr uint64_t kHighestBit = uint64_t{1} << 63;

// KeyOf() turns a value into a key of the same order.
uint64_t KeyOf(int64_t value) { return static_cast<uint64_t>(value) ^ kHighestBit; }

// The bits of doubles that are not negative sort like the doubles. Other values become 0.
uint64_t KeyOf(double value) {
  if (!(value > 0)) value = 0;
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

// The port does not fit in: WinsTie() compares the endpoints in full. An IPv4 address keeps all bits except the lowest;
// an IPv6 address keeps its first 63 bits.
uint64_t KeyOf(const Endpoint& endpoint) {
  uint64_t network = 0;
  uint64_t host = 0;
  for (size_t i = 0; i < 8; ++i) {
    network = network << 8 | endpoint.address.bytes()[i];
    host = host << 8 | endpoint.address.bytes()[i + 8];
  }
  return network == 0 ? host >> 1 : network >> 1 | kHighestBit;
}

// By the bytes of the address, then by port: the order of IpAddress's own operators means nothing to a reader.
int Compare(const Endpoint& a, const Endpoint& b) {
  if (a.address != b.address) return a.address.bytes() < b.address.bytes() ? -1 : 1;
  return static_cast<int>(a.port) - static_cast<int>(b.port);
}

// Whether `a` comes before `b` when their keys are equal.
bool WinsTie(const ConnectionSummary& a, const ConnectionSummary& b, ConnectionSort sort) {
  if (sort == ConnectionSort::kClient || sort == ConnectionSort::kServer) {
    const int order = sort == ConnectionSort::kClient ? Compare(a.client, b.client) : Compare(a.server, b.server);
    if (order != 0) return order < 0;
  }
  if (a.start_time_ns != b.start_time_ns) return a.start_time_ns < b.start_time_ns;
  return a.id < b.id;
}

// Compares entries: whether `left` comes before `right`.
struct Before {
  const std::vector<ConnectionSummary>& connections;
  ConnectionSort sort;
  bool reverse;

  bool operator()(const SortEntry& left, const SortEntry& right) const {
    const SortEntry& a = reverse ? right : left;
    const SortEntry& b = reverse ? left : right;
    if (a.key != b.key) return a.key < b.key;
    return WinsTie(connections[a.index], connections[b.index], sort);
  }
};

}  // namespace

std::string_view ConnectionSortName(ConnectionSort sort) { return kNames[static_cast<size_t>(sort)]; }

std::optional<ConnectionSort> ParseConnectionSort(std::string_view name) {
  const auto* found = std::find(std::begin(kNames), std::end(kNames), name);
  if (found == std::end(kNames)) return std::nullopt;
  return static_cast<ConnectionSort>(found - std::begin(kNames));
}

std::string ConnectionSortNames() {
  std::string names;
  for (const std::string_view name : kNames) {
    if (!names.empty()) names += ", ";
    names += name;
  }
  return names;
}

NameRanks::NameRanks(const Snapshot& snapshot, ConnectionSort sort) {
  if (sort != ConnectionSort::kClientName && sort != ConnectionSort::kServerName) return;
  std::vector<std::pair<std::string, uint32_t>> names;  // with their identities
  for (uint32_t i = 0; i < snapshot.identities.size(); ++i) {
    const IdentityRef& ref = snapshot.identities[i];
    std::string name = ref == nullptr ? std::string() : ToLower(ShownName(ref->identity));
    if (!name.empty()) names.emplace_back(std::move(name), i);
  }
  std::sort(names.begin(), names.end());
  ranks_.assign(snapshot.identities.size(), UINT32_MAX);
  for (size_t i = 0; i < names.size(); ++i) {
    const bool is_equal = i > 0 && names[i].first == names[i - 1].first;
    ranks_[names[i].second] = is_equal ? ranks_[names[i - 1].second] : static_cast<uint32_t>(i);
  }
}

uint64_t SortKey(const ConnectionSummary& connection, const Measures& measures, ConnectionSort sort,
                 const NameRanks& names) {
  switch (sort) {
    case ConnectionSort::kRate:
      return ~KeyOf(measures.bytes_per_second());
    case ConnectionSort::kBytes:
      return ~measures.bytes();
    case ConnectionSort::kIdle:
      return ~KeyOf(connection.last_packet_time_ns);
    case ConnectionSort::kClient:
      return KeyOf(connection.client);
    case ConnectionSort::kServer:
      return KeyOf(connection.server);
    case ConnectionSort::kState:
      return static_cast<uint64_t>(connection.state);
    case ConnectionSort::kUp:
      return ~KeyOf(measures.up_bytes_per_second);
    case ConnectionSort::kDown:
      return ~KeyOf(measures.down_bytes_per_second);
    case ConnectionSort::kRtt:
      return ~KeyOf(connection.min_rtt_ns());
    case ConnectionSort::kResponse:
      return ~KeyOf(connection.response_ns);
    case ConnectionSort::kRetransmissions:
      return ~measures.retransmitted_segments;
    case ConnectionSort::kLoss:
      return ~KeyOf(LossOf(connection).value_or(0));
    case ConnectionSort::kClientName:
      return names.KeyOf(connection.client_identity);
    case ConnectionSort::kServerName:
      return names.KeyOf(connection.server_identity);
    case ConnectionSort::kStart:
    case ConnectionSort::kCount:
      break;
  }
  return KeyOf(connection.start_time_ns);
}

void SelectFirst(absl::Span<SortEntry> entries, size_t count, const std::vector<ConnectionSummary>& connections,
                 ConnectionSort sort, bool reverse) {
  if (count == 0 || count == entries.size()) return;
  const auto end = entries.begin() + static_cast<std::ptrdiff_t>(count);
  // partial_sort() would update a heap of thousands instead.
  std::nth_element(entries.begin(), end, entries.end(), Before{connections, sort, reverse});
}

void SortFirst(absl::Span<SortEntry> entries, size_t count, const std::vector<ConnectionSummary>& connections,
               ConnectionSort sort, bool reverse) {
  SelectFirst(entries, count, connections, sort, reverse);  // much cheaper than a full sort when `count` is small
  std::sort(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(count), Before{connections, sort, reverse});
}

}  // namespace tcpgauge
