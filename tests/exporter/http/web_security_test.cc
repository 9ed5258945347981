// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/web_security.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "exporter/http/http_server.h"
#include "exporter/http/request_guard.h"
#include "exporter/http/web_config_observer.h"
#include "src/base/clock.h"
#include "src/base/small_file.h"
#include "src/base/time_units.h"
#include "tests/exporter/http/generous_limits.h"
#include "tests/exporter/http/test_certificates.h"
#include "tests/support/hand_moved_clock.h"
#include "tests/support/run_command.h"
#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::StartsWith;
using Verdict = RequestGuard::Verdict;

constexpr char kSecret[] = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
constexpr char kAlice[] = "basic_auth_users:\n  alice: $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";
constexpr char kBob[] = "basic_auth_users:\n  bob: $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";
constexpr char kHeaders[] = "http_server_config:\n  headers:\n    X-Frame-Options: deny\n";
constexpr char kIsAlice[] = "Basic YWxpY2U6c2VjcmV0";
constexpr char kIsBob[] = "Basic Ym9iOnNlY3JldA==";

HttpResponse Hello(const HttpRequest& request) {
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
    ASSERT_THAT(server_->urls()[0], StartsWith("https://127.0.0.1:"));
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

TEST_F(WebSecurityTest, AFileThatConfiguresHeadersAloneAsksForNothing) {
  WriteConfig(kHeaders);
  Open();
  EXPECT_EQ(security_->CurrentTls(), nullptr);
  EXPECT_EQ(Ask("/metrics").status, 200);
}

TEST_F(WebSecurityTest, AFileWithoutSettingsIsAnErrorAtTheStart) {
  for (const char* yaml : {"", "\n", "# later\n", "{}", "---\n", "null\n", "basic_auth_users:\n",
                           "basic_auth_users: {}\n", "tls_server_config:\n", "http_server_config:\n  http2: true\n"}) {
    WriteConfig(yaml);
    EXPECT_THAT(StartError(), HasSubstr("has no settings")) << yaml;
    EXPECT_THAT(StartError(), HasSubstr("leave --web.config.file out")) << yaml;
  }
}

// What may be at the path of the configuration.
struct Obstacle {
  const char* make;
  const char* error;
};
constexpr Obstacle kObstacles[] = {
    {"mkfifo $f", "is not a regular file"},
    {"mkdir $f", "is not a regular file"},
    {"ln -s /dev/null $f", "is not a regular file"},
    {"ln -s /dev/zero $f", "is not a regular file"},
    {"ln -s /dev/tty $f", "is not a regular file"},
    {"ln -s $f $f", "Too many levels"},
    {"ln -s $f.missing $f", "No such file"},
    {"true", "No such file"},
    {"head -c 2000000 /dev/zero >$f", "larger than 1 MiB"},
    {"head -c 1000 /dev/zero >$f", "not text in UTF-8"},
    {": >$f", "has no settings"},
};

TEST_F(WebSecurityTest, WhatIsNoFileOfSettingsIsAnErrorAtTheStart) {
  for (const Obstacle& obstacle : kObstacles) {
    Make(obstacle.make);
    EXPECT_THAT(StartError(), HasSubstr(obstacle.error)) << obstacle.make;
    EXPECT_THAT(StartError(), HasSubstr(file_));
  }
}

TEST_F(WebSecurityTest, WhatIsNoFileOfSettingsDoesNotSwitchPasswordsOff) {
  WriteConfig(kAlice);
  Open();
  for (const Obstacle& obstacle : kObstacles) {
    Make(obstacle.make);
    EXPECT_EQ(Ask("/metrics").status, 401) << obstacle.make;
    EXPECT_EQ(Ask("/metrics", kIsAlice).status, 200) << obstacle.make;
    EXPECT_FALSE(reports_.back()) << obstacle.make;
    Make("true");
    WriteConfig(kAlice);
    EXPECT_EQ(Ask("/metrics").status, 401) << obstacle.make;
    EXPECT_TRUE(reports_.back()) << obstacle.make;
  }
}

// A file that is being written is a prefix of what it will be.
TEST_F(WebSecurityTest, NoPrefixOfTheFileFallsOpen) {
  const std::string whole = std::string(kHeaders) + kAlice + "  bob: " + kSecret + "\n";
  WriteConfig(whole);
  Open();
  EXPECT_EQ(Ask("/metrics", kIsAlice).status, 200);
  for (size_t bytes = 0; bytes < whole.size(); ++bytes) {
    WriteConfig(whole.substr(0, bytes));
    ASSERT_EQ(Ask("/metrics").status, 401) << whole.substr(0, bytes);
    ASSERT_EQ(Ask("/metrics", kIsAlice).status, 200) << whole.substr(0, bytes);
  }
}

TEST_F(WebSecurityTest, AChangeThatWeakensIsRefusedEntirely) {
  WriteConfig(kAlice);
  Open();
  WriteConfig(std::string("basic_auth_users: {}\n") + kHeaders);
  const HttpResponse refused = Ask("/metrics");
  EXPECT_EQ(refused.status, 401);
  EXPECT_THAT(refused.headers, testing::Not(Contains(Pair("X-Frame-Options", "deny"))));
  EXPECT_EQ(Ask("/metrics", kIsAlice).status, 200);
}

TEST_F(WebSecurityTest, ReportsEachReadingOnce) {
  WriteConfig(kAlice);
  Open();
  EXPECT_THAT(reports_, ElementsAre(true)) << "the start";
  for (int i = 0; i < 3; ++i) Ask("/metrics");
  EXPECT_THAT(reports_, ElementsAre(true)) << "no change";
  WriteConfig("nonsense");
  for (int i = 0; i < 3; ++i) Ask("/metrics");
  EXPECT_THAT(reports_, ElementsAre(true, false));
  WriteConfig(kHeaders);
  for (int i = 0; i < 3; ++i) Ask("/metrics");
  EXPECT_THAT(reports_, ElementsAre(true, false, false)) << "valid, but weaker";
  WriteConfig(kAlice);
  for (int i = 0; i < 3; ++i) Ask("/metrics");
  EXPECT_THAT(reports_, ElementsAre(true, false, false, true));
}

TEST_F(WebSecurityTest, HealthLooksAtNoFile) {
  WriteConfig(kAlice);
  Open();
  WriteConfig("nonsense");
  EXPECT_EQ(Ask("/-/healthy").status, 200);
  EXPECT_EQ(Ask("/-/ready").status, 200);
  EXPECT_THAT(reports_, ElementsAre(true));
}

TEST_F(WebSecurityTest, DecidesWithoutBcryptAndRemembersThroughReloads) {
  WriteConfig(kAlice);
  Open();
  const auto decide = [this](const std::string& authorization) {
    HttpRequest request;
    request.path = "/metrics";
    if (!authorization.empty()) request.headers.emplace_back("Authorization", authorization);
    return security_->Decide(request).verdict;
  };
  EXPECT_EQ(decide(""), Verdict::kRefuse);
  EXPECT_EQ(decide("Basic !"), Verdict::kRefuse);
  EXPECT_EQ(decide(kIsAlice), Verdict::kCheckPassword);
  EXPECT_EQ(Ask("/metrics", kIsAlice).status, 200);
  EXPECT_EQ(decide(kIsAlice), Verdict::kAdmit);
  WriteConfig(std::string(kAlice) + "  bob: " + kSecret + "\n");
  EXPECT_EQ(decide(kIsAlice), Verdict::kAdmit);
  EXPECT_EQ(decide(kIsBob), Verdict::kCheckPassword);
  WriteConfig(std::string("basic_auth_users:\n  bob: ") + kSecret + "\n");
  EXPECT_EQ(decide(kIsAlice), Verdict::kCheckPassword) << "to be refused in the time of any other";
  EXPECT_EQ(Ask("/metrics", kIsAlice).status, 401);
}

// Settles after 200 ns of a clock that stands still.
class SettlingTest : public WebSecurityTest {
 protected:
  void SetUp() override {
    WriteConfig(kAlice);
    auto opened = WebSecurity::Open(file_, nullptr, 200, clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    security_ = *std::move(opened);
    ASSERT_EQ(Ask("/metrics", kIsAlice).status, 200);
  }

  // The wall clock of clock_ is far behind that of the files, so their times tell nothing.
  HandMovedClock clock_;
};

TEST_F(SettlingTest, AChangeIsReadWhenTheFileIsLeftAlone) {
  WriteConfig(kBob);
  EXPECT_EQ(Ask("/metrics", kIsBob).status, 401);
  clock_.Move(199);
  EXPECT_EQ(Ask("/metrics", kIsBob).status, 401);
  WriteConfig(std::string(kBob) + "\n");
  EXPECT_EQ(Ask("/metrics", kIsBob).status, 401);
  clock_.Move(199);
  EXPECT_EQ(Ask("/metrics", kIsBob).status, 401);
  EXPECT_EQ(Ask("/metrics", kIsAlice).status, 200);
  clock_.Move(1);
  EXPECT_EQ(Ask("/metrics", kIsBob).status, 200);
  EXPECT_EQ(Ask("/metrics", kIsAlice).status, 401);
}

TEST_F(SettlingTest, AnOldChangeIsReadAtOnce) {
  clock_.StepWall(SystemClock().WallNanoseconds() - clock_.WallNanoseconds() + kNanosecondsPerSecond);
  WriteConfig(kBob);
  EXPECT_EQ(Ask("/metrics", kIsBob).status, 200);
  EXPECT_EQ(Ask("/metrics", kIsAlice).status, 401);
}

TEST_F(SettlingTest, AFileThatIsMissingForAMomentIsNotRead) {
  unlink(file_.c_str());
  clock_.StepWall(SystemClock().WallNanoseconds() - clock_.WallNanoseconds() + kNanosecondsPerSecond);
  EXPECT_EQ(Ask("/metrics", kIsAlice).status, 200);
  WriteConfig(kBob);
  EXPECT_EQ(Ask("/metrics", kIsBob).status, 200);
}

TEST_F(SettlingTest, AFileThatNeverRestsIsReadAllTheSame) {
  std::string yaml = kBob;
  for (int i = 0; i < 8; ++i) {
    yaml += "\n";
    WriteConfig(yaml);
    EXPECT_EQ(Ask("/metrics", kIsBob).status, 401) << i;
    clock_.Move(100);
  }
  WriteConfig(yaml + "\n");
  EXPECT_EQ(Ask("/metrics", kIsBob).status, 200);
  // The file was not at rest, so the reading is repeated.
  clock_.Move(200);
  WriteConfig(std::string(kAlice) + "\n");
  EXPECT_EQ(Ask("/metrics", kIsBob).status, 200);
  clock_.Move(200);
  EXPECT_EQ(Ask("/metrics", kIsBob).status, 401);
}

TEST_F(WebSecurityTest, AsksForPasswordsButForHealth) {
  WriteConfig(std::string("basic_auth_users:\n  alice: ") + kSecret + "\n");
  Open();
  const HttpResponse refused = Ask("/metrics");
  EXPECT_EQ(refused.status, 401);
  EXPECT_THAT(refused.headers, Contains(Pair("WWW-Authenticate", "Basic realm=\"tcpgauge\", charset=\"UTF-8\"")));
  EXPECT_EQ(Ask("/nowhere").status, 401);
  EXPECT_EQ(Ask("/metrics", "Basic YWxpY2U6d3Jvbmc=").status, 401);
  EXPECT_EQ(Ask("/metrics", "Basic YWxpY2U6c2VjcmV0").status, 200);
  EXPECT_EQ(Ask("/-/healthy").status, 200);
  EXPECT_EQ(Ask("/-/ready").status, 200);
  EXPECT_EQ(Ask("/-/healthy/").status, 401);
}

TEST_F(WebSecurityTest, RefusesClientsWhoseCertificateIsNotRight) {
  WriteConfig(kHeaders);
  Open();
  HttpRequest request;
  request.client_certificate = absl::PermissionDeniedError("it is expired");
  request.path = "/metrics";
  const HttpResponse refused = Guarded(request);
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("it is expired"));
  request.path = "/-/healthy";
  EXPECT_EQ(Guarded(request).status, 200);
}

TEST_F(WebSecurityTest, AddsTheConfiguredHeadersToEveryResponse) {
  WriteConfig(std::string("http_server_config:\n  headers:\n    X-Frame-Options: deny\nbasic_auth_users:\n  alice: ") +
              kSecret + "\n");
  Open();
  EXPECT_THAT(Ask("/metrics").headers, Contains(Pair("X-Frame-Options", "deny")));
  EXPECT_THAT(Ask("/-/healthy").headers, Contains(Pair("X-Frame-Options", "deny")));
}

TEST_F(WebSecurityTest, AWrongFileIsAnErrorAtTheStart) {
  EXPECT_THAT(std::string(WebSecurity::Open(file_, nullptr, 0).status().message()), HasSubstr(file_));
  WriteConfig("nonsense: true\n");
  EXPECT_THAT(std::string(WebSecurity::Open(file_, nullptr, 0).status().message()), HasSubstr("nonsense"));
  WriteConfig(TlsYaml());
  EXPECT_THAT(std::string(WebSecurity::Open(file_, nullptr, 0).status().message()), HasSubstr(Path("server.crt")));
}

TEST_F(WebSecurityTest, AKeyOfAnotherCertificateIsAnError) {
  const TestAuthority authority("test CA");
  authority.Issue(Path("server"), "localhost", TestAuthority::Purpose::kServer);
  const std::string certificate = ReadSmallFile(Path("server.crt")).value();
  authority.Issue(Path("server"), "localhost", TestAuthority::Purpose::kServer);
  WriteFile(Path("server.crt"), certificate);
  WriteConfig(TlsYaml());
  const absl::Status status = WebSecurity::Open(file_, nullptr, 0).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr(Path("server.key")));
}

