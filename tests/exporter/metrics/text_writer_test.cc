// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/text_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <sstream>
#include <string>

#include "exporter/metrics/make_exposition.h"
#include "exporter/metrics/metric_catalog.h"
#include "tests/exporter/metrics/example_snapshot.h"
#include "tests/exporter/metrics/prometheus_cpp_text.h"
#include "tests/exporter/metrics/random_snapshot.h"
#include "tests/support/run_command.h"

namespace tcpgauge {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string OpenMetrics(const Snapshot& snapshot) {
  return WriteText(ExampleExposition(snapshot), TextFormat::kOpenMetrics);
}

// Two series are the same when their sets of labels are equal. The writer keeps the order of labels, so texts compare.
void ExpectNoSeriesTwice(const std::string& text) {
  std::set<std::string> series;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line[0] == '#') continue;
    EXPECT_TRUE(series.insert(line.substr(0, line.rfind(' '))).second) << line;
  }
}

TEST(TextWriter, WritesByteForByteWhatPrometheusCppWrites) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const Values values = seed % 2 == 0 ? Values::kPlausible : Values::kAny;
    const Exposition exposition = ExampleExposition(RandomSnapshot(seed, seed, values), 150);

    ASSERT_EQ(WriteText(exposition, TextFormat::kPrometheus), PrometheusCppText(exposition)) << "seed " << seed;
  }
}

Snapshot WithNames(uint64_t seed, Values values) {
  Snapshot snapshot = RandomSnapshot(seed, 10, values);
  AddRandomNames(seed, values, &snapshot);
  return snapshot;
}

TEST(TextWriter, WritesNamesAsPrometheusCppWritesThem) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const Exposition exposition = ExampleExposition(WithNames(seed, seed % 2 == 0 ? Values::kPlausible : Values::kAny));
    ASSERT_EQ(WriteText(exposition, TextFormat::kPrometheus), PrometheusCppText(exposition)) << "seed " << seed;
  }
}

Exposition WithBuckets(const Snapshot& snapshot) {
  ExpositionLimits limits = {1000000, 100};
  limits.workload_edges = 60;
  limits.edge_buckets = true;
  return MakeExposition(std::make_shared<const Snapshot>(snapshot), limits, {&ExampleAgentMetrics()});
}

TEST(TextWriter, WritesBucketsOfEdgesAsPrometheusCppWritesThem) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const Exposition exposition = WithBuckets(WithNames(seed, seed % 2 == 0 ? Values::kPlausible : Values::kAny));
    ASSERT_EQ(WriteText(exposition, TextFormat::kPrometheus), PrometheusCppText(exposition)) << "seed " << seed;
  }
}

TEST(TextWriter, WithBucketsTheSummariesOfEdgesAreHistograms) {
  const std::string text = WriteText(WithBuckets(ExampleSnapshot()), TextFormat::kOpenMetrics);
  const std::string edge = "{client_address=\"198.51.100.7\",server_address=\"192.0.2.1\",server_port=\"443\"";
  EXPECT_THAT(text, HasSubstr("\n# TYPE tcpgauge_edge_response_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_edge_response_seconds_count" + edge + "} 4\n"));
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_edge_response_seconds_sum" + edge + "} 0.004375\n"));
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_edge_response_seconds_bucket" + edge + ",le=\"3.0517578125e-05\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_edge_response_seconds_bucket" + edge + ",le=\"0.00048828125\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_edge_response_seconds_bucket" + edge + ",le=\"0.001953125\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_edge_response_seconds_bucket" + edge + ",le=\"0.00390625\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_edge_response_seconds_bucket" + edge + ",le=\"+Inf\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("\n# TYPE tcpgauge_workload_edge_handshake_rtt_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_workload_edge_other_response_seconds_bucket{reporter=\"transit\",le=\"2.0\"} "
                              "0\n"));
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_workload_edge_other_response_seconds_bucket{reporter=\"transit\",le=\"4.0\"} "
                              "1\n"));
  EXPECT_THAT(text, Not(HasSubstr(" summary\n")));
}

TEST(TextWriter, HoldsNoSeriesOfNamesTwice) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    ExpectNoSeriesTwice(WriteText(ExampleExposition(WithNames(seed, Values::kAny)), TextFormat::kPrometheus));
  }
}

TEST(TextWriter, EscapesNames) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.edges.exported[0].client = ExampleIdentity("a\"b", "c\\d", "e\nf");
  const std::string text = WriteText(ExampleExposition(snapshot), TextFormat::kPrometheus);
  EXPECT_THAT(text, HasSubstr(",client_namespace=\"a\\\"b\",client_workload=\"c\\\\d\",client_pod=\"e\\nf\"}"));
}

