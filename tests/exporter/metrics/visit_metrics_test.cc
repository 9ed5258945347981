// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/visit_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "exporter/metrics/metric_catalog.h"
#include "exporter/metrics/series_plan.h"
#include "exporter/metrics/text_writer.h"
#include "tests/exporter/metrics/example_snapshot.h"

namespace tcpgauge {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string TextOf(const Snapshot& snapshot) { return WriteText(ExampleExposition(snapshot), TextFormat::kPrometheus); }

constexpr char kHeavy[] =
    "{client_address=\"198.51.100.7\",client_port=\"50000\",server_address=\"192.0.2.1\",server_port=\"443\","
    "interface=\"eth0\"";

constexpr char kWorkloads[] =
    "{client_namespace=\"shop\",client_workload=\"web\",server_namespace=\"shop\",server_workload=\"db\","
    "server_port=\"5432\",reporter=\"server\"";

TEST(VisitMetrics, HoldsEveryMetricOfTheCatalog) {
  const std::string text = TextOf(ExampleSnapshot());
  for (const MetricInfo& info : MetricCatalog()) {
    if (info.type == MetricType::kNativeHistogram) {
      EXPECT_THAT(text, Not(HasSubstr(std::string(info.name)))) << "only protobuf has it";
      continue;
    }
    EXPECT_THAT(text,
                HasSubstr("# TYPE " + std::string(info.name) + " " + std::string(MetricTypeName(info.type)) + "\n"));
    EXPECT_THAT(text, HasSubstr("# HELP " + std::string(info.name) + " " + std::string(info.help) + "\n"));
  }
}

TEST(VisitMetrics, NewSeriesAreThoseOfConnectionsAndOfEdges) {
  Snapshot snapshot = ExampleSnapshot();
  EXPECT_THAT(TextOf(snapshot), HasSubstr("\ntcpgauge_series_new_total 0\n"));
  snapshot.connections_admitted = 5;
  EXPECT_THAT(TextOf(snapshot), HasSubstr("\ntcpgauge_series_new_total 45\n"));
  snapshot.edges.new_edges = 2;
  EXPECT_THAT(TextOf(snapshot), HasSubstr("\ntcpgauge_series_new_total " +
                                          std::to_string(45 + 2 * SamplesPerEdge(EdgeDetail::kFull, false)) + "\n"));
}

// Checks that the catalog and the value of each sample agree on whether the metric counts whole things.
class KindChecker final : public MetricVisitor {
 public:
  void BeginFamily(const MetricInfo& family) override { info_ = &family; }
  void Sample(absl::Span<const std::string_view>, MetricValue value) override {
    EXPECT_EQ(value.is_count(), info_->counts_whole()) << info_->name;
  }
  void DistributionSample(absl::Span<const std::string_view>, const Distribution&) override {}
  void ConnectionSample(size_t, std::string_view, MetricValue value) override { Sample({}, value); }
  void EdgeSample(size_t, absl::Span<const std::string_view>, MetricValue value) override { Sample({}, value); }
  void EdgeDistributionSample(size_t, const Distribution&) override {}
  void WorkloadEdgeSample(size_t, absl::Span<const std::string_view>, MetricValue value) override { Sample({}, value); }
  void WorkloadEdgeDistributionSample(size_t, const Distribution&) override {}
  void HistogramSample(absl::Span<const double>, absl::Span<const uint64_t>, double) override {}

 private:
  const MetricInfo* info_ = nullptr;
};

TEST(VisitMetrics, WhatTheCatalogCallsACountIsHandedOnAsOne) {
  KindChecker checker;
  VisitMetrics(ExampleExposition(ExampleSnapshot()), &checker);
}

// Records the families.
class FamilyOrder final : public MetricVisitor {
 public:
  void BeginFamily(const MetricInfo& family) override { families.push_back(family.metric); }
  void Sample(absl::Span<const std::string_view>, MetricValue) override {}
  void DistributionSample(absl::Span<const std::string_view>, const Distribution&) override {}
  void ConnectionSample(size_t, std::string_view, MetricValue) override {}
  void EdgeSample(size_t, absl::Span<const std::string_view>, MetricValue) override {}
  void EdgeDistributionSample(size_t, const Distribution&) override {}
  void WorkloadEdgeSample(size_t, absl::Span<const std::string_view>, MetricValue) override {}
  void WorkloadEdgeDistributionSample(size_t, const Distribution&) override {}
  void HistogramSample(absl::Span<const double>, absl::Span<const uint64_t>, double) override {}

