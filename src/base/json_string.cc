// SPDX-License-Identifier: Apache-2.0
#include "src/base/json_string.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"

namespace tcpgauge {

std::string JsonString(std::string_view text) {
  return EscapeControls(nlohmann::json(text).dump(/*indent=*/-1, /*indent_char=*/' ', /*ensure_ascii=*/false,
                                                  nlohmann::json::error_handler_t::replace));
}

std::string EscapeControls(std::string_view json) {
  std::string escaped;
  escaped.reserve(json.size());
  for (size_t i = 0; i < json.size(); ++i) {
    const auto byte = static_cast<unsigned char>(json[i]);
    const auto next = static_cast<unsigned char>(i + 1 < json.size() ? json[i + 1] : 0);
    if (byte == 0x7f) {
      escaped += "\\u007f";
    } else if (byte == 0xc2 && next <= 0x9f) {  // the two bytes of U+0080 to U+009F
      absl::StrAppendFormat(&escaped, "\\u%04x", next);
      ++i;
    } else {
      escaped += json[i];
    }
  }
  return escaped;
}

}  // namespace tcpgauge
