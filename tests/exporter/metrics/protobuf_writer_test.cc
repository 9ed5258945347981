// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/protobuf_writer.h"

#include <gmock/gmock.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/delimited_message_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "exporter/metrics/metric_catalog.h"
#include "exporter/metrics/text_number.h"
#include "exporter/metrics/text_writer.h"
#include "src/base/exponential_buckets.h"
#include "tests/exporter/metrics/example_snapshot.h"
#include "tests/exporter/metrics/metrics.pb.h"
#include "tests/exporter/metrics/random_snapshot.h"

namespace tcpgauge {
namespace {

namespace client = io::prometheus::client;

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<client::MetricFamily> Decode(const std::string& bytes) {
  std::vector<client::MetricFamily> families;
  google::protobuf::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()));
  google::protobuf::io::CodedInputStream coded(&stream);
  bool is_at_end = false;
  while (google::protobuf::util::ParseDelimitedFromCodedStream(&families.emplace_back(), &coded, &is_at_end)) {
    EXPECT_THAT(families.back().GetReflection()->GetUnknownFields(families.back()),
                testing::Property(&google::protobuf::UnknownFieldSet::empty, true));
  }
  EXPECT_TRUE(is_at_end) << "all bytes are messages";
  families.pop_back();
  return families;
}

bool IsNative(const client::Histogram& histogram) { return histogram.bucket_size() == 0; }

bool IsNative(const client::MetricFamily& family) {
  return family.type() == client::HISTOGRAM && IsNative(family.metric(0).histogram());
}

// Writes families in the Prometheus text format.
class Text {
 public:
  std::string Of(const std::vector<client::MetricFamily>& families) {
    for (const client::MetricFamily& family : families) {
      if (!IsNative(family)) AddFamily(family);
    }
    return text_;
  }

 private:
  void AddFamily(const client::MetricFamily& family) {
    std::string type = client::MetricType_Name(family.type());
    std::transform(type.begin(), type.end(), type.begin(), [](char c) { return static_cast<char>(c | 0x20); });
    text_.append("# HELP ").append(family.name()).append(" ").append(family.help()).append("\n");
    text_.append("# TYPE ").append(family.name()).append(" ").append(type).append("\n");
    for (const client::Metric& metric : family.metric()) {
      ASSERT_EQ(metric.has_gauge() + metric.has_counter() + metric.has_summary() + metric.has_histogram(), 1);
      EXPECT_EQ(metric.has_gauge(), family.type() == client::GAUGE);
      EXPECT_EQ(metric.has_counter(), family.type() == client::COUNTER);
      EXPECT_EQ(metric.has_summary(), family.type() == client::SUMMARY);
      if (metric.has_gauge()) {
        ASSERT_TRUE(metric.gauge().has_value());
        Add(family.name(), metric, "", metric.gauge().value());
      } else if (metric.has_counter()) {
        ASSERT_TRUE(metric.counter().has_value());
        Add(family.name(), metric, "", metric.counter().value());
      } else if (metric.has_summary()) {
        EXPECT_EQ(metric.summary().quantile_size(), 0);
        Add(family.name() + "_count", metric, "", static_cast<double>(metric.summary().sample_count()));
        Add(family.name() + "_sum", metric, "", metric.summary().sample_sum());
      } else {
        const client::Histogram& histogram = metric.histogram();
        EXPECT_FALSE(histogram.has_schema() || histogram.has_zero_threshold()) << "signs of a native histogram";
        Add(family.name() + "_count", metric, "", static_cast<double>(histogram.sample_count()));
        Add(family.name() + "_sum", metric, "", histogram.sample_sum());
        for (const client::Bucket& bucket : histogram.bucket()) {
          std::string bound = "le=\"";
          AppendNumber(bucket.upper_bound(), &bound);
          Add(family.name() + "_bucket", metric, bound + "\"", static_cast<double>(bucket.cumulative_count()));
        }
      }
    }
  }

