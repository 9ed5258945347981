// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/web_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "exporter/metrics/agent_metrics.h"
#include "exporter/web/metrics_page.h"
#include "tests/exporter/metrics/example_snapshot.h"

namespace tcpgauge {
namespace {

using testing::Contains;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

// Advances by a quarter of a second each time that it is read.
class TickingClock final : public Clock {
 public:
  int64_t WallNanoseconds() const override { return 0; }
  int64_t SteadyNanoseconds() const override { return now_ += kNanosecondsPerSecond / 4; }

  // Lets so much time pass that a text of the metrics is made again.
  void Advance() const { now_ += MetricsPage::kLongestUseNs; }

 private:
  mutable int64_t now_ = 0;
};

class WebRoutesTest : public testing::Test {
 protected:
  WebRoutesTest() {
    hub_.Publish(std::make_shared<const Snapshot>(ExampleSnapshot()));
    sources_.hub = &hub_;
    sources_.clock = &clock_;
    sources_.metrics = &metrics_;
    sources_.build = {"1.2.3", "<0123abc>"};
    sources_.agent_name = "node7";
    sources_.limits = {1000000, 5000, 2, 400};
    sources_.exposition = {5000, 2};
    sources_.telemetry_path = "/metrics";
    sources_.is_healthy = [this] { return is_fine_; };
    sources_.is_ready = [this] { return is_fine_; };
  }

  HttpResponse Get(const std::string& path) {
    HttpRequest request;
    request.path = path;
    return WebRoutes(sources_)(request);
  }

  SnapshotHub hub_;
  TickingClock clock_;
  AgentMetrics metrics_;
  WebSources sources_;
  bool is_fine_ = true;
};

TEST_F(WebRoutesTest, ServesMetricsOfTheLatestSnapshotWithinTheLimit) {
  const HttpResponse response = Get("/metrics");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(response.sent_body(), HasSubstr("\ntcpgauge_client_payload_bytes_total 77777\n"));
  EXPECT_THAT(response.sent_body(), HasSubstr("\ntcpgauge_connections_not_exported 7\n"));
}

TEST_F(WebRoutesTest, ServesMetricsWithTheDetailThatTheUserChose) {
  EXPECT_THAT(Get("/metrics").sent_body(), HasSubstr("\ntcpgauge_edge_segments_total{"));
  sources_.exposition.edge_detail = EdgeDetail::kBasic;
  EXPECT_THAT(Get("/metrics").sent_body(), Not(HasSubstr("tcpgauge_edge_segments_total")));
}

TEST_F(WebRoutesTest, ServesTheFormatAndEncodingThatAreAskedFor) {
  HttpRequest request;
  request.path = "/metrics";
  request.headers = {{"Accept", "application/openmetrics-text;version=1.0.0"}, {"Accept-Encoding", "gzip"}};
  const HttpResponse response = WebRoutes(sources_)(request);
  EXPECT_THAT(response.content_type, StartsWith("application/openmetrics-text"));
  EXPECT_THAT(response.headers, Contains(Pair("Content-Encoding", "gzip")));
  EXPECT_THAT(response.headers, Contains(Pair("Vary", "Accept")));
  EXPECT_THAT(response.headers, Contains(Pair("Vary", "Accept-Encoding")));
  EXPECT_THAT(response.sent_body(), StartsWith("\x1f\x8b"));
}

TEST_F(WebRoutesTest, KeepsCostlyPagesOutOfTheLanesOfHealthAndMetrics) {
  const HttpRouter router = WebRoutes(sources_);
  EXPECT_EQ(router.LaneOf("/-/healthy"), HttpLane::kHealth);
  EXPECT_EQ(router.LaneOf("/-/ready"), HttpLane::kHealth);
  EXPECT_EQ(router.LaneOf("/metrics"), HttpLane::kMetrics);
  EXPECT_EQ(router.LaneOf("/api/v1/connections"), HttpLane::kCostly);
  EXPECT_EQ(router.LaneOf("/api/v1/edges"), HttpLane::kCostly);
  EXPECT_EQ(router.LaneOf("/api/v1/services"), HttpLane::kCostly);
  EXPECT_EQ(router.LaneOf("/api/v1/history"), HttpLane::kCostly);
  EXPECT_EQ(router.LaneOf("/api/v1/status"), HttpLane::kOther);
  EXPECT_EQ(router.LaneOf("/"), HttpLane::kOther);
}

TEST_F(WebRoutesTest, TellsHowLongThePreviousScrapeTook) {
  const HttpRouter router = WebRoutes(sources_);
  HttpRequest request;
  request.path = "/metrics";
  EXPECT_THAT(router(request).sent_body(), HasSubstr("\ntcpgauge_scrape_duration_seconds 0\n"));
  clock_.Advance();
  EXPECT_THAT(router(request).sent_body(), HasSubstr("\ntcpgauge_scrape_duration_seconds 0.25\n"));
}

TEST_F(WebRoutesTest, ServesWhatTheAgentCountsOfItself) {
  metrics_.Counter(Metric::kConnectionLogLines).Increment(5);
  const HttpRouter router = WebRoutes(sources_);
  HttpRequest request;
  request.path = "/metrics";
  EXPECT_THAT(router(request).sent_body(), HasSubstr("\ntcpgauge_connection_log_lines_total 5\n"));
  metrics_.Counter(Metric::kConnectionLogLines).Increment(2);
  clock_.Advance();
  EXPECT_THAT(router(request).sent_body(), HasSubstr("\ntcpgauge_connection_log_lines_total 7\n"));
  EXPECT_THAT(router(request).sent_body(), HasSubstr("\nprocess_open_fds "));
}

// Publishes a newer snapshot each time that it is read. The page reads the clock when it begins.
class PublishingClock final : public Clock {
 public:
  explicit PublishingClock(SnapshotHub* hub) : hub_(*hub) {}

