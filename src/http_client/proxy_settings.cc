// SPDX-License-Identifier: Apache-2.0
#include "src/http_client/proxy_settings.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/base/strings.h"

namespace tcpgauge {
namespace {

constexpr int kMaxPort = 65535;

// The port of a proxy whose URL has none; 0 = `scheme` is not one of a proxy.
int DefaultPort(std::string_view scheme) {
  if (scheme == "http") return 80;
  if (scheme == "https") return 443;
  if (scheme == "socks5" || scheme == "socks5h") return 1080;
  return 0;
}

// Nullopt if `text` is not a port.
std::optional<int> ParsePort(std::string_view text) {
  int port = 0;
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  if (!absl::SimpleAtoi({text.data(), text.size()}, &port) || port < 1 || port > kMaxPort) return std::nullopt;
  return port;
}

struct HostAndPort {
  std::string_view host;  // an IPv6 address without its brackets
  std::optional<std::string_view> port;
};

// Splits HOST, HOST:PORT, [HOST] and [HOST]:PORT. An IPv6 address without brackets has no port.
HostAndPort SplitPort(std::string_view text) {
  if (StartsWith(text, "[")) {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) return {text, std::nullopt};
    const std::string_view rest = text.substr(end + 1);
    if (rest.empty()) return {text.substr(1, end - 1), std::nullopt};
    if (rest.front() != ':') return {text, std::nullopt};
    return {text.substr(1, end - 1), rest.substr(1)};
  }
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.rfind(':') != colon) return {text, std::nullopt};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

// `value` as a URL with scheme and port, and without a path; nullopt = it is not a proxy.
std::optional<std::string> ProxyUrl(std::string_view value) {
  if (!std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c <= '~'; })) return std::nullopt;
  std::string scheme = "http";
  const size_t scheme_end = value.find("://");
  if (scheme_end != std::string_view::npos) {
    scheme = ToLower(value.substr(0, scheme_end));
    value.remove_prefix(scheme_end + 3);
  }
  const std::string_view authority = value.substr(0, value.find_first_of("/?#"));
  const size_t at = authority.rfind('@');
  const std::string_view place = authority.substr(at == std::string_view::npos ? 0 : at + 1);
  const HostAndPort proxy = SplitPort(place);
  const bool is_ipv6 = StartsWith(place, "[") || proxy.host.find(':') != std::string_view::npos;
  if (proxy.host.empty() || DefaultPort(scheme) == 0) return std::nullopt;
  if (is_ipv6 && !IpAddress::Parse(proxy.host).has_value()) return std::nullopt;
  const std::optional<int> port =
      proxy.port.has_value() && !proxy.port->empty() ? ParsePort(*proxy.port) : DefaultPort(scheme);
  if (!port.has_value()) return std::nullopt;
  const std::string credentials(authority.substr(0, authority.size() - place.size())), host(proxy.host);
  return absl::StrCat(scheme, "://", credentials, is_ipv6 ? absl::StrCat("[", host, "]") : host, ":", *port);
}

bool IsLoopback(const IpAddress& address) {
  if (address.is_v4()) return address.bytes()[12] == 127;
  return address == *IpAddress::Parse("::1");
}

// The address without the bits behind a prefix of `bits`, which are counted by its own family.
IpAddress NetworkOf(const IpAddress& address, int bits) {
  return address.is_v4() ? address.Prefix(bits, 0) : address.Prefix(0, bits);
}

}  // namespace

ProxySettings ProxySettings::FromEnvironment(const Variables& variables) {
  ProxySettings settings;
  const Variable all = Read(variables, "ALL_PROXY");
  settings.http_ = Read(variables, "HTTP_PROXY");
  if (settings.http_.value.empty()) settings.http_ = all;
  settings.https_ = Read(variables, "HTTPS_PROXY");
  if (settings.https_.value.empty()) settings.https_ = all;
  const std::string exceptions = ToLower(Read(variables, "NO_PROXY").value);
  for (const std::string_view entry : SplitAndTrim(exceptions, ',')) {
    settings.excepts_all_ = settings.excepts_all_ || entry == "*";
    if (std::optional<Exception> exception = ParseException(entry)) {
      settings.exceptions_.push_back(*std::move(exception));
    }
  }
  return settings;
}

