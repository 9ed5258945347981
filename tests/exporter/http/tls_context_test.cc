// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/tls_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "exporter/http/web_config.h"
#include "src/base/small_file.h"
#include "tests/exporter/http/test_certificates.h"
#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using Purpose = TestAuthority::Purpose;

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* session) const { SSL_free(session); }
};

// Both ends of a handshake in this thread. Each end writes into a buffer that the other reads.
class Handshake {
 public:
  // `prepare` configures the client.
  Handshake(const TlsContext& server, const std::function<void(SSL_CTX*)>& prepare)
      : client_context_(SSL_CTX_new(TLS_client_method())) {
    prepare(client_context_.get());
    client_.reset(SSL_new(client_context_.get()));
    server_.reset(SSL_new(server.context()));
    BIO* const to_server = BIO_new(BIO_s_mem());
    BIO* const to_client = BIO_new(BIO_s_mem());
    BIO_up_ref(to_server);
    BIO_up_ref(to_client);
    SSL_set_bio(client_.get(), to_client, to_server);
    SSL_set_bio(server_.get(), to_server, to_client);
    SSL_set_connect_state(client_.get());
    SSL_set_accept_state(server_.get());
    for (int round = 0; round < 20; ++round) {
      SSL_do_handshake(client_.get());
      SSL_do_handshake(server_.get());
    }
    ERR_clear_error();
  }

  bool is_complete() const { return SSL_is_init_finished(client_.get()) && SSL_is_init_finished(server_.get()); }
  SSL* server() const { return server_.get(); }
  SSL* client() const { return client_.get(); }
  std::string version() const { return is_complete() ? SSL_get_version(server()) : "refused"; }
  std::string cipher() const { return is_complete() ? SSL_get_cipher_name(server()) : "refused"; }
  std::string curve() const {
    return is_complete() ? SSL_group_to_name(server(), static_cast<int>(SSL_get_negotiated_group(server())))
                         : "refused";
  }

 private:
  const std::unique_ptr<SSL_CTX, Free> client_context_;
  std::unique_ptr<SSL, Free> client_;
  std::unique_ptr<SSL, Free> server_;
};

// Allows each version and each cipher that OpenSSL has.
void AllowAll(SSL_CTX* client) {
  SSL_CTX_set_security_level(client, 0);
  SSL_CTX_set_cipher_list(client, "ALL");
  SSL_CTX_set_min_proto_version(client, TLS1_VERSION);
}

std::function<void(SSL_CTX*)> UpTo(int version, const std::string& ciphers = "ALL") {
  return [=](SSL_CTX* client) {
    AllowAll(client);
    SSL_CTX_set_cipher_list(client, ciphers.c_str());
    SSL_CTX_set_max_proto_version(client, version);
  };
}

class TlsContextTest : public testing::Test {
 protected:
  TlsContextTest() {
    WriteFile(Path("ca.crt"), authority_.certificate_pem());
    authority_.Issue(Path("server"), "localhost", Purpose::kServer);
  }

  std::string Path(const std::string& name) const { return directory_.path() + "/" + name; }

  // `more` are further lines of tls_server_config.
  absl::StatusOr<std::shared_ptr<const TlsContext>> TryLoad(const std::vector<std::string>& more) const {
    std::string yaml = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n";
    for (const std::string& line : more) yaml += "  " + line + "\n";
    const absl::StatusOr<WebConfig> config = ParseWebConfig(yaml, Path("web.yml"));
    if (!config.ok()) return config.status();
    return TlsContext::Load(*config->tls);
  }

  std::shared_ptr<const TlsContext> Load(const std::vector<std::string>& more = {}) const {
    const auto loaded = TryLoad(more);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return loaded.value();
  }

  std::string ErrorOf(const std::vector<std::string>& more = {},
                      absl::StatusCode code = absl::StatusCode::kInvalidArgument) const {
    const auto loaded = TryLoad(more);
    EXPECT_EQ(loaded.status().code(), code);
    return std::string(loaded.status().message());
  }

