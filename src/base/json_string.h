// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_JSON_STRING_H_
#define TCPGAUGE_SRC_BASE_JSON_STRING_H_

#include <string>
#include <string_view>

namespace tcpgauge {

// Returns `text` as a JSON string (RFC 8259 section 7): quoted, escaped and without line breaks. Bytes that are not
// UTF-8 become U+FFFD. The characters that EscapeControls() names are escaped too.
// Thread: any.
std::string JsonString(std::string_view text);

// Returns the JSON text `json` with each character from U+007F to U+009F escaped as \u00NN. JSON does not require that.
// But some terminals take these control characters for commands, and names from outside may contain them. The meaning
// of the text stays the same. REQUIRES: `json` is valid UTF-8.
// Thread: any.
std::string EscapeControls(std::string_view json);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_JSON_STRING_H_
