// SPDX-License-Identifier: Apache-2.0
// Debian's Prometheus scrapes the server, with TLS and a password from its own configuration.

#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "absl/synchronization/notification.h"
#include "exporter/http/compression.h"
#include "exporter/http/http_server.h"
#include "exporter/http/web_security.h"
#include "exporter/metrics/agent_metrics.h"
#include "exporter/web/content_negotiation.h"
#include "exporter/web/web_routes.h"
#include "tests/exporter/http/test_certificates.h"
#include "tests/exporter/metrics/example_snapshot.h"
#include "tests/support/run_command.h"
#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

constexpr char kSecret[] = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

class PrometheusScrapeTest : public testing::Test {
 protected:
  PrometheusScrapeTest() {
    WriteFile(Path("ca.crt"), authority_.certificate_pem());
    authority_.Issue(Path("server"), "localhost", TestAuthority::Purpose::kServer);
    authority_.Issue(Path("client"), "prometheus", TestAuthority::Purpose::kClient);
    WriteFile(Path("web.yml"),
              "tls_server_config:\n"
              "  cert_file: server.crt\n"
              "  key_file: server.key\n"
              "  client_auth_type: RequireAndVerifyClientCert\n"
              "  client_ca_file: ca.crt\n"
              "  min_version: TLS12\n"
              "basic_auth_users:\n"
              "  alice: " +
                  std::string(kSecret) + "\n");
  }

  std::string Path(const std::string& name) const { return directory_.path() + "/" + name; }

  const ScratchDirectory directory_;
  const TestAuthority authority_{"test CA"};
};

TEST_F(PrometheusScrapeTest, PromtoolTakesTheSameWebConfiguration) {
  if (!HasProgram("promtool")) GTEST_SKIP() << "promtool is not installed";
  const CommandResult result = RunCommand("promtool check web-config " + Path("web.yml"));
  EXPECT_EQ(result.exit_status, 0) << result.output;
  EXPECT_TRUE(WebSecurity::Open(Path("web.yml")).ok());
}

TEST_F(PrometheusScrapeTest, PrometheusScrapesWithACertificateAndAPassword) {
  if (!HasProgram("prometheus")) GTEST_SKIP() << "prometheus is not installed";
  auto security = WebSecurity::Open(Path("web.yml"));
  ASSERT_TRUE(security.ok()) << security.status();
  SnapshotHub hub;
  hub.Publish(std::make_shared<const Snapshot>(ExampleSnapshot()));
  AgentMetrics metrics;
  WebSources sources;
  sources.hub = &hub;
  sources.clock = &SystemClock();
  sources.metrics = &metrics;
  sources.exposition = {5000, 100};
  sources.telemetry_path = "/metrics";
  sources.is_healthy = sources.is_ready = [] { return true; };
  const HttpRouter router = WebRoutes(sources);
  absl::Notification scraped;
  HttpRequest seen;
  std::atomic<int> scrapes{0};
  const auto handler = [&](const HttpRequest& request) {
    if (scrapes.fetch_add(1) == 1) {  // the second scrape, so that the first is complete
      seen = request;
      scraped.Notify();
    }
    return router(request);
  };
  HttpService service;
  service.handler = handler;
  service.guard = security->get();
  service.tls = [&security] { return (*security)->CurrentTls(); };
  auto server = HttpServer::Start({"127.0.0.1:0"}, std::move(service));
  ASSERT_TRUE(server.ok()) << server.status();

  const std::string target = (*server)->urls()[0].substr(std::string("https://").size());
  WriteFile(Path("prometheus.yml"),
            "global: {scrape_interval: 1s}\n"
            "scrape_configs:\n"
            "  - job_name: tcpgauge\n"
            "    scheme: https\n"
            "    basic_auth: {username: alice, password: secret}\n"
            "    tls_config: {ca_file: ca.crt, cert_file: client.crt, key_file: client.key, server_name: localhost}\n"
            "    static_configs: [{targets: ['" +
                target + "']}]\n");
  std::string log;
  std::thread prometheus([&] {
    log = RunCommand("prometheus --config.file=" + Path("prometheus.yml") + " --storage.tsdb.path=" + Path("data") +
                     " --web.listen-address=127.0.0.1:0 --log.level=warn & echo $! >" + Path("pid") + "; wait")
              .output;
  });
  const bool came = scraped.WaitForNotificationWithTimeout(absl::Minutes(4));
  std::ifstream pid_file(Path("pid"));
  pid_t pid = 0;
  if (pid_file >> pid) kill(pid, SIGTERM);
  prometheus.join();
  ASSERT_TRUE(came) << log;
  EXPECT_EQ(seen.path, "/metrics");
  EXPECT_TRUE(seen.client_certificate.ok());
  EXPECT_EQ(NegotiateFormat(seen.Header("Accept").value_or("")), MetricsFormat::kOpenMetrics);
  EXPECT_TRUE(AcceptsGzip(seen.Header("Accept-Encoding").value_or("")));
  EXPECT_EQ(log.find("duplicate"), std::string::npos) << log;
}

}  // namespace
}  // namespace tcpgauge
