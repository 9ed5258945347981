// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_H_
#define TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "src/flow/connection_summary.h"
#include "src/flow/connection_view.h"
#include "src/flow/edge.h"
#include "src/flow/edge_services.h"
#include "src/flow/totals.h"
#include "src/flow/workload_edge.h"
#include "src/naming/end_identity.h"
#include "src/naming/identity_counters.h"
#include "src/naming/identity_map.h"
#include "src/net/encapsulation.h"
#include "src/snapshot/interface_view.h"
#include "src/snapshot/listed_rows.h"

namespace tcpgauge {

// A count that has a name, for example that of a decode error.
struct NamedCount {
  std::string_view name;  // points to static storage
  uint64_t count = 0;
};

// An edge that has series of its own. An edge is all connections of a client, or of the clients in a prefix, to one
// port of a server, or of the servers in a prefix (see EdgeKey).
struct EdgeView {
  EdgeKey key;
  EdgeCounters counters;
  EdgeServices services;      // with several workers, those of the first worker come first
  int64_t start_time_ns = 0;  // when the series started, since the Unix epoch
  IdentityRef client{};       // who is at the ends; never changes while the edge has series
  IdentityRef server{};
  EdgeDistributions distributions{};  // of the values that `counters` add up
};

// An edge between workloads that has series of its own.
struct WorkloadEdgeView {
  WorkloadEdgeKey key;
  IdentityRef client;  // one of the workload's pods or containers; null if the end is no known workload
  IdentityRef server;
  EdgeCounters counters;
  int64_t start_time_ns = 0;  // when the series started, since the Unix epoch
  EdgeDistributions distributions{};
};

// Payload between two availability zones, of connections whose client is local. A name is empty if the zone is unknown.
struct ZonePayload {
  std::string client_zone;
  std::string server_zone;
  uint64_t payload_bytes = 0;  // of both directions
};

// The accounts of the traffic between workloads. For each Reporter, its edges and its `other` together hold what was
// credited to the connections of that reporter. Empty if identities are off.
struct WorkloadEdgesView {
  std::vector<WorkloadEdgeView> exported;  // in no order
  std::array<EdgeCounters, 3> other;       // indexed by Reporter
  // In the order in which the pairs first had payload. So a reader with room for N pairs shows the same pairs each
  // time.
  std::vector<ZonePayload> zones;
  // How often an end of a connection was looked up, and whether a name was found.
  uint64_t lookups_found = 0;
  uint64_t lookups_unknown = 0;
  std::array<EdgeDistributions, 3> other_distributions;  // of the values that `other` adds up
};

// The accounts of the traffic of all edges; see EdgeTable. Each amount is credited to exactly one account and to the
// totals at the same time. So the payload of all accounts together equals that of Snapshot::totals. The same holds for
// repeated SYNs, except those of pending attempts. The connections opened that all accounts count, plus
// `pending_attempts`, equal those of the totals. The same holds for the connections that are neither closed nor reset.
// Exception: when the table keeps no rates, all accounts are empty.
struct EdgesView {
  std::vector<EdgeView> exported;  // in no order
  EdgeCounters other;              // traffic that came while its edge had no account of its own
  EdgeCounters retired;            // the accounts of edges whose series have ended
  uint64_t retired_edges = 0;      // how often the series of an edge ended
  // How often an edge got series. In a snapshot of several workers, an edge counts once while any of them exports it.
  uint64_t new_edges = 0;
  uint64_t folded = 0;            // connections opened while their edge had no account of its own
  uint64_t renamed = 0;           // edges whose series ended because one of their ends got its first name
  uint64_t pending_attempts = 0;  // attempts that no account counts yet; see ConnectionTable::pending_attempts()
  // Clients whose addresses share a prefix of this length belong to the same edge.
  int v4_prefix_bits = 32;
  int v6_prefix_bits = 128;
  // The lengths of server prefixes; see EdgeKey::is_server_prefix.
  int v4_server_prefix_bits = 32;
  int v6_server_prefix_bits = 128;
  EdgeDistributions other_distributions{};  // of the values that `other` adds up
  EdgeDistributions retired_distributions{};
};

// What the accounts of the edges were credited with in a period before the snapshot. The gauges are 0. See
// EdgeChangeMeter.
struct EdgeChanges {
  double seconds = 0;                  // the period; 0 if no changes are known: then the other members are empty
  std::vector<EdgeCounters> exported;  // in the order of EdgesView::exported
  EdgeCounters other;                  // of all traffic that is credited to none of those edges
  // What the interfaces were credited with in the same period, in the order of Snapshot::interfaces. Empty if
  // Snapshot::has_interface_accounts is false.
  std::vector<EdgeCounters> interfaces;
};

// Everything that the outputs show, as of one moment. A published snapshot does not change, and all outputs share it.
//
// Time: table time, in nanoseconds since the Unix epoch, except `begun_ns`. Table time does not follow steps of the
// wall clock. When a file is read, table time is that of the packets.
// Bounds: those of WorkerPublisher and of the connection tables.
struct Snapshot {
  // 1, 2, 3 and so on. 0 = the agent has made no snapshot yet.
  uint64_t sequence = 0;
  // The steady time (see Clock) at which the first worker started to copy its table. The snapshot includes every packet
  // that was counted before this time. Exception: with several workers, a packet may be counted for its interface some
  // 40 ms before the connection shows it (see Handover and PacketMerger). INT64_MAX when no more packets come.
  // INT64_MIN until every worker has published, and in snapshots of another agent.
  int64_t begun_ns = INT64_MIN;
  // When the snapshot was made: the latest table time of all workers. Idle times are measured up to this time.
  int64_t time_ns = 0;
  int64_t capture_start_time_ns = 0;
  // By how much the wall clock was set forward since the start; negative if it was set back. Wall time is table time
  // plus this value.
  int64_t clock_stepped_ns = 0;
  double rate_window_seconds = 1;             // the period of payload_bytes_per_second of the connections
  ListedRows listed_rows = ListedRows::kAll;  // which connections the next member has
  // The confirmed connections that have not ended (see ConnectionTable), the highest ConnectionSummary::rank first.
  // Closed and reset connections are among them for a while (see TableOptions::remove_after_ns).
  std::vector<ConnectionSummary> connections;
  // The connections that ended in the last ranking window, as far as RecentlyEnded keeps them, the highest rank first.
  // Their rates are 0, their encapsulation is the empty one, and their views are not listed.
  std::vector<ConnectionSummary> ended_connections;
  // The connections that may have series, the highest rank first, as indexes for connection(). Two of them may have
  // equal labels (see MakeExposition()). SeriesChoice chooses them. Without SeriesChoice, for example when a file is
  // read, the list has all connections.
  std::vector<uint32_t> connections_with_series;
  // How many more confirmed connections have not ended, but are not in `connections`. See WorkerPublisher.
  uint64_t connections_not_listed = 0;
  // Indexed by ConnectionSummary::interface. No two have the same name. The counts are since
  // InterfaceView::start_time_ns, and never fall until the interface is forgotten. The counts of a forgotten interface
  // are 0.
  std::vector<InterfaceView> interfaces;
  // What was counted on interfaces that are forgotten now. The first member is for those that had series of their own,
  // the second for those that metrics showed under "other". Both and the counts of `interfaces` add up to all that was
  // captured. See InterfaceMerger.
  InterfaceCounts retired_interfaces;
  InterfaceCounts other_interfaces;
  // Whether InterfaceCounts::account and the gauges of `interfaces` are known. An older agent in another process does
  // not tell them.
  bool has_interface_accounts = false;
  // Indexed by ConnectionSummary::encapsulation and ConnectionView::encapsulation. The first is the empty one.
  std::vector<Encapsulation> encapsulations{Encapsulation()};
  // The views of those listed connections that have more than one. Each of these connections has a part of this list
  // (see views_of()).
  std::vector<ConnectionView> views;
  std::vector<NamedCount> decode_errors;  // packets that could not be decoded, by reason
  std::vector<NamedCount> overflows;      // see Overflow
  Totals totals;
  EdgesView edges;
  EdgeChanges edge_changes;
  WorkloadEdgesView workload_edges;
  // Indexed by ConnectionSummary::client_identity and server_identity. The first is null: an unknown identity.
  std::vector<IdentityRef> identities{nullptr};
  // What was known of addresses and listeners when the snapshot was made. Never null.
  std::shared_ptr<const IdentityMap> identity_map = std::make_shared<IdentityMap>();
  // Without sources if identities are off. Then outputs show no metric of workload edges and of identities.
  IdentityCounters identity_counters;
  // How many times a connection got series (see SeriesChoice). Never falls. 0 when connections_with_series are all
  // connections.
  uint64_t connections_admitted = 0;

