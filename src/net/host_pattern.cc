// SPDX-License-Identifier: Apache-2.0
#include "src/net/host_pattern.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "src/base/strings.h"
#include "src/net/ip_address.h"

namespace tcpgauge {
namespace {

constexpr size_t kMaxNameBytes = 253;  // RFC 1035 section 2.3.4, without the length bytes of the ends
constexpr size_t kMaxLabelBytes = 63;

std::string_view WithoutLastDot(std::string_view name) {
  return name.size() > 1 && name.back() == '.' ? name.substr(0, name.size() - 1) : name;
}

// Underscores are no letters of host names, but names with them are in use.
bool IsLabel(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabelBytes && std::all_of(label.begin(), label.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  });
}

bool IsHostName(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes) return false;
  const auto labels = Split(name, '.');
  return std::all_of(labels.begin(), labels.end(), IsLabel);
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::string HostOf(std::string_view authority) {
  std::string_view host;
  if (!authority.empty() && authority.front() == '[') {
    host = authority.substr(1, authority.find(']') - 1);
  } else {
    host = WithoutLastDot(authority.substr(0, authority.find(':')));
  }
  return ToLower(host);
}

bool IsIpLiteral(std::string_view host) {
  // Only an IPv6 address can have a zone (RFC 6874). A name may have the same characters.
  const size_t address_bytes = host.find(':') == std::string_view::npos ? host.size() : host.find("%25");
  return IpAddress::Parse(host.substr(0, address_bytes)).has_value();
}

absl::Status CheckHostPattern(std::string_view pattern) {
  if (pattern == "*") return absl::OkStatus();
  std::string_view name = WithoutLastDot(pattern);
  if (name.substr(0, 2) == "*.") name.remove_prefix(2);
  if (IsHostName(name)) return absl::OkStatus();
  const std::string quoted = absl::StrCat("'", std::string(pattern), "'");
  if (!IsAscii(pattern)) {
    return absl::InvalidArgumentError(
        absl::StrCat(quoted, " is not in ASCII; right would be the form of the name that begins with xn--"));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      quoted,
      " is not a host's name without a port; right would be a name, *.SUFFIX for all names below it, or * for "
      "all"));
}

bool MatchesHost(std::string_view pattern, std::string_view host) {
  if (pattern == "*") return true;
  const std::string lower = ToLower(WithoutLastDot(pattern));
  const std::string_view name = lower;
  if (name.substr(0, 2) != "*.") return name == host;
  const std::string_view suffix = name.substr(1);
  return host.size() > suffix.size() && host.substr(host.size() - suffix.size()) == suffix;
}

}  // namespace tcpgauge
