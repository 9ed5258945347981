// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/otlp_encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "exporter/metrics/metric_catalog.h"
#include "exporter/metrics/series_plan.h"
#include "exporter/metrics/visit_metrics.h"
#include "tests/exporter/metrics/example_snapshot.h"
#include "tests/exporter/metrics/random_snapshot.h"

namespace tcpgauge {
namespace {

using testing::HasSubstr;

constexpr int64_t kNow = 1700000001000000000;
constexpr uint32_t kNoRecordedValue = otlp::DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK;

OtlpEncoderOptions With(Temporality temporality, size_t max_points = 10000) {
  OtlpEncoderOptions options;
  options.resource = {{"service.name", "t"}};
  options.scope_version = "1.2.3";
  options.temporality = temporality;
  options.max_points_per_request = max_points;
  return options;
}

otlp::ExportMetricsServiceRequest Parse(const OtlpRequest& request) {
  otlp::ExportMetricsServiceRequest parsed;
  EXPECT_TRUE(parsed.ParseFromString(request.body));
  return parsed;
}

std::string Text(const otlp::AnyValue& value) {
  switch (value.value_case()) {
    case otlp::AnyValue::kStringValue:
      return value.string_value();
    case otlp::AnyValue::kIntValue:
      return std::to_string(value.int_value());
    default:
      return value.bool_value() ? "true" : "false";
  }
}

template <typename Point>
std::string AttributesOf(const Point& point) {
  std::string text;
  for (const otlp::KeyValue& attribute : point.attributes()) {
    text += (text.empty() ? "" : ",") + attribute.key() + "=" + Text(attribute.value());
  }
  return text;
}

// The points of one push, by metric and attributes.
struct Pushed {
  explicit Pushed(const std::vector<OtlpRequest>& requests) {
    for (const OtlpRequest& request : requests) {
      size_t points = 0;
      const auto parsed = Parse(request);
      for (const otlp::Metric& metric : parsed.resource_metrics(0).scope_metrics(0).metrics()) {
        metrics[metric.name()] = metric;
        for (const auto* list : {&metric.gauge().data_points(), &metric.sum().data_points()}) {
          for (const otlp::NumberDataPoint& point : *list) {
            EXPECT_TRUE(numbers[metric.name()].emplace(AttributesOf(point), point).second) << metric.name();
            ++points;
          }
        }
        for (const otlp::HistogramDataPoint& point : metric.histogram().data_points()) {
          EXPECT_TRUE(histograms[metric.name()].emplace(AttributesOf(point), point).second) << metric.name();
          ++points;
        }
        for (const otlp::ExponentialHistogramDataPoint& point : metric.exponential_histogram().data_points()) {
          EXPECT_TRUE(exponentials[metric.name()].emplace(AttributesOf(point), point).second) << metric.name();
          ++points;
        }
      }
      EXPECT_EQ(points, request.data_points);
    }
  }

  const otlp::NumberDataPoint& Number(const std::string& name, const std::string& attributes = "") const {
    return numbers.at(name).at(attributes);
  }
  const otlp::HistogramDataPoint& Histogram(const std::string& name, const std::string& attributes = "") const {
    return histograms.at(name).at(attributes);
  }
  const otlp::ExponentialHistogramDataPoint& Exponential(const std::string& name, const std::string& attributes) const {
    return exponentials.at(name).at(attributes);
  }