  // Returns what the server thinks of a client with this certificate; an empty name means no certificate.
  absl::Status Check(const TlsContext& server, const std::string& name, int max_version = TLS1_3_VERSION) const {
    const Handshake handshake(server, [&](SSL_CTX* client) {
      SSL_CTX_set_max_proto_version(client, max_version);
      if (name.empty()) return;
      ASSERT_EQ(SSL_CTX_use_certificate_chain_file(client, Path(name + ".crt").c_str()), 1);
      ASSERT_EQ(SSL_CTX_use_PrivateKey_file(client, Path(name + ".key").c_str(), SSL_FILETYPE_PEM), 1);
    });
    EXPECT_TRUE(handshake.is_complete()) << name;
    return server.CheckClient(handshake.server());
  }

  const ScratchDirectory directory_;
  const TestAuthority authority_{"test CA"};
};

TEST_F(TlsContextTest, ServesTls12And13ByDefault) {
  const auto server = Load();
  EXPECT_EQ(Handshake(*server, AllowAll).version(), "TLSv1.3");
  EXPECT_EQ(Handshake(*server, UpTo(TLS1_2_VERSION)).version(), "TLSv1.2");
  EXPECT_EQ(Handshake(*server, UpTo(TLS1_1_VERSION)).version(), "refused");
  EXPECT_EQ(Handshake(*server, UpTo(TLS1_VERSION)).version(), "refused");
}

TEST_F(TlsContextTest, MinAndMaxVersionBind) {
  EXPECT_EQ(Handshake(*Load({"min_version: TLS13"}), UpTo(TLS1_2_VERSION)).version(), "refused");
  EXPECT_EQ(Handshake(*Load({"max_version: TLS12"}), AllowAll).version(), "TLSv1.2");
  EXPECT_EQ(Handshake(*Load({"min_version: TLS11"}), UpTo(TLS1_1_VERSION)).version(), "TLSv1.1");
  EXPECT_EQ(Handshake(*Load({"min_version: TLS11"}), UpTo(TLS1_VERSION)).version(), "refused");
  EXPECT_EQ(Handshake(*Load({"min_version: TLS10"}), UpTo(TLS1_VERSION)).version(), "TLSv1");
  EXPECT_EQ(Handshake(*Load({"min_version: TLS10"}), AllowAll).version(), "TLSv1.3");
  EXPECT_EQ(Handshake(*Load({"min_version: TLS10", "max_version: TLS11"}), AllowAll).version(), "TLSv1.1");
}

TEST_F(TlsContextTest, OldVersionsServeRsaKeysToo) {
  authority_.Issue(Path("server"), "localhost", Purpose::kServer, false, TestAuthority::KeyType::kRsa);
  EXPECT_EQ(Handshake(*Load({"min_version: TLS10"}), UpTo(TLS1_VERSION)).version(), "TLSv1");
  EXPECT_EQ(Handshake(*Load({"min_version: TLS11"}), UpTo(TLS1_1_VERSION)).version(), "TLSv1.1");
}

TEST_F(TlsContextTest, CiphersAreModernByDefault) {
  for (const auto key : {TestAuthority::KeyType::kEcdsa, TestAuthority::KeyType::kRsa}) {
    const bool is_rsa = key == TestAuthority::KeyType::kRsa;
    authority_.Issue(Path("server"), "localhost", Purpose::kServer, false, key);
    const auto server = Load();
    const std::string kind = is_rsa ? "RSA" : "ECDSA";
    for (const std::string good : {"AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"}) {
      const std::string cipher = "ECDHE-" + kind + "-" + good;
      EXPECT_EQ(Handshake(*server, UpTo(TLS1_2_VERSION, cipher)).cipher(), cipher);
    }
    for (const std::string& bad :
         {"ECDHE-" + kind + "-AES128-SHA", "ECDHE-" + kind + "-AES256-SHA384", std::string("AES128-GCM-SHA256"),
          std::string("AES256-SHA"), std::string("DHE-RSA-AES128-GCM-SHA256"), std::string("CAMELLIA128-SHA"),
          "ECDHE-" + kind + "-AES128-CCM", std::string("NULL"), std::string("aNULL")}) {
      EXPECT_EQ(Handshake(*server, UpTo(TLS1_2_VERSION, bad)).cipher(), "refused") << bad;
    }
    EXPECT_THAT(Handshake(*server, AllowAll).cipher(), StartsWith("TLS_"));
  }
}