  std::vector<Metric> families;
};

TEST(VisitMetrics, FamiliesComeInTheOrderOfTheCatalog) {
  FamilyOrder order;
  VisitMetrics(ExampleExposition(ExampleSnapshot()), &order);
  ASSERT_EQ(order.families.size(), kMetricCount);
  for (size_t i = 0; i < kMetricCount; ++i) EXPECT_EQ(order.families[i], static_cast<Metric>(i));
}

TEST(VisitMetrics, SaysWhatTheSnapshotSays) {
  const std::string text = TextOf(ExampleSnapshot());
  const std::string heavy(kHeavy), workloads(kWorkloads);
  for (const std::string& line : {
           std::string("tcpgauge_build_info{version=\"1.2.3\",revision=\"0123abc\"} 1"),
           std::string("tcpgauge_capture_up{interface=\"wlan0\"} 0"),
           std::string("tcpgauge_capture_packets_total{interface=\"eth0\",protocol=\"udp\"} 20"),
           std::string("tcpgauge_capture_wire_bytes_total{interface=\"eth0\",protocol=\"tcp\"} 1000000"),
           std::string("tcpgauge_capture_dropped_packets_total{interface=\"eth0\"} 5"),
           std::string("tcpgauge_capture_duplicate_packets_total{kind=\"interface\"} 13"),
           std::string("tcpgauge_capture_duplicate_packets_total{kind=\"translated\"} 11"),
           std::string("tcpgauge_capture_duplicate_packets_total{kind=\"encapsulated\"} 14"),
           std::string("tcpgauge_capture_retired_packets_total{protocol=\"tcp\"} 40"),
           std::string("tcpgauge_capture_retired_wire_bytes_total{protocol=\"other\"} 1000"),
           std::string("tcpgauge_capture_retired_dropped_packets_total 6"),
           std::string("tcpgauge_capture_retired_duplicate_packets_total{kind=\"encapsulated\"} 9"),
           std::string("tcpgauge_decode_errors_total{reason=\"truncated_tcp\"} 3"),
           std::string("tcpgauge_overflows_total{part=\"sequence_gaps\"} 2"),
           std::string("tcpgauge_client_payload_bytes_total 77777"),
           std::string("tcpgauge_connections{state=\"established\"} 7"),
           std::string("tcpgauge_connections_opened_total{origin=\"midstream\"} 10"),
           std::string("tcpgauge_connections_closed_total{reason=\"refused\"} 5"),
           std::string("tcpgauge_handshake_rtt_seconds_bucket{le=\"0.0001\"} 1"),
           std::string("tcpgauge_handshake_rtt_seconds_bucket{le=\"2.5\"} 3"),
           std::string("tcpgauge_handshake_rtt_seconds_bucket{le=\"+Inf\"} 4"),
           std::string("tcpgauge_handshake_rtt_seconds_count 4"),
           std::string("tcpgauge_edge_attempts_pending 3"),
           std::string("tcpgauge_connections_not_exported 6"),
           std::string("tcpgauge_scrape_duration_seconds 0.0025"),
           "tcpgauge_connection_client_bytes_per_second" + heavy + "} 100.5",
           "tcpgauge_connection_client_payload_bytes_total" + heavy + "} 1234",
           "tcpgauge_connection_server_retransmitted_segments_total" + heavy + "} 9",
           "tcpgauge_connection_state" + heavy + ",state=\"established\"} 1",
           "tcpgauge_connection_idle_seconds" + heavy + "} 1",
           std::string("tcpgauge_edge_service_info{client_address=\"198.51.100.7\",server_address=\"192.0.2.1\","
                       "server_port=\"443\",service_address=\"203.0.113.10\",service_port=\"8443\"} 1"),
           std::string("tcpgauge_edge_service_info{client_address=\"198.51.100.7\",server_address=\"192.0.2.1\","
                       "server_port=\"443\",service_address=\"192.0.2.1\",service_port=\"30443\"} 1"),
           std::string("tcpgauge_overflows_total{part=\"identities\"} 6"),
           std::string("tcpgauge_edges_renamed_total 0"),
           std::string("tcpgauge_identity_up{source=\"cgroup\"} 1"),
           std::string("tcpgauge_identity_up{source=\"kubernetes-pods\"} 0"),
           std::string("tcpgauge_identity_endpoints 250"),
           std::string("tcpgauge_identity_lookups_total{result=\"found\"} 70"),
           std::string("tcpgauge_identity_lookups_total{result=\"unknown\"} 12"),
           std::string("tcpgauge_identity_relists_total 2"),
           std::string("tcpgauge_identity_events_total 345"),
           "tcpgauge_workload_edge_client_payload_bytes_total" + workloads + "} 600",
           "tcpgauge_workload_edge_server_payload_bytes_total" + workloads + "} 7000",
           "tcpgauge_workload_edge_connections_opened_total" + workloads + "} 30",
           "tcpgauge_workload_edge_connections_failed_total" + workloads + ",reason=\"refused\"} 4",
           "tcpgauge_workload_edge_connections_failed_total" + workloads + ",reason=\"timeout\"} 5",
           "tcpgauge_workload_edge_segments_total" + workloads + "} 80",
           "tcpgauge_workload_edge_retransmitted_segments_total" + workloads + "} 3",
           "tcpgauge_workload_edge_connections" + workloads + "} 2",
           "tcpgauge_workload_edge_handshake_rtt_seconds_count" + workloads + "} 25",
           "tcpgauge_workload_edge_handshake_rtt_seconds_sum" + workloads + "} 0.5",
           std::string("tcpgauge_workload_edge_other_client_payload_bytes_total{reporter=\"client\"} 0"),
           std::string("tcpgauge_workload_edge_other_client_payload_bytes_total{reporter=\"transit\"} 11"),
           std::string(
               "tcpgauge_workload_edge_other_connections_failed_total{reporter=\"server\",reason=\"timeout\"} 0"),
           std::string("tcpgauge_workload_edge_other_handshake_rtt_seconds_count{reporter=\"server\"} 0"),
           std::string("tcpgauge_zone_payload_bytes_total{client_zone=\"eu-1a\",server_zone=\"eu-1b\"} 7600"),
           std::string("tcpgauge_endpoint_info{address=\"10.42.0.7\",namespace=\"shop\",pod=\"db-0\",workload=\"db\","
                       "workload_kind=\"Deployment\",node=\"node-7\",zone=\"eu-1a\"} 1"),
           std::string("tcpgauge_listener_queue_connections{address=\"10.42.0.7\",port=\"5432\",workload=\"db\"} 3"),
           std::string("tcpgauge_listener_queue_limit{address=\"10.42.0.7\",port=\"5432\",workload=\"db\"} 128"),
           std::string("tcpgauge_listener_dropped_total{address=\"10.42.0.7\",port=\"5432\",workload=\"db\"} 9"),
           std::string("process_open_fds 17"),
       }) {
    EXPECT_THAT(text, HasSubstr("\n" + line + "\n"));
  }
}

TEST(VisitMetrics, AnEdgeShowsWhoIsAtItsEnds) {
  Snapshot snapshot = ExampleSnapshot();
  EndIdentity server = ExampleIdentity("shop", "db", "db-0")->identity;
  server.service = "postgres";
  snapshot.edges.exported[0].client = ExampleIdentity("shop", "web", "web-1");
  snapshot.edges.exported[0].server = std::make_shared<NumberedIdentity>(NumberedIdentity{2, 2, 2, server});
  const std::string labels =
      "{client_address=\"198.51.100.7\",server_address=\"192.0.2.1\",server_port=\"443\",client_namespace=\"shop\","
      "client_workload=\"web\",client_pod=\"web-1\",server_namespace=\"shop\",server_workload=\"db\","
      "server_pod=\"db-0\",server_service=\"postgres\"";
  const std::string text = TextOf(snapshot);
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_edge_client_payload_bytes_total" + labels + "} 1234\n"));
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_edge_connections_failed_total" + labels + ",reason=\"refused\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_edge_handshake_rtt_seconds_count" + labels + "} 0\n"));
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_edge_service_info" + labels +
                              ",service_address=\"203.0.113.10\",service_port=\"8443\"} 1\n"));
}