  std::map<std::string, otlp::Metric> metrics;
  std::map<std::string, std::map<std::string, otlp::NumberDataPoint>> numbers;
  std::map<std::string, std::map<std::string, otlp::HistogramDataPoint>> histograms;
  std::map<std::string, std::map<std::string, otlp::ExponentialHistogramDataPoint>> exponentials;
};

// REQUIRES: `metric` is no gauge.
otlp::AggregationTemporality TemporalityOf(const otlp::Metric& metric) {
  if (metric.has_sum()) return metric.sum().aggregation_temporality();
  return metric.has_histogram() ? metric.histogram().aggregation_temporality()
                                : metric.exponential_histogram().aggregation_temporality();
}

Pushed EncodeOnce(const Snapshot& snapshot, Temporality temporality = Temporality::kCumulative) {
  OtlpEncoder encoder(With(temporality));
  return Pushed(encoder.Encode(ExampleExposition(snapshot), kNow));
}

constexpr char kHeavy[] =
    "client.address=198.51.100.7,client.port=50000,server.address=192.0.2.1,server.port=443,network.interface.name="
    "eth0,";
constexpr char kTcpV4[] = "network.transport=tcp,network.type=ipv4";

void AddHandshakes(const std::vector<double>& seconds, EdgeCounters* counters, EdgeDistributions* distributions) {
  for (const double rtt : seconds) {
    ++counters->handshake_rtt_count;
    counters->handshake_rtt_sum_seconds += rtt;
    distributions->handshake_rtt_seconds.Observe(rtt);
  }
}

Snapshot WithEdge(uint64_t client_payload_bytes, int64_t start_time_ns) {
  Snapshot snapshot = ExampleSnapshot();
  EdgeView edge;
  edge.key = {*IpAddress::Parse("2001:db8::7"), {*IpAddress::Parse("2001:db8::1"), 443}};
  edge.counters.client_payload_bytes = client_payload_bytes;
  AddHandshakes({0.1, 0.1, 0.3}, &edge.counters, &edge.distributions);
  edge.start_time_ns = start_time_ns;
  snapshot.edges.exported = {edge};
  return snapshot;
}

constexpr char kEdge[] =
    "client.address=2001:db8::7,server.address=2001:db8::1,server.port=443,network.transport=tcp,network.type=ipv6";

TEST(OtlpEncoder, HoldsEveryMetricOfTheCatalog) {
  const Pushed pushed = EncodeOnce(ExampleSnapshot());
  size_t native_histograms = 0;
  for (const MetricInfo& info : MetricCatalog()) {
    if (info.type == MetricType::kNativeHistogram) {
      ++native_histograms;
      continue;
    }
    const otlp::Metric& metric = pushed.metrics.at(std::string(info.otlp_name));
    EXPECT_EQ(metric.unit(), info.otlp_unit);
    EXPECT_EQ(metric.description(), info.help);
    EXPECT_EQ(metric.has_gauge(), info.type == MetricType::kGauge && !info.is_additive) << info.name;
    EXPECT_EQ(metric.has_sum(), info.type == MetricType::kCounter || info.is_additive) << info.name;
    EXPECT_EQ(metric.sum().is_monotonic(), info.type == MetricType::kCounter) << info.name;
    EXPECT_EQ(metric.has_histogram(), info.type == MetricType::kHistogram) << info.name;
    EXPECT_EQ(metric.has_exponential_histogram(), info.type == MetricType::kSummary) << info.name;
    if (metric.has_gauge()) continue;
    EXPECT_EQ(TemporalityOf(metric), otlp::AGGREGATION_TEMPORALITY_CUMULATIVE) << info.name;
  }
  EXPECT_EQ(pushed.metrics.size(), kMetricCount - native_histograms);
}

TEST(OtlpEncoder, HasAPointForEverySample) {
  Snapshot snapshot = RandomSnapshot(1, 300, Values::kPlausible);
  AddRandomNames(1, Values::kPlausible, &snapshot);
  const Exposition exposition = ExampleExposition(snapshot);
  OtlpEncoder encoder(With(Temporality::kCumulative));
  size_t points = 0;
  for (const OtlpRequest& request : encoder.Encode(exposition, kNow)) points += request.data_points;
  // A histogram is one point here. In the text formats it has a sample for each bucket, for the sum and for the count.
  const size_t request_bounds = 4;
  const size_t buckets = 2 * std::size(RttBounds::kBounds) + std::size(DurationBounds::kBounds) +
                         std::size(PayloadBounds::kBounds) + request_bounds;
  const size_t accounts = exposition.edges.size() + exposition.workload_edges.size() + kReporters;
  const size_t summaries = 2 * accounts;
  const size_t native_histograms = 2 * accounts;  // which are not sent
  const size_t more_in_text = buckets + 5 * 2 + summaries;
  EXPECT_EQ(points, CountSamples(exposition) - more_in_text - native_histograms);
}

TEST(OtlpEncoder, SaysWhoItIs) {
  OtlpEncoder encoder(With(Temporality::kCumulative));
  const auto request = Parse(encoder.Encode(ExampleExposition(ExampleSnapshot()), kNow)[0]);
  const otlp::ResourceMetrics& metrics = request.resource_metrics(0);
  EXPECT_EQ(AttributesOf(metrics.resource()), "service.name=t");
  EXPECT_EQ(metrics.scope_metrics(0).scope().name(), "tcpgauge");
  EXPECT_EQ(metrics.scope_metrics(0).scope().version(), "1.2.3");
}

TEST(OtlpEncoder, ConnectionsCarryTheConventionsAttributes) {
  const Pushed pushed = EncodeOnce(ExampleSnapshot());
  EXPECT_EQ(pushed.Number("tcpgauge.connection.server.payload", std::string(kHeavy) + kTcpV4).as_int(),
            9007199254740993);
  EXPECT_EQ(pushed.Number("tcpgauge.connection.client.bytes_per_second", std::string(kHeavy) + kTcpV4).as_double(),
            100.5);
  EXPECT_EQ(
      pushed.Number("tcpgauge.connection.state", std::string(kHeavy) + "network.connection.state=established," + kTcpV4)
          .as_int(),
      1);
  EXPECT_EQ(pushed.numbers.at("tcpgauge.connection.idle")
                .count("client.address=2001:db8::1,client.port=50001,server.address=192.0.2.1,server.port=443,"
                       "network.interface.name=wlan0,network.transport=tcp,network.type=ipv6"),
            1u);
}

TEST(OtlpEncoder, TheEdgeOtherIsAnOverflow) {
  const Pushed pushed = EncodeOnce(WithEdge(5, kNow - 10));
  EXPECT_EQ(pushed.numbers.at("tcpgauge.edge.client.payload").size(), 2u);
  EXPECT_EQ(pushed.numbers.at("tcpgauge.edge.client.payload").count("otel.metric.overflow=true"), 1u);
  EXPECT_EQ(pushed.Number("tcpgauge.edge.client.payload", kEdge).as_int(), 5);
}

TEST(OtlpEncoder, AnEdgeHasTheNamesOfItsEnds) {
  Snapshot snapshot = WithEdge(5, kNow - 10);
  EndIdentity server = ExampleIdentity("shop", "db", "db-0")->identity;
  server.service = "postgres";
  snapshot.edges.exported[0].client = ExampleIdentity("", "cron.service", "");
  snapshot.edges.exported[0].server = std::make_shared<NumberedIdentity>(NumberedIdentity{2, 2, 2, server});
  const Pushed pushed = EncodeOnce(snapshot);
  const std::string names =
      "client.address=2001:db8::7,server.address=2001:db8::1,server.port=443,client.workload=cron.service,"
      "server.k8s.namespace.name=shop,server.workload=db,server.k8s.workload.name=db,server.k8s.pod.name=db-0,"
      "server.k8s.service.name=postgres,network.transport=tcp,network.type=ipv6";
  EXPECT_EQ(pushed.Number("tcpgauge.edge.client.payload", names).as_int(), 5);
  EXPECT_EQ(pushed.Exponential("tcpgauge.edge.handshake.rtt", names).count(), 3u);
  EXPECT_EQ(pushed.numbers.at("tcpgauge.edge.client.payload").count("otel.metric.overflow=true"), 1u);
}

constexpr char kWorkloads[] =
    "client.k8s.namespace.name=shop,client.workload=web,client.k8s.workload.name=web,server.k8s.namespace.name=shop,"
    "server.workload=db,server.k8s.workload.name=db,server.port=5432,tcpgauge.reporter=server";

TEST(OtlpEncoder, WorkloadEdgesHaveTheirOwnStart) {
  const Snapshot snapshot = ExampleSnapshot();
  const Pushed pushed = EncodeOnce(snapshot);
  const otlp::NumberDataPoint& payload = pushed.Number("tcpgauge.workload_edge.client.payload", kWorkloads);
  const uint64_t start_ns = static_cast<uint64_t>(snapshot.workload_edges.exported[0].start_time_ns);
  EXPECT_EQ(payload.as_int(), 600);
  EXPECT_EQ(payload.start_time_unix_nano(), start_ns);
  const otlp::ExponentialHistogramDataPoint& rtt =
      pushed.Exponential("tcpgauge.workload_edge.handshake.rtt", kWorkloads);
  EXPECT_EQ(rtt.count(), 25u);
  EXPECT_EQ(rtt.start_time_unix_nano(), start_ns);
  const otlp::NumberDataPoint& other =
      pushed.Number("tcpgauge.workload_edge.other.client.payload", "tcpgauge.reporter=transit");
  EXPECT_EQ(other.as_int(), 11);
  EXPECT_EQ(other.start_time_unix_nano(), static_cast<uint64_t>(snapshot.capture_start_time_ns));
  EXPECT_EQ(pushed.Exponential("tcpgauge.workload_edge.other.handshake.rtt", "tcpgauge.reporter=client").count(), 0u);
}

TEST(OtlpEncoder, AWorkloadEdgeThatEndsIsClosedWithItsNames) {
  OtlpEncoder encoder(With(Temporality::kCumulative));
  Snapshot snapshot = ExampleSnapshot();
  snapshot.workload_edges.exported[0].client = nullptr;
  encoder.Encode(ExampleExposition(snapshot), kNow);
  snapshot.workload_edges.exported.clear();
  const Pushed closed(encoder.Encode(ExampleExposition(snapshot), kNow + 1));
  EXPECT_EQ(closed
                .Number("tcpgauge.workload_edge.client.payload",
                        "client.workload=external,server.k8s.namespace.name=shop,server.workload=db,"
                        "server.k8s.workload.name=db,server.port=5432,tcpgauge.reporter=server")
                .flags(),
            kNoRecordedValue);
}

TEST(OtlpEncoder, NamesEndpointsListenersAndZones) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.workload_edges.zones.push_back({"other", "other", 5});
  const Pushed pushed = EncodeOnce(snapshot);
  EXPECT_EQ(pushed
                .Number("tcpgauge.endpoint_info",
                        "tcpgauge.endpoint.address=10.42.0.7,k8s.namespace.name=shop,k8s.pod.name=db-0,"
                        "tcpgauge.workload=db,tcpgauge.workload.kind=Deployment,k8s.node.name=node-7,"
                        "cloud.availability_zone=eu-1a")
                .as_int(),
            1);
  const otlp::NumberDataPoint& dropped =
      pushed.Number("tcpgauge.listener.dropped", "server.address=10.42.0.7,server.port=5432,server.workload=db");
  EXPECT_EQ(dropped.as_int(), 9);
  EXPECT_TRUE(dropped.attributes(1).value().has_int_value());
  EXPECT_EQ(
      pushed
          .Number("tcpgauge.zone.payload", "client.cloud.availability_zone=eu-1a,server.cloud.availability_zone=eu-1b")
          .as_int(),
      7600);
  EXPECT_EQ(pushed.Number("tcpgauge.zone.payload", "otel.metric.overflow=true").as_int(), 5);
}

TEST(OtlpEncoder, TheInterfaceOtherIsAnOverflow) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.interfaces[1].name = "other";
  EXPECT_EQ(EncodeOnce(snapshot)
                .numbers.at("tcpgauge.capture.up")
                .count("network.interface.name=other,otel.metric.overflow=true"),
            1u);
}

