// SPDX-License-Identifier: Apache-2.0
#include "src/net/http_url.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace tcpgauge {
namespace {

// The position after http:// or https://; 0 when `url` begins with neither.
size_t AuthorityBegin(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    const std::string_view start = url.substr(0, scheme.size());
    if (absl::EqualsIgnoreCase({start.data(), start.size()}, {scheme.data(), scheme.size()})) return scheme.size();
  }
  return 0;
}

size_t AuthorityEnd(std::string_view url, size_t begin) {
  return std::min(url.find_first_of("/?#", begin), url.size());
}

// The position of the host, after user and password, if any.
size_t HostBegin(std::string_view url, size_t authority_begin) {
  const size_t end = AuthorityEnd(url, authority_begin);
  const size_t at = url.substr(0, end).rfind('@');
  return at == std::string_view::npos || at < authority_begin ? authority_begin : at + 1;
}

}  // namespace

bool IsHttpUrl(std::string_view text) {
  const size_t begin = AuthorityBegin(text);
  if (begin == 0) return false;
  const size_t host = HostBegin(text, begin);
  if (host == AuthorityEnd(text, begin) || text[host] == ':') return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::string WithoutCredentials(std::string_view url) {
  const size_t begin = AuthorityBegin(url);
  return std::string(url.substr(0, begin)).append(url.substr(HostBegin(url, begin)));
}

}  // namespace tcpgauge
