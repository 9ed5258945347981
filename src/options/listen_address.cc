// SPDX-License-Identifier: Apache-2.0
#include "src/options/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "src/net/ip_address.h"
#include "src/options/option_value.h"

namespace tcpgauge {
namespace {

constexpr char kUnix[] = "unix:";
constexpr char kAll[] = "::";
constexpr char kAllV4[] = "0.0.0.0";

// Nullopt if `host`, which is not empty and has no brackets, is neither a name nor an IPv4 address.
std::optional<std::string> NameOrIpv4(const std::string& host) {
  for (const char c : host) {
    if (!absl::ascii_isalnum(c) && c != '.' && c != '-' && c != '_') return std::nullopt;
  }
  if (host.find_first_not_of("0123456789.") != std::string::npos) return absl::AsciiStrToLower(host);
  // Digits and dots alone are meant as an IPv4 address, which may have fewer than four numbers, as in 127.1.
  in_addr address;
  if (inet_aton(host.c_str(), &address) == 0) return std::nullopt;
  char text[INET_ADDRSTRLEN] = "";
  inet_ntop(AF_INET, &address, text, sizeof(text));
  return text;
}

// Nullopt if `host` is not the host of HOST:PORT.
std::optional<std::string> ParseHost(const std::string& host) {
  if (host.empty()) return kAll;
  if (host.front() != '[') return NameOrIpv4(host);
  if (host.back() != ']') return std::nullopt;
  const std::optional<IpAddress> address = IpAddress::Parse(host.substr(1, host.size() - 2));
  if (!address.has_value() || address->is_v4()) return std::nullopt;
  return address->ToString();
}

std::string PlainPath(const std::string& path) {
  std::vector<std::string> parts =
      absl::StrSplit(path, '/', [](absl::string_view part) { return !part.empty() && part != "."; });
  return absl::StrCat(path.front() == '/' ? "/" : "", absl::StrJoin(parts, "/"));
}

bool Contains(const ListenAddress& wide, const ListenAddress& narrow) {
  if (wide.host == narrow.host || wide.host == kAll) return true;
  if (wide.host != kAllV4) return false;
  const std::optional<IpAddress> address = IpAddress::Parse(narrow.host);
  return address.has_value() && address->is_v4();
}

}  // namespace

absl::StatusOr<ListenAddress> ParseListenAddress(const std::string& value) {
  const absl::Status wrong = absl::InvalidArgumentError(
      absl::StrCat(Quoted(value), " is not HOST:PORT, as in 127.0.0.1:10406, [::1]:10406 or :10406, nor unix:PATH"));
  ListenAddress address;
  if (absl::StartsWith(value, kUnix)) {
    const std::string path = value.substr(sizeof(kUnix) - 1);
    if (path.empty()) return wrong;
    if (path.size() >= sizeof(sockaddr_un::sun_path)) {
      return absl::InvalidArgumentError(absl::StrCat(Quoted(value), " has a path of ", path.size(),
                                                     " bytes; the kernel takes paths of at most 107 bytes"));
    }
    address.unix_path = PlainPath(path);
    return address;
  }
  const size_t colon = value.rfind(':');
  if (colon == std::string::npos) return wrong;
  const std::string port = value.substr(colon + 1);
  if (port.empty() || !absl::ascii_isdigit(port[0]) || !absl::SimpleAtoi(port, &address.port) || address.port > 65535) {
    return wrong;
  }
  std::optional<std::string> host = ParseHost(value.substr(0, colon));
  if (!host.has_value()) return wrong;
  address.host = *std::move(host);
  return address;
}

bool Collide(const ListenAddress& a, const ListenAddress& b) {
  if (!a.unix_path.empty() || !b.unix_path.empty()) return a.unix_path == b.unix_path;
  return a.port != 0 && a.port == b.port && (Contains(a, b) || Contains(b, a));
}

}  // namespace tcpgauge
