// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/http_message.h"

#include <strings.h>

namespace tcpgauge {
namespace {

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

std::optional<std::string> HttpRequest::Header(std::string_view name) const {
  std::optional<std::string> joined;
  for (const auto& [key, value] : headers) {
    if (!EqualsIgnoringCase(key, name)) continue;
    joined = joined.has_value() ? *joined + ", " + value : value;
  }
  return joined;
}

std::optional<std::string> HttpRequest::QueryParameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

}  // namespace tcpgauge
