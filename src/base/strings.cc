// SPDX-License-Identifier: Apache-2.0
#include "src/base/strings.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace tcpgauge {
namespace {

absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::string_view Trim(std::string_view text) { return ToStd(absl::StripAsciiWhitespace(ToAbsl(text))); }

std::string ToLower(std::string_view text) { return absl::AsciiStrToLower(ToAbsl(text)); }

bool StartsWith(std::string_view text, std::string_view prefix) {
  return absl::StartsWith(ToAbsl(text), ToAbsl(prefix));
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (const absl::string_view part : absl::StrSplit(ToAbsl(text), separator)) parts.push_back(ToStd(part));
  return parts;
}

std::vector<std::string_view> SplitAndTrim(std::string_view text, char separator) {
  std::vector<std::string_view> parts = Split(text, separator);
  for (std::string_view& part : parts) part = Trim(part);
  return parts;
}

}  // namespace tcpgauge
