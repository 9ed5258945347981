// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/visit_metrics.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/metrics/edge_accounts.h"
#include "exporter/metrics/series_plan.h"
#include "exporter/metrics/visit_families.h"
#include "src/base/time_units.h"
#include "src/flow/duplicate_kind.h"
#include "src/naming/identity_text.h"
#include "src/net/connection_state.h"
#include "src/net/protocol.h"

namespace tcpgauge {
namespace {

uint64_t ClientPayloadBytes(const EdgeCounters& e) { return e.client_payload_bytes; }
uint64_t ServerPayloadBytes(const EdgeCounters& e) { return e.server_payload_bytes; }
uint64_t ConnectionsOpened(const EdgeCounters& e) { return e.connections_opened; }
uint64_t Segments(const EdgeCounters& e) { return e.segments; }
uint64_t RetransmittedSegments(const EdgeCounters& e) { return e.retransmitted_segments; }
uint64_t OpenConnections(const EdgeCounters& e) { return static_cast<uint64_t>(e.connections); }

// The metrics of workload edges, or those of what is beyond them.
struct WorkloadFamilies {
  Metric client_payload_bytes;
  Metric server_payload_bytes;
  Metric connections_opened;
  Metric connections_failed;
  Metric segments;
  Metric retransmitted_segments;
  Metric connections;
  Metric handshake_rtt;
  Metric response;
  Metric handshake_rtt_distribution;
  Metric response_distribution;
};
constexpr WorkloadFamilies kWorkloadEdgeFamilies = {Metric::kWorkloadEdgeClientPayloadBytes,
                                                    Metric::kWorkloadEdgeServerPayloadBytes,
                                                    Metric::kWorkloadEdgeConnectionsOpened,
                                                    Metric::kWorkloadEdgeConnectionsFailed,
                                                    Metric::kWorkloadEdgeSegments,
                                                    Metric::kWorkloadEdgeRetransmittedSegments,
                                                    Metric::kWorkloadEdgeConnections,
                                                    Metric::kWorkloadEdgeHandshakeRtt,
                                                    Metric::kWorkloadEdgeResponse,
                                                    Metric::kWorkloadEdgeHandshakeRttDistribution,
                                                    Metric::kWorkloadEdgeResponseDistribution};
constexpr WorkloadFamilies kOtherWorkloadFamilies = {Metric::kWorkloadEdgeOtherClientPayloadBytes,
                                                     Metric::kWorkloadEdgeOtherServerPayloadBytes,
                                                     Metric::kWorkloadEdgeOtherConnectionsOpened,
                                                     Metric::kWorkloadEdgeOtherConnectionsFailed,
                                                     Metric::kWorkloadEdgeOtherSegments,
                                                     Metric::kWorkloadEdgeOtherRetransmittedSegments,
                                                     Metric::kWorkloadEdgeOtherConnections,
                                                     Metric::kWorkloadEdgeOtherHandshakeRtt,
                                                     Metric::kWorkloadEdgeOtherResponse,
                                                     Metric::kWorkloadEdgeOtherHandshakeRttDistribution,
                                                     Metric::kWorkloadEdgeOtherResponseDistribution};

class Walk {
 public:
  Walk(const Exposition& exposition, MetricVisitor* visitor)
      : exposition_(exposition), snapshot_(*exposition.snapshot), families_(exposition.families), visitor_(visitor) {}

  void Capture() {
    const std::vector<InterfaceView>& interfaces = exposition_.interfaces;
    const InterfaceCounts& retired = snapshot_.retired_interfaces;
    DuplicateCounts duplicate_packets = retired.duplicate_packets;
    bool has_begun = false;
    for (size_t i = 0; i < interfaces.size(); ++i) {
      AddDuplicateCounts(interfaces[i].duplicate_packets, &duplicate_packets);
      if (interfaces[i].is_forgotten || !interfaces[i].is_named) continue;
      if (!has_begun) Begin(Metric::kCaptureUp);
      has_begun = true;
      visitor_->InterfaceSample(i, {interfaces[i].name}, uint64_t{interfaces[i].up});
    }
    if (!interfaces.empty()) {
      PerInterfaceAndProtocol(Metric::kCapturePackets, &InterfaceCounts::packets);
      PerInterfaceAndProtocol(Metric::kCaptureWireBytes, &InterfaceCounts::wire_bytes);
      Begin(Metric::kCaptureDroppedPackets);
      for (size_t i = 0; i < interfaces.size(); ++i) {
        if (interfaces[i].is_forgotten) continue;
        visitor_->InterfaceSample(i, {interfaces[i].name}, interfaces[i].dropped_packets);
      }
    }
    PerKind(Metric::kCaptureDuplicatePackets, duplicate_packets);
    PerProtocol(Metric::kCaptureRetiredPackets, retired.packets);
    PerProtocol(Metric::kCaptureRetiredWireBytes, retired.wire_bytes);
    Only(Metric::kCaptureRetiredDroppedPackets, retired.dropped_packets);
    PerKind(Metric::kCaptureRetiredDuplicatePackets, retired.duplicate_packets);
    PerName(Metric::kDecodeErrors, snapshot_.decode_errors);
    Overflows();
  }