  int64_t WallNanoseconds() const override { return 0; }
  int64_t SteadyNanoseconds() const override {
    Snapshot newer = ExampleSnapshot();
    newer.totals.client_payload_bytes = 1;
    hub_.Publish(std::make_shared<const Snapshot>(std::move(newer)));
    return 0;
  }

 private:
  SnapshotHub& hub_;
};

TEST_F(WebRoutesTest, APageIsOfTheSnapshotThatWasAskedFor) {
  const PublishingClock clock(&hub_);
  sources_.clock = &clock;
  EXPECT_THAT(Get("/metrics").sent_body(), HasSubstr("\ntcpgauge_client_payload_bytes_total 77777\n"));
  EXPECT_EQ(hub_.Current()->totals.client_payload_bytes, 1u);
}

TEST_F(WebRoutesTest, ThePageIsSmall) {
  HttpRequest request;
  request.path = "/";
  request.headers = {{"Accept-Encoding", "gzip"}};
  const HttpResponse page = WebRoutes(sources_)(request);
  EXPECT_EQ(page.status, 200);
  EXPECT_LT(page.sent_body().size(), 200'000u);
}

TEST_F(WebRoutesTest, ServesMetricsWhereToldTo) {
  sources_.telemetry_path = "/elsewhere";
  EXPECT_EQ(Get("/elsewhere").status, 200);
  EXPECT_EQ(Get("/metrics").status, 404);
}

TEST_F(WebRoutesTest, TheMetricsDoNotTakeThePathOfAnotherPage) {
  const HttpRouter routes = WebRoutes(sources_);
  for (const std::string& path : routes.paths()) {
    if (path == sources_.telemetry_path) continue;
    EXPECT_EQ(CheckTelemetryPath(path).message(),
              "'" + path +
                  "' is the path of another page; use a path that is none of /-/healthy, /-/ready, /, "
                  "/api/v1/connections, /api/v1/edges, /api/v1/services, /api/v1/history, /api/v1/status");
  }
  for (const std::string path :
       {"/-/healthy/",  "/-/ready//",      "//-/healthy",         "/-//ready",      "/./-/healthy", "/-/./ready",
        "/-/healthy/.", "/x/../-/healthy", "/-/x/../ready",       "/../-/healthy",  "/%2d/healthy", "/-/%68ealthy",
        "/-%2Fready",   "/-/healthy%2f",   "/-/ready?",           "/-/healthy?a=b", "//",           "/.",
        "/x/..",        "/api/v1/status/", "//api/v1/connections"}) {
    EXPECT_THAT(std::string(CheckTelemetryPath(path).message()),
                HasSubstr("'" + path + "' is the path of another page"))
        << path;
  }
  for (const std::string path : {"/metrics", "/metrics/", "/-/metrics", "/-/health", "/-/healthyy", "/-/readyz",
                                 "/healthy", "/api/v1/edge", "/Metrics", "/-/Healthy", "/...", "/-/healthy/metrics"}) {
    EXPECT_TRUE(CheckTelemetryPath(path).ok()) << path;
  }
}

TEST_F(WebRoutesTest, ProbesSayWhetherAllIsWell) {
  EXPECT_EQ(Get("/-/healthy").status, 200);
  EXPECT_EQ(Get("/-/ready").status, 200);
  is_fine_ = false;
  EXPECT_EQ(Get("/-/healthy").status, 503);
  EXPECT_EQ(Get("/-/ready").status, 503);
}

TEST_F(WebRoutesTest, ServesTheStatusAsJson) {
  const HttpResponse response = Get("/api/v1/status");
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_THAT(response.sent_body(), HasSubstr("\"version\": \"1.2.3\""));
}

TEST_F(WebRoutesTest, ServesTheConnectionsThatAreAskedFor) {
  HttpRequest request;
  request.path = "/api/v1/connections";
  request.query = {{"limit", "1"}};
  const HttpResponse response = WebRoutes(sources_)(request);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_THAT(response.sent_body(), HasSubstr("{\"agent\":\"node7\",\"sequence\":7,"));
  request.query = {{"filter", "port:\"x\""}};
  const HttpResponse wrong = WebRoutes(sources_)(request);
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.sent_body(), StartsWith("{\"error\":\"filter: \\\"port:"));
}

TEST_F(WebRoutesTest, ServesTheHistoryWithoutAFreshSnapshot) {
  SnapshotHub waits(&clock_, kNanosecondsPerSecond,
                    [](int64_t, ListedRows) { ADD_FAILURE() << "asked for a snapshot"; });
  sources_.hub = &waits;
  EXPECT_THAT(Get("/api/v1/history").body, HasSubstr("\"end_times\":[],")) << "without a history";
  History history(300, HistoryView::kMaxSeconds);
  history.Record({kNanosecondsPerSecond, 0, {}, {}});
  sources_.history = &history;
  HttpRequest request;
  request.path = "/api/v1/history";
  const HttpResponse response = WebRoutes(sources_)(request);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_THAT(response.headers, Contains(Pair("Cache-Control", "no-store")));
  EXPECT_THAT(response.body, StartsWith("{\"agent\":\"node7\","));
  EXPECT_THAT(response.body, HasSubstr("\"end_times\":[1.000000000],"));
  request.query = {{"server", "web"}};
  EXPECT_EQ(WebRoutes(sources_)(request).status, 400);
}

TEST_F(WebRoutesTest, ServesTheEdgesAndServicesThatAreAskedFor) {
  for (const std::string list : {"edges", "services"}) {
    HttpRequest request;
    request.path = "/api/v1/" + list;
    request.query = {{"limit", "1"}, {"sort", "-bytes"}};
    request.headers = {{"Accept-Encoding", "gzip"}};
    const HttpResponse compressed = WebRoutes(sources_)(request);
    EXPECT_THAT(compressed.headers, Contains(Pair("Content-Encoding", "gzip")));
    request.headers.clear();
    const HttpResponse response = WebRoutes(sources_)(request);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_THAT(response.headers, Contains(Pair("Cache-Control", "no-store")));
    EXPECT_THAT(response.body, StartsWith("{\"agent\":\"node7\",\"sequence\":7,"));
    EXPECT_THAT(response.body, HasSubstr("\"" + list + "_in_all\":1,"));
    request.query = {{"sort", "speed"}};
    const HttpResponse wrong = WebRoutes(sources_)(request);
    EXPECT_EQ(wrong.status, 400);
    EXPECT_THAT(wrong.body, StartsWith("{\"error\":\"sort: \\\"speed\\\" is not one of rate,"));
    sources_.cpu_clock = [this] { return clock_.SteadyNanoseconds() * 8; };
    request.query.clear();
    const HttpResponse dear = WebRoutes(sources_)(request);
    EXPECT_EQ(dear.status, 503);
    EXPECT_THAT(dear.body, HasSubstr("more than 1 second of processor time; use a smaller limit, such as limit=100"));
    sources_.cpu_clock = ThreadCpuNanoseconds;
  }
}

// Requests of the connections of a snapshot that has many.
class ListingTest : public WebRoutesTest {
 protected:
  ListingTest() {
    Snapshot snapshot = ExampleSnapshot();
    snapshot.connections.resize(1500, snapshot.connections[0]);
    hub_.Publish(std::make_shared<const Snapshot>(std::move(snapshot)));
    request_.path = "/api/v1/connections";
    request_.query = {{"limit", "1500"}, {"filter", "!zz"}};
    request_.headers = {{"Accept-Encoding", "gzip"}};
  }

