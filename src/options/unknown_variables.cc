// SPDX-License-Identifier: Apache-2.0
#include "src/options/unknown_variables.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "src/options/nearest_option.h"
#include "src/options/option_table.h"

namespace tcpgauge {
namespace {

constexpr size_t kMaxShownBytes = 100;

bool IsOption(absl::string_view name) {
  const auto& table = OptionTable();
  return std::any_of(table.begin(), table.end(), [name](const OptionSpec& spec) {
    return spec.kind != OptionSpec::Kind::kQuestion && name == EnvironmentName(spec);
  });
}

bool IsNumber(absl::string_view word) {
  return !word.empty() && word.find_first_not_of("0123456789") == absl::string_view::npos;
}

// Whether `words`, the rest of a name after PORT, are NUMBER_PROTOCOL, or that and one more word.
bool IsPortOfService(absl::Span<const absl::string_view> words) {
  if (words.size() < 2 || words.size() > 3 || !IsNumber(words[0])) return false;
  if (words[1] != "TCP" && words[1] != "UDP" && words[1] != "SCTP") return false;
  return words.size() == 2 || words[2] == "PROTO" || words[2] == "PORT" || words[2] == "ADDR";
}

bool IsFromKubernetes(absl::string_view name, absl::string_view value) {
  if (absl::StartsWith(name, "TCPGAUGE_PORT") || absl::StartsWith(name, "TCPGAUGE_SERVICE_")) return true;
  const std::vector<absl::string_view> words = absl::StrSplit(name, '_');
  const absl::Span<const absl::string_view> all(words);
  for (size_t i = 2; i < words.size(); ++i) {
    const absl::Span<const absl::string_view> rest = all.subspan(i + 1);
    if (words[i] == "SERVICE" && !rest.empty()) {
      if (rest[0] == "PORT" || (rest[0] == "HOST" && rest.size() == 1)) return true;
    }
    if (words[i] != "PORT") continue;
    if (IsPortOfService(rest) || (rest.empty() && absl::StrContains(value, "://"))) return true;
  }
  return false;
}

std::string Warning(const std::string& name) {
  const std::string nearest = NearestVariable(name);
  const std::string shown = name.size() <= kMaxShownBytes ? name : absl::StrCat(name.substr(0, kMaxShownBytes), "...");
  return absl::StrCat(shown, " is not an option; ",
                      nearest.empty() ? "--help lists all options" : absl::StrCat("did you mean ", nearest, "?"));
}

}  // namespace

std::vector<std::string> UnknownVariables(const char* const* environment) {
  std::vector<std::string> warnings;
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::pair<absl::string_view, absl::string_view> variable =
        absl::StrSplit(absl::string_view(*environment), absl::MaxSplits('=', 1));
    const auto& [name, value] = variable;
    if (!absl::StartsWith(name, "TCPGAUGE_") || IsOption(name) || IsFromKubernetes(name, value)) continue;
    warnings.push_back(Warning(std::string(name)));
  }
  return warnings;
}

}  // namespace tcpgauge