TEST_F(WebSecurityTest, NamesTheFileThatIsNoPem) {
  const TestAuthority authority("test CA");
  authority.Issue(Path("server"), "localhost", TestAuthority::Purpose::kServer);
  WriteFile(Path("ca.crt"), authority.certificate_pem());
  WriteConfig(TlsYaml("  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n"));
  EXPECT_TRUE(WebSecurity::Open(file_, nullptr, 0).ok());
  for (const char* name : {"server.crt", "server.key", "ca.crt"}) {
    const std::string good = ReadSmallFile(Path(name)).value();
    for (const char* bad : {"", "no PEM", "-----BEGIN CERTIFICATE-----\nbroken\n"}) {
      WriteFile(Path(name), bad);
      const absl::Status status = WebSecurity::Open(file_, nullptr, 0).status();
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name << bad;
      EXPECT_THAT(std::string(status.message()), HasSubstr(Path(name)));
    }
    WriteFile(Path(name), good);
  }
}

TEST_F(WebSecurityTest, FollowsTheFileAndKeepsWhatHeldWhenItIsWrong) {
  WriteConfig(std::string("basic_auth_users:\n  alice: ") + kSecret + "\n");
  Open();
  EXPECT_EQ(Ask("/metrics", "Basic YWxpY2U6c2VjcmV0").status, 200);
  WriteConfig(std::string("basic_auth_users:\n  bob: ") + kSecret + "\n");
  EXPECT_EQ(Ask("/metrics", "Basic YWxpY2U6c2VjcmV0").status, 401);
  WriteConfig("basic_auth_users: [\n");
  EXPECT_EQ(Ask("/metrics").status, 401);
  EXPECT_EQ(Ask("/metrics", "Basic Ym9iOnNlY3JldA==").status, 200);
  unlink(file_.c_str());
  EXPECT_EQ(Ask("/metrics").status, 401);
  WriteConfig("");
  EXPECT_EQ(Ask("/metrics").status, 401) << "the last user is removed by a restart alone";
}