TEST(OtlpEncoder, CountersOfAnInterfaceStartWhenItsCountsWereZero) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.interfaces[1].start_time_ns = kNow - 10;
  const Pushed pushed = EncodeOnce(snapshot);
  EXPECT_EQ(pushed.Number("tcpgauge.capture.packets", "network.interface.name=wlan0,tcpgauge.packet.protocol=tcp")
                .start_time_unix_nano(),
            static_cast<uint64_t>(kNow - 10));
}

TEST(OtlpEncoder, AnHttpStatusIsANumberAndWhatHasNoRoomIsAnOverflow) {
  const Pushed pushed = EncodeOnce(ExampleSnapshot());
  const otlp::NumberDataPoint& scraped =
      pushed.Number("tcpgauge.http.requests", "http.route=/metrics,http.response.status_code=200");
  EXPECT_TRUE(scraped.attributes(1).value().has_int_value());
  EXPECT_EQ(scraped.as_int(), 50);
  EXPECT_EQ(pushed.Number("tcpgauge.http.requests", "http.route=other,otel.metric.overflow=true").as_int(), 2);
}

TEST(OtlpEncoder, NamesTheServicesOfAnEdge) {
  const Pushed pushed = EncodeOnce(ExampleSnapshot());
  const otlp::NumberDataPoint& point =
      pushed.Number("tcpgauge.edge.service_info",
                    "client.address=198.51.100.7,server.address=192.0.2.1,server.port=443,"
                    "tcpgauge.service.address=203.0.113.10,tcpgauge.service.port=8443," +
                        std::string(kTcpV4));
  EXPECT_EQ(point.as_int(), 1);
  EXPECT_TRUE(point.attributes(4).value().has_int_value());
}

TEST(OtlpEncoder, TellsHowDuplicatesDiffer) {
  const Pushed pushed = EncodeOnce(ExampleSnapshot());
  const std::string name = "tcpgauge.capture.duplicate_packets";
  EXPECT_EQ(pushed.Number(name, "tcpgauge.duplicate.kind=interface").as_int(), 13);
  EXPECT_EQ(pushed.Number(name, "tcpgauge.duplicate.kind=translated").as_int(), 11);
  EXPECT_EQ(pushed.Number(name, "tcpgauge.duplicate.kind=encapsulated").as_int(), 14);
}