  void Sums() {
    const Totals& totals = snapshot_.totals;
    Only(Metric::kClientPayloadBytes, totals.client_payload_bytes);
    Only(Metric::kServerPayloadBytes, totals.server_payload_bytes);
    Begin(Metric::kConnections);
    for (size_t i = 0; i < kConnectionStateCount; ++i) {
      visitor_->Sample({ConnectionStateName(static_cast<ConnectionState>(i))}, totals.connections[i]);
    }
    Begin(Metric::kConnectionsOpened);
    visitor_->Sample({"handshake"}, totals.opened_handshake);
    visitor_->Sample({"midstream"}, totals.opened_midstream);
    Begin(Metric::kConnectionsClosed);
    for (size_t i = 0; i < kEndReasonCount; ++i) {
      visitor_->Sample({EndReasonName(static_cast<EndReason>(i))}, totals.closed[i]);
    }
    Only(Metric::kSegments, totals.segments);
    Only(Metric::kClientRetransmittedSegments, totals.client_retransmitted_segments);
    Only(Metric::kServerRetransmittedSegments, totals.server_retransmitted_segments);
    Only(Metric::kOutOfOrderSegments, totals.out_of_order_segments);
    Only(Metric::kSynRetransmissions, totals.syn_retransmissions);
    Only(Metric::kZeroWindows, totals.zero_windows);
    Only(Metric::kKeepAlives, totals.keep_alives);
    Only(Metric::kWindowProbes, totals.window_probes);
    Only(Metric::kResetsIgnored, totals.resets_ignored);
    Only(Metric::kLateSegments, totals.late_segments);
    Buckets(Metric::kHandshakeRtt, RttBounds::kBounds, totals.handshake_rtt_seconds);
    Buckets(Metric::kResponse, RttBounds::kBounds, totals.response_seconds);
    Buckets(Metric::kConnectionDuration, DurationBounds::kBounds, totals.connection_duration_seconds);
    Buckets(Metric::kConnectionPayloadBytes, PayloadBounds::kBounds, totals.connection_payload_bytes);
  }

  void Export() {
    const EdgesView& edges = snapshot_.edges;
    Only(Metric::kSeries, uint64_t{exposition_.series});
    Only(Metric::kSeriesNew, snapshot_.connections_admitted * kSamplesPerConnection +
                                 edges.new_edges * SamplesPerEdge(exposition_.edge_detail, exposition_.edge_buckets));
    Only(Metric::kEdgesFolded, edges.folded);
    Only(Metric::kEdgesRetired, edges.retired_edges);
    Only(Metric::kEdgesRetiredClientPayloadBytes, edges.retired.client_payload_bytes);
    Only(Metric::kEdgesRetiredServerPayloadBytes, edges.retired.server_payload_bytes);
    if (exposition_.has_identities) Only(Metric::kEdgesRenamed, edges.renamed);
    Only(Metric::kEdgeAttemptsPending, edges.pending_attempts);
    Only(Metric::kConnectionsNotExported, exposition_.connections_not_exported);
  }

  // What the agent counts about the names of the ends.
  void Identities() {
    if (!exposition_.has_identities) return;
    const IdentityCounters& counters = snapshot_.identity_counters;
    Begin(Metric::kIdentityUp);
    for (const IdentitySourceState& source : counters.sources) {
      visitor_->Sample({source.name}, uint64_t{source.is_up});
    }
    Only(Metric::kIdentityEndpoints, counters.endpoints);
    Begin(Metric::kIdentityLookups);
    visitor_->Sample({"found"}, snapshot_.workload_edges.lookups_found);
    visitor_->Sample({"unknown"}, snapshot_.workload_edges.lookups_unknown);
    Only(Metric::kIdentityRelists, counters.relists);
    Only(Metric::kIdentityEvents, counters.events);
  }

