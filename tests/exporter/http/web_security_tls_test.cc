// SPDX-License-Identifier: Apache-2.0
// What a server with TLS does by its web configuration, as curl sees it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/exporter/http/test_certificates.h"
#include "tests/exporter/http/web_security_fixture.h"
#include "tests/support/run_command.h"
#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

using testing::HasSubstr;

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