TEST(OtlpEncoder, CountersSayTrulySinceWhenTheyCount) {
  Snapshot snapshot = WithEdge(5, kNow - 10);
  const Pushed pushed = EncodeOnce(snapshot);
  const uint64_t agent = static_cast<uint64_t>(snapshot.capture_start_time_ns);
  EXPECT_EQ(pushed.Number("tcpgauge.client.payload").start_time_unix_nano(), agent);
  EXPECT_EQ(pushed.Histogram("tcpgauge.handshake.rtt").start_time_unix_nano(), agent);
  EXPECT_EQ(pushed.Number("tcpgauge.edge.client.payload", "otel.metric.overflow=true").start_time_unix_nano(), agent);
  EXPECT_EQ(pushed.Number("tcpgauge.edge.client.payload", kEdge).start_time_unix_nano(), uint64_t{kNow - 10});
  EXPECT_EQ(pushed.Exponential("tcpgauge.edge.handshake.rtt", kEdge).start_time_unix_nano(), uint64_t{kNow - 10});
  EXPECT_EQ(pushed.Number("tcpgauge.connection.client.payload", std::string(kHeavy) + kTcpV4).start_time_unix_nano(),
            static_cast<uint64_t>(snapshot.connections[0].start_time_ns));
  EXPECT_EQ(pushed.Number("process.cpu.time").start_time_unix_nano(), 1699999900500000000u);
  EXPECT_EQ(pushed.Number("process.memory.usage").start_time_unix_nano(), 1699999900500000000u);
  EXPECT_EQ(pushed.Number("tcpgauge.series.count").start_time_unix_nano(), agent);
  EXPECT_EQ(pushed.Number("tcpgauge.edge.connection.count", kEdge).start_time_unix_nano(), uint64_t{kNow - 10});
  EXPECT_EQ(pushed.Number("tcpgauge.series.limit").start_time_unix_nano(), 0u) << "a gauge has none";
  EXPECT_EQ(pushed.Number("tcpgauge.series.limit").time_unix_nano(), uint64_t{kNow});
}

TEST(OtlpEncoder, NoStartIsAfterItsPoint) {
  const Pushed pushed = EncodeOnce(WithEdge(5, kNow + 10));
  EXPECT_EQ(pushed.Number("tcpgauge.edge.client.payload", kEdge).start_time_unix_nano(), uint64_t{kNow});
}

TEST(OtlpEncoder, HistogramsHaveTheBucketsOfTheCatalog) {
  const Pushed pushed = EncodeOnce(WithEdge(5, kNow));
  const otlp::HistogramDataPoint& rtt = pushed.Histogram("tcpgauge.handshake.rtt");
  EXPECT_EQ(rtt.count(), 4u);
  EXPECT_DOUBLE_EQ(rtt.sum(), 0.00001 + 0.003 + 0.2 + 90.0);
  EXPECT_EQ(static_cast<size_t>(rtt.explicit_bounds_size()), std::size(RttBounds::kBounds));
  EXPECT_EQ(rtt.bucket_counts_size(), rtt.explicit_bounds_size() + 1);
  EXPECT_EQ(rtt.bucket_counts(0), 1u);
  EXPECT_EQ(rtt.bucket_counts(rtt.bucket_counts_size() - 1), 1u) << "not cumulative, as in the text formats";
}

// Returns the counts of an exponential point as text, with the upper bound of each bucket.
std::string BucketsOf(const otlp::ExponentialHistogramDataPoint& point) {
  std::string text;
  for (int i = 0; i < point.positive().bucket_counts_size(); ++i) {
    if (point.positive().bucket_counts(i) == 0) continue;
    const double upper_bound = std::exp2((point.positive().offset() + i + 1) / std::exp2(point.scale()));
    absl::StrAppendFormat(&text, "%s%d up to %.4g", text.empty() ? "" : ", ", point.positive().bucket_counts(i),
                          upper_bound);
  }
  return text;
}

uint64_t CountOf(const otlp::ExponentialHistogramDataPoint& point) {
  uint64_t count = point.zero_count();
  for (const uint64_t bucket : point.positive().bucket_counts()) count += bucket;
  return count;
}

TEST(OtlpEncoder, SummariesAreExponentialHistograms) {
  const Pushed pushed = EncodeOnce(WithEdge(5, kNow));
  const otlp::ExponentialHistogramDataPoint& edge = pushed.Exponential("tcpgauge.edge.handshake.rtt", kEdge);
  EXPECT_EQ(edge.count(), 3u);
  EXPECT_DOUBLE_EQ(edge.sum(), 0.5);
  EXPECT_EQ(edge.scale(), 3);
  EXPECT_EQ(edge.zero_threshold(), 1e-9);
  EXPECT_EQ(BucketsOf(edge), "2 up to 0.1051, 1 up to 0.3242");
  EXPECT_EQ(edge.positive().offset(), -27);
  EXPECT_EQ(edge.positive().bucket_counts_size(), 14) << "no zeros at the ends";
}

TEST(OtlpEncoder, ZerosHaveACountOfTheirOwn) {
  Snapshot snapshot = WithEdge(5, kNow);
  snapshot.edges.exported[0].distributions = {};
  AddHandshakes({0, 1e-9, 1}, &snapshot.edges.exported[0].counters, &snapshot.edges.exported[0].distributions);
  const Pushed pushed = EncodeOnce(snapshot);
  const otlp::ExponentialHistogramDataPoint& edge = pushed.Exponential("tcpgauge.edge.handshake.rtt", kEdge);
  EXPECT_EQ(edge.count(), 3u) << "that of the buckets";
  EXPECT_EQ(edge.zero_count(), 2u);
  EXPECT_EQ(BucketsOf(edge), "1 up to 1");
}

TEST(OtlpEncoder, ASummaryWithoutValuesIsAnExponentialHistogramWithoutBuckets) {
  const Pushed pushed = EncodeOnce(WithEdge(5, kNow));
  const otlp::ExponentialHistogramDataPoint& other =
      pushed.Exponential("tcpgauge.edge.handshake.rtt", "otel.metric.overflow=true");
  EXPECT_EQ(other.count(), 0u);
  EXPECT_TRUE(other.has_sum());
  EXPECT_FALSE(other.has_positive());
}

TEST(OtlpEncoder, TheOthersHaveDistributionsToo) {
  Snapshot snapshot = ExampleSnapshot();
  AddHandshakes({0.25, 0.25}, &snapshot.edges.other, &snapshot.edges.other_distributions);
  WorkloadEdgesView& workloads = snapshot.workload_edges;
  const size_t transit = static_cast<size_t>(Reporter::kTransit);
  AddHandshakes({4}, &workloads.other[transit], &workloads.other_distributions[transit]);
  const Pushed pushed = EncodeOnce(snapshot);
  EXPECT_EQ(BucketsOf(pushed.Exponential("tcpgauge.edge.handshake.rtt", "otel.metric.overflow=true")), "2 up to 0.25");
  EXPECT_EQ(BucketsOf(pushed.Exponential("tcpgauge.workload_edge.handshake.rtt", kWorkloads)), "25 up to 0.02026");
  const std::string other = "tcpgauge.workload_edge.other.handshake.rtt";
  EXPECT_EQ(BucketsOf(pushed.Exponential(other, "tcpgauge.reporter=transit")), "1 up to 4");
  EXPECT_EQ(BucketsOf(pushed.Exponential(other, "tcpgauge.reporter=server")), "");
}

