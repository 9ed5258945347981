// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/web_routes.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "exporter/http/compression.h"
#include "exporter/http/http_service.h"
#include "exporter/http/request_target.h"
#include "exporter/web/connections_json.h"
#include "exporter/web/edge_order.h"
#include "exporter/web/edges_json.h"
#include "exporter/web/history_json.h"
#include "exporter/web/host_check.h"
#include "exporter/web/metrics_page.h"
#include "exporter/web/services_json.h"
#include "exporter/web/web_page.h"
#include "src/base/check.h"
#include "src/base/json_string.h"
#include "src/base/strings.h"
#include "src/snapshot/history_view.h"
#include "src/snapshot/listed_rows.h"

namespace tcpgauge {
namespace {

constexpr char kPagePath[] = "/";
constexpr char kHealthyPath[] = "/-/healthy";
constexpr char kReadyPath[] = "/-/ready";
constexpr char kConnectionsPath[] = "/api/v1/connections";
constexpr char kEdgesPath[] = "/api/v1/edges";
constexpr char kServicesPath[] = "/api/v1/services";
constexpr char kHistoryPath[] = "/api/v1/history";
constexpr char kStatusPath[] = "/api/v1/status";
constexpr const char* kUiPaths[] = {kPagePath, kConnectionsPath, kEdgesPath, kServicesPath, kHistoryPath, kStatusPath};
constexpr const char* kHealthPaths[] = {kHealthyPath, kReadyPath};

// The processor time of one listing. 10,000 of 100,000 connections take some 0.04 s, compressed.
constexpr int64_t kListingCpuNs = kNanosecondsPerSecond;

// Makes a page from a snapshot.
using SnapshotHandler =
    std::function<HttpResponse(const HttpRequest& request, const std::shared_ptr<const Snapshot>& snapshot)>;

// The response to a request that is abandoned. No client sees it.
HttpResponse AbandonedResponse() {
  HttpResponse response;
  response.status = 503;
  return response;
}

// Waits for a fresh snapshot that lists as much as `rows` says, and hands it to `handler`.
HttpHandler WithFreshSnapshot(const SnapshotHub* hub, ListedRows rows, SnapshotHandler handler) {
  return [hub, rows, handler = std::move(handler)](const HttpRequest& request) {
    const std::shared_ptr<const Snapshot> snapshot = hub->Fresh(rows, [&request] { return request.IsAbandoned(); });
    return request.IsAbandoned() ? AbandonedResponse() : handler(request, snapshot);
  };
}

SnapshotHandler MetricsHandler(const WebSources& sources) {
  const auto page = std::make_shared<MetricsPage>(sources.exposition, sources.metrics, sources.clock);
  return [page](const HttpRequest& request, const std::shared_ptr<const Snapshot>& snapshot) {
    return page->Answer(request, snapshot);
  };
}

SnapshotHandler StatusPage(const WebSources& sources) {
  return [sources](const HttpRequest&, const std::shared_ptr<const Snapshot>& snapshot) {
    HttpResponse response;
    response.content_type = "application/json";
    response.body = StatusJson(*snapshot, sources.build, sources.limits, sources.flags, sources.capture_filter);
    return response;
  };
}

HttpResponse JsonPage() {
  HttpResponse response;
  response.content_type = "application/json";
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

HttpResponse JsonError(int status, std::string_view error) {
  HttpResponse response = JsonPage();
  response.status = status;
  response.body = "{\"error\":" + JsonString(error) + "}\n";
  return response;
}

// Returns the answer to a request for a list, or nullopt if it must stop. Errors: InvalidArgument if a parameter is
// wrong; the message is for the client.
using Listing = std::function<absl::StatusOr<std::optional<std::string>>(
    const HttpRequest& request, const Snapshot& snapshot, absl::FunctionRef<bool()> must_stop)>;

// Answers with a list that takes at most kListingCpuNs. `cheaper` says what would take less.
SnapshotHandler ListingPage(const WebSources& sources, const std::string& cheaper, Listing list) {
  return [sources, cheaper, list = std::move(list)](const HttpRequest& request,
                                                    const std::shared_ptr<const Snapshot>& snapshot) {
    const CpuBudget budget(kListingCpuNs, sources.cpu_clock);
    const auto must_stop = [&] { return request.IsAbandoned() || budget.IsSpent(); };
    absl::StatusOr<std::optional<std::string>> listing = list(request, *snapshot, must_stop);
    if (!listing.ok()) return JsonError(400, std::string(listing.status().message()));
    if (listing->has_value()) {
      HttpResponse response = JsonPage();
      response.body = **std::move(listing);
      response = CompressIfAccepted(request, std::move(response));
      if (!must_stop()) return response;
    }
    if (request.IsAbandoned()) return AbandonedResponse();
    return JsonError(503, absl::StrCat("the answer takes more than 1 second of processor time; use ", cheaper));
  };
}

SnapshotHandler ConnectionsPage(const WebSources& sources) {
  return ListingPage(
      sources, "a smaller limit, or a filter of fewer and shorter terms, such as limit=100&filter=port:443",
      [agent = sources.agent_name](const HttpRequest& request, const Snapshot& snapshot,
                                   absl::FunctionRef<bool()> must_stop) -> absl::StatusOr<std::optional<std::string>> {
        const absl::StatusOr<ConnectionQuery> query = ParseConnectionQuery(request);
        if (!query.ok()) return query.status();
        return ConnectionsJson(snapshot, *query, agent, must_stop);
      });
}

// Answers with EdgesJson() or ServicesJson().
template <typename Json>
SnapshotHandler EdgeListPage(const WebSources& sources, EdgeListKind kind, Json json) {
  return ListingPage(sources, "a smaller limit, such as limit=100",
                     [agent = sources.agent_name, kind, json](
                         const HttpRequest& request, const Snapshot& snapshot,
                         absl::FunctionRef<bool()> must_stop) -> absl::StatusOr<std::optional<std::string>> {
                       const absl::StatusOr<EdgeQuery> query = ParseEdgeQuery(request, kind);
                       if (!query.ok()) return query.status();
                       return json(snapshot, *query, agent, must_stop);
                     });
}

// Answers without a fresh snapshot, so that a reader of the history costs no pass.
HttpHandler HistoryPage(const WebSources& sources) {
  SnapshotHandler page = ListingPage(
      sources, "a smaller limit, such as limit=10",
      [agent = sources.agent_name, history = sources.history](
          const HttpRequest& request, const Snapshot& snapshot,
          absl::FunctionRef<bool()> must_stop) -> absl::StatusOr<std::optional<std::string>> {
        const absl::StatusOr<HistoryQuery> query = ParseHistoryQuery(request);
        if (!query.ok()) return query.status();
        return HistoryJson(history != nullptr ? history->Now() : HistoryView(), snapshot, *query, agent, must_stop);
      });
  return
      [hub = sources.hub, page = std::move(page)](const HttpRequest& request) { return page(request, hub->Current()); };
}

// Says of the paths that are not served why this is so.
HttpResponse WithoutUi(const HttpRequest& request) {
  HttpResponse response;
  response.status = 404;
  const bool is_of_ui = std::count(std::begin(kUiPaths), std::end(kUiPaths), request.path) != 0;
  response.body = is_of_ui ? "404 not found: this agent was started with --web.no-ui, and serves neither the page nor "
                             "the JSON API\n"
                           : "404 not found\n";
  return response;
}

HttpHandler ProbePage(std::function<bool()> is_fine, std::string fine, std::string not_fine) {
  return [is_fine = std::move(is_fine), fine = std::move(fine), not_fine = std::move(not_fine)](const HttpRequest&) {
    HttpResponse response;
    const bool ok = is_fine();
    response.status = ok ? 200 : 503;
    response.body = ok ? fine : not_fine;
    return response;
  };
}

// The page never changes, so it is compressed once.
HttpHandler WebPage() {
  HttpRequest accepts_gzip;
  accepts_gzip.headers = {{"Accept-Encoding", "gzip"}};
  HttpResponse plain;
  plain.content_type = "text/html; charset=utf-8";
  plain.body = std::string(kWebPage);
  plain.headers = {{"Content-Security-Policy", std::string(kWebPagePolicy)},
                   {"X-Content-Type-Options", "nosniff"},
                   {"Referrer-Policy", "no-referrer"},
                   {"Cache-Control", "no-cache"}};
  HttpResponse compressed = CompressIfAccepted(accepts_gzip, plain);
  plain.headers.emplace_back("Vary", "Accept-Encoding");
  for (HttpResponse* page : {&plain, &compressed}) {
    page->shared_body = std::make_shared<const std::string>(std::exchange(page->body, {}));
  }
  return [plain, compressed](const HttpRequest& request) {
    return AcceptsGzip(request.Header("Accept-Encoding").value_or("")) ? compressed : plain;
  };
}

// Returns the path to which clients and proxies may change `path`: percent-decoded, without dot segments (RFC 3986
// section 6.2.2), empty segments, and a slash at the end.
std::string NormalPath(const std::string& path) {
  const absl::StatusOr<RequestTarget> target = ParseRequestTarget(path);
  std::vector<std::string_view> segments;
  const std::string decoded = target.ok() ? target->path : path;
  for (const std::string_view segment : Split(decoded, '/')) {
    if (segment == "..") {
      if (!segments.empty()) segments.pop_back();
    } else if (!segment.empty() && segment != ".") {
      segments.push_back(segment);
    }
  }
  std::string normal;
  for (const std::string_view segment : segments) normal.append("/").append(segment);
  return normal.empty() ? "/" : normal;
}

}  // namespace

absl::Status CheckTelemetryPath(const std::string& path) {
  const std::string normal = NormalPath(path);
  if (std::count(std::begin(kUiPaths), std::end(kUiPaths), normal) == 0 &&
      std::count(std::begin(kHealthPaths), std::end(kHealthPaths), normal) == 0) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", path, "' is the path of another page; use a path that is none of ",
                   absl::StrJoin(kHealthPaths, ", "), ", ", absl::StrJoin(kUiPaths, ", ")));
}