  void Add(const std::string& name, const client::Metric& metric, const std::string& bound, double value) {
    std::string labels;
    for (const client::LabelPair& label : metric.label()) {
      labels.append(labels.empty() ? "" : ",").append(label.name()).append("=\"");
      for (const char c : label.value()) {
        if (c == '\n') {
          labels.append("\\n");
          continue;
        }
        if (c == '"' || c == '\\') labels.push_back('\\');
        labels.push_back(c);
      }
      labels.push_back('"');
    }
    if (!bound.empty()) labels.append(labels.empty() ? "" : ",").append(bound);
    text_.append(name);
    if (!labels.empty()) text_.append("{").append(labels).append("}");
    text_.push_back(' ');
    AppendNumber(value, &text_);
    text_.push_back('\n');
  }

  std::string text_;
};

// The counts of a native histogram's buckets, by Prometheus's number.
std::map<int32_t, uint64_t> BucketsOf(const client::Histogram& histogram) {
  std::map<int32_t, uint64_t> buckets;
  int32_t number = 0;
  int64_t count = 0;
  int next = 0;
  for (const client::BucketSpan& span : histogram.positive_span()) {
    number += span.offset();
    for (uint32_t i = 0; i < span.length(); ++i, ++number) {
      count += histogram.positive_delta(next++);
      if (count != 0) buckets[number] = static_cast<uint64_t>(count);
    }
  }
  EXPECT_EQ(next, histogram.positive_delta_size());
  return buckets;
}

const client::MetricFamily& Find(const std::vector<client::MetricFamily>& families, std::string_view name) {
  return *std::find_if(families.begin(), families.end(), [&](const auto& family) { return family.name() == name; });
}

Snapshot WithNames(uint64_t seed, Values values) {
  Snapshot snapshot = RandomSnapshot(seed, 10, values);
  AddRandomNames(seed, values, &snapshot);
  return snapshot;
}

void ExpectSameAsText(const Exposition& exposition) {
  const std::string text = WriteText(exposition, TextFormat::kPrometheus);
  EXPECT_EQ(Text().Of(Decode(WriteProtobuf(exposition))), text);
}

TEST(ProtobufWriter, SaysWhatTheTextSays) { ExpectSameAsText(ExampleExposition(ExampleSnapshot())); }

TEST(ProtobufWriter, SaysWhatTheTextSaysOfAnySnapshot) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const Values values = seed % 2 == 0 ? Values::kPlausible : Values::kAny;
    for (const bool edge_buckets : {false, true}) {
      Exposition exposition = ExampleExposition(WithNames(seed, values), 150);
      exposition.edge_buckets = edge_buckets;
      ASSERT_NO_FATAL_FAILURE(ExpectSameAsText(exposition)) << "seed " << seed;
    }
  }
}

TEST(ProtobufWriter, HoldsEveryMetricOfTheCatalog) {
  const std::vector<client::MetricFamily> families = Decode(WriteProtobuf(ExampleExposition(ExampleSnapshot())));
  ASSERT_EQ(families.size(), kMetricCount);
  for (size_t i = 0; i < kMetricCount; ++i) {
    const MetricInfo& info = MetricCatalog()[i];
    EXPECT_EQ(families[i].name(), info.name);
    EXPECT_EQ(families[i].help(), info.help);
    EXPECT_EQ(IsNative(families[i]), info.type == MetricType::kNativeHistogram) << info.name;
  }
}

