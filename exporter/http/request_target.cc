// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/request_target.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "exporter/http/host_field.h"
#include "src/base/strings.h"

namespace tcpgauge {
namespace {

// The length of http:// or https:// at the start of `target`; 0 = it begins with neither.
size_t SchemeBytes(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    const std::string_view start = target.substr(0, scheme.size());
    if (absl::EqualsIgnoreCase({start.data(), start.size()}, {scheme.data(), scheme.size()})) return scheme.size();
  }
  return 0;
}

// The value of a hexadecimal digit; -1 = `c` is none.
int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string PercentDecoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && text.size() - i > 2 && HexDigit(text[i + 1]) >= 0 && HexDigit(text[i + 2]) >= 0) {
      decoded += static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

std::string QueryDecoded(std::string_view text) {
  std::string with_blanks(text);
  std::replace(with_blanks.begin(), with_blanks.end(), '+', ' ');
  return PercentDecoded(with_blanks);
}

HttpFields ParseQuery(std::string_view text) {
  HttpFields query;
  for (const std::string_view parameter : Split(text, '&')) {
    if (parameter.empty()) continue;
    const size_t name_bytes = std::min(parameter.find('='), parameter.size());
    const std::string_view value = parameter.substr(std::min(name_bytes + 1, parameter.size()));
    query.emplace_back(QueryDecoded(parameter.substr(0, name_bytes)), QueryDecoded(value));
  }
  return query;
}

}  // namespace

absl::StatusOr<RequestTarget> ParseRequestTarget(std::string_view target) {
  RequestTarget parsed;
  const size_t scheme_bytes = SchemeBytes(target);
  if (scheme_bytes > 0) {
    target.remove_prefix(scheme_bytes);
    const size_t authority_bytes = std::min(target.find_first_of("/?#"), target.size());
    parsed.authority = std::string(target.substr(0, authority_bytes));
    if (parsed.authority->empty() || parsed.authority->front() == ':' || !IsHostField(*parsed.authority)) {
      return absl::InvalidArgumentError("the target of the request has no valid host; use http://HOST:PORT/PATH");
    }
    target.remove_prefix(authority_bytes);
  }
  const size_t path_bytes = std::min(target.find('?'), target.size());
  parsed.path = PercentDecoded(target.substr(0, path_bytes));
  if (scheme_bytes > 0 && parsed.path.empty()) parsed.path = "/";
  parsed.query = ParseQuery(target.substr(std::min(path_bytes + 1, target.size())));
  return parsed;
}

}  // namespace tcpgauge
