// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/connection_query.h"

#include <algorithm>
#include <iterator>

namespace tcpgauge {
namespace {

constexpr std::string_view kSortNames[] = {"start", "rate", "bytes", "idle", "client",         "server",
                                           "state", "up",   "down",  "rtt",  "retransmissions"};
static_assert(std::size(kSortNames) == static_cast<size_t>(ConnectionSort::kCount), "a name for each");

// What is compared, the smallest first. Endpoints are compared themselves.
double KeyOf(const ConnectionSummary& connection, ConnectionSort sort) {
  switch (sort) {
    case ConnectionSort::kRate:
      return -connection.payload_bytes_per_second();
    case ConnectionSort::kBytes:
      return -static_cast<double>(connection.payload_bytes());
    case ConnectionSort::kIdle:
      return -static_cast<double>(connection.last_packet_time_ns);
    case ConnectionSort::kState:
      return static_cast<double>(connection.state);
    case ConnectionSort::kUp:
      return -connection.client_sent.payload_bytes_per_second;
    case ConnectionSort::kDown:
      return -connection.server_sent.payload_bytes_per_second;
    case ConnectionSort::kRtt:
      return -static_cast<double>(connection.rtt_ns);
    case ConnectionSort::kRetransmissions:
      return -(static_cast<double>(connection.client_sent.retransmitted_segments) +
               static_cast<double>(connection.server_sent.retransmitted_segments));
    default:
      return 0;
  }
}

// IPv4 and IPv6 as their bytes say: the order that addresses are read in.
int Compare(const Endpoint& a, const Endpoint& b) {
  if (a.address != b.address) return a.address.bytes() < b.address.bytes() ? -1 : 1;
  return static_cast<int>(a.port) - static_cast<int>(b.port);
}

struct Entry {
  double key;
  uint32_t index;
};

}  // namespace

std::string_view ConnectionSortName(ConnectionSort sort) { return kSortNames[static_cast<size_t>(sort)]; }

std::optional<ConnectionSort> ParseConnectionSort(std::string_view name) {
  const auto* found = std::find(std::begin(kSortNames), std::end(kSortNames), name);
  if (found == std::end(kSortNames)) return std::nullopt;
  return static_cast<ConnectionSort>(found - std::begin(kSortNames));
}

std::string ConnectionSortNames() {
  std::string names;
  for (const std::string_view name : kSortNames) {
    if (!names.empty()) names += ", ";
    names += name;
  }
  return names;
}

void ConnectionSum::Add(const ConnectionSummary& connection) {
  ++connections;
  client_payload_bytes += connection.client_sent.payload_bytes;
  server_payload_bytes += connection.server_sent.payload_bytes;
  retransmitted_segments +=
      uint64_t{connection.client_sent.retransmitted_segments} + connection.server_sent.retransmitted_segments;
  client_payload_bytes_per_second += connection.client_sent.payload_bytes_per_second;
  server_payload_bytes_per_second += connection.server_sent.payload_bytes_per_second;
}

ChosenConnections ChooseConnections(const Snapshot& snapshot, const Filter& filter, ConnectionSort sort, bool reverse,
                                    size_t limit) {
  ChosenConnections chosen;
  std::vector<Entry> entries;
  entries.reserve(snapshot.connections.size());
  for (const ConnectionSummary& connection : snapshot.connections) {
    if (!filter.empty() && !filter.Matches(connection, snapshot)) continue;
    chosen.matching.Add(connection);
    entries.push_back({KeyOf(connection, sort), static_cast<uint32_t>(&connection - snapshot.connections.data())});
  }
  const auto before = [&snapshot, sort, reverse](const Entry& left, const Entry& right) {
    const Entry& a = reverse ? right : left;
    const Entry& b = reverse ? left : right;
    const ConnectionSummary& one = snapshot.connections[a.index];
    const ConnectionSummary& other = snapshot.connections[b.index];
    if (a.key != b.key) return a.key < b.key;
    if (sort == ConnectionSort::kClient || sort == ConnectionSort::kServer) {
      const int order =
          sort == ConnectionSort::kClient ? Compare(one.client, other.client) : Compare(one.server, other.server);
      if (order != 0) return order < 0;
    }
    if (one.start_time_ns != other.start_time_ns) return one.start_time_ns < other.start_time_ns;
    return one.id < other.id;
  };
  const size_t listed = std::min(limit, entries.size());
  const auto end = entries.begin() + static_cast<std::ptrdiff_t>(listed);
  // Far less than a sort of all where few are listed; partial_sort() would keep a heap of thousands for each entry.
  if (listed < entries.size()) std::nth_element(entries.begin(), end, entries.end(), before);
  std::sort(entries.begin(), end, before);
  chosen.indexes.reserve(listed);
  for (auto entry = entries.begin(); entry != end; ++entry) chosen.indexes.push_back(entry->index);
  return chosen;
}

}  // namespace tcpgauge