TEST(ProtobufWriter, NumbersBucketsAsPrometheusDoes) {
  // Prometheus: with schema 3, bucket i ends at 2^(i / 8). So bucket 0 ends at 1, and bucket 8 at 2.
  Snapshot snapshot = ExampleSnapshot();
  EdgeDistributions& distributions = snapshot.edges.exported[0].distributions;
  distributions = {};
  for (const double value : {0.0, 1.0, 1.0, 1.0001, 2.0, 2.0001, 0.5}) distributions.response_seconds.Observe(value);
  snapshot.edges.exported[0].counters.response_sum_seconds = 8.5;
  const auto families = Decode(WriteProtobuf(ExampleExposition(snapshot)));
  const client::MetricFamily& family = Find(families, "tcpgauge_edge_response_distribution_seconds");
  ASSERT_EQ(family.metric_size(), 2);  // and the edge other
  const client::Histogram& histogram = family.metric(0).histogram();
  EXPECT_EQ(histogram.schema(), 3);
  EXPECT_EQ(histogram.sample_count(), 7u);
  EXPECT_EQ(histogram.sample_sum(), 8.5);
  EXPECT_EQ(histogram.zero_threshold(), 1e-9);
  EXPECT_EQ(histogram.zero_count(), 1u);
  const std::map<int32_t, uint64_t> expected = {{-8, 1}, {0, 2}, {1, 1}, {8, 1}, {9, 1}};
  EXPECT_EQ(BucketsOf(histogram), expected);
  ASSERT_EQ(histogram.positive_span_size(), 1);
  EXPECT_EQ(histogram.positive_span(0).offset(), -8);
  EXPECT_EQ(histogram.positive_span(0).length(), 18u);
  EXPECT_THAT(histogram.positive_delta(), ElementsAre(1, -1, 0, 0, 0, 0, 0, 0, 2, -1, -1, 0, 0, 0, 0, 0, 1, 0));
}

TEST(ProtobufWriter, AHistogramWithoutValuesIsNativeToo) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.edges.exported[0].distributions = {};
  const auto families = Decode(WriteProtobuf(ExampleExposition(snapshot)));
  const client::Histogram& histogram =
      Find(families, "tcpgauge_edge_handshake_rtt_distribution_seconds").metric(0).histogram();
  EXPECT_TRUE(histogram.has_sample_count());
  EXPECT_EQ(histogram.sample_count(), 0u);
  EXPECT_TRUE(histogram.has_schema());
  EXPECT_GT(histogram.zero_threshold(), 0) << "by this a server knows a native histogram";
  EXPECT_THAT(histogram.positive_span(), IsEmpty());
}

TEST(ProtobufWriter, NativeHistogramsHaveTheBucketsOfTheExposition) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Exposition exposition = ExampleExposition(WithNames(seed, Values::kAny));
    const auto families = Decode(WriteProtobuf(exposition));
    const client::MetricFamily& family = Find(families, "tcpgauge_edge_response_distribution_seconds");
    ASSERT_EQ(static_cast<size_t>(family.metric_size()), exposition.edges.size());
    for (size_t i = 0; i < exposition.edges.size(); ++i) {
      const ExponentialBuckets& buckets = exposition.edges[i].distributions.response_seconds;
      std::map<int32_t, uint64_t> expected;
      for (size_t j = 0; j < buckets.counts().size(); ++j) {
        if (buckets.counts()[j] != 0) expected[buckets.first() + static_cast<int32_t>(j) + 1] = buckets.counts()[j];
      }
      const client::Histogram& histogram = family.metric(static_cast<int>(i)).histogram();
      EXPECT_EQ(BucketsOf(histogram), expected);
      EXPECT_EQ(histogram.schema(), buckets.scale());
      EXPECT_EQ(histogram.zero_count(), buckets.zero_count());
      EXPECT_EQ(histogram.sample_count(), buckets.Count());
    }
  }
}

TEST(ProtobufWriter, EverySummaryOfAnEdgeHasItsDistribution) {
  const auto families = Decode(WriteProtobuf(ExampleExposition(ExampleSnapshot())));
  for (const client::MetricFamily& family : families) {
    if (family.type() != client::SUMMARY) continue;
    std::string name = family.name();
    name.insert(name.find("_seconds"), "_distribution");
    const client::MetricFamily& distribution = Find(families, name);
    ASSERT_EQ(distribution.metric_size(), family.metric_size()) << name;
    for (int i = 0; i < family.metric_size(); ++i) {
      EXPECT_EQ(distribution.metric(i).histogram().sample_count(), family.metric(i).summary().sample_count()) << name;
      EXPECT_EQ(distribution.metric(i).histogram().sample_sum(), family.metric(i).summary().sample_sum()) << name;
      ASSERT_EQ(distribution.metric(i).label_size(), family.metric(i).label_size());
      for (int j = 0; j < family.metric(i).label_size(); ++j) {
        EXPECT_EQ(distribution.metric(i).label(j).value(), family.metric(i).label(j).value());
      }
    }
  }
}

}  // namespace
}  // namespace tcpgauge
