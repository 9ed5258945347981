// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/baggage.h"

#include <algorithm>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "src/base/strings.h"

namespace tcpgauge {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<std::string> PercentDecode(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = HexDigit(text[i + 1]);
    const int low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return decoded;
}

}  // namespace

absl::StatusOr<KeyValues> ParseBaggage(std::string_view text) {
  KeyValues items;
  size_t number = 0;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view item = Trim(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    ++number;
    if (item.empty()) continue;
    const size_t equals = item.find('=');
    const std::string_view raw_key = Trim(item.substr(0, equals));
    if (equals == std::string_view::npos || raw_key.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("item ", number, " is not KEY=VALUE"));
    }
    const std::optional<std::string> key = PercentDecode(raw_key);
    const std::optional<std::string> value = PercentDecode(Trim(item.substr(equals + 1)));
    if (!key.has_value() || !value.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat("item ", number, " has a % that two hexadecimal digits do not follow"));
    }
    const auto same =
        std::find_if(items.begin(), items.end(), [&key](const auto& known) { return known.first == *key; });
    if (same != items.end()) items.erase(same);
    items.emplace_back(*key, *value);
  }
  return items;
}

}  // namespace tcpgauge