TEST(OtlpEncoder, ResponseTimesHaveDistributionsOfTheirOwn) {
  Snapshot snapshot = WithEdge(5, kNow);
  EdgeView& edge = snapshot.edges.exported[0];
  edge.counters.response_count = 2;
  edge.counters.response_sum_seconds = 24;
  edge.distributions.response_seconds.Observe(8);
  edge.distributions.response_seconds.Observe(16);
  const Pushed pushed = EncodeOnce(snapshot);
  const otlp::ExponentialHistogramDataPoint& response = pushed.Exponential("tcpgauge.edge.response", kEdge);
  EXPECT_EQ(response.count(), 2u);
  EXPECT_EQ(response.sum(), 24);
  EXPECT_EQ(BucketsOf(response), "1 up to 8, 1 up to 16");
  EXPECT_EQ(BucketsOf(pushed.Exponential("tcpgauge.edge.handshake.rtt", kEdge)), "2 up to 0.1051, 1 up to 0.3242");
}

TEST(OtlpEncoder, SummariesStayExponentialWhenEdgesHaveBuckets) {
  Exposition exposition = ExampleExposition(WithEdge(5, kNow));
  exposition.edge_buckets = true;
  OtlpEncoder encoder(With(Temporality::kCumulative));
  const Pushed pushed(encoder.Encode(exposition, kNow));
  EXPECT_EQ(pushed.Exponential("tcpgauge.edge.handshake.rtt", kEdge).scale(), 3);
  EXPECT_EQ(pushed.exponentials.size(), 6u);
  for (const auto& [name, points] : pushed.exponentials) {
    EXPECT_EQ(TemporalityOf(pushed.metrics.at(name)), otlp::AGGREGATION_TEMPORALITY_CUMULATIVE) << name;
  }
}

// Checks what receivers refuse a request for.
void CheckHistograms(const Pushed& pushed) {
  for (const auto& [name, points] : pushed.histograms) {
    for (const auto& [attributes, point] : points) {
      EXPECT_GT(point.explicit_bounds_size(), 0) << name << " " << attributes;
      EXPECT_EQ(point.bucket_counts_size(), point.explicit_bounds_size() + 1) << name << " " << attributes;
      uint64_t count = 0;
      for (const uint64_t bucket : point.bucket_counts()) count += bucket;
      EXPECT_EQ(point.count(), count) << name << " " << attributes;
    }
  }
  for (const auto& [name, points] : pushed.exponentials) {
    for (const auto& [attributes, point] : points) {
      EXPECT_EQ(point.count(), CountOf(point)) << name << " " << attributes;
      EXPECT_TRUE(point.count() > 0 || point.sum() == 0) << name << " " << attributes;
    }
  }
}

TEST(OtlpEncoder, EveryHistogramPointHasBoundsOrIsExponential) {
  for (const Temporality temporality : {Temporality::kCumulative, Temporality::kDelta}) {
    OtlpEncoder encoder(With(temporality));
    const Exposition exposition = ExampleExposition(WithEdge(5, kNow));
    const Pushed first(encoder.Encode(exposition, kNow));
    EXPECT_GE(first.histograms.size(), 4u);
    EXPECT_GE(first.exponentials.size(), 3u);
    CheckHistograms(first);
    CheckHistograms(Pushed(encoder.Encode(exposition, kNow + 1)));
    Exposition ended = ExampleExposition(ExampleSnapshot());
    ended.edges.clear();
    ended.workload_edges.clear();
    ended.families.clear();
    const Pushed closed(encoder.Encode(ended, kNow + 2));
    EXPECT_EQ(closed.Histogram("tcpgauge.http.request.duration").flags(), kNoRecordedValue);
    EXPECT_EQ(closed.Exponential("tcpgauge.edge.handshake.rtt", kEdge).flags(), kNoRecordedValue);
    CheckHistograms(closed);
  }
}

TEST(OtlpEncoder, ACountThatIsNoInt64IsADouble) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.totals.client_payload_bytes = UINT64_MAX;
  EXPECT_EQ(EncodeOnce(snapshot).Number("tcpgauge.client.payload").as_double(), static_cast<double>(UINT64_MAX));
}

TEST(OtlpEncoder, ASeriesThatEndsIsClosedOnce) {
  OtlpEncoder encoder(With(Temporality::kCumulative));
  encoder.Encode(ExampleExposition(WithEdge(5, kNow - 10)), kNow);
  Snapshot without = ExampleSnapshot();
  without.connections.erase(without.connections.begin());
  const Pushed closed(encoder.Encode(ExampleExposition(without), kNow + 1));
  const otlp::NumberDataPoint& payload =
      closed.Number("tcpgauge.connection.client.payload", std::string(kHeavy) + kTcpV4);
  EXPECT_EQ(payload.flags(), kNoRecordedValue);
  EXPECT_EQ(payload.value_case(), otlp::NumberDataPoint::VALUE_NOT_SET);
  EXPECT_EQ(payload.start_time_unix_nano(), static_cast<uint64_t>(ExampleSnapshot().connections[0].start_time_ns));
  EXPECT_EQ(payload.time_unix_nano(), uint64_t{kNow + 1});
  EXPECT_EQ(
      closed.Number("tcpgauge.connection.state", std::string(kHeavy) + "network.connection.state=established," + kTcpV4)
          .flags(),
      kNoRecordedValue);
  EXPECT_EQ(closed.Number("tcpgauge.edge.client.payload", kEdge).flags(), kNoRecordedValue);
  EXPECT_EQ(closed.Exponential("tcpgauge.edge.handshake.rtt", kEdge).flags(), kNoRecordedValue);
  EXPECT_EQ(closed.Exponential("tcpgauge.edge.handshake.rtt", "otel.metric.overflow=true").flags(), 0u);
  const Pushed after(encoder.Encode(ExampleExposition(without), kNow + 2));
  EXPECT_EQ(after.numbers.at("tcpgauge.edge.client.payload").count(kEdge), 0u);
}