TEST_F(WebSecurityTest, TlsIsNotSwitchedWhileRunning) {
  WriteConfig(kHeaders);
  Open();
  const TestAuthority authority("test CA");
  authority.Issue(Path("server"), "localhost", TestAuthority::Purpose::kServer);
  WriteConfig(TlsYaml());
  EXPECT_EQ(security_->CurrentTls(), nullptr);
}

TEST_F(WebSecurityTest, TlsOutlivesAChangeOfUsersAndFollowsItsFiles) {
  const TestAuthority authority("test CA");
  authority.Issue(Path("server"), "localhost", TestAuthority::Purpose::kServer);
  WriteConfig(TlsYaml(kAlice));
  Open();
  const auto first = security_->CurrentTls();
  ASSERT_NE(first, nullptr);
  WriteConfig(TlsYaml(kBob));
  EXPECT_EQ(security_->CurrentTls(), first) << "a key that can be read once does not keep users from being revoked";
  EXPECT_EQ(Ask("/metrics", kIsAlice).status, 401);
  authority.Issue(Path("server"), "localhost", TestAuthority::Purpose::kServer);
  EXPECT_NE(security_->CurrentTls(), first);
  const auto second = security_->CurrentTls();
  WriteConfig(kBob);
  EXPECT_EQ(security_->CurrentTls(), second) << "TLS is switched off by a restart alone";
  WriteConfig(TlsYaml(std::string("  min_version: TLS13\n") + kBob));
  const auto strict = security_->CurrentTls();
  EXPECT_NE(strict, second);
  WriteConfig(TlsYaml(kAlice));
  EXPECT_EQ(security_->CurrentTls(), strict) << "min_version falls by a restart alone";
  EXPECT_EQ(Ask("/metrics", kIsAlice).status, 401);
  EXPECT_EQ(Ask("/metrics", kIsBob).status, 200);
}

