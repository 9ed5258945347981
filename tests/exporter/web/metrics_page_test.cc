// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/metrics_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "exporter/metrics/agent_metrics.h"
#include "src/base/gzip.h"
#include "tests/exporter/metrics/example_snapshot.h"
#include "tests/support/hand_moved_clock.h"

namespace tcpgauge {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

class MetricsPageTest : public testing::Test {
 protected:
  std::shared_ptr<const std::string> Body(const std::shared_ptr<const Snapshot>& snapshot,
                                          const std::string& encoding = "", const std::string& format = "") {
    HttpRequest request;
    if (!encoding.empty()) request.headers.emplace_back("Accept-Encoding", encoding);
    if (!format.empty()) request.headers.emplace_back("Accept", format);
    response_ = page_.Answer(request, snapshot);
    EXPECT_EQ(response_.body, "");
    return response_.shared_body;
  }

  static std::shared_ptr<const Snapshot> SnapshotOf(uint64_t sequence) {
    Snapshot snapshot = ExampleSnapshot();
    snapshot.sequence = sequence;
    return std::make_shared<const Snapshot>(std::move(snapshot));
  }

  AgentMetrics metrics_;
  HandMovedClock clock_;
  MetricsPage page_{{5000, 100}, &metrics_, &clock_};
  HttpResponse response_;
};

TEST_F(MetricsPageTest, RequestsForOneSnapshotShareATextOfEachFormatAndEncoding) {
  const auto snapshot = SnapshotOf(1);
  const auto plain = Body(snapshot);
  EXPECT_THAT(response_.headers, Not(Contains(Pair("Content-Encoding", "gzip"))));
  const auto compressed = Body(snapshot, "gzip");
  EXPECT_THAT(response_.headers, Contains(Pair("Content-Encoding", "gzip")));
  EXPECT_EQ(*compressed, Gzip(*plain));
  const auto open_metrics = Body(snapshot, "", "application/openmetrics-text");
  EXPECT_THAT(*open_metrics, HasSubstr("# EOF\n"));
  EXPECT_EQ(Body(snapshot), plain);
  EXPECT_EQ(Body(snapshot, "gzip"), compressed);
  EXPECT_EQ(Body(snapshot, "", "application/openmetrics-text"), open_metrics);
}

TEST_F(MetricsPageTest, ProtobufIsAFormatOfItsOwn) {
  const std::string accept =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,*/*;q=0.1";
  const auto snapshot = SnapshotOf(1);
  const auto text = Body(snapshot);
  EXPECT_EQ(response_.content_type, "text/plain; version=0.0.4; charset=utf-8");
  const auto protobuf = Body(snapshot, "", accept);
  EXPECT_EQ(response_.content_type,
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited");
  EXPECT_THAT(response_.headers, Contains(Pair("Vary", "Accept")));
  EXPECT_THAT(*protobuf, HasSubstr("tcpgauge_edge_response_distribution_seconds"));
  EXPECT_THAT(*text, Not(HasSubstr("tcpgauge_edge_response_distribution_seconds")));
  EXPECT_EQ(Body(snapshot, "", accept), protobuf) << "it is made once";
  EXPECT_EQ(Body(snapshot), text);
  EXPECT_EQ(*Body(snapshot, "gzip", accept), Gzip(*protobuf));
  EXPECT_THAT(response_.headers, Contains(Pair("Content-Encoding", "gzip")));
}

TEST_F(MetricsPageTest, AnotherSnapshotHasAnotherText) {
  const auto first = Body(SnapshotOf(1));
  const auto first_compressed = Body(SnapshotOf(1), "gzip");
  EXPECT_NE(Body(SnapshotOf(2)), first);
  EXPECT_NE(Body(SnapshotOf(2), "gzip"), first_compressed);
}

TEST_F(MetricsPageTest, ATextIsOneSecondOldAtMost) {
  const auto snapshot = SnapshotOf(1);
  const auto first = Body(snapshot);
  clock_.Move(MetricsPage::kLongestUseNs - 1);
  EXPECT_EQ(Body(snapshot), first);
  metrics_.Counter(Metric::kConnectionLogLines).Increment();
  clock_.Move(1);
  EXPECT_THAT(*Body(snapshot), HasSubstr("\ntcpgauge_connection_log_lines_total 1\n"));
}

}  // namespace
}  // namespace tcpgauge
