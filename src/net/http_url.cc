// SPDX-License-Identifier: Apache-2.0
#include "src/net/http_url.h"

#include <algorithm>
#include <cstddef>

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

// Whether `text` may be a host with or without a port.
bool IsHostAndPort(std::string_view text) {
  const size_t bracket = text.rfind(']');
  const size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view port = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  return !text.empty() && std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
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
  if (!url.empty() && url.front() == '/' && url.substr(0, 2) != "//") return std::string(url);  // a path alone
  const size_t slashes = url.find("//");
  const size_t begin = slashes == std::string_view::npos ? 0 : slashes + 2;
  // A password may have a ? or # that should have been encoded.
  const size_t path = std::min(url.find('/', begin), url.size());
  size_t at = url.substr(begin, path - begin).rfind('@');
  if (at != std::string_view::npos) {
    at += begin;
  } else if (begin == 0 || !IsHostAndPort(url.substr(begin, AuthorityEnd(url, begin) - begin))) {
    at = url.rfind('@');
  }
  if (at == std::string_view::npos) return std::string(url);
  return std::string(url.substr(0, begin)).append(url.substr(at + 1));
}

}  // namespace tcpgauge