class TlsTest : public WebSecurityTest {
 protected:
  void SetUp() override {
    if (!HasProgram("curl")) GTEST_SKIP() << "curl is not installed";
    WriteFile(Path("ca.crt"), authority_.certificate_pem());
    authority_.Issue(Path("server"), "localhost", TestAuthority::Purpose::kServer);
  }

  std::string WithCertificate(const std::string& name) const {
    return "--cert " + Path(name + ".crt") + " --key " + Path(name + ".key");
  }

  const TestAuthority authority_{"test CA"};
};

TEST_F(TlsTest, ServesTlsOfTheVersionsAllowed) {
  WriteConfig(TlsYaml());
  Serve();
  EXPECT_EQ(Curl("").output, "hello /x 200");
  EXPECT_EQ(Curl("--tls-max 1.2").output, "hello /x 200");
  EXPECT_EQ(Curl("--tlsv1.3").output, "hello /x 200");
  EXPECT_NE(Curl("--tlsv1.1 --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0").exit_status, 0);
}

TEST_F(TlsTest, MinAndMaxVersionBind) {
  WriteConfig(TlsYaml("  min_version: TLS13\n"));
  Serve();
  EXPECT_EQ(Curl("").output, "hello /x 200");
  EXPECT_NE(Curl("--tls-max 1.2").exit_status, 0);
  server_.reset();
  WriteConfig(TlsYaml("  max_version: TLS12\n"));
  Serve();
  EXPECT_EQ(Curl("").output, "hello /x 200");
  EXPECT_NE(Curl("--tlsv1.3").exit_status, 0);
}

