// SPDX-License-Identifier: Apache-2.0
#include "src/base/json_string.h"

#include <nlohmann/json.hpp>

namespace tcpgauge {

std::string JsonString(std::string_view text) {
  return nlohmann::json(text).dump(/*indent=*/-1, /*indent_char=*/' ', /*ensure_ascii=*/false,
                                   nlohmann::json::error_handler_t::replace);
}

}  // namespace tcpgauge
