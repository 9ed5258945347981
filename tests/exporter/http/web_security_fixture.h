// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_EXPORTER_HTTP_WEB_SECURITY_FIXTURE_H_
#define TCPGAUGE_TESTS_EXPORTER_HTTP_WEB_SECURITY_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exporter/http/http_server.h"
#include "exporter/http/request_guard.h"
#include "exporter/http/web_config_observer.h"
#include "exporter/http/web_security.h"
#include "src/base/small_file.h"
#include "tests/exporter/http/generous_limits.h"
#include "tests/support/run_command.h"
#include "tests/support/scratch_directory.h"

namespace tcpgauge {

// bcrypt hashes of "secret", configurations with them, and what a client sends.
inline constexpr char kSecret[] = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
inline constexpr char kAlice[] =
    "basic_auth_users:\n  alice: $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";
inline constexpr char kBob[] =
    "basic_auth_users:\n  bob: $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";
inline constexpr char kHeaders[] = "http_server_config:\n  headers:\n    X-Frame-Options: deny\n";
inline constexpr char kIsAlice[] = "Basic YWxpY2U6c2VjcmV0";
inline constexpr char kIsBob[] = "Basic Ym9iOnNlY3JldA==";

// Answers "hello PATH".
inline HttpResponse Hello(const HttpRequest& request) {
  HttpResponse response;
  response.body = "hello " + request.path;
  return response;
}

// Keeps what was reported.
class Reports final : public WebConfigObserver {
 public:
  explicit Reports(std::vector<bool>* reports) : reports_(*reports) {}
  void OnRead(bool is_in_force) override { reports_.push_back(is_in_force); }

 private:
  std::vector<bool>& reports_;
};

// A fixture with a folder for a web configuration. A test writes the configuration there. It then makes a WebSecurity
// from the file, or starts a server with it and sends requests with curl.
class WebSecurityTest : public testing::Test {
 protected:
  void WriteConfig(const std::string& yaml) { WriteFile(file_, yaml); }

  void Open() {
    auto opened = WebSecurity::Open(file_, std::make_unique<Reports>(&reports_), 0);
    ASSERT_TRUE(opened.ok()) << opened.status();
    security_ = *std::move(opened);
  }

  std::string StartError() { return std::string(WebSecurity::Open(file_, nullptr, 0).status().message()); }

  // Removes `file_`, and runs the shell command `make`, which finds the path of `file_` in "$f".
  void Make(const std::string& make) {
    ASSERT_EQ(RunCommand("f=" + file_ + "; rm -rf \"$f\"; " + make).exit_status, 0) << make;
  }

  // Does what the server does with a request.
  HttpResponse Guarded(const HttpRequest& request) {
    RequestGuard::Decision decision = security_->Decide(request);
    if (decision.verdict == RequestGuard::Verdict::kCheckPassword) decision = security_->CheckPassword(request);
    const bool is_admitted = decision.verdict == RequestGuard::Verdict::kAdmit;
    HttpResponse response = is_admitted ? Hello(request) : std::move(decision.refusal);
    security_->AddHeaders(&response);
    return response;
  }

  HttpResponse Ask(const std::string& path, const std::string& authorization = "") {
    HttpRequest request;
    request.path = path;
    if (!authorization.empty()) request.headers.emplace_back("Authorization", authorization);
    return Guarded(request);
  }

  // Serves TLS by the configuration file.
  void Serve() {
    Open();
    if (testing::Test::HasFatalFailure()) return;
    HttpService service;
    service.handler = Hello;
    service.guard = security_.get();
    service.tls = [this] { return security_->CurrentTls(); };
    auto started =
        HttpServer::Start({"127.0.0.1:0", "unix:" + directory_.path() + "/s"}, std::move(service), GenerousLimits());
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
    ASSERT_THAT(server_->urls()[0], testing::StartsWith("https://127.0.0.1:"));
  }

  // Returns what curl prints: the body and the status, or its error message.
  CommandResult Curl(const std::string& options, const std::string& path = "/x") {
    return RunCommand("curl -sS --max-time 200 --cacert " + directory_.path() + "/ca.crt -w ' %{http_code}' " +
                      options + " " + server_->urls()[0] + path);
  }

  std::string Path(const std::string& name) const { return directory_.path() + "/" + name; }

  std::string TlsYaml(const std::string& more = "") const {
    return "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n" + more;
  }

  const ScratchDirectory directory_;
  const std::string file_ = directory_.path() + "/web.yml";
  std::vector<bool> reports_;
  std::unique_ptr<WebSecurity> security_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_EXPORTER_HTTP_WEB_SECURITY_FIXTURE_H_
