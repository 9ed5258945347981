// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_JSON_STRING_H_
#define TCPGAUGE_SRC_BASE_JSON_STRING_H_

#include <string>
#include <string_view>

namespace tcpgauge {

// Returns `text` as a JSON string (RFC 8259 section 7): quoted, escaped and without line breaks. Bytes that are not
// UTF-8 become U+FFFD.
// Thread: any.
std::string JsonString(std::string_view text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_JSON_STRING_H_