TEST_F(TlsTest, TakesPreferencesOfCurves) {
  WriteConfig(TlsYaml("  curve_preferences: [CurveP384]\n"));
  Serve();
  EXPECT_EQ(Curl("--curves P-384").output, "hello /x 200");
  EXPECT_NE(Curl("--curves P-256").exit_status, 0);
}

TEST_F(TlsTest, PlainRequestsGetNoAnswer) {
  WriteConfig(TlsYaml());
  Serve();
  EXPECT_NE(RunCommand("curl -sS http://" + server_->urls()[0].substr(8) + "/x").exit_status, 0);
  EXPECT_EQ(Curl("").output, "hello /x 200");
}

TEST_F(TlsTest, UnixSocketsStayPlain) {
  WriteConfig(TlsYaml());
  Serve();
  EXPECT_EQ(RunCommand("curl -sS --unix-socket " + Path("s") + " http://x/x").output, "hello /x");
}

TEST_F(TlsTest, RequiresAndVerifiesClientCertificatesButForHealth) {
  WriteConfig(TlsYaml("  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n"));
  authority_.Issue(Path("client"), "prometheus", TestAuthority::Purpose::kClient);
  authority_.Issue(Path("expired"), "prometheus", TestAuthority::Purpose::kClient, true);
  authority_.Issue(Path("server_as_client"), "prometheus", TestAuthority::Purpose::kServer);
  const TestAuthority stranger("another CA");
  stranger.Issue(Path("stranger"), "prometheus", TestAuthority::Purpose::kClient);
  Serve();
  for (const std::string version : {"--tls-max 1.2 ", "--tlsv1.3 "}) {
    EXPECT_EQ(Curl(version + WithCertificate("client")).output, "hello /x 200");
    EXPECT_THAT(Curl(version).output, HasSubstr("a client certificate is required\n 403"));
    EXPECT_THAT(Curl(version + WithCertificate("expired")).output, HasSubstr(" 403"));
    EXPECT_THAT(Curl(version + WithCertificate("stranger")).output, HasSubstr(" 403"));
    EXPECT_THAT(Curl(version + WithCertificate("server_as_client")).output, HasSubstr(" 403"));
    EXPECT_EQ(Curl(version, "/-/healthy").output, "hello /-/healthy 200");
  }
}