TEST(OtlpEncoder, AStateThatIsLeftIsClosed) {
  OtlpEncoder encoder(With(Temporality::kCumulative));
  Snapshot snapshot = ExampleSnapshot();
  encoder.Encode(ExampleExposition(snapshot), kNow);
  snapshot.connections[0].state = ConnectionState::kClosing;
  const Pushed pushed(encoder.Encode(ExampleExposition(snapshot), kNow + 1));
  const std::string start = std::string(kHeavy) + "network.connection.state=";
  EXPECT_EQ(pushed.Number("tcpgauge.connection.state", start + "established," + kTcpV4).flags(), kNoRecordedValue);
  EXPECT_EQ(pushed.Number("tcpgauge.connection.state", start + "closing," + kTcpV4).as_int(), 1);
}

TEST(OtlpEncoder, TheLastOfAFamilyIsClosedToo) {
  OtlpEncoder encoder(With(Temporality::kCumulative));
  encoder.Encode(ExampleExposition(ExampleSnapshot()), kNow);
  Snapshot without = ExampleSnapshot();
  without.connections.clear();
  const Pushed pushed(encoder.Encode(ExampleExposition(without), kNow + 1));
  EXPECT_EQ(pushed.numbers.at("tcpgauge.connection.state").size(), 3u);
  EXPECT_EQ(pushed.numbers.at("tcpgauge.connection.rtt").size(), 2u);
}

TEST(OtlpEncoder, DeltasAreWhatCameSince) {
  OtlpEncoder encoder(With(Temporality::kDelta));
  Snapshot snapshot = WithEdge(5, kNow - 10);
  const Pushed first(encoder.Encode(ExampleExposition(snapshot), kNow));
  EXPECT_EQ(first.metrics.at("tcpgauge.client.payload").sum().aggregation_temporality(),
            otlp::AGGREGATION_TEMPORALITY_DELTA);
  EXPECT_EQ(first.metrics.at("tcpgauge.handshake.rtt").histogram().aggregation_temporality(),
            otlp::AGGREGATION_TEMPORALITY_DELTA);
  EXPECT_EQ(first.Number("tcpgauge.client.payload").as_int(), 77777) << "all since the start";
  EXPECT_EQ(first.Number("tcpgauge.edge.client.payload", kEdge).start_time_unix_nano(), uint64_t{kNow - 10});

  snapshot.totals.client_payload_bytes += 23;
  snapshot.totals.handshake_rtt_seconds.Observe(0.2);
  snapshot.edges.exported[0].counters.client_payload_bytes = 12;
  const Pushed second(encoder.Encode(ExampleExposition(snapshot), kNow + 100));
  EXPECT_EQ(second.Number("tcpgauge.client.payload").as_int(), 23);
  EXPECT_EQ(second.Number("tcpgauge.client.payload").start_time_unix_nano(), uint64_t{kNow}) << "where the last ended";
  EXPECT_EQ(second.Number("tcpgauge.edge.client.payload", kEdge).as_int(), 7);
  const otlp::HistogramDataPoint& rtt = second.Histogram("tcpgauge.handshake.rtt");
  EXPECT_EQ(rtt.count(), 1u);
  EXPECT_NEAR(rtt.sum(), 0.2, 1e-9);
  uint64_t in_buckets = 0;
  for (const uint64_t count : rtt.bucket_counts()) in_buckets += count;
  EXPECT_EQ(in_buckets, 1u);
  EXPECT_EQ(second.Number("tcpgauge.connection.count", "network.connection.state=established").as_int(), 7)
      << "an UpDownCounter says what is";
}

TEST(OtlpEncoder, UpDownCountersAreCumulativeWithEveryPreference) {
  for (const Temporality temporality : {Temporality::kCumulative, Temporality::kDelta, Temporality::kLowMemory}) {
    OtlpEncoder encoder(With(temporality));
    Snapshot snapshot = WithEdge(5, kNow - 10);
    snapshot.edges.exported[0].counters.connections = 4;
    encoder.Encode(ExampleExposition(snapshot), kNow);
    snapshot.edges.exported[0].counters.connections = 3;
    const Pushed pushed(encoder.Encode(ExampleExposition(snapshot), kNow + 100));
    for (const MetricInfo& info : MetricCatalog()) {
      if (!info.is_additive) continue;
      const otlp::Sum& sum = pushed.metrics.at(std::string(info.otlp_name)).sum();
      EXPECT_EQ(sum.aggregation_temporality(), otlp::AGGREGATION_TEMPORALITY_CUMULATIVE) << info.otlp_name;
      EXPECT_FALSE(sum.is_monotonic()) << info.otlp_name;
    }
    EXPECT_EQ(pushed.Number("tcpgauge.edge.connection.count", kEdge).as_int(), 3);
    EXPECT_EQ(pushed.Number("tcpgauge.edge.connection.count", kEdge).start_time_unix_nano(), uint64_t{kNow - 10});
  }
}

// The exponential point of the edge kEdge in the next push, which is made at `time_ns`.
otlp::ExponentialHistogramDataPoint PushEdge(const Snapshot& snapshot, int64_t time_ns, OtlpEncoder* encoder) {
  const Pushed pushed(encoder->Encode(ExampleExposition(snapshot), time_ns));
  CheckHistograms(pushed);
  return pushed.Exponential("tcpgauge.edge.handshake.rtt", kEdge);
}