TEST_F(TlsContextTest, TheConfiguredCiphersAreTheOnlyOnes) {
  const std::string gcm = "ECDHE-ECDSA-AES128-GCM-SHA256", chacha = "ECDHE-ECDSA-CHACHA20-POLY1305";
  const auto one = Load({"cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]"});
  EXPECT_EQ(Handshake(*one, UpTo(TLS1_2_VERSION)).cipher(), gcm);
  EXPECT_EQ(Handshake(*one, UpTo(TLS1_2_VERSION, chacha)).cipher(), "refused");
  EXPECT_EQ(Handshake(*one, AllowAll).version(), "TLSv1.3") << "whose suites cannot be chosen, as in Go";
  const auto cbc = Load({"cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA]"});
  EXPECT_EQ(Handshake(*cbc, UpTo(TLS1_2_VERSION)).cipher(), "ECDHE-ECDSA-AES256-SHA");
}

TEST_F(TlsContextTest, TakesEveryCipherThatTheParserTakes) {
  for (const std::string key : {"RSA", "ECDSA"}) {
    authority_.Issue(Path("server"), "localhost", Purpose::kServer, false,
                     key == "RSA" ? TestAuthority::KeyType::kRsa : TestAuthority::KeyType::kEcdsa);
    for (const std::string suite : {"AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256",
                                    "AES_128_CBC_SHA", "AES_256_CBC_SHA"}) {
      const std::string name = "TLS_ECDHE_" + key + "_WITH_" + suite;
      const Handshake handshake(*Load({"cipher_suites: [" + name + "]"}), UpTo(TLS1_2_VERSION));
      ASSERT_TRUE(handshake.is_complete()) << name;
      EXPECT_EQ(SSL_CIPHER_standard_name(SSL_get_current_cipher(handshake.server())), name);
    }
  }
}

TEST_F(TlsContextTest, AListOfTls13CiphersAloneLeavesTls12Out) {
  const auto server = Load({"cipher_suites: [TLS_AES_128_GCM_SHA256]"});
  EXPECT_EQ(Handshake(*server, AllowAll).version(), "TLSv1.3");
  EXPECT_EQ(Handshake(*server, UpTo(TLS1_2_VERSION)).version(), "refused");
}

TEST_F(TlsContextTest, PrefersItsOwnOrderUnlessToldOtherwise) {
  const std::string gcm = "ECDHE-ECDSA-AES256-GCM-SHA384", chacha = "ECDHE-ECDSA-CHACHA20-POLY1305";
  const std::string suites =
      "cipher_suites: [TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]";
  const auto client = UpTo(TLS1_2_VERSION, gcm + ":" + chacha);
  EXPECT_EQ(Handshake(*Load({suites}), client).cipher(), chacha);
  EXPECT_EQ(Handshake(*Load({suites, "prefer_server_cipher_suites: false"}), client).cipher(), gcm);
}

TEST_F(TlsContextTest, CurvesAreOfferedInTheConfiguredOrder) {
  const auto with = [](const std::string& curves) {
    return [curves](SSL_CTX* client) {
      SSL_CTX_set_max_proto_version(client, TLS1_2_VERSION);
      SSL_CTX_set1_groups_list(client, curves.c_str());
    };
  };
  const auto server = Load({"curve_preferences: [CurveP384, X25519, CurveP384]"});
  EXPECT_EQ(Handshake(*server, with("X25519:P-256:P-384")).curve(), "secp384r1");
  EXPECT_EQ(Handshake(*server, with("X25519:P-256")).curve(), "x25519");
  EXPECT_EQ(Handshake(*server, with("P-521")).curve(), "refused");
  const auto other = Load({"curve_preferences: [CurveP521, CurveP256]"});
  EXPECT_EQ(Handshake(*other, with("P-256:P-521")).curve(), "secp521r1");
}

TEST_F(TlsContextTest, NoSessionIsResumed) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto server = Load();
    Handshake first(*server, UpTo(version));
    ASSERT_TRUE(first.is_complete());
    char byte;
    SSL_read(first.client(), &byte, 1);  // reads tickets, if there are any
    EXPECT_EQ(SSL_SESSION_is_resumable(SSL_get0_session(first.client())), 0);
  }
}

TEST_F(TlsContextTest, ClientsCannotRenegotiate) {
  const auto server = Load();
  Handshake handshake(*server, UpTo(TLS1_2_VERSION));
  ASSERT_TRUE(handshake.is_complete());
  SSL_renegotiate(handshake.client());
  char byte;
  for (int round = 0; round < 10; ++round) {
    SSL_do_handshake(handshake.client());
    SSL_read(handshake.server(), &byte, 1);
    SSL_read(handshake.client(), &byte, 1);
  }
  ERR_clear_error();
  EXPECT_EQ(SSL_total_renegotiations(handshake.server()), 0);
}