TEST_F(TlsTest, OtherClientAuthTypesAskForLess) {
  authority_.Issue(Path("client"), "prometheus", TestAuthority::Purpose::kClient);
  const TestAuthority stranger("another CA");
  stranger.Issue(Path("stranger"), "prometheus", TestAuthority::Purpose::kClient);
  const auto with = [this](const std::string& type) {
    WriteConfig(TlsYaml("  client_auth_type: " + type + "\n  client_ca_file: ca.crt\n"));
  };
  with("VerifyClientCertIfGiven");
  Serve();
  EXPECT_EQ(Curl("").output, "hello /x 200");
  EXPECT_EQ(Curl(WithCertificate("client")).output, "hello /x 200");
  EXPECT_THAT(Curl(WithCertificate("stranger")).output, HasSubstr(" 403"));
  server_.reset();
  with("RequireAnyClientCert");
  Serve();
  EXPECT_THAT(Curl("").output, HasSubstr(" 403"));
  EXPECT_EQ(Curl(WithCertificate("stranger")).output, "hello /x 200");
  server_.reset();
  with("RequestClientCert");
  Serve();
  EXPECT_EQ(Curl("").output, "hello /x 200");
  EXPECT_EQ(Curl(WithCertificate("stranger")).output, "hello /x 200");
}

TEST_F(TlsTest, AllowsNamedClientsOnly) {
  authority_.Issue(Path("client"), "prometheus", TestAuthority::Purpose::kClient);
  const auto allowing = [this](const std::string& names) {
    WriteConfig(
        TlsYaml("  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n"
                "  client_allowed_sans: [" +
                names + "]\n"));
  };
  allowing("somebody, prometheus");
  Serve();
  EXPECT_EQ(Curl(WithCertificate("client")).output, "hello /x 200");
  allowing("127.0.0.1");
  EXPECT_EQ(Curl(WithCertificate("client")).output, "hello /x 200");
  allowing("somebody");
  EXPECT_THAT(Curl(WithCertificate("client")).output, HasSubstr(" 403"));
}

TEST_F(TlsTest, AllowsClientsByNamesOfAnyLength) {
  WriteConfig(TlsYaml());
  Serve();
  for (const size_t bytes : {511, 512, 513, 2048, 10000}) {
    const std::string name(bytes, 'n');
    authority_.Issue(Path("long"), name, TestAuthority::Purpose::kClient);
    for (const bool is_allowed : {true, false}) {
      WriteConfig(
          TlsYaml("  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n"
                  "  client_allowed_sans: [" +
                  name + (is_allowed ? "" : "x") + "]\n"));
      EXPECT_THAT(Curl(WithCertificate("long")).output, HasSubstr(is_allowed ? " 200" : " 403")) << bytes;
    }
  }
}

TEST_F(TlsTest, ServesAbsoluteTargetsOfBothSchemes) {
  WriteConfig(TlsYaml());
  Serve();
  for (const std::string target : {"https://agent/x", "HTTPS://agent:443/x", "http://agent/x"}) {
    EXPECT_EQ(Curl("--request-target " + target).output, "hello /x 200") << target;
  }
}

TEST_F(TlsTest, ARenewedCertificateIsUsedAndABrokenOneIsNot) {
  WriteConfig(TlsYaml());
  Serve();
  EXPECT_EQ(Curl("").output, "hello /x 200");
  const TestAuthority renewed("renewed CA");
  renewed.Issue(Path("server"), "localhost", TestAuthority::Purpose::kServer);
  EXPECT_NE(Curl("").exit_status, 0) << "of an authority that the client does not know yet";
  WriteFile(Path("ca.crt"), renewed.certificate_pem());
  EXPECT_EQ(Curl("").output, "hello /x 200");
  WriteFile(Path("server.crt"), "-----BEGIN CERTIFICATE-----\nbroken\n");
  EXPECT_EQ(Curl("").output, "hello /x 200");
  unlink(Path("server.key").c_str());
  EXPECT_EQ(Curl("").output, "hello /x 200");
}

TEST_F(TlsTest, AnExpiredServerCertificateIsSeenByTheClient) {
  authority_.Issue(Path("server"), "localhost", TestAuthority::Purpose::kServer, true);
  WriteConfig(TlsYaml());
  Serve();
  EXPECT_THAT(Curl("").output, HasSubstr("expired"));
}

TEST_F(TlsTest, GoesWithPasswords) {
  WriteConfig(TlsYaml(std::string("basic_auth_users:\n  alice: ") + kSecret + "\n"));
  Serve();
  EXPECT_THAT(Curl("").output, HasSubstr(" 401"));
  EXPECT_THAT(Curl("-u alice:wrong").output, HasSubstr(" 401"));
  EXPECT_EQ(Curl("-u alice:secret").output, "hello /x 200");
}

}  // namespace
}  // namespace tcpgauge
