// SPDX-License-Identifier: Apache-2.0
#include "src/options/nearest_option.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "absl/strings/ascii.h"
#include "src/options/option_table.h"

namespace tcpgauge {
namespace {

constexpr size_t kMaxNameLength = 64;  // a longer name is no misspelling, and the time grows with the length

// Insertions, deletions and replacements that turn `a` into `b` (Levenshtein).
size_t EditDistance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

// A part of the name, as in --listen for --web.listen-address, is as near as one wrong letter.
size_t Distance(const std::string& typed, const std::string& name) {
  if (typed.size() >= 3 && name.find(typed) != std::string::npos) return 1;
  return EditDistance(typed, name);
}

// Returns the name that is nearest to `typed`; empty if none is near enough.
std::string Nearest(const std::string& typed, const std::vector<std::string>& names) {
  if (typed.size() > kMaxNameLength) return "";
  std::string nearest;
  size_t nearest_distance = std::max<size_t>(2, typed.size() / 3) + 1;
  for (const std::string& name : names) {
    const size_t distance = Distance(typed, name);
    if (distance >= nearest_distance) continue;
    nearest_distance = distance;
    nearest = name;
  }
  return nearest;
}

}  // namespace

std::string NearestOption(const std::string& name) {
  std::vector<std::string> names;
  for (const OptionSpec& spec : OptionTable()) names.emplace_back(spec.long_name);
  return Nearest(name, names);
}

std::string NearestVariable(const std::string& name) {
  constexpr char kPrefix[] = "TCPGAUGE_";
  constexpr size_t kPrefixLength = sizeof(kPrefix) - 1;
  std::vector<std::string> names;
  for (const OptionSpec& spec : OptionTable()) {
    if (spec.kind != OptionSpec::Kind::kQuestion) names.push_back(EnvironmentName(spec).substr(kPrefixLength));
  }
  const std::string nearest = Nearest(absl::AsciiStrToUpper(name.substr(kPrefixLength)), names);
  return nearest.empty() ? "" : kPrefix + nearest;
}

}  // namespace tcpgauge