TEST(VisitMetrics, LabelsOfUnknownNamesAreAbsent) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.edges.exported[0].server = ExampleIdentity("", "nginx.service", "");
  const std::string text = TextOf(snapshot);
  EXPECT_THAT(text,
              HasSubstr("\ntcpgauge_edge_connections{client_address=\"198.51.100.7\",server_address=\"192.0.2.1\","
                        "server_port=\"443\",server_workload=\"nginx.service\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_edge_connections{client_address=\"other\",server_address=\"other\","
                              "server_port=\"other\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("=\"\"")));
}

TEST(VisitMetrics, AnEndThatIsNoWorkloadShowsItsPrefixOrIsExternal) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.edges.v4_prefix_bits = 24;
  WorkloadEdgeView& edge = snapshot.workload_edges.exported[0];
  edge.client = edge.server = nullptr;
  edge.key.client = {0, *IpAddress::Parse("203.0.113.0")};
  edge.key.server = {};
  edge.key.reporter = Reporter::kClient;
  EXPECT_THAT(TextOf(snapshot),
              HasSubstr("\ntcpgauge_workload_edge_connections{client_workload=\"203.0.113.0/24\","
                        "server_workload=\"external\",server_port=\"5432\",reporter=\"client\"} 2\n"));
}

TEST(VisitMetrics, AnAlonePodIsNoWorkload) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.workload_edges.exported[0].client = ExampleIdentity("shop", "", "alone");
  EXPECT_THAT(TextOf(snapshot), HasSubstr("\ntcpgauge_workload_edge_connections{client_workload=\"external\","
                                          "server_namespace=\"shop\""));
}