TEST(OtlpEncoder, AnExponentialDeltaIsWhatCameSince) {
  OtlpEncoder encoder(With(Temporality::kDelta));
  Snapshot snapshot = WithEdge(5, kNow - 10);
  const otlp::ExponentialHistogramDataPoint first = PushEdge(snapshot, kNow, &encoder);
  EXPECT_EQ(BucketsOf(first), "2 up to 0.1051, 1 up to 0.3242") << "all since the start";
  EXPECT_EQ(first.start_time_unix_nano(), uint64_t{kNow - 10});

  EdgeView& edge = snapshot.edges.exported[0];
  AddHandshakes({0, 0.1, 2, 2}, &edge.counters, &edge.distributions);
  const otlp::ExponentialHistogramDataPoint second = PushEdge(snapshot, kNow + 100, &encoder);
  EXPECT_EQ(second.count(), 4u);
  EXPECT_NEAR(second.sum(), 4.1, 1e-9);
  EXPECT_EQ(second.zero_count(), 1u);
  EXPECT_EQ(BucketsOf(second), "1 up to 0.1051, 2 up to 2");
  EXPECT_EQ(second.start_time_unix_nano(), uint64_t{kNow}) << "where the last ended";

  // As when the same values were added up in another order.
  edge.counters.handshake_rtt_sum_seconds = std::nextafter(edge.counters.handshake_rtt_sum_seconds, 0);
  const otlp::ExponentialHistogramDataPoint third = PushEdge(snapshot, kNow + 200, &encoder);
  EXPECT_EQ(third.count(), 0u);
  EXPECT_EQ(third.sum(), 0);
  EXPECT_FALSE(third.has_positive());
}

TEST(OtlpEncoder, ADeltaHasTheLowerScaleOfItsTwoStates) {
  OtlpEncoder encoder(With(Temporality::kDelta));
  Snapshot snapshot = WithEdge(5, kNow - 10);
  EXPECT_EQ(PushEdge(snapshot, kNow, &encoder).scale(), 3);
  EdgeView& edge = snapshot.edges.exported[0];
  AddHandshakes({1e-6, 0.1, 3000}, &edge.counters, &edge.distributions);
  ASSERT_LT(edge.distributions.handshake_rtt_seconds.scale(), 3);
  const otlp::ExponentialHistogramDataPoint coarse = PushEdge(snapshot, kNow + 1, &encoder);
  EXPECT_EQ(coarse.scale(), edge.distributions.handshake_rtt_seconds.scale());
  EXPECT_EQ(coarse.count(), 3u);
  EXPECT_EQ(BucketsOf(coarse), "1 up to 1.349e-06, 1 up to 0.125, 1 up to 4096");
}

TEST(OtlpEncoder, ADeltaOfAFinerStateHasTheFormerScale) {
  OtlpEncoder encoder(With(Temporality::kDelta));
  Snapshot snapshot = WithEdge(5, kNow - 10);
  ExponentialBuckets& buckets = snapshot.edges.exported[0].distributions.handshake_rtt_seconds;
  ExponentialBuckets small, large;
  small.Observe(1e-6);
  large.Observe(3000);
  buckets = large;
  buckets.Add(small);
  buckets.Subtract(small);
  ASSERT_LT(buckets.scale(), large.scale()) << "the same value, with another scale";
  const int former_scale = PushEdge(snapshot, kNow, &encoder).scale();
  large.Observe(1000);
  buckets = large;
  const otlp::ExponentialHistogramDataPoint point = PushEdge(snapshot, kNow + 1, &encoder);
  EXPECT_EQ(point.scale(), former_scale);
  EXPECT_EQ(point.count(), 1u);
}

TEST(OtlpEncoder, AnExponentialDeltaOfAnEdgeThatBeganAgainIsAllOfIt) {
  OtlpEncoder encoder(With(Temporality::kDelta));
  PushEdge(WithEdge(5, kNow - 10), kNow, &encoder);
  const otlp::ExponentialHistogramDataPoint again = PushEdge(WithEdge(5, kNow + 50), kNow + 100, &encoder);
  EXPECT_EQ(again.count(), 3u);
  EXPECT_DOUBLE_EQ(again.sum(), 0.5);
  EXPECT_EQ(again.start_time_unix_nano(), uint64_t{kNow + 50});
}

TEST(OtlpEncoder, AnExponentialDeltaOfBucketsThatFellIsAllOfThem) {
  OtlpEncoder encoder(With(Temporality::kDelta));
  Snapshot snapshot = WithEdge(5, kNow - 10);
  PushEdge(snapshot, kNow, &encoder);
  EdgeView& edge = snapshot.edges.exported[0];
  edge.distributions = {};
  for (const double seconds : {0.1, 7.0, 7.0, 7.0}) edge.distributions.handshake_rtt_seconds.Observe(seconds);
  const otlp::ExponentialHistogramDataPoint point = PushEdge(snapshot, kNow + 1, &encoder);
  EXPECT_EQ(point.count(), 4u) << "more values than before, but not those from before";
}

TEST(OtlpEncoder, ADeltaOfACounterThatBeganAgainIsAllOfIt) {
  OtlpEncoder encoder(With(Temporality::kDelta));
  encoder.Encode(ExampleExposition(WithEdge(5, kNow - 10)), kNow);
  const Pushed again(encoder.Encode(ExampleExposition(WithEdge(9, kNow + 50)), kNow + 100));
  EXPECT_EQ(again.Number("tcpgauge.edge.client.payload", kEdge).as_int(), 9);
  EXPECT_EQ(again.Number("tcpgauge.edge.client.payload", kEdge).start_time_unix_nano(), uint64_t{kNow + 50});
}

TEST(OtlpEncoder, LowMemoryHasDeltasOfHistogramsAlone) {
  const Pushed pushed = EncodeOnce(ExampleSnapshot(), Temporality::kLowMemory);
  EXPECT_EQ(pushed.metrics.at("tcpgauge.client.payload").sum().aggregation_temporality(),
            otlp::AGGREGATION_TEMPORALITY_CUMULATIVE);
  EXPECT_EQ(pushed.metrics.at("tcpgauge.handshake.rtt").histogram().aggregation_temporality(),
            otlp::AGGREGATION_TEMPORALITY_DELTA);
  EXPECT_EQ(TemporalityOf(pushed.metrics.at("tcpgauge.edge.handshake.rtt")), otlp::AGGREGATION_TEMPORALITY_DELTA);
}

// Adds up exponential points of any scales, as a receiver of deltas does.
struct ExponentialTotal {
  void Add(const otlp::ExponentialHistogramDataPoint& point) {
    count += point.count();
    sum += point.sum();
    for (int i = 0; i < point.positive().bucket_counts_size(); ++i) {
      buckets[point.scale()][point.positive().offset() + i] += point.positive().bucket_counts(i);
    }
  }

