// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/web_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/yaml_document.h"

namespace tcpgauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::StartsWith;

constexpr char kHash[] = "$2b$04$abcdefghijklmnopqrstuu";

std::string Hash() { return std::string(kHash) + std::string(31, 'x'); }

std::string ErrorOf(const std::string& yaml) {
  const auto config = ParseWebConfig(yaml, "/etc/web.yml");
  EXPECT_FALSE(config.ok()) << yaml;
  EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(config.status().message()), StartsWith("web configuration /etc/web.yml"));
  return std::string(config.status().message());
}

std::string Tls(const std::string& more) {
  return "tls_server_config:\n  cert_file: a.crt\n  key_file: a.key\n" + more;
}

TEST(WebConfig, AnEmptyFileAsksForNothing) {
  for (const char* yaml : {"", "\n# nothing\n", "{}", "tls_server_config:\nhttp_server_config:\nbasic_auth_users:\n"}) {
    const auto config = ParseWebConfig(yaml, "web.yml");
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_FALSE(config->tls.has_value());
    EXPECT_TRUE(config->basic_auth_users.empty());
  }
}

TEST(WebConfig, ReadsAllThatTheToolkitDocuments) {
  const auto config = ParseWebConfig(
      "tls_server_config:\n"
      "  cert_file: server.crt\n"
      "  key_file: /keys/server.key\n"
      "  client_auth_type: RequireAndVerifyClientCert\n"
      "  client_ca_file: ca/clients.crt\n"
      "  client_allowed_sans: [prometheus.example, 192.0.2.1]\n"
      "  min_version: TLS12\n"
      "  max_version: TLS13\n"
      "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256]\n"
      "  prefer_server_cipher_suites: false\n"
      "  curve_preferences: [CurveP256, X25519]\n"
      "http_server_config:\n"
      "  http2: true\n"
      "  headers:\n"
      "    X-Frame-Options: deny\n"
      "    X-Content-Type-Options: nosniff\n"
      "    Strict-Transport-Security: max-age=31536000\n"
      "basic_auth_users:\n"
      "  alice: " +
          Hash() + "\n  'bob b': " + Hash() + "\n",
      "/etc/tcpgauge/web.yml");
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_TRUE(config->tls.has_value());
  EXPECT_EQ(config->tls->cert_file, "/etc/tcpgauge/server.crt");
  EXPECT_EQ(config->tls->key_file, "/keys/server.key");
  EXPECT_EQ(config->tls->client_ca_file, "/etc/tcpgauge/ca/clients.crt");
  EXPECT_EQ(config->tls->client_auth, ClientAuth::kRequireAndVerifyClientCert);
  EXPECT_THAT(config->tls->client_allowed_sans, ElementsAre("prometheus.example", "192.0.2.1"));
  EXPECT_THAT(config->tls->cipher_suites,
              ElementsAre("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"));
  EXPECT_FALSE(config->tls->prefer_server_cipher_suites);
  EXPECT_THAT(config->tls->curves, ElementsAre("CurveP256", "X25519"));
  EXPECT_THAT(config->headers,
              testing::UnorderedElementsAre(Pair("X-Frame-Options", "deny"), Pair("X-Content-Type-Options", "nosniff"),
                                            Pair("Strict-Transport-Security", "max-age=31536000")));
  EXPECT_THAT(config->basic_auth_users, ElementsAre(Pair("alice", Hash()), Pair("bob b", Hash())));
}

TEST(WebConfig, DefaultsToTls12WithoutClientCertificates) {
  const auto config = ParseWebConfig(Tls(""), "web.yml");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->tls->cert_file, "a.crt");
  EXPECT_EQ(config->tls->min_version, TlsVersion::kTls12);
  EXPECT_EQ(config->tls->max_version, TlsVersion::kTls13);
  EXPECT_EQ(config->tls->client_auth, ClientAuth::kNoClientCert);
}

TEST(WebConfig, TakesEveryVersionOfTheToolkit) {
  const std::map<std::string, TlsVersion> versions = {{"TLS10", TlsVersion::kTls10},
                                                      {"TLS11", TlsVersion::kTls11},
                                                      {"TLS12", TlsVersion::kTls12},
                                                      {"TLS13", TlsVersion::kTls13}};
  for (const auto& [name, version] : versions) {
    const auto config = ParseWebConfig(Tls("  min_version: " + name + "\n"), "web.yml");
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_EQ(config->tls->min_version, version);
  }
}

