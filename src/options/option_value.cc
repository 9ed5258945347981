// SPDX-License-Identifier: Apache-2.0
#include "src/options/option_value.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "src/base/utf8.h"

namespace tcpgauge {
namespace {

// Whether the UTF-8 sequence is a control character: U+0000 to U+001F, U+007F, or U+0080 to U+009F.
bool IsControl(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return absl::ascii_iscntrl(first);
  return first == 0xc2 && static_cast<unsigned char>(sequence[1]) <= 0x9f;
}

}  // namespace

std::string Quoted(const std::string& value) {
  return absl::StrCat("'", OneLine(absl::Utf8SafeCHexEscape(value)), "'");
}

std::string OneLine(const std::string& text) {
  std::string line;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t length = Utf8SequenceLength(rest);
    const std::string_view character = rest.substr(0, std::max<size_t>(length, 1));
    if (length == 0 || IsControl(character)) {
      for (const char c : character) absl::StrAppendFormat(&line, "\\x%02x", static_cast<unsigned char>(c));
    } else {
      line += character;
    }
    rest.remove_prefix(character.size());
  }
  return line;
}

absl::StatusOr<bool> ParseBoolean(const std::string& value) {
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  return absl::InvalidArgumentError(absl::StrCat(Quoted(value), " is neither true nor false"));
}

absl::StatusOr<int64_t> ParseInteger(const std::string& value, const char* what, int64_t minimum, int64_t maximum) {
  int64_t number;
  if (absl::SimpleAtoi(value, &number) && number >= minimum && number <= maximum) return number;
  return absl::InvalidArgumentError(
      absl::StrCat(Quoted(value), " is not a number of ", what, " from ", minimum, " to ", maximum));
}

absl::StatusOr<uint64_t> ParseBytes(const std::string& value, uint64_t minimum, uint64_t maximum) {
  constexpr std::string_view kSuffixes = "KMG";
  std::string digits = value;
  int shift = 0;
  if (const size_t suffix = value.empty() ? std::string_view::npos : kSuffixes.find(absl::ascii_toupper(value.back()));
      suffix != std::string_view::npos) {
    digits.pop_back();
    shift = 10 * static_cast<int>(suffix + 1);
  }
  uint64_t number;
  const bool is_number =
      digits.find_first_not_of("0123456789") == std::string::npos && absl::SimpleAtoi(digits, &number);
  if (is_number && number <= maximum >> shift && number << shift >= minimum) return number << shift;
  return absl::InvalidArgumentError(absl::StrCat(Quoted(value), " is not a number of bytes from ", ToMebibytes(minimum),
                                                 " to ", ToMebibytes(maximum), ", as in 64M or 2G"));
}

std::string ToMebibytes(uint64_t bytes) { return absl::StrCat((bytes + (1 << 20) - 1) >> 20, "M"); }

absl::StatusOr<double> ParseSeconds(const std::string& value, double minimum, double maximum) {
  double number;
  if (absl::SimpleAtod(value, &number) && std::isfinite(number) && number >= minimum && number <= maximum) {
    return number;
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("%s is not a number of seconds from %.9g to %.9g", Quoted(value), minimum, maximum));
}

}  // namespace tcpgauge