TEST(VisitMetrics, AGuessedNameIsMarked) {
  Snapshot snapshot = ExampleSnapshot();
  auto map = std::make_shared<IdentityMap>();
  auto guess = std::make_shared<NumberedIdentity>();
  guess->identity.pod = "web-7d4b9c-x2x1z";
  guess->identity.workload = "web";
  guess->identity.workload_kind = "ReplicaSet";
  guess->identity.is_guess = true;
  map->addresses.emplace(*IpAddress::Parse("10.42.0.9"), guess);
  map->local_addresses.insert(*IpAddress::Parse("10.42.0.9"));
  snapshot.identity_map = map;
  EXPECT_THAT(TextOf(snapshot), HasSubstr("\ntcpgauge_endpoint_info{address=\"10.42.0.9\",pod=\"web-7d4b9c-x2x1z\","
                                          "workload=\"web\",workload_kind=\"ReplicaSet(guess)\"} 1\n"));
}

TEST(VisitMetrics, WithoutIdentitiesNoMetricIsAboutThem) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.identity_counters = {};
  const std::string text = TextOf(snapshot);
  for (const char* start : {"workload_edge", "zone", "endpoint", "listener", "identity", "edges_renamed"}) {
    EXPECT_THAT(text, Not(HasSubstr("# TYPE tcpgauge_" + std::string(start))));
  }
  EXPECT_THAT(text, Not(HasSubstr("part=\"identities\"")));
}