TEST(WebConfig, NamesWhatIsWrongAndWhere) {
  EXPECT_THAT(ErrorOf("a: ["), HasSubstr("line 1"));
  EXPECT_THAT(ErrorOf("just text"), HasSubstr("must be a mapping"));
  EXPECT_THAT(ErrorOf("\ntls_config:\n"), HasSubstr("line 2: unknown key \"tls_config\" in the file; use "));
  EXPECT_THAT(ErrorOf(Tls("  cert: x\n")), HasSubstr("line 4: unknown key \"cert\" in tls_server_config"));
  EXPECT_THAT(ErrorOf("tls_server_config:\n  cert_file: a\n"), HasSubstr("needs a key_file"));
  EXPECT_THAT(ErrorOf("tls_server_config:\n  key_file: a\n"), HasSubstr("needs a cert_file"));
  EXPECT_THAT(ErrorOf(Tls("  key_file: again\n")), HasSubstr("\"key_file\" occurs twice"));
  EXPECT_THAT(ErrorOf(Tls("  min_version: SSL30\n")),
              HasSubstr("cannot be \"SSL30\"; it may be TLS10, TLS11, TLS12, TLS13"));
  EXPECT_THAT(ErrorOf(Tls("  min_version: TLS13\n  max_version: TLS12\n")), HasSubstr("max_version is below"));
  EXPECT_THAT(ErrorOf(Tls("  client_auth_type: Sometimes\n")), HasSubstr("RequireAnyClientCert"));
  EXPECT_THAT(ErrorOf(Tls("  client_auth_type: RequireAndVerifyClientCert\n")), HasSubstr("needs a client_ca_file"));
  EXPECT_THAT(ErrorOf(Tls("  client_ca_file: x\n")), HasSubstr("client_auth_type"));
  EXPECT_THAT(ErrorOf(Tls("  client_allowed_sans: [x]\n")), HasSubstr("client_auth_type"));
  for (const std::string suite : {"TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_RC4_128_SHA", "HIGH", "",
                                  "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"}) {
    EXPECT_THAT(ErrorOf(Tls("  cipher_suites: ['" + suite + "']\n")),
                HasSubstr("line 4: cipher_suites cannot be \"" + suite + "\"; it may be TLS_AES_128_GCM_SHA256, "));
  }
  EXPECT_THAT(ErrorOf(Tls("  cipher_suites: [TLS_AES_128_GCM_SHA256]\n  max_version: TLS12\n")),
              HasSubstr("suites of TLS 1.3 alone"));
  EXPECT_THAT(ErrorOf(Tls("  curve_preferences: [CurveP99]\n")), HasSubstr("CurveP99"));
  EXPECT_THAT(ErrorOf(Tls("  prefer_server_cipher_suites: maybe\n")), HasSubstr("true or false"));
  EXPECT_THAT(ErrorOf("http_server_config:\n  headers:\n    X-Frame-Options: allow\n"), HasSubstr("deny, sameorigin"));
  EXPECT_THAT(ErrorOf("http_server_config:\n  headers:\n    X-XSS-Protection: \"a\\r\\nb\"\n"), HasSubstr("one line"));
  EXPECT_THAT(ErrorOf("basic_auth_users: [a]\n"), HasSubstr("mapping"));
  EXPECT_THAT(ErrorOf("basic_auth_users:\n  alice: secret\n"), HasSubstr("line 2: the hash of user \"alice\""));
  EXPECT_THAT(ErrorOf("basic_auth_users:\n  a:b: " + Hash() + "\n"), HasSubstr("colon"));
  EXPECT_THAT(ErrorOf("basic_auth_users:\n  a: " + Hash() + "\n  a: " + Hash() + "\n"), HasSubstr("twice"));
}

// yaml-cpp would read the first line of each text alone, so that the user would be lost.
TEST(WebConfig, RefusesATextOfWhichAPartWouldBeRead) {
  const std::string first = "http_server_config: {http2: true}\n",
                    users = "basic_auth_users:\n  alice: " + Hash() + "\n";
  ASSERT_EQ(ParseWebConfig(first + users, "web.yml").value().basic_auth_users.size(), 1);
  for (const std::string& separator :
       {std::string("\4"), std::string("\0", 1), std::string("\x1b"), std::string("\x7f")}) {
    EXPECT_THAT(ErrorOf(first + separator + users), HasSubstr("line 2: this is not text in UTF-8")) << separator;
    EXPECT_THAT(ErrorOf(separator + first + users), HasSubstr("line 1: this is not text in UTF-8")) << separator;
  }
  for (const char* separator : {"\xff", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xfe\xff"}) {
    EXPECT_THAT(ErrorOf(first + "# " + separator + "\n" + users), HasSubstr("line 2: this is not text in UTF-8"));
  }
  for (const char* separator : {"---\n", "...\n---\n", "--- # next\n", "---\n---\n"}) {
    EXPECT_THAT(ErrorOf(first + separator + users), HasSubstr("second document")) << separator;
  }
  EXPECT_TRUE(ParseWebConfig("---\n" + first + users + "...\n", "web.yml").ok());
  EXPECT_TRUE(ParseWebConfig("# Gr\xc3\xbc\xc3\x9f\x65\r\n" + first + users, "web.yml").ok());
}

TEST(WebConfig, BoundsDepthAndAliases) {
  for (const char* opening : {"[", "{a: ", "- ", "? "}) {
    std::string yaml;
    for (int depth = 0; depth < 20000; ++depth) yaml += opening;
    EXPECT_THAT(ErrorOf(yaml), HasSubstr("in one another")) << opening;
  }
  std::string yaml = "basic_auth_users:\n  u: &hash " + Hash() + "\n";
  for (int i = 0; i < kMaxYamlAliases; ++i) yaml += "  u" + std::to_string(i) + ": *hash\n";
  const auto config = ParseWebConfig(yaml, "web.yml");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->basic_auth_users.size(), kMaxYamlAliases + 1);
  EXPECT_THAT(ErrorOf(yaml + "  more: *hash\n"), HasSubstr("too many aliases"));
}

TEST(WebConfig, AnErrorIsOneShortLine) {
  for (const std::string& yaml : {std::string("\"a\\nb\\e[31m\": 1\n"), "a" + std::string(1000, 'b') + ": 1\n",
                                  std::string("http_server_config:\n  headers:\n    X-Frame-Options: \"\\n\\a\"\n"),
                                  std::string("basic_auth_users:\n  \"\\e\": x\n"), std::string("a: \"\\\e\"\n")}) {
    const std::string error = ErrorOf(yaml);
    EXPECT_LT(error.size(), 500u);
    for (const char c : error) EXPECT_TRUE(c >= ' ' && c < 0x7f) << error;
  }
}

TEST(WebConfig, NeverSaysAPassword) {
  EXPECT_THAT(ErrorOf("basic_auth_users:\n  alice: plaintext\n"), testing::Not(HasSubstr("plaintext")));
}

}  // namespace
}  // namespace tcpgauge