TEST(TextWriter, NeverHoldsASeriesTwice) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const Exposition exposition = ExampleExposition(RandomSnapshot(seed, 300, Values::kAny), 200);
    ExpectNoSeriesTwice(WriteText(exposition, TextFormat::kPrometheus));
    ExpectNoSeriesTwice(WriteText(exposition, TextFormat::kOpenMetrics));
  }
}

TEST(TextWriter, EndsOpenMetricsWithItsEnd) {
  EXPECT_THAT(OpenMetrics(ExampleSnapshot()), EndsWith("\n# EOF\n"));
  EXPECT_THAT(WriteText(ExampleExposition(ExampleSnapshot()), TextFormat::kPrometheus), Not(HasSubstr("# EOF")));
}

TEST(TextWriter, NamesCounterFamiliesWithoutTotalInOpenMetrics) {
  const std::string text = OpenMetrics(ExampleSnapshot());
  EXPECT_THAT(text, HasSubstr("# TYPE tcpgauge_client_payload_bytes counter\n"
                              "# UNIT tcpgauge_client_payload_bytes bytes\n"
                              "tcpgauge_client_payload_bytes_total 77777\n"));
  EXPECT_THAT(text, HasSubstr("tcpgauge_handshake_rtt_seconds_bucket{le=\"1.0\"}"));
}

TEST(TextWriter, SaysTheSameInBothFormats) {
  const auto samples = [](TextFormat format) {
    std::multiset<std::string> lines;
    std::istringstream text(WriteText(ExampleExposition(ExampleSnapshot()), format));
    for (std::string line; std::getline(text, line);) {
      if (line[0] != '#' && line.find("le=") == std::string::npos) lines.insert(line);
    }
    return lines;
  };
  EXPECT_EQ(samples(TextFormat::kPrometheus), samples(TextFormat::kOpenMetrics));
}

TEST(TextWriter, TheStrictOpenMetricsParserTakesIt) {
  const std::string python = "/usr/bin/python3";
  if (RunCommand(python + " -c 'import prometheus_client.openmetrics.parser'").exit_status != 0) {
    GTEST_SKIP() << "python3-prometheus-client is not installed";
  }
  const std::string parse =
      python +
      " -c 'import sys; from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse; "
      "print(len(list(parse(sys.stdin.buffer.read().decode()))))'";
  for (const Snapshot& snapshot : {ExampleSnapshot(), Snapshot(), RandomSnapshot(1, 100, Values::kPlausible),
                                   WithNames(1, Values::kPlausible), WithNames(2, Values::kPlausible)}) {
    const CommandResult result = RunCommand(parse, OpenMetrics(snapshot));
    EXPECT_EQ(result.exit_status, 0) << result.output;
    const CommandResult with_buckets = RunCommand(parse, WriteText(WithBuckets(snapshot), TextFormat::kOpenMetrics));
    EXPECT_EQ(with_buckets.exit_status, 0) << with_buckets.output;
  }
  const auto is_text = [](const MetricInfo& info) { return info.type != MetricType::kNativeHistogram; };
  const auto families = std::count_if(MetricCatalog().begin(), MetricCatalog().end(), is_text);
  EXPECT_EQ(RunCommand(parse, OpenMetrics(ExampleSnapshot())).output, std::to_string(families) + "\n");
  EXPECT_NE(RunCommand(parse, "# TYPE a counter\na 1\n# EOF\n").exit_status, 0) << "it must be able to complain";
}

TEST(TextWriter, PromtoolHasNothingToSay) {
  if (!HasProgram("promtool")) GTEST_SKIP() << "promtool is not installed";
  for (const Snapshot& snapshot : {ExampleSnapshot(), Snapshot(), RandomSnapshot(1, 100, Values::kPlausible),
                                   WithNames(1, Values::kPlausible), WithNames(2, Values::kPlausible)}) {
    const CommandResult result =
        RunCommand("promtool check metrics", WriteText(ExampleExposition(snapshot), TextFormat::kPrometheus));
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_EQ(result.output, "");
    const CommandResult with_buckets =
        RunCommand("promtool check metrics", WriteText(WithBuckets(snapshot), TextFormat::kPrometheus));
    EXPECT_EQ(with_buckets.exit_status, 0);
    EXPECT_EQ(with_buckets.output, "");
  }
}

TEST(TextWriter, NamesItsFormats) {
  EXPECT_THAT(std::string(ContentTypeOf(TextFormat::kPrometheus)), StartsWith("text/plain; version=0.0.4"));
  EXPECT_THAT(std::string(ContentTypeOf(TextFormat::kOpenMetrics)),
              StartsWith("application/openmetrics-text; version=1.0.0"));
}

}  // namespace
}  // namespace tcpgauge
