// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_EDGE_GROUPS_H_
#define TCPGAUGE_SRC_SNAPSHOT_EDGE_GROUPS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "src/flow/edge.h"
#include "src/flow/edge_services.h"
#include "src/naming/end_identity.h"
#include "src/net/endpoint.h"
#include "src/net/ip_address.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// What the edges of a group have in common.
enum class EdgeGroupKind : uint8_t {
  kService,    // the server's address and port
  kClient,     // the client's address
  kPair,       // the client's and the server's address
  kWorkload,   // the workload of the server or, if it is unknown, that of the client
  kInterface,  // the interface of the connections; an edge may have several (see GroupEdges())
  kCount       // the number of kinds, not a kind itself
};

// The sum of the accounts of some edges.
struct EdgeSum {
  EdgeCounters counters;
  EdgeDistributions distributions;  // of the values that `counters` add up
  EdgeCounters change;              // the growth of `counters` in the last EdgeGroups::change_seconds; gauges are 0
};

// Edges of one snapshot that have something in common, and their sum.
struct EdgeGroup {
  // What the edges have in common. Members that the kind does not name have their default values.
  IpAddress client;                 // kClient, kPair; of a client prefix: the first address
  Endpoint server;                  // kService; kPair, with port 0; of a server prefix: the first address
  bool is_server_prefix = false;    // see EdgeKey
  uint32_t workload_number = 0;     // kWorkload: see NumberedIdentity; 0: neither end of the edges has a known workload
  bool is_client_workload = false;  // kWorkload: the workload is at the client's end of the edges
  uint32_t interface = 0;           // kInterface: index into Snapshot::interfaces

  // Who is at the ends that the edges have in common. Null if nobody is known, or if several are. kWorkload: one of the
  // workload's pods or containers.
  IdentityRef client_identity;
  IdentityRef server_identity;
  EdgeServices services;  // kService: see EdgeView
  size_t edges = 0;       // how many edges with series belong to the group; kInterface: 0
  size_t clients = 0;     // kService: how many client addresses, or client prefixes, these edges have
  EdgeSum sum;
};

// The sums over all accounts of a snapshot.
struct EdgeTotals {
  // The traffic of edges without series, and what edges had counted before their series ended.
  EdgeSum other;
  // Everything. Equals Snapshot::totals in what both count: payload, segments, open connections, failures and so on.
  EdgeSum total;
};

// The groups of one snapshot. The sums of all groups and `other` add up to `total`; kInterface: see GroupEdges().
struct EdgeGroups {
  std::vector<EdgeGroup> groups;   // in no order; no two have the same values in the members that the kind names
  EdgeSum other;                   // what belongs to no group; kInterface: see GroupEdges()
  EdgeSum total;                   // see EdgeTotals
  double change_seconds = 0;       // the period of each EdgeSum::change; 0: no changes are known
  bool is_of_connections = false;  // kInterface: the accounts are not known, see GroupEdges()
};

// Groups the edges of `snapshot` by what they have in common.
//
// kInterface: one group for each interface, of InterfaceCounts::account and the gauges of InterfaceView, without
// distributions. `other` is what forgotten interfaces had counted.
//
// If Snapshot::has_interface_accounts is false, each group of kInterface adds up the open connections of its interface
// that the snapshot lists. Such a group has only the counters that a connection has: payload, retransmitted segments,
// open connections, round-trip times of handshakes, and response times. Response times are estimated from the smoothed
// ones. All other counters are 0. Above all, `segments` is 0, so neither the loss nor failures are known. Every
// `change` has only payload, that of the last Snapshot::rate_window_seconds. `other` has what was counted by
// connections that ended or are not listed.
//
// Thread: any.
// Time: one pass over the edges with series; without interface accounts, also one over the listed connections.
// Bounds: EdgeGroupsBytes() of the edges with series.
EdgeGroups GroupEdges(const Snapshot& snapshot, EdgeGroupKind kind);

// As above, but returns nullopt soon after `must_stop` has returned true. Calls `must_stop` at least once a
// millisecond.
std::optional<EdgeGroups> GroupEdges(const Snapshot& snapshot, EdgeGroupKind kind, absl::FunctionRef<bool()> must_stop);

// Returns the sums over all accounts, or nullopt soon after `must_stop` has returned true.
std::optional<EdgeTotals> AddUpEdges(const Snapshot& snapshot, absl::FunctionRef<bool()> must_stop);

// Returns the most memory that GroupEdges() takes for `edges` edges with series, the result included: some 2 kB for
// each edge. It takes less if several edges share a group.
uint64_t EdgeGroupsBytes(size_t edges);

// Returns a text for Filter::Parse() that selects the connections of `group`, which GroupEdges(snapshot, kind)
// returned. Names are compared as Filter does: a workload "web" also selects the connections of a workload "web-2".
// Returns an empty text, which selects all connections, for edges between ends without a workload, and for an interface
// without a name.
std::string FilterOf(const EdgeGroup& group, EdgeGroupKind kind, const Snapshot& snapshot);

// Returns the length of the prefix that begins with `client`, the client of one of these edges. Returns nullopt if this
// client is a single address.
std::optional<int> ClientPrefixBits(const EdgesView& edges, const IpAddress& client);
// The same for a server. `is_server_prefix` is the member of this name of the edge or group.
std::optional<int> ServerPrefixBits(const EdgesView& edges, const IpAddress& server, bool is_server_prefix);

// The connections that failed: refused ones and those whose handshake timed out.
inline uint64_t FailedConnections(const EdgeCounters& counters) {
  return counters.connections_refused + counters.connections_timed_out;
}
// The share of the segments that were retransmitted, from 0 to 1. Nullopt if no segments were counted.
std::optional<double> LossShare(const EdgeCounters& counters);
// The mean response time. Nullopt if there was no exchange.
std::optional<double> MeanResponseSeconds(const EdgeCounters& counters);
// The mean round-trip time of handshakes. Nullopt if none was measured.
std::optional<double> MeanHandshakeRttSeconds(const EdgeCounters& counters);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_EDGE_GROUPS_H_