TEST_F(TlsContextTest, RequiresAndVerifiesClientCertificates) {
  authority_.Issue(Path("client"), "prometheus", Purpose::kClient);
  authority_.Issue(Path("rsa"), "prometheus", Purpose::kClient, false, TestAuthority::KeyType::kRsa);
  authority_.Issue(Path("expired"), "prometheus", Purpose::kClient, true);
  authority_.Issue(Path("server_as_client"), "prometheus", Purpose::kServer);
  const TestAuthority stranger("another CA");
  stranger.Issue(Path("stranger"), "prometheus", Purpose::kClient);
  const TestAuthority namesake("test CA");
  namesake.Issue(Path("namesake"), "prometheus", Purpose::kClient);
  const auto server = Load({"client_auth_type: RequireAndVerifyClientCert", "client_ca_file: ca.crt"});
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    EXPECT_TRUE(Check(*server, "client", version).ok());
    EXPECT_TRUE(Check(*server, "rsa", version).ok());
    EXPECT_EQ(Check(*server, "", version), absl::PermissionDeniedError("a client certificate is required"));
    for (const char* name : {"expired", "server_as_client", "stranger", "namesake"}) {
      EXPECT_EQ(Check(*server, name, version).code(), absl::StatusCode::kPermissionDenied) << name;
    }
    EXPECT_THAT(std::string(Check(*server, "expired", version).message()), HasSubstr("expired"));
  }
}

TEST_F(TlsContextTest, OtherClientAuthTypesAskForLess) {
  authority_.Issue(Path("client"), "prometheus", Purpose::kClient);
  const TestAuthority stranger("another CA");
  stranger.Issue(Path("stranger"), "prometheus", Purpose::kClient);
  const auto with = [this](const std::string& type) {
    return Load({"client_auth_type: " + type, "client_ca_file: ca.crt"});
  };
  EXPECT_TRUE(Check(*with("VerifyClientCertIfGiven"), "").ok());
  EXPECT_TRUE(Check(*with("VerifyClientCertIfGiven"), "client").ok());
  EXPECT_FALSE(Check(*with("VerifyClientCertIfGiven"), "stranger").ok());
  EXPECT_FALSE(Check(*with("RequireAnyClientCert"), "").ok());
  EXPECT_TRUE(Check(*with("RequireAnyClientCert"), "stranger").ok());
  EXPECT_TRUE(Check(*with("RequestClientCert"), "").ok());
  EXPECT_TRUE(Check(*with("RequestClientCert"), "stranger").ok());
  EXPECT_TRUE(Check(*Load(), "stranger").ok());
}

TEST_F(TlsContextTest, AListedCertificateIsTrustedWithoutItsIssuer) {
  authority_.Issue(Path("client"), "prometheus", Purpose::kClient);
  authority_.Issue(Path("sibling"), "prometheus", Purpose::kClient);
  const auto server = Load({"client_auth_type: RequireAndVerifyClientCert", "client_ca_file: client.crt"});
  EXPECT_TRUE(Check(*server, "client").ok());
  EXPECT_FALSE(Check(*server, "sibling").ok());
}

TEST_F(TlsContextTest, AllowsNamedClientsOnly) {
  const auto allowing = [this](const std::string& names) {
    return Load({"client_auth_type: RequireAndVerifyClientCert", "client_ca_file: ca.crt",
                 "client_allowed_sans: [" + names + "]"});
  };
  authority_.Issue(Path("client"), "prometheus", Purpose::kClient);
  EXPECT_TRUE(Check(*allowing("somebody, prometheus"), "client").ok());
  EXPECT_TRUE(Check(*allowing("127.0.0.1"), "client").ok());
  for (const char* name : {"somebody", "Prometheus", "prometheus.example", "prome", "127.0.0.2"}) {
    EXPECT_EQ(Check(*allowing(name), "client"),
              absl::PermissionDeniedError("the client certificate has no allowed name"));
  }
  authority_.Issue(Path("nul"), std::string("prometheus\0.evil", 16), Purpose::kClient);
  EXPECT_FALSE(Check(*allowing("prometheus"), "nul").ok());
  for (const size_t bytes : {511, 512, 513, 2048, 10000}) {
    const std::string name(bytes, 'n');
    authority_.Issue(Path("long"), name, Purpose::kClient);
    EXPECT_TRUE(Check(*allowing(name), "long").ok()) << bytes;
    EXPECT_FALSE(Check(*allowing(name + "x"), "long").ok()) << bytes;
  }
}