HttpRouter WebRoutes(const WebSources& sources) {
  TCPGAUGE_CHECK(CheckTelemetryPath(sources.telemetry_path).ok());
  HttpRouter router;
  router.Handle(kHealthyPath, ProbePage(sources.is_healthy, "healthy\n", "not healthy: capture makes no progress\n"),
                HttpLane::kHealth);
  router.Handle(kReadyPath, ProbePage(sources.is_ready, "ready\n", "not ready: not capturing\n"), HttpLane::kHealth);
  router.Handle(sources.telemetry_path, WithFreshSnapshot(sources.hub, ListedRows::kFew, MetricsHandler(sources)),
                HttpLane::kMetrics);
  if (!sources.has_ui) {
    router.HandleUnknown(WithoutUi);
    return router;
  }
  const HostCheck host_check(sources.host_names);
  router.Handle(kPagePath, host_check.Guard(WebPage()));
  const auto handle_api = [&](const std::string& path, SnapshotHandler handler, HttpLane lane,
                              ListedRows rows = ListedRows::kFew) {
    router.Handle(path, host_check.Guard(WithFreshSnapshot(sources.hub, rows, std::move(handler))), lane);
  };
  handle_api(kStatusPath, StatusPage(sources), HttpLane::kOther);
  handle_api(kConnectionsPath, ConnectionsPage(sources), HttpLane::kCostly, ListedRows::kAll);
  handle_api(kEdgesPath, EdgeListPage(sources, EdgeListKind::kEdges, EdgesJson), HttpLane::kCostly);
  handle_api(kServicesPath, EdgeListPage(sources, EdgeListKind::kServices, ServicesJson), HttpLane::kCostly);
  router.Handle(kHistoryPath, host_check.Guard(HistoryPage(sources)), HttpLane::kCostly);
  return router;
}

}  // namespace tcpgauge