  // Answers the request with a processor clock that calls `on_read` with the number of each call, from 1, and shows
  // what `on_read` returns.
  HttpResponse Answer(const std::function<int64_t(int)>& on_read) {
    reads_ = 0;
    sources_.cpu_clock = [this, on_read] { return on_read(++reads_); };
    return WebRoutes(sources_)(request_);
  }

  // How often a whole answer reads the clock.
  int ReadsOfAWholeAnswer() {
    EXPECT_EQ(Answer([](int) { return 0; }).status, 200);
    return reads_;
  }

  HttpRequest request_;
  int reads_ = 0;
};

TEST_F(ListingTest, TakesASecondOfProcessorTimeAndNoMore) {
  const int reads = ReadsOfAWholeAnswer();
  EXPECT_GT(reads, 2 * 1500 / 64);
  const HttpResponse whole = Answer([](int read) { return read == 1 ? 5 : 5 + kNanosecondsPerSecond - 1; });
  EXPECT_EQ(whole.status, 200);
  EXPECT_THAT(whole.headers, Contains(Pair("Content-Encoding", "gzip")));
  for (int spent_at = 2; spent_at <= reads; ++spent_at) {
    const HttpResponse response = Answer([&](int read) { return read < spent_at ? 5 : 5 + kNanosecondsPerSecond; });
    ASSERT_EQ(response.status, 503) << spent_at << " of " << reads;
    ASSERT_EQ(reads_, spent_at) << "it goes on";
  }
}

TEST_F(ListingTest, SaysWhatWouldTakeLessProcessorTime) {
  const HttpResponse response = Answer([](int read) { return read * kNanosecondsPerSecond; });
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_THAT(response.headers, Contains(Pair("Cache-Control", "no-store")));
  EXPECT_THAT(response.headers, Not(Contains(Pair("Content-Encoding", "gzip"))));
  EXPECT_EQ(response.body,
            "{\"error\":\"the answer takes more than 1 second of processor time; use a smaller limit, or a filter of "
            "fewer and shorter terms, such as limit=100&filter=port:443\"}\n");
}

TEST_F(ListingTest, StopsWhereverItIsWhenNobodyWaitsForIt) {
  const int reads = ReadsOfAWholeAnswer();
  for (const bool compressed : {true, false}) {
    if (!compressed) request_.headers.clear();
    for (int abandoned_at = 1; abandoned_at < reads; ++abandoned_at) {
      const auto abandoned = std::make_shared<std::atomic<bool>>(false);
      request_.abandoned = abandoned;
      const HttpResponse response = Answer([&](int read) {
        if (read == abandoned_at) *abandoned = true;
        return 0;
      });
      ASSERT_EQ(response.body, "");
      ASSERT_EQ(reads_, abandoned_at) << "it goes on";
    }
  }
}

TEST_F(ListingTest, AFilterOfManyTermsIsRefused) {
  std::string many;
  for (int i = 0; i < 10500; ++i) many += "!z ";
  request_.query = {{"limit", "0"}, {"filter", many}};
  const HttpResponse response = Answer([](int) { return 0; });
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, "{\"error\":\"filter: too many terms; use at most 64\"}\n");
}

TEST_F(WebRoutesTest, NoPageOfASnapshotIsMadeWhenNobodyWaitsForIt) {
  const HttpRouter router = WebRoutes(sources_);
  HttpRequest request;
  request.abandoned = std::make_shared<std::atomic<bool>>(true);
  for (const char* path : {"/metrics", "/api/v1/status", "/api/v1/connections", "/api/v1/edges", "/api/v1/services"}) {
    request.path = path;
    EXPECT_EQ(router(request).body, "") << path;
  }
}

TEST_F(WebRoutesTest, WhoIsAbandonedDoesNotWaitForASnapshot) {
  constexpr int64_t kForEverNs = 3600 * kNanosecondsPerSecond;
  const auto abandoned = std::make_shared<std::atomic<bool>>(false);
  const SnapshotHub silent(
      &clock_, kNanosecondsPerSecond, [abandoned](int64_t, ListedRows) { *abandoned = true; }, kForEverNs);
  sources_.hub = &silent;
  HttpRequest request;
  request.abandoned = abandoned;
  for (const char* path : {"/metrics", "/api/v1/status", "/api/v1/connections", "/api/v1/edges", "/api/v1/services"}) {
    *abandoned = false;
    request.path = path;
    EXPECT_EQ(WebRoutes(sources_)(request).status, 503) << path;
  }
}

TEST_F(WebRoutesTest, PageAndApiAnswerToKnownHostsAlone) {
  sources_.host_names.patterns = {"gauge.example"};
  const HttpRouter routes = WebRoutes(sources_);
  for (const std::string& path : routes.paths()) {
    HttpRequest request;
    request.path = path;
    request.headers = {{"Host", "gauge.example:10406"}};
    EXPECT_EQ(routes(request).status, 200) << path;
    request.headers = {{"Host", "evil.example"}};
    const bool is_checked = path == "/" || path.rfind("/api/", 0) == 0;
    EXPECT_EQ(routes(request).status, is_checked ? 421 : 200) << path;
  }
}

TEST_F(WebRoutesTest, ARefusedHostCostsNoSnapshot) {
  bool was_asked = false;
  const SnapshotHub hub(
      &clock_, kNanosecondsPerSecond, [&was_asked](int64_t, ListedRows) { was_asked = true; }, 1);
  sources_.hub = &hub;
  HttpRequest request;
  request.path = "/api/v1/connections";
  request.headers = {{"Host", "evil.example"}};
  EXPECT_EQ(WebRoutes(sources_)(request).status, 421);
  EXPECT_FALSE(was_asked);
}

TEST_F(WebRoutesTest, WithoutUiOnlyMetricsAndHealthAreServed) {
  sources_.has_ui = false;
  EXPECT_EQ(WebRoutes(sources_).paths(), (std::vector<std::string>{"/-/healthy", "/-/ready", "/metrics"}));
  for (const char* path : {"/metrics", "/-/healthy", "/-/ready"}) EXPECT_EQ(Get(path).status, 200) << path;
  for (const char* path :
       {"/", "/api/v1/connections", "/api/v1/edges", "/api/v1/services", "/api/v1/history", "/api/v1/status"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
    EXPECT_EQ(Get(path).body,
              "404 not found: this agent was started with --web.no-ui, and serves neither the page nor the JSON API\n");
  }
  EXPECT_EQ(Get("/other").body, "404 not found\n");
}

TEST_F(WebRoutesTest, ThePageMayRunNothingButItsOwnStyleAndScript) {
  const HttpResponse response = Get("/");
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(response.sent_body(), StartsWith("<!doctype html>"));
  const auto policy = std::find_if(response.headers.begin(), response.headers.end(),
                                   [](const auto& field) { return field.first == "Content-Security-Policy"; });
  ASSERT_NE(policy, response.headers.end());
  EXPECT_THAT(policy->second, StartsWith("default-src 'none'; script-src 'sha256-"));
  EXPECT_THAT(policy->second, HasSubstr("; connect-src 'self';"));
  EXPECT_THAT(policy->second, Not(HasSubstr("unsafe")));
}

TEST_F(WebRoutesTest, ThePageAsksNoOtherHost) {
  EXPECT_THAT(Get("/").sent_body(), Not(ContainsRegex("(src|href)=\"(http|//)")));
}

}  // namespace
}  // namespace tcpgauge