TEST_F(TlsContextTest, TheServersChainDoesNotHoldTheAuthoritiesOfClients) {
  const auto server = Load({"client_auth_type: RequireAndVerifyClientCert", "client_ca_file: ca.crt"});
  const Handshake handshake(*server, AllowAll);
  ASSERT_TRUE(handshake.is_complete());
  EXPECT_EQ(sk_X509_num(SSL_get_peer_cert_chain(handshake.client())), 1);
}

TEST_F(TlsContextTest, SendsTheWholeChainOfItsFile) {
  WriteFile(Path("server.crt"), ReadSmallFile(Path("server.crt")).value() + authority_.certificate_pem());
  const auto server = Load();
  const Handshake handshake(*server, AllowAll);
  ASSERT_TRUE(handshake.is_complete());
  EXPECT_EQ(sk_X509_num(SSL_get_peer_cert_chain(handshake.client())), 2);
}

TEST_F(TlsContextTest, NamesTheFileThatIsWrong) {
  const std::vector<std::string> all = {"client_auth_type: RequireAndVerifyClientCert", "client_ca_file: ca.crt"};
  for (const char* name : {"server.crt", "server.key", "ca.crt"}) {
    const std::string good = ReadSmallFile(Path(name)).value();
    for (const std::string& bad :
         {std::string(), std::string("no PEM"), std::string("-----BEGIN CERTIFICATE-----\nbroken\n"),
          good.substr(0, good.size() / 2), std::string("\0\0\0", 3)}) {
      WriteFile(Path(name), bad);
      EXPECT_THAT(ErrorOf(all), HasSubstr(Path(name))) << bad;
    }
    unlink(Path(name).c_str());
    EXPECT_THAT(ErrorOf(all, absl::StatusCode::kNotFound), HasSubstr(Path(name)));
    WriteFile(Path(name), good);
    Load(all);
  }
  // A second certificate that is broken is not ignored.
  WriteFile(Path("ca.crt"), authority_.certificate_pem() + "-----BEGIN CERTIFICATE-----\nbroken\n");
  EXPECT_THAT(ErrorOf(all), HasSubstr(Path("ca.crt")));
}

TEST_F(TlsContextTest, AKeyOfAnotherCertificateIsAnError) {
  const std::string certificate = ReadSmallFile(Path("server.crt")).value();
  authority_.Issue(Path("server"), "localhost", Purpose::kServer);
  WriteFile(Path("server.crt"), certificate);
  EXPECT_THAT(ErrorOf(), AnyOf(HasSubstr(Path("server.key"))));
}

TEST_F(TlsContextTest, AKeyWithAPassphraseIsAnErrorAndNobodyIsAsked) {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  BIO* const file = BIO_new_file(Path("server.key").c_str(), "w");
  unsigned char passphrase[] = "secret";
  ASSERT_EQ(PEM_write_bio_PrivateKey(file, key, EVP_aes_128_cbc(), passphrase, 6, nullptr, nullptr), 1);
  BIO_free(file);
  EVP_PKEY_free(key);
  EXPECT_THAT(ErrorOf(), HasSubstr("passphrase"));
}

TEST_F(TlsContextTest, KnowsTheNamesOfItsCertificate) {
  EXPECT_THAT(Load()->host_names(), ElementsAre("localhost"));
  authority_.Issue(Path("server"), "*.gauge.example", Purpose::kServer);
  EXPECT_THAT(Load()->host_names(), ElementsAre("*.gauge.example"));
  WriteFile(Path("server.crt"), ReadSmallFile(Path("server.crt")).value() + authority_.certificate_pem());
  EXPECT_THAT(Load()->host_names(), ElementsAre("*.gauge.example")) << "not those of the chain";
}

TEST(TlsContext, KnowsTheVersionOfItsLibrary) { EXPECT_THAT(TlsContext::LibraryVersion(), StartsWith("3.")); }

}  // namespace
}  // namespace tcpgauge