TEST(VisitMetrics, BeforeTheFirstWorkloadEdgeThereIsOnlyTheRest) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.workload_edges = {};
  const std::string text = TextOf(snapshot);
  EXPECT_THAT(text, Not(HasSubstr("# TYPE tcpgauge_workload_edge_client_payload_bytes_total")));
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_workload_edge_other_client_payload_bytes_total{reporter=\"transit\"} 0\n"));
}

TEST(VisitMetrics, OnlyNamedInterfacesAreUpOrDown) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.interfaces[1].is_named = false;
  const std::string text = TextOf(snapshot);
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_capture_up{interface=\"eth0\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("\ntcpgauge_capture_up{interface=\"wlan0\"}")));
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_capture_dropped_packets_total{interface=\"wlan0\"} 0\n"));
}

TEST(VisitMetrics, AForgottenInterfaceIsOnlyALabelOfItsConnections) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.interfaces[1].is_forgotten = true;
  const std::string text = TextOf(snapshot);
  EXPECT_THAT(text, Not(HasSubstr("{interface=\"wlan0\"")));
  EXPECT_THAT(text, HasSubstr(",interface=\"wlan0\""));
}

TEST(VisitMetrics, IdleTimeIsNeverNegative) {
  EXPECT_THAT(TextOf(ExampleSnapshot()),
              HasSubstr("tcpgauge_connection_idle_seconds{client_address=\"198.51.100.8\",client_port=\"50002\","
                        "server_address=\"192.0.2.1\",server_port=\"443\",interface=\"eth0\"} 0\n"));
}

TEST(VisitMetrics, LeavesOutRoundTripTimesThatAreNotKnown) {
  Snapshot snapshot = ExampleSnapshot();
  EXPECT_THAT(TextOf(snapshot), HasSubstr("\ntcpgauge_connection_rtt_seconds{client_address=\"2001:db8::1\""));
  EXPECT_THAT(TextOf(snapshot), Not(HasSubstr("\ntcpgauge_connection_rtt_seconds{client_address=\"198.51.100.8\"")));
  for (ConnectionSummary& connection : snapshot.connections) connection.client_min_rtt_ns = ConnectionSummary::kUnknown;
  EXPECT_THAT(TextOf(snapshot), Not(HasSubstr("tcpgauge_connection_rtt_seconds")));
}

TEST(VisitMetrics, EscapesInterfaceNames) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.interfaces[0].name = "a\"b\\c\nd\xff";
  EXPECT_THAT(TextOf(snapshot),
              HasSubstr("tcpgauge_capture_dropped_packets_total{interface=\"a\\\"b\\\\c\\nd\xef\xbf\xbd\"} 5\n"));
}

TEST(VisitMetrics, NeverHoldsASeriesTwice) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.interfaces[1].name = snapshot.interfaces[0].name;
  snapshot.connections.push_back(snapshot.connections[0]);
  snapshot.connections.back().id = 99;
  snapshot.connections.back().encapsulation = 1;
  snapshot.connections.push_back(snapshot.connections[0]);
  snapshot.connections.back().interface = 1;
  snapshot.connections.back().state = ConnectionState::kClosed;
  std::istringstream lines(TextOf(snapshot));
  std::set<std::string> series;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(series.insert(line.substr(0, line.rfind(' '))).second || line[0] == '#') << line;
  }
}

TEST(VisitMetrics, AnEmptySnapshotIsAnExpositionAsWell) {
  const std::string text = TextOf(Snapshot());
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_client_payload_bytes_total 0\n"));
  for (const char* kind : {"interface", "translated", "encapsulated"}) {
    EXPECT_THAT(text, HasSubstr("\ntcpgauge_capture_duplicate_packets_total{kind=\"" + std::string(kind) + "\"} 0\n"));
  }
  EXPECT_THAT(text, Not(HasSubstr("tcpgauge_connection_state")));
  EXPECT_THAT(text, Not(HasSubstr("tcpgauge_edge_service_info")));
}

}  // namespace
}  // namespace tcpgauge
