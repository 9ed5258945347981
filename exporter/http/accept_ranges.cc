// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/accept_ranges.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "src/base/strings.h"

namespace tcpgauge {
namespace {

// A weight in thousandths (RFC 9110 section 12.4.2); nullopt if it is malformed.
std::optional<int> ParseQuality(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int thousandths = (text[0] - '0') * AcceptRange::kFullQuality;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int scale = AcceptRange::kFullQuality / 10;
  for (const char c : text.substr(std::min<size_t>(text.size(), 2))) {
    if (c < '0' || c > '9') return std::nullopt;
    thousandths += (c - '0') * scale;
    scale /= 10;
  }
  return thousandths <= AcceptRange::kFullQuality ? std::optional<int>(thousandths) : std::nullopt;
}

}  // namespace

std::string_view AcceptRange::Parameter(std::string_view parameter) const {
  const auto found =
      std::find_if(parameters.rbegin(), parameters.rend(), [&](const auto& given) { return given.first == parameter; });
  return found == parameters.rend() ? std::string_view() : found->second;
}

std::vector<AcceptRange> ParseAcceptRanges(std::string_view header) {
  std::vector<AcceptRange> ranges;
  for (std::string_view element : SplitAndTrim(header, ',')) {
    const std::vector<std::string_view> parts = SplitAndTrim(element, ';');
    AcceptRange range;
    range.name = ToLower(parts[0]);
    bool is_valid = !range.name.empty();
    for (size_t i = 1; i < parts.size(); ++i) {
      const size_t equals = parts[i].find('=');
      if (equals == std::string_view::npos) continue;
      std::string name = ToLower(Trim(parts[i].substr(0, equals)));
      std::string_view value = Trim(parts[i].substr(equals + 1));
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
      if (name != "q") {
        range.parameters.emplace_back(std::move(name), value);
        continue;
      }
      const std::optional<int> quality = ParseQuality(value);
      is_valid = is_valid && quality.has_value();
      range.quality = quality.value_or(0);
    }
    if (is_valid) ranges.push_back(std::move(range));
  }
  return ranges;
}

}  // namespace tcpgauge
