// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/web_config_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tcpgauge {
namespace {

using testing::HasSubstr;

constexpr char kUser[] = "basic_auth_users:\n  alice: $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";
constexpr char kOtherUser[] =
    "basic_auth_users:\n  bob: $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";
constexpr char kHeaders[] = "http_server_config:\n  headers:\n    X-Frame-Options: deny\n";

WebConfig Parse(const std::string& yaml) {
  const auto config = ParseWebConfig(yaml, "web.yml");
  EXPECT_TRUE(config.ok()) << config.status();
  return config.value();
}

std::string Tls(const std::string& more = "") {
  return "tls_server_config:\n  cert_file: a.crt\n  key_file: a.key\n" + more;
}

std::string Auth(const std::string& type, const std::string& more = "") {
  return Tls("  client_ca_file: ca.crt\n  client_auth_type: " + type + "\n" + more);
}

std::string Suites(const std::string& suites) { return Tls("  cipher_suites: [" + suites + "]\n"); }

void ExpectAllowed(const std::string& current, const std::string& next) {
  const absl::Status status = CheckWebConfigChange(Parse(current), Parse(next));
  EXPECT_TRUE(status.ok()) << status << "\n" << current << "\n" << next;
}

// Expects that only a restart may make the change, and that the error names `what`.
void ExpectRestart(const std::string& current, const std::string& next, const std::string& what) {
  const absl::Status status = CheckWebConfigChange(Parse(current), Parse(next));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << current << "\n" << next;
  EXPECT_THAT(std::string(status.message()), HasSubstr(what));
  EXPECT_THAT(std::string(status.message()), HasSubstr("needs a restart"));
}

TEST(WebConfigChange, UsersMayChangeButTheLastOneStays) {
  ExpectAllowed(kHeaders, kUser);
  ExpectAllowed(kUser, kOtherUser);
  ExpectAllowed(kUser, std::string(kUser) + kHeaders);
  ExpectRestart(kUser, kHeaders, "basic_auth_users");
  ExpectRestart(kUser, "", "basic_auth_users");
  ExpectRestart(kUser, "basic_auth_users:\n", "basic_auth_users");
}

TEST(WebConfigChange, TlsIsNotSwitched) {
  ExpectRestart(Tls(), "", "TLS on or off");
  ExpectRestart("", Tls(), "TLS on or off");
  ExpectRestart(Tls() + kUser, kUser, "TLS on or off");
  ExpectRestart(Tls() + kUser, Tls(), "basic_auth_users");
}

TEST(WebConfigChange, FilesAndHeadersMayChange) {
  ExpectAllowed(Tls(), "tls_server_config:\n  cert_file: b.crt\n  key_file: b.key\n");
  ExpectAllowed(Tls() + kHeaders, Tls());
  ExpectAllowed(Tls(), Tls() + kHeaders);
  ExpectAllowed(Tls("  curve_preferences: [X25519]\n"), Tls("  curve_preferences: [CurveP256]\n"));
  ExpectAllowed(Auth("RequireAndVerifyClientCert"),
                Tls("  client_ca_file: other.crt\n  client_auth_type: RequireAndVerifyClientCert\n"));
}

TEST(WebConfigChange, ClientAuthDoesNotWeaken) {
  const char* const kStrict = "RequireAndVerifyClientCert";
  for (const char* weaker : {"RequireAnyClientCert", "VerifyClientCertIfGiven", "RequestClientCert"}) {
    ExpectRestart(Auth(kStrict), Auth(weaker), "client_auth_type");
    ExpectAllowed(Auth(weaker), Auth(kStrict));
  }
  ExpectRestart(Auth(kStrict), Tls(), "client_auth_type");
  ExpectRestart(Auth("RequireAnyClientCert"), Auth("VerifyClientCertIfGiven"), "client_auth_type");
  ExpectRestart(Auth("VerifyClientCertIfGiven"), Auth("RequireAnyClientCert"), "client_auth_type");
  ExpectAllowed(Auth("RequestClientCert"), Tls());
  ExpectAllowed(Tls(), Auth("RequestClientCert"));
}

TEST(WebConfigChange, AllowedNamesMayChangeButNotVanish) {
  const auto allowing = [](const std::string& names) {
    return Auth("RequireAndVerifyClientCert", "  client_allowed_sans: [" + names + "]\n");
  };
  ExpectAllowed(allowing("a, b"), allowing("a"));
  ExpectAllowed(allowing("a"), allowing("a, b"));
  ExpectAllowed(allowing(""), allowing("a"));
  ExpectRestart(allowing("a"), allowing(""), "client_allowed_sans");
  ExpectRestart(allowing("a"), Auth("RequireAndVerifyClientCert"), "client_allowed_sans");
}

TEST(WebConfigChange, VersionsDoNotFall) {
  const auto from_to = [](const std::string& min, const std::string& max) {
    return Tls("  min_version: " + min + "\n  max_version: " + max + "\n");
  };
  ExpectRestart(from_to("TLS13", "TLS13"), from_to("TLS12", "TLS13"), "min_version");
  ExpectRestart(from_to("TLS12", "TLS13"), from_to("TLS11", "TLS13"), "min_version");
  ExpectRestart(from_to("TLS13", "TLS13"), Tls(), "min_version");
  ExpectRestart(Tls(), from_to("TLS10", "TLS13"), "min_version");
  ExpectRestart(from_to("TLS12", "TLS13"), from_to("TLS12", "TLS12"), "max_version");
  ExpectAllowed(from_to("TLS10", "TLS12"), from_to("TLS12", "TLS13"));
  ExpectAllowed(Tls(), from_to("TLS13", "TLS13"));
}

TEST(WebConfigChange, CipherSuitesDoNotWeaken) {
  const std::string gcm = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", cbc = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
                    tls13 = "TLS_AES_128_GCM_SHA256";
  ExpectAllowed(Tls(), Suites(gcm));
  ExpectAllowed(Suites(gcm), Tls());
  ExpectAllowed(Suites(gcm), Suites("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"));
  ExpectAllowed(Suites(gcm + ", " + cbc), Suites(gcm));
  ExpectAllowed(Suites(cbc), Suites(gcm + ", " + cbc));
  ExpectRestart(Tls(), Suites(cbc), cbc);
  ExpectRestart(Suites(gcm), Suites(gcm + ", " + cbc), cbc);
  // A list of TLS 1.3's suites alone switches TLS 1.2 off.
  ExpectAllowed(Tls(), Suites(tls13));
  ExpectRestart(Suites(tls13), Tls(), "min_version");
  ExpectRestart(Suites(tls13), Suites(tls13 + ", " + gcm), "min_version");
}

}  // namespace
}  // namespace tcpgauge
