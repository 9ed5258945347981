// SPDX-License-Identifier: Apache-2.0
#include "src/kube/kube_sources.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "exporter/http/http_server.h"
#include "src/base/clock.h"
#include "src/base/time_units.h"
#include "src/identity/identity_draft.h"
#include "src/naming/identity_level.h"
#include "src/naming/identity_map.h"
#include "src/naming/identity_pool.h"
#include "src/net/ip_address.h"
#include "tests/exporter/http/generous_limits.h"

namespace tcpgauge {
namespace {

constexpr char kPods[] = R"({"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"web-0","namespace":"shop",
    "uid":"u"},"spec":{"nodeName":"node 1"},"status":{"podIPs":[{"ip":"10.1.0.1"}]}}]})";
constexpr char kSlices[] = R"({"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"web-a",
    "namespace":"shop","labels":{"kubernetes.io/service-name":"web"}},"ports":[{"port":80}],
    "endpoints":[{"addresses":["10.1.0.1"],"nodeName":"node 1","zone":"z","targetRef":{"kind":"Pod","name":"web-0"}},
    {"addresses":["10.1.0.2"],"nodeName":"n2","zone":"y","targetRef":{"kind":"Pod","name":"web-1"}}]}]})";
constexpr char kServices[] = R"({"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"web",
    "namespace":"shop"},"spec":{"clusterIP":"10.43.0.1","ports":[{"port":80}]}}]})";

// A server without initial events. Its watches end at once.
class KubeSourcesTest : public testing::Test {
 protected:
  KubeSourcesTest() {
    HttpHandler handler = [](const HttpRequest& request) {
      HttpResponse response;
      if (request.QueryParameter("sendInitialEvents").has_value()) {
        response.status = 422;
      } else if (request.QueryParameter("watch").has_value()) {
        response.body = "";
      } else if (request.path == "/api/v1/pods") {
        const bool is_of_node = request.QueryParameter("fieldSelector") == "spec.nodeName=node 1";
        response.status = is_of_node ? 200 : 403;
        response.body = kPods;
      } else {
        response.body = request.path == "/api/v1/services" ? kServices : kSlices;
      }
      return response;
    };
    server_ = *HttpServer::Start({"127.0.0.1:0"}, {std::move(handler)}, GenerousLimits());
    options_.server = server_->urls()[0];
    options_.node = "node 1";
    options_.first_request_spread_ns = 0;
    options_.intervals.retry.first_ns = kNanosecondsPerMillisecond;
  }

  // What the sources know, once they know this many addresses and endpoints.
  std::shared_ptr<const IdentityMap> WaitFor(const KubeSources& sources, size_t count) {
    while (true) {
      IdentityDraft draft(100, &pool_);
      for (IdentitySource* const source : sources.sources()) source->AddTo(&draft);
      IdentityDraft::Recent recent;
      auto map = draft.Finish(&recent, 0);
      if (map->addresses.size() + map->endpoints.size() == count) return map;
      std::this_thread::yield();
    }
  }

  static std::vector<std::string_view> Names(const KubeSources& sources) {
    std::vector<std::string_view> names;
    for (const IdentitySource* const source : sources.sources()) names.push_back(source->name());
    return names;
  }

  std::unique_ptr<HttpServer> server_;
  KubeOptions options_;
  IdentityPool pool_;
};

TEST_F(KubeSourcesTest, LevelNodeKnowsThePodsOfTheNode) {
  KubeSources sources(options_, &SystemClock());
  EXPECT_EQ(Names(sources), std::vector<std::string_view>{"kubernetes-pods"});
  EXPECT_FALSE(sources.sources()[0]->is_up());
  sources.Start();
  const auto map = WaitFor(sources, 1);
  EXPECT_EQ(map->Find({*IpAddress::Parse("10.1.0.1"), 80})->identity.pod, "web-0");
}

TEST_F(KubeSourcesTest, LevelClusterKnowsServicesToo) {
  options_.level = IdentityLevel::kCluster;
  KubeSources sources(options_, &SystemClock());
  EXPECT_EQ(Names(sources),
            (std::vector<std::string_view>{"kubernetes-pods", "kubernetes-endpointslices", "kubernetes-services"}));
  sources.Start();
  auto map = WaitFor(sources, 4);
  // An endpoint tells the node's zone, perhaps later than the pods.
  while (map->Find({*IpAddress::Parse("10.1.0.1"), 7})->identity.zone != "z") map = WaitFor(sources, 4);
  EXPECT_EQ(map->Find({*IpAddress::Parse("10.1.0.2"), 80})->identity.pod, "web-1");
  EXPECT_EQ(map->Find({*IpAddress::Parse("10.43.0.1"), 80})->identity.service, "web");
  ASSERT_EQ(sources.Counts().size(), 3u);
  EXPECT_EQ(sources.Counts()[1].source, "kubernetes-endpointslices");
  EXPECT_GE(sources.Counts()[1].list_watch.requests, 2u);
}

TEST_F(KubeSourcesTest, StopWhateverTheyWaitFor) {
  for (const int64_t spread_ns : {int64_t{0}, 3600 * kNanosecondsPerSecond}) {
    options_.first_request_spread_ns = spread_ns;
    KubeSources sources(options_, &SystemClock());
    sources.Start();
    sources.Stop();
    sources.Stop();  // has no effect
  }
  KubeSources never_started(options_, &SystemClock());
}

TEST_F(KubeSourcesTest, KeepWhatTheyKnowWhenTheServerGoesAway) {
  KubeSources sources(options_, &SystemClock());
  sources.Start();
  WaitFor(sources, 1);
  server_.reset();
  while (sources.sources()[0]->is_up()) std::this_thread::yield();
  WaitFor(sources, 1);
}

}  // namespace
}  // namespace tcpgauge
