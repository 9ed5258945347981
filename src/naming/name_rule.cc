// SPDX-License-Identifier: Apache-2.0
#include "src/naming/name_rule.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace tcpgauge {
namespace {

bool IsNameCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == ':' || c == '@' || c == '-';
}

}  // namespace

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameBytes && std::all_of(text.begin(), text.end(), IsNameCharacter);
}

}  // namespace tcpgauge
