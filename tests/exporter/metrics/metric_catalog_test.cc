// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/metric_catalog.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace tcpgauge {
namespace {

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool IsOurs(const MetricInfo& info) { return info.name.substr(0, 9) == "tcpgauge_"; }

std::string WithoutTotal(const MetricInfo& info) {
  std::string name(info.name);
  return EndsWith(name, "_total") ? name.substr(0, name.size() - 6) : name;
}

// The name that a Prometheus server gives to an OTLP metric, when its translator adds suffixes.
std::string TranslateOtlp(const MetricInfo& info) {
  std::string name(info.otlp_name);
  for (char& c : name) c = c == '.' ? '_' : c;
  const std::string unit = info.otlp_unit == "By" ? "_bytes" : info.otlp_unit == "s" ? "_seconds" : "";
  if (!unit.empty() && !EndsWith(name, unit)) name += unit;
  return info.type == MetricType::kCounter ? name + "_total" : name;
}

TEST(MetricCatalog, IsInTheOrderOfTheEnum) {
  ASSERT_EQ(MetricCatalog().size(), kMetricCount);
  for (size_t i = 0; i < kMetricCount; ++i) {
    EXPECT_EQ(static_cast<size_t>(MetricCatalog()[i].metric), i);
    EXPECT_EQ(&InfoOf(static_cast<Metric>(i)), &MetricCatalog()[i]);
  }
}

TEST(MetricCatalog, SpellsEachNameOnce) {
  std::set<std::string_view> names, otlp_names;
  for (const MetricInfo& info : MetricCatalog()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    if (info.type == MetricType::kNativeHistogram) continue;
    EXPECT_TRUE(otlp_names.insert(info.otlp_name).second) << info.otlp_name;
  }
}

TEST(MetricCatalog, FindsMetricsByName) {
  for (const MetricInfo& info : MetricCatalog()) EXPECT_EQ(FindMetric(info.name), &info);
  EXPECT_EQ(FindMetric("tcpgauge_series_"), nullptr);
  EXPECT_EQ(FindMetric(""), nullptr);
}

TEST(MetricCatalog, NamesAreOursOrThoseOfEveryProcess) {
  for (const MetricInfo& info : MetricCatalog()) {
    EXPECT_TRUE(IsOurs(info) || info.name.substr(0, 8) == "process_") << info.name;
  }
}

TEST(MetricCatalog, OnlyCountersEndInTotal) {
  for (const MetricInfo& info : MetricCatalog()) {
    EXPECT_EQ(EndsWith(info.name, "_total"), info.type == MetricType::kCounter) << info.name;
  }
}

TEST(MetricCatalog, NamesEndInTheirUnit) {
  for (const MetricInfo& info : MetricCatalog()) {
    if (info.unit.empty()) continue;
    EXPECT_TRUE(EndsWith(WithoutTotal(info), "_" + std::string(info.unit))) << info.name;
  }
}

TEST(MetricCatalog, HelpIsASentenceOnOneLineThatNeedsNoEscapes) {
  for (const MetricInfo& info : MetricCatalog()) {
    EXPECT_TRUE(EndsWith(info.help, ".")) << info.name;
    EXPECT_EQ(info.help.find_first_of("\n\\|\""), std::string_view::npos) << info.name;
  }
}

// The names that Prometheus translates to others than those of /metrics. For each of them, a rule of OpenTelemetry's
// naming forbids the name that would be translated to the one of /metrics.
const std::set<std::string_view> kOtherNames = {
    "tcpgauge.connection.count",
    "tcpgauge.connection.opened",
    "tcpgauge.connection.closed",
    "tcpgauge.connection.not_exported",
    "tcpgauge.series.count",
    "tcpgauge.edge.folded",
    "tcpgauge.edge.retired",
    "tcpgauge.edge.retired.client.payload",
    "tcpgauge.edge.retired.server.payload",
    "tcpgauge.edge.renamed",
    "tcpgauge.edge.attempt.pending",
    "tcpgauge.edge.connection.count",
    "tcpgauge.edge.connection.opened",
    "tcpgauge.edge.connection.failed",
    "tcpgauge.edge.connection.stalled",
    "tcpgauge.workload_edge.connection.count",
    "tcpgauge.workload_edge.connection.opened",
    "tcpgauge.workload_edge.connection.failed",
    "tcpgauge.workload_edge.other.connection.count",
    "tcpgauge.workload_edge.other.connection.opened",
    "tcpgauge.workload_edge.other.connection.failed",
    "tcpgauge.identity.endpoint.count",
    "tcpgauge.listener.queue.connection.count",
    "tcpgauge.log.line.lost",
    "tcpgauge.reset.ignored",
    "tcpgauge.otlp.data_point.sent",
    "tcpgauge.otlp.data_point.rejected",
    "tcpgauge.otlp.data_point.dropped",
    "tcpgauge.otlp.queue.request.count",
};

TEST(MetricCatalog, PrometheusTranslatesOtlpNamesToItsOwn) {
  for (const MetricInfo& info : MetricCatalog()) {
    if (!IsOurs(info) || info.type == MetricType::kNativeHistogram) continue;
    EXPECT_EQ(TranslateOtlp(info) != info.name, kOtherNames.count(info.otlp_name) == 1) << info.otlp_name;
  }
}

TEST(MetricCatalog, PrometheusTranslatesNoTwoOtlpNamesToOne) {
  std::set<std::string> names;
  for (const MetricInfo& info : MetricCatalog()) {
    if (info.type == MetricType::kNativeHistogram) continue;
    EXPECT_TRUE(names.insert(TranslateOtlp(info)).second) << info.otlp_name;
  }
}

bool IsPlural(std::string_view word) { return EndsWith(word, "s") && !EndsWith(word, "ss") && word != "series"; }

// Semantic conventions 1.44, "Naming": namespaces are not pluralized, and a property of an object is named after its
// singular. The exception says how bytes per second are spelled.
TEST(MetricCatalog, OnlyTheLastWordOfAnOtlpNameIsPlural) {
  for (const MetricInfo& info : MetricCatalog()) {
    std::string_view rest = info.otlp_name;
    for (size_t end = rest.find_first_of("._"); end != std::string_view::npos; end = rest.find_first_of("._")) {
      EXPECT_TRUE(!IsPlural(rest.substr(0, end)) || rest == "bytes_per_second") << info.otlp_name;
      rest.remove_prefix(end + 1);
    }
  }
}

TEST(MetricCatalog, NoUpDownCounterIsPluralAndOnlyGaugesAreAdditive) {
  for (const MetricInfo& info : MetricCatalog()) {
    if (!info.is_additive) continue;
    EXPECT_EQ(info.type, MetricType::kGauge) << info.name;
    EXPECT_FALSE(IsPlural(info.otlp_name)) << info.otlp_name;
    EXPECT_TRUE(info.otlp_unit == "By" || info.otlp_unit.substr(0, 1) == "{") << "its values are amounts " << info.name;
  }
}

// Each gauge that is not here adds up. So whoever adds a gauge has to decide.
TEST(MetricCatalog, InfosStatesLimitsTimesAndRatesAreNotAdditive) {
  const std::set<std::string_view> not_additive = {"tcpgauge.build_info",
                                                   "tcpgauge.edge.service_info",
                                                   "tcpgauge.endpoint_info",
                                                   "tcpgauge.capture.up",
                                                   "tcpgauge.identity.up",
                                                   "tcpgauge.web_config.last_reload.successful",
                                                   "tcpgauge.connection.state",
                                                   "tcpgauge.series.limit",
                                                   "tcpgauge.listener.queue.limit",
                                                   "process.unix.file_descriptor.limit",
                                                   "tcpgauge.scrape.duration",
                                                   "tcpgauge.rate_window",
                                                   "tcpgauge.web_config.last_reload.success_timestamp",
                                                   "tcpgauge.connection.rtt",
                                                   "tcpgauge.connection.idle",
                                                   "process.start_time",
                                                   "tcpgauge.connection.client.bytes_per_second",
                                                   "tcpgauge.connection.server.bytes_per_second"};
  for (const MetricInfo& info : MetricCatalog()) {
    if (info.type != MetricType::kGauge) continue;
    EXPECT_NE(info.is_additive, not_additive.count(info.otlp_name) == 1) << info.otlp_name;
  }
}

// Semantic conventions 1.44, "OS process metrics".
TEST(MetricCatalog, TheProcessHasTheNamesAndUnitsOfTheConventions) {
  const auto expect = [](Metric metric, std::string_view name, std::string_view unit, bool is_additive) {
    EXPECT_EQ(InfoOf(metric).otlp_name, name);
    EXPECT_EQ(InfoOf(metric).otlp_unit, unit);
    EXPECT_EQ(InfoOf(metric).is_additive, is_additive) << name;
  };
  expect(Metric::kProcessCpu, "process.cpu.time", "s", false);
  expect(Metric::kProcessOpenFds, "process.unix.file_descriptor.count", "{file_descriptor}", true);
  expect(Metric::kProcessVirtualMemory, "process.memory.virtual", "By", true);
  expect(Metric::kProcessResidentMemory, "process.memory.usage", "By", true);
}

TEST(MetricCatalog, NativeHistogramsAreNoMetricsOfOtlpAndSaySo) {
  size_t native = 0;
  for (const MetricInfo& info : MetricCatalog()) {
    if (info.type != MetricType::kNativeHistogram) continue;
    ++native;
    EXPECT_EQ(info.otlp_name, "") << info.name;
    EXPECT_TRUE(EndsWith(info.name, "_distribution_seconds")) << info.name;
    EXPECT_NE(info.help.find("Only in the protobuf format."), std::string_view::npos) << info.name;
    std::string name(info.name);
    name.erase(name.find("_distribution"), std::string("_distribution").size());
    const MetricInfo* const summary = FindMetric(name);
    ASSERT_NE(summary, nullptr) << "a family in every format has the sum and the count of " << info.name;
    EXPECT_EQ(summary->type, MetricType::kSummary);
  }
  EXPECT_EQ(native, 6u);
}

TEST(MetricCatalog, AttributesAreDotted) {
  for (const MetricInfo& info : MetricCatalog()) {
    for (const MetricLabel& label : info.labels) {
      EXPECT_NE(label.attribute.find('.'), std::string_view::npos) << info.name << " " << label.name;
    }
  }
}

TEST(MetricCatalog, LabelsAreNeverDirections) {
  const std::set<std::string_view> allowed = {"version",
                                              "revision",
                                              "interface",
                                              "protocol",
                                              "reason",
                                              "kind",
                                              "part",
                                              "state",
                                              "origin",
                                              "client_address",
                                              "client_port",
                                              "client_namespace",
                                              "client_workload",
                                              "client_pod",
                                              "client_zone",
                                              "server_address",
                                              "server_port",
                                              "server_namespace",
                                              "server_workload",
                                              "server_pod",
                                              "server_service",
                                              "server_zone",
                                              "service_address",
                                              "service_port",
                                              "reporter",
                                              "address",
                                              "port",
                                              "namespace",
                                              "pod",
                                              "workload",
                                              "workload_kind",
                                              "node",
                                              "zone",
                                              "source",
                                              "result",
                                              "route",
                                              "code"};
  for (const MetricInfo& info : MetricCatalog()) {
    for (const MetricLabel& label : info.labels)
      EXPECT_EQ(allowed.count(label.name), 1u) << info.name << " " << label.name;
  }
}

}  // namespace
}  // namespace tcpgauge