  // Returns the counts with the lower scale `scale`, by bucket.
  std::map<int, uint64_t> AtScale(int scale) const {
    std::map<int, uint64_t> merged;
    for (const auto& [from, counts] : buckets) {
      for (const auto& [bucket, values] : counts) {
        if (values > 0) merged[bucket >> (from - scale)] += values;
      }
    }
    return merged;
  }

  uint64_t count = 0;
  double sum = 0;
  std::map<int, std::map<int, uint64_t>> buckets;  // scale, bucket, values
};

// The sum of all deltas must equal the cumulative value, whatever changes in between.
TEST(OtlpEncoder, DeltasAddUpToTheCumulativeValues) {
  OtlpEncoder encoder(With(Temporality::kDelta));
  Snapshot snapshot = WithEdge(5, kNow - 10);
  EdgeView& edge = snapshot.edges.exported[0];
  int64_t payload = 0;
  uint64_t handshakes = 0;
  ExponentialTotal of_edge;
  for (int i = 0; i < 50; ++i) {
    snapshot.totals.client_payload_bytes += static_cast<uint64_t>(i * i);
    for (int j = 0; j < i % 3; ++j) snapshot.totals.handshake_rtt_seconds.Observe(0.001 * i);
    AddHandshakes(std::vector<double>(static_cast<size_t>(i % 4), std::exp2(i % 7 * i * 0.1 - 10)), &edge.counters,
                  &edge.distributions);
    const Pushed pushed(encoder.Encode(ExampleExposition(snapshot), kNow + i));
    payload += pushed.Number("tcpgauge.client.payload").as_int();
    handshakes += pushed.Histogram("tcpgauge.handshake.rtt").count();
    of_edge.Add(pushed.Exponential("tcpgauge.edge.handshake.rtt", kEdge));
  }
  ASSERT_LT(edge.distributions.handshake_rtt_seconds.scale(), 3) << "the scale fell on the way";
  const Pushed cumulative = EncodeOnce(snapshot);
  EXPECT_EQ(payload, cumulative.Number("tcpgauge.client.payload").as_int());
  EXPECT_EQ(handshakes, cumulative.Histogram("tcpgauge.handshake.rtt").count());
  ExponentialTotal wanted;
  wanted.Add(cumulative.Exponential("tcpgauge.edge.handshake.rtt", kEdge));
  EXPECT_EQ(of_edge.count, wanted.count);
  EXPECT_NEAR(of_edge.sum, wanted.sum, 1e-6);
  EXPECT_EQ(of_edge.AtScale(0), wanted.AtScale(0));
}

TEST(OtlpEncoder, ManyPointsAreSpreadOverRequests) {
  const Exposition exposition = ExampleExposition(RandomSnapshot(1, 200, Values::kPlausible), 200);
  OtlpEncoder whole(With(Temporality::kCumulative));
  OtlpEncoder split(With(Temporality::kCumulative, 100));
  const std::vector<OtlpRequest> requests = split.Encode(exposition, kNow);
  EXPECT_GT(requests.size(), 10u);
  for (const OtlpRequest& request : requests) EXPECT_LE(request.data_points, 100u);
  const Pushed a(whole.Encode(exposition, kNow)), b(requests);
  ASSERT_EQ(a.numbers.size(), b.numbers.size());
  for (const auto& [name, points] : a.numbers) EXPECT_EQ(points.size(), b.numbers.at(name).size()) << name;
}

TEST(OtlpEncoder, TakesAnySnapshot) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    for (const OtlpFormat format : {OtlpFormat::kProtobuf, OtlpFormat::kJson}) {
      OtlpEncoderOptions options = With(Temporality::kDelta);
      options.format = format;
      OtlpEncoder encoder(options);
      for (int i = 0; i < 3; ++i) {
        Snapshot snapshot = RandomSnapshot(seed + i, 50, Values::kAny);
        if (seed % 2 == 1) AddRandomNames(seed + i, Values::kPlausible, &snapshot);
        const auto requests = encoder.Encode(ExampleExposition(std::move(snapshot)), kNow + i);
        ASSERT_FALSE(requests.empty());
        if (format == OtlpFormat::kProtobuf) Pushed{requests};
      }
    }
  }
}

TEST(OtlpEncoder, JsonHasTheNamesAndNumbersOfOtlp) {
  OtlpEncoderOptions options = With(Temporality::kCumulative);
  options.format = OtlpFormat::kJson;
  OtlpEncoder encoder(options);
  const std::string json = encoder.Encode(ExampleExposition(ExampleSnapshot()), kNow)[0].body;
  EXPECT_THAT(json, HasSubstr("\"resourceMetrics\":[{\"resource\":"));
  EXPECT_THAT(json, HasSubstr("\"aggregationTemporality\":2"));
  EXPECT_THAT(json, HasSubstr("\"isMonotonic\":true"));
  EXPECT_THAT(json, HasSubstr("\"timeUnixNano\":\"1700000001000000000\""));
  EXPECT_THAT(json, HasSubstr("\"asInt\":\"9007199254740993\""));
  EXPECT_THAT(json, HasSubstr("{\"key\":\"client.port\",\"value\":{\"intValue\":\"50000\"}}"));
}

TEST(OtlpEncoder, JsonOfAnExponentialPointHasItsNumbersAsOtlpWantsThem) {
  OtlpEncoderOptions options = With(Temporality::kCumulative);
  options.format = OtlpFormat::kJson;
  OtlpEncoder encoder(options);
  Snapshot snapshot = WithEdge(5, kNow - 10);
  snapshot.edges.exported[0].distributions = {};
  AddHandshakes({0, 1.05, 1.05, 1.5}, &snapshot.edges.exported[0].counters, &snapshot.edges.exported[0].distributions);
  const std::string json = encoder.Encode(ExampleExposition(snapshot), kNow)[0].body;
  EXPECT_THAT(json,
              HasSubstr("\"count\":\"4\",\"sum\":4.1,\"scale\":3,\"zeroCount\":\"1\",\"positive\":{\"bucketCounts\":"
                        "[\"2\",\"0\",\"0\",\"0\",\"1\"]},\"zeroThreshold\":1e-09}"));
  EXPECT_THAT(json, HasSubstr("\"exponentialHistogram\":{\"dataPoints\":["));
}

}  // namespace
}  // namespace tcpgauge
