// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/web_config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "exporter/http/basic_auth.h"
#include "src/base/yaml_document.h"

namespace tcpgauge {
namespace {

template <typename T>
using Names = std::vector<std::pair<std::string, T>>;

const Names<ClientAuth> kClientAuths = {
    {"NoClientCert", ClientAuth::kNoClientCert},
    {"RequestClientCert", ClientAuth::kRequestClientCert},
    {"RequireAnyClientCert", ClientAuth::kRequireAnyClientCert},
    {"VerifyClientCertIfGiven", ClientAuth::kVerifyClientCertIfGiven},
    {"RequireAndVerifyClientCert", ClientAuth::kRequireAndVerifyClientCert},
};
const Names<TlsVersion> kTlsVersions = {{"TLS10", TlsVersion::kTls10},
                                        {"TLS11", TlsVersion::kTls11},
                                        {"TLS12", TlsVersion::kTls12},
                                        {"TLS13", TlsVersion::kTls13}};
const Names<bool> kCurves = {{"CurveP256", true}, {"CurveP384", true}, {"CurveP521", true}, {"X25519", true}};
// When TLS 1.2 uses a suite, and TLS 1.0 and 1.1 where they know it.
enum class SuiteUse {
  kNever,  // it belongs to TLS 1.3
  kByDefault,
  kWithOldTls,  // by default if min_version allows versions that know no better one
};
// The suites that Go's tls.CipherSuites() lists. The exporter toolkit refuses all others, because they are insecure.
const Names<SuiteUse> kCipherSuites = {
    {"TLS_AES_128_GCM_SHA256", SuiteUse::kNever},
    {"TLS_AES_256_GCM_SHA384", SuiteUse::kNever},
    {"TLS_CHACHA20_POLY1305_SHA256", SuiteUse::kNever},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", SuiteUse::kByDefault},
    {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", SuiteUse::kByDefault},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", SuiteUse::kByDefault},
    {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", SuiteUse::kByDefault},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", SuiteUse::kByDefault},
    {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", SuiteUse::kByDefault},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", SuiteUse::kWithOldTls},
    {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", SuiteUse::kWithOldTls},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", SuiteUse::kWithOldTls},
    {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", SuiteUse::kWithOldTls},
};
SuiteUse UseOf(const std::string& suite) {
  for (const auto& [name, use] : kCipherSuites) {
    if (name == suite) return use;
  }
  return SuiteUse::kNever;
}
const Names<bool> kFrameOptions = {{"deny", true}, {"sameorigin", true}};
const Names<bool> kContentTypeOptions = {{"nosniff", true}};

template <typename T>
T OneOf(const Names<T>& names, const YAML::Node& node, const std::string& name) {
  const std::string text = YamlText(node, name);
  std::vector<std::string> known;
  for (const auto& [candidate, value] : names) {
    if (candidate == text) return value;
    known.push_back(candidate);
  }
  throw YamlFault{node.Mark(),
                  absl::StrCat(name, " cannot be ", QuotedYaml(text), "; it may be ", absl::StrJoin(known, ", "))};
}

std::vector<std::string> List(const YAML::Node& node, const std::string& name) {
  if (!node.IsSequence()) throw YamlFault{node.Mark(), absl::StrCat(name, " must be a list")};
  std::vector<std::string> list;
  for (const YAML::Node& element : node) list.push_back(YamlText(element, name));
  return list;
}

using Setter = std::function<void(const YAML::Node& value, const std::string& name)>;

// Calls the setter of each key of the mapping `node`, which may be null. An unknown or repeated key is an error.
void ReadMapping(const YAML::Node& node, const std::string& name, const std::map<std::string, Setter>& setters) {
  if (node.IsNull()) return;
  if (!node.IsMap()) throw YamlFault{node.Mark(), absl::StrCat(name, " must be a mapping")};
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const std::string key = YamlText(entry.first, "a key");
    const auto setter = setters.find(key);
    if (setter == setters.end()) {
      std::vector<std::string> known;
      known.reserve(setters.size());
      for (const auto& known_setter : setters) known.push_back(known_setter.first);
      throw YamlFault{entry.first.Mark(), absl::StrCat("unknown key ", QuotedYaml(key), " in ", name, "; use ",
                                                       absl::StrJoin(known, ", "))};
    }
    if (!seen.insert(key).second) throw YamlFault{entry.first.Mark(), absl::StrCat("\"", key, "\" occurs twice")};
    setter->second(entry.second, key);
  }
}

std::string Resolve(const std::string& file, const std::string& path) {
  const size_t slash = file.rfind('/');
  if (path.empty() || path[0] == '/' || slash == std::string::npos) return path;
  return file.substr(0, slash + 1) + path;
}

TlsConfig ReadTls(const YAML::Node& node, const std::string& file) {
  TlsConfig tls;
  const auto path = [&file](std::string* target) {
    return [&file, target](const YAML::Node& value, const std::string& name) {
      *target = Resolve(file, YamlText(value, name));
    };
  };
  ReadMapping(
      node, "tls_server_config",
      {{"cert_file", path(&tls.cert_file)},
       {"key_file", path(&tls.key_file)},
       {"client_ca_file", path(&tls.client_ca_file)},
       {"client_auth_type",
        [&](const YAML::Node& value, const std::string& name) { tls.client_auth = OneOf(kClientAuths, value, name); }},
       {"client_allowed_sans",
        [&](const YAML::Node& value, const std::string& name) { tls.client_allowed_sans = List(value, name); }},
       {"min_version",
        [&](const YAML::Node& value, const std::string& name) { tls.min_version = OneOf(kTlsVersions, value, name); }},
       {"max_version",
        [&](const YAML::Node& value, const std::string& name) { tls.max_version = OneOf(kTlsVersions, value, name); }},
       {"curve_preferences",
        [&](const YAML::Node& value, const std::string& name) {
          tls.curves = List(value, name);
          for (const YAML::Node& element : value) OneOf(kCurves, element, name);
        }},
       {"prefer_server_cipher_suites",
        [&](const YAML::Node& value, const std::string& name) {
          tls.prefer_server_cipher_suites = YamlBoolean(value, name);
        }},
       {"cipher_suites", [&](const YAML::Node& value, const std::string& name) {
          tls.cipher_suites = List(value, name);
          for (const YAML::Node& element : value) OneOf(kCipherSuites, element, name);
        }}});
  if (tls.cert_file.empty()) throw YamlFault{node.Mark(), "tls_server_config needs a cert_file"};
  if (tls.key_file.empty()) throw YamlFault{node.Mark(), "tls_server_config needs a key_file"};
  if (tls.max_version < tls.min_version) throw YamlFault{node.Mark(), "max_version is below min_version"};
  if (tls.max_version < tls.LowestVersion()) {
    throw YamlFault{node.Mark(),
                    "cipher_suites has suites of TLS 1.3 alone; raise max_version, or add a suite of TLS 1.2"};
  }
  const bool verifies = tls.VerifiesClientCertificate();
  if (verifies && tls.client_ca_file.empty()) {
    throw YamlFault{node.Mark(), "this client_auth_type needs a client_ca_file to verify certificates"};
  }
  if (!tls.client_ca_file.empty() && tls.client_auth == ClientAuth::kNoClientCert) {
    throw YamlFault{node.Mark(), "client_ca_file has no effect without a client_auth_type"};
  }
  if (!tls.client_allowed_sans.empty() && !verifies) {
    throw YamlFault{node.Mark(), "client_allowed_sans needs a client_auth_type that verifies certificates"};
  }
  return tls;
}

HttpFields ReadHeaders(const YAML::Node& node) {
  HttpFields headers;
  const auto add = [&headers](const YAML::Node& value, const std::string& name) {
    const std::string text = YamlText(value, name);
    const bool is_printable = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c != 0x7f; });
    if (!is_printable) throw YamlFault{value.Mark(), absl::StrCat(name, " must be one line of ASCII")};
    if (!text.empty()) headers.emplace_back(name, text);
  };
  const auto add_one_of = [&add](const Names<bool>& names) {
    return [&add, &names](const YAML::Node& value, const std::string& name) {
      if (!YamlText(value, name).empty()) OneOf(names, value, name);
      add(value, name);
    };
  };
  ReadMapping(node, "headers",
              {{"Content-Security-Policy", add},
               {"Strict-Transport-Security", add},
               {"X-Content-Type-Options", add_one_of(kContentTypeOptions)},
               {"X-Frame-Options", add_one_of(kFrameOptions)},
               {"X-XSS-Protection", add}});
  return headers;
}