  // The members below are used only in the snapshot of an agent in another process (see AttachedAgent). Such a snapshot
  // has wall times, with clock_stepped_ns 0. Its decode_errors, overflows and totals are empty, and it has no ended
  // connections and none with series. It has edges and their changes while the view wants them (see WantedQuery),
  // without start times and distributions.

  std::string agent;    // the agent's name; empty in a snapshot of this process
  std::string trouble;  // why the snapshot is old; empty if it is up to date
  // Whether `edges` and `edge_changes` are known. If not, they are empty.
  bool has_edges = true;
  // Why they are not known although the view wants them. Otherwise empty.
  std::string edges_trouble;
  // The sums of the rates and payload bytes of the connections that match the attached view's query, but are not in
  // `connections`. Other members of DirectionSummary are not used here.
  DirectionSummary not_listed_client_sent;
  DirectionSummary not_listed_server_sent;

  // Returns the element `index` of `connections` followed by `ended_connections`.
  const ConnectionSummary& connection(uint32_t index) const {
    return index < connections.size() ? connections[index] : ended_connections[index - connections.size()];
  }

  // Returns the views of `connection`. Empty if the connection has only one view, or if its views are not listed (see
  // ConnectionSummary::first_view). The result refers to `views`. REQUIRES: `connection` is one of `connections` or
  // `ended_connections`, or a copy of one.
  absl::Span<const ConnectionView> views_of(const ConnectionSummary& connection) const {
    return absl::MakeConstSpan(views).subspan(connection.first_view, connection.view_count);
  }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_H_