  void Edges() {
    const EdgeAccounts edges(exposition_, visitor_);
    const bool is_full = exposition_.edge_detail == EdgeDetail::kFull;
    PerAccount(edges, Metric::kEdgeClientPayloadBytes, ClientPayloadBytes);
    PerAccount(edges, Metric::kEdgeServerPayloadBytes, ServerPayloadBytes);
    PerAccount(edges, Metric::kEdgeConnectionsOpened, ConnectionsOpened);
    FailedConnections(edges, Metric::kEdgeConnectionsFailed);
    if (is_full) PerAccount(edges, Metric::kEdgeSegments, Segments);
    PerAccount(edges, Metric::kEdgeRetransmittedSegments, RetransmittedSegments);
    if (is_full) {
      PerAccount(edges, Metric::kEdgeOutOfOrderSegments, [](const EdgeCounters& e) { return e.out_of_order_segments; });
      PerAccount(edges, Metric::kEdgeSynRetransmissions, [](const EdgeCounters& e) { return e.syn_retransmissions; });
    }
    PerAccount(edges, Metric::kEdgeConnections, OpenConnections);
    if (is_full) {
      PerAccount(edges, Metric::kEdgeConnectionsStalled,
                 [](const EdgeCounters& e) { return static_cast<uint64_t>(e.stalled); });
    }
    HandshakeRtt(edges, Metric::kEdgeHandshakeRtt);
    Response(edges, Metric::kEdgeResponse);
    if (is_full) {
      HandshakeRtt(edges, Metric::kEdgeHandshakeRttDistribution);
      Response(edges, Metric::kEdgeResponseDistribution);
    }
    if (exposition_.services.empty()) return;
    Begin(Metric::kEdgeService);
    for (const ExportedService& service : exposition_.services) {
      visitor_->EdgeSample(service.edge, {service.address, service.port}, uint64_t{1});
    }
  }

  void Names() {
    if (!exposition_.has_identities) return;
    PerWorkloadAccount(WorkloadEdgeAccounts(exposition_, visitor_), kWorkloadEdgeFamilies);
    PerWorkloadAccount(OtherWorkloadAccounts(exposition_, visitor_), kOtherWorkloadFamilies);
    PerZone();
    PerEndpoint();
    Listeners();
  }

  void Connections() {
    if (exposition_.connections.empty()) return;
    PerConnection(Metric::kConnectionClientBytesPerSecond,
                  [](const ConnectionSummary& c) { return c.client_sent.payload_bytes_per_second; });
    PerConnection(Metric::kConnectionServerBytesPerSecond,
                  [](const ConnectionSummary& c) { return c.server_sent.payload_bytes_per_second; });
    Begin(Metric::kConnectionState);
    for (size_t i = 0; i < exposition_.connections.size(); ++i) {
      FetchConnectionAhead(exposition_, i);
      visitor_->ConnectionSample(i, ConnectionStateName(exposition_.connections[i].connection->state), uint64_t{1});
    }
    RoundTripTimes();
    PerConnection(Metric::kConnectionIdle, [this](const ConnectionSummary& c) {
      // The packet may be newer than the snapshot's time, or the clock may have stepped back.
      return ToSeconds(std::max<int64_t>(snapshot_.time_ns - c.last_packet_time_ns, 0));
    });
    PerConnection(Metric::kConnectionClientPayloadBytes,
                  [](const ConnectionSummary& c) { return c.client_sent.payload_bytes; });
    PerConnection(Metric::kConnectionServerPayloadBytes,
                  [](const ConnectionSummary& c) { return c.server_sent.payload_bytes; });
    PerConnection(Metric::kConnectionClientRetransmittedSegments,
                  [](const ConnectionSummary& c) { return uint64_t{c.client_sent.retransmitted_segments}; });
    PerConnection(Metric::kConnectionServerRetransmittedSegments,
                  [](const ConnectionSummary& c) { return uint64_t{c.server_sent.retransmitted_segments}; });
  }

  void Rest() { families_ = VisitFamilies(families_, Metric::kCount, visitor_); }

 private:
  // Begins the family of `metric`, after the agent's own families that come before it in the catalog.
  void Begin(Metric metric) {
    families_ = VisitFamilies(families_, metric, visitor_);
    const bool has_buckets = exposition_.edge_buckets && InfoOf(metric).type == MetricType::kSummary;
    visitor_->BeginFamily(has_buckets ? HistogramInfoOf(metric) : InfoOf(metric));
  }

  void Only(Metric metric, MetricValue value) {
    Begin(metric);
    visitor_->Sample({}, value);
  }

  void PerName(Metric metric, const std::vector<NamedCount>& counts) {
    if (counts.empty()) return;
    Begin(metric);
    for (const NamedCount& count : counts) visitor_->Sample({count.name}, count.count);
  }