std::map<std::string, std::string> ReadUsers(const YAML::Node& node) {
  std::map<std::string, std::string> users;
  if (node.IsNull()) return users;
  if (!node.IsMap()) throw YamlFault{node.Mark(), "basic_auth_users must be a mapping of names to bcrypt hashes"};
  for (const auto& entry : node) {
    const std::string name = YamlText(entry.first, "a user's name");
    const std::string hash = YamlText(entry.second, "a user's hash");
    if (name.empty() || absl::StrContains(name, ":")) {
      throw YamlFault{entry.first.Mark(), "a user's name must not be empty or hold a colon"};
    }
    if (!BasicAuth::IsUsableHash(hash)) {
      throw YamlFault{entry.second.Mark(), absl::StrCat("the hash of user ", QuotedYaml(name),
                                                        " is not a bcrypt hash with a cost from 4 to ",
                                                        BasicAuth::kMaxCost, "; htpasswd -nBC 10 \"\" makes one")};
    }
    if (!users.emplace(name, hash).second) {
      throw YamlFault{entry.first.Mark(), absl::StrCat("user ", QuotedYaml(name), " occurs twice")};
    }
  }
  return users;
}

WebConfig ReadConfig(const YAML::Node& root, const std::string& file) {
  WebConfig config;
  ReadMapping(
      root, "the file",
      {{"tls_server_config",
        [&](const YAML::Node& value, const std::string&) {
          if (!value.IsNull()) config.tls = ReadTls(value, file);
        }},
       {"http_server_config",
        [&](const YAML::Node& value, const std::string& name) {
          ReadMapping(
              value, name,
              // Whether to offer HTTP/2. The server never does, and every client accepts that.
              {{"http2", [](const YAML::Node& flag, const std::string& key) { YamlBoolean(flag, key); }},
               {"headers", [&](const YAML::Node& map, const std::string&) { config.headers = ReadHeaders(map); }}});
        }},
       {"basic_auth_users",
        [&](const YAML::Node& value, const std::string&) { config.basic_auth_users = ReadUsers(value); }}});
  return config;
}

}  // namespace

TlsVersion TlsConfig::LowestVersion() const {
  return CipherSuitesBelowTls13().empty() ? TlsVersion::kTls13 : min_version;
}

std::vector<std::string> TlsConfig::CipherSuitesBelowTls13() const {
  std::vector<std::string> suites;
  for (const std::string& suite : cipher_suites) {
    if (UseOf(suite) != SuiteUse::kNever) suites.push_back(suite);
  }
  if (!cipher_suites.empty()) return suites;
  for (const auto& [name, use] : kCipherSuites) {
    const bool is_used =
        use == SuiteUse::kByDefault || (use == SuiteUse::kWithOldTls && min_version < TlsVersion::kTls12);
    if (is_used) suites.push_back(name);
  }
  return suites;
}

bool IsDefaultCipherSuite(const std::string& suite) { return UseOf(suite) == SuiteUse::kByDefault; }

absl::StatusOr<WebConfig> ParseWebConfig(const std::string& yaml, const std::string& file) {
  WebConfig config;
  const absl::Status status = ReadYaml(yaml, absl::StrCat("web configuration ", file),
                                       [&](const YAML::Node& root) { config = ReadConfig(root, file); });
  if (!status.ok()) return status;
  return config;
}

}  // namespace tcpgauge
