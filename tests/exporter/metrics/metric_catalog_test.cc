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

TEST(MetricCatalog, PrometheusTranslatesOtlpNamesToItsOwn) {
  for (const MetricInfo& info : MetricCatalog()) {
    if (!IsOurs(info) || info.type == MetricType::kNativeHistogram) continue;
    EXPECT_EQ(TranslateOtlp(info), info.name);
  }
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