  void PerKind(Metric metric, const DuplicateCounts& counts) {
    Begin(metric);
    for (size_t i = 0; i < kDuplicateKindCount; ++i) {
      visitor_->Sample({DuplicateKindName(static_cast<DuplicateKind>(i))}, counts[i]);
    }
  }

  void PerProtocol(Metric metric, const std::array<uint64_t, kProtocolCount>& counts) {
    Begin(metric);
    for (size_t i = 0; i < kProtocolCount; ++i) visitor_->Sample({kProtocolNames[i]}, counts[i]);
  }

  void PerInterfaceAndProtocol(Metric metric, std::array<uint64_t, kProtocolCount> InterfaceCounts::*counts) {
    Begin(metric);
    for (size_t i = 0; i < exposition_.interfaces.size(); ++i) {
      const InterfaceView& interface = exposition_.interfaces[i];
      if (interface.is_forgotten) continue;
      for (size_t j = 0; j < kProtocolCount; ++j) {
        visitor_->InterfaceSample(i, {interface.name, kProtocolNames[j]}, (interface.*counts)[j]);
      }
    }
  }

  template <typename Bounds>
  void Buckets(Metric metric, absl::Span<const double> bounds, const Histogram<Bounds>& histogram) {
    Begin(metric);
    visitor_->HistogramSample(bounds, histogram.counts, histogram.sum);
  }

  template <typename ValueOf>
  void PerConnection(Metric metric, const ValueOf& value_of) {
    Begin(metric);
    for (size_t i = 0; i < exposition_.connections.size(); ++i) {
      FetchConnectionAhead(exposition_, i);
      visitor_->ConnectionSample(i, {}, value_of(*exposition_.connections[i].connection));
    }
  }

  template <typename Accounts, typename ValueOf>
  void PerAccount(const Accounts& accounts, Metric metric, const ValueOf& value_of) {
    if (accounts.size() == 0) return;
    Begin(metric);
    for (size_t i = 0; i < accounts.size(); ++i) accounts.Sample(i, {}, value_of(accounts.counters(i)));
  }

  template <typename Accounts>
  void FailedConnections(const Accounts& accounts, Metric metric) {
    if (exposition_.edge_detail == EdgeDetail::kBasic) {
      PerAccount(accounts, metric,
                 [](const EdgeCounters& e) { return e.connections_refused + e.connections_timed_out; });
      return;
    }
    if (accounts.size() == 0) return;
    Begin(metric);
    for (size_t i = 0; i < accounts.size(); ++i) {
      accounts.Sample(i, {"refused"}, accounts.counters(i).connections_refused);
      accounts.Sample(i, {"timeout"}, accounts.counters(i).connections_timed_out);
    }
  }

  template <typename Accounts>
  void HandshakeRtt(const Accounts& accounts, Metric metric) {
    if (accounts.size() == 0) return;
    Begin(metric);
    for (size_t i = 0; i < accounts.size(); ++i) {
      const EdgeCounters& counters = accounts.counters(i);
      accounts.DistributionSample(i, {counters.handshake_rtt_count, counters.handshake_rtt_sum_seconds,
                                      accounts.distributions(i).handshake_rtt_seconds});
    }
  }

  template <typename Accounts>
  void Response(const Accounts& accounts, Metric metric) {
    if (accounts.size() == 0) return;
    Begin(metric);
    for (size_t i = 0; i < accounts.size(); ++i) {
      const EdgeCounters& counters = accounts.counters(i);
      accounts.DistributionSample(
          i, {counters.response_count, counters.response_sum_seconds, accounts.distributions(i).response_seconds});
    }
  }

  template <typename Accounts>
  void PerWorkloadAccount(const Accounts& accounts, const WorkloadFamilies& families) {
    PerAccount(accounts, families.client_payload_bytes, ClientPayloadBytes);
    PerAccount(accounts, families.server_payload_bytes, ServerPayloadBytes);
    PerAccount(accounts, families.connections_opened, ConnectionsOpened);
    FailedConnections(accounts, families.connections_failed);
    const bool is_full = exposition_.edge_detail == EdgeDetail::kFull;
    if (is_full) PerAccount(accounts, families.segments, Segments);
    PerAccount(accounts, families.retransmitted_segments, RetransmittedSegments);
    PerAccount(accounts, families.connections, OpenConnections);
    HandshakeRtt(accounts, families.handshake_rtt);
    Response(accounts, families.response);
    if (is_full) {
      HandshakeRtt(accounts, families.handshake_rtt_distribution);
      Response(accounts, families.response_distribution);
    }
  }

