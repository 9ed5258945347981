// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/web_security.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exporter/http/request_guard.h"
#include "src/base/clock.h"
#include "src/base/small_file.h"
#include "src/base/time_units.h"
#include "tests/exporter/http/test_certificates.h"
#include "tests/exporter/http/web_security_fixture.h"
#include "tests/support/hand_moved_clock.h"
#include "tests/support/run_command.h"

namespace tcpgauge {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using Verdict = RequestGuard::Verdict;

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
  const auto expect = [this](absl::StatusCode code, const std::string& named) {
    const absl::Status status = WebSecurity::Open(file_, nullptr, 0).status();
    EXPECT_EQ(status.code(), code);
    EXPECT_THAT(std::string(status.message()), HasSubstr(named));
  };
  expect(absl::StatusCode::kNotFound, file_);
  WriteConfig("nonsense: true\n");
  expect(absl::StatusCode::kInvalidArgument, "nonsense");
  WriteConfig(TlsYaml());
  expect(absl::StatusCode::kNotFound, Path("server.crt"));
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

}  // namespace
}  // namespace tcpgauge