ProxySettings::Variable ProxySettings::Read(const Variables& variables, std::string_view name) {
  for (std::string each : {std::string(name), ToLower(name)}) {
    const char* const value = variables(each.c_str());
    if (value != nullptr && *value != '\0') return {std::move(each), value};
  }
  return {std::string(name), ""};
}

std::optional<ProxySettings::Exception> ProxySettings::ParseException(std::string_view entry) {
  Exception exception;
  const size_t slash = entry.find('/');
  if (slash != std::string_view::npos) {
    const std::optional<IpAddress> address = IpAddress::Parse(entry.substr(0, slash));
    const std::string_view bits = entry.substr(slash + 1);
    if (!address.has_value() || bits.empty() || bits.find_first_not_of("0123456789") != std::string_view::npos ||
        !absl::SimpleAtoi({bits.data(), bits.size()}, &exception.prefix_bits) ||
        exception.prefix_bits > (address->is_v4() ? 32 : 128)) {
      return std::nullopt;
    }
    exception.address = NetworkOf(*address, exception.prefix_bits);
    return exception;
  }
  const HostAndPort parts = SplitPort(entry);
  if (parts.port.has_value()) {
    const std::optional<int> port = ParsePort(*parts.port);
    if (!port.has_value()) return std::nullopt;
    exception.port = *port;
  }
  std::string_view host = parts.host;
  exception.address = IpAddress::Parse(host);
  if (exception.address.has_value()) {
    exception.prefix_bits = exception.address->is_v4() ? 32 : 128;
    return exception;
  }
  if (StartsWith(host, "*.")) host.remove_prefix(1);
  if (host.empty() || host == ".") return std::nullopt;
  exception.is_exact_too = host.front() != '.';
  exception.suffix = absl::StrCat(exception.is_exact_too ? "." : "", std::string(host));
  return exception;
}

bool ProxySettings::IsException(std::string_view host, const std::optional<IpAddress>& address, int port) const {
  if (excepts_all_) return true;
  return std::any_of(exceptions_.begin(), exceptions_.end(), [&](const Exception& exception) {
    if (exception.port != 0 && exception.port != port) return false;
    if (exception.address.has_value()) {
      return address.has_value() && address->is_v4() == exception.address->is_v4() &&
             NetworkOf(*address, exception.prefix_bits) == *exception.address;
    }
    if (exception.is_exact_too && host == std::string_view(exception.suffix).substr(1)) return true;
    return absl::EndsWith({host.data(), host.size()}, exception.suffix);
  });
}

absl::StatusOr<std::string> ProxySettings::ProxyFor(std::string_view scheme, std::string_view host, int port) const {
  const Variable& variable = ToLower(scheme) == "https" ? https_ : http_;
  if (variable.value.empty()) return "";
  if (StartsWith(host, "[") && host.back() == ']') host = host.substr(1, host.size() - 2);
  std::string name = ToLower(host);
  if (!name.empty() && name.back() == '.') name.pop_back();
  const std::optional<IpAddress> address = IpAddress::Parse(name);
  if (name == "localhost" || (address.has_value() && IsLoopback(*address))) return "";
  if (IsException(name, address, port)) return "";
  std::optional<std::string> url = ProxyUrl(variable.value);
  if (url.has_value()) return *std::move(url);
  return absl::InvalidArgumentError(absl::StrCat(
      variable.name, " is not the URL of a proxy; use http://HOST:PORT or http://USER:PASSWORD@HOST:PORT"));
}

}  // namespace tcpgauge