  void PerZone() {
    if (exposition_.zones.empty()) return;
    Begin(Metric::kZonePayloadBytes);
    for (const ZonePayload& zone : exposition_.zones) {
      visitor_->Sample({zone.client_zone, zone.server_zone}, zone.payload_bytes);
    }
  }

  void PerEndpoint() {
    if (exposition_.endpoints.empty()) return;
    Begin(Metric::kEndpointInfo);
    for (const ExportedEndpoint& endpoint : exposition_.endpoints) {
      const EndIdentity& identity = *endpoint.identity;
      const std::string kind = WorkloadKindText(identity);
      visitor_->Sample({endpoint.address.ToString(), identity.namespace_name, identity.pod, identity.workload, kind,
                        identity.node, identity.zone},
                       uint64_t{1});
    }
  }

  void Listeners() {
    PerListener(Metric::kListenerQueueConnections, &ListenerQueue::connections);
    PerListener(Metric::kListenerQueueLimit, &ListenerQueue::limit);
    PerListener(Metric::kListenerDropped, &ListenerQueue::dropped);
  }

  void PerListener(Metric metric, uint64_t ListenerQueue::*value) {
    if (exposition_.listeners == 0) return;
    Begin(metric);
    for (size_t i = 0; i < exposition_.listeners; ++i) {
      const ListenerQueue& queue = snapshot_.identity_map->listener_queues[i];
      const std::string_view workload =
          queue.identity == nullptr ? std::string_view() : queue.identity->identity.workload.view();
      visitor_->Sample({queue.endpoint.address.ToString(), std::to_string(queue.endpoint.port), workload},
                       queue.*value);
    }
  }

  void Overflows() {
    const std::vector<IdentityOverflow>& identities = snapshot_.identity_counters.overflows;
    if (snapshot_.overflows.empty() && identities.empty()) return;
    Begin(Metric::kOverflows);
    for (const NamedCount& count : snapshot_.overflows) visitor_->Sample({count.name}, count.count);
    for (const IdentityOverflow& overflow : identities) visitor_->Sample({overflow.part}, overflow.count);
  }

  void RoundTripTimes() {
    bool has_begun = false;
    for (size_t i = 0; i < exposition_.connections.size(); ++i) {
      FetchConnectionAhead(exposition_, i);
      const int64_t rtt_ns = exposition_.connections[i].connection->min_rtt_ns();
      if (rtt_ns == ConnectionSummary::kUnknown) continue;
      if (!has_begun) Begin(Metric::kConnectionRtt);
      has_begun = true;
      visitor_->ConnectionSample(i, {}, ToSeconds(rtt_ns));
    }
  }

  const Exposition& exposition_;
  const Snapshot& snapshot_;
  absl::Span<const prometheus::MetricFamily> families_;  // the agent's own, as far as not yet visited
  MetricVisitor* visitor_;
};

class SampleCounter final : public MetricVisitor {
 public:
  size_t count() const { return count_; }

  void BeginFamily(const MetricInfo& family) override {
    samples_per_distribution_ =
        family.type == MetricType::kNativeHistogram ? 1 : SamplesPerSummary(family.type == MetricType::kHistogram);
  }
  void Sample(absl::Span<const std::string_view>, MetricValue) override { ++count_; }
  void ConnectionSample(size_t, std::string_view, MetricValue) override { ++count_; }
  void DistributionSample(absl::Span<const std::string_view>, const Distribution&) override { Add(); }
  void EdgeSample(size_t, absl::Span<const std::string_view>, MetricValue) override { ++count_; }
  void EdgeDistributionSample(size_t, const Distribution&) override { Add(); }
  void WorkloadEdgeSample(size_t, absl::Span<const std::string_view>, MetricValue) override { ++count_; }
  void WorkloadEdgeDistributionSample(size_t, const Distribution&) override { Add(); }
  void HistogramSample(absl::Span<const double>, absl::Span<const uint64_t> counts, double) override {
    count_ += counts.size() + 2;
  }

 private:
  void Add() { count_ += samples_per_distribution_; }

  size_t samples_per_distribution_ = 0;
  size_t count_ = 0;
};

}  // namespace

size_t CountSamples(const Exposition& exposition) {
  SampleCounter counter;
  VisitMetrics(exposition, &counter);
  return counter.count();
}

void VisitMetrics(const Exposition& exposition, MetricVisitor* visitor) {
  Walk walk(exposition, visitor);
  walk.Capture();
  walk.Sums();
  walk.Export();
  walk.Identities();
  walk.Edges();
  walk.Names();
  walk.Connections();
  walk.Rest();
}

}  // namespace tcpgauge
